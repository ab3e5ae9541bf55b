/* SPDX-License-Identifier: Apache-2.0 */
/* What cccd selfcheck found, as the document urn:cccd:selfcheck:1. */
#include "lib/json/selfcheck.h"

#include <cccd/version.h>

#include "lib/json/make.h"

const char *selfcheck_verdict_name(enum selfcheck_verdict verdict)
{
	static const char *const names[] = {
		[SELFCHECK_PASS] = "pass",
		[SELFCHECK_WARN] = "warn",
		[SELFCHECK_FAIL] = "fail",
	};

	return (unsigned int)verdict < ARRAY_LEN(names) ? names[verdict]
	                                                : names[SELFCHECK_FAIL];
}

static void put_line(struct json_maker *maker, cJSON *list,
                     const struct selfcheck_line *line)
{
	cJSON *object = cJSON_CreateObject();
	cJSON *title = NULL;

	make_text(maker, object, "rule", line->id);
	make_text(maker, object, "verdict",
	          selfcheck_verdict_name(line->verdict));
	title = make_object(maker, object, "title");
	make_text(maker, title, "vi", line->title[CCCD_LANG_VI]);
	make_text(maker, title, "en", line->title[CCCD_LANG_EN]);
	make_text_if(maker, object, "detail", line->detail);
	if (line->verdict != SELFCHECK_PASS)
		make_text(maker, object, "mend", line->mend);
	make_item(maker, list, object);
}

enum cccd_err json_selfcheck_text(const struct selfcheck_line *lines,
                                  size_t count, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	enum selfcheck_verdict worst = SELFCHECK_PASS;
	cJSON *list = NULL;

	for (size_t i = 0; i < count; i++)
		if (lines[i].verdict > worst)
			worst = lines[i].verdict;
	make_text(&maker, root, "schema", "urn:cccd:selfcheck:1");
	make_text(&maker, root, "version", cccd_version());
	make_text(&maker, root, "verdict", selfcheck_verdict_name(worst));
	list = make_array(&maker, root, "rules");
	for (size_t i = 0; i < count; i++)
		put_line(&maker, list, &lines[i]);
	return make_text_of(&maker, root, true, ret);
}
