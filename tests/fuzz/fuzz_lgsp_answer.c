/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of an exchange platform: a person, a yes or no, a token, a wrapper. */
#include <stdlib.h>

#include "base/text.h"
#include "lib/json/lgsp.h"
#include "service/gateway/connectors/citizen_cells.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take(void *context, const char *path, struct span text)
{
	if (path[0] == '\0' || strlen(path) >= LGSP_PATH_MAX)
		abort();
	return citizen_take(context, path, text);
}

static void read_person(struct span text, const char *path)
{
	static struct citizen citizen;
	struct citizen_reading reading = { .citizen = &citizen };
	enum lgsp_people people = LGSP_UNSAID;

	citizen_wipe(&citizen);
	if (lgsp_person_visit(text, path, take, &reading, &people) != CCCD_OK)
		return;
	if (people > LGSP_ONE)
		abort();
	if (people == LGSP_ONE && citizen_finish(&reading, "1", "2") &&
	    citizen.full_name[0] == '\0')
		abort();
}

/* Within its room, and text. */
static void read_code(struct span text, const char *path)
{
	char code[8];

	if (lgsp_code_at(text, path, code, sizeof(code)) == CCCD_OK &&
	    (memchr(code, '\0', sizeof(code)) == NULL ||
	     !text_is_utf8(span_text(code))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	BUF inner = buf_make(65536);
	char token[512];
	uint64_t life_s = 0;
	bool exists = false;

	read_person(text, "");
	read_person(text, "data");
	(void)!lgsp_exists(text, "", &exists);
	if (lgsp_token_parse(text, token, sizeof(token), &life_s) == CCCD_OK &&
	    (token[0] == '\0' || life_s == 0))
		abort();
	read_code(text, "maLoi");
	read_code(text, "status.code");
	(void)!lgsp_text_at(text, "body", &inner);
	return 0;
}
