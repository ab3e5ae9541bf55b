/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the service's events: service-api 2. */
#include "lib/json/event.h"

#include "lib/json/make.h"
#include "lib/json/problem_object.h"

static void put(struct json_maker *maker, cJSON *root, const char *name,
                const char *text)
{
	if (text != NULL)
		make_text(maker, root, name, text);
}

static void put_reader(struct json_maker *maker, cJSON *root,
                       const struct json_event *event)
{
	cJSON *reader = NULL;

	if (event->reader_id == NULL)
		return;
	reader = make_object(maker, root, "reader");
	make_text(maker, reader, "id", event->reader_id);
	put(maker, reader, "name", event->reader_name);
	put(maker, reader, "kind", event->reader_kind);
}

static void put_progress(struct json_maker *maker, cJSON *root,
                         const struct json_event *event)
{
	if (event->file == NULL)
		return;
	make_text(maker, root, "file", event->file);
	make_number(maker, root, "done", (double)event->done);
	make_number(maker, root, "total", (double)event->total);
}

enum cccd_err json_event_text(const struct json_event *event, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	put(&maker, root, "session_id", event->session_id);
	put(&maker, root, "state", event->state);
	put_reader(&maker, root, event);
	put(&maker, root, "step", event->step);
	if (event->timed)
		make_number(&maker, root, "ms", event->ms);
	put(&maker, root, "check", event->check);
	put(&maker, root, "verdict", event->verdict);
	put_progress(&maker, root, event);
	put(&maker, root, "kind", event->prompt);
	put(&maker, root, "overall", event->overall);
	if (event->problem != NULL)
		make_problem(&maker, root, "problem", event->problem);
	if (event->time != 0)
		make_time(&maker, root, "time", event->time);
	return make_text_of(&maker, root, false, ret);
}
