/* SPDX-License-Identifier: Apache-2.0 */
/* A session as its client sees it: service-api 2. */
#include "lib/json/session_view.h"

#include "lib/json/make.h"
#include "lib/json/problem_object.h"

static void put_scopes(struct json_maker *maker, cJSON *root, const char *name,
                       const struct json_scopes *scopes)
{
	cJSON *array = make_array(maker, root, name);
	char scope[JSON_SCOPE_NAME_MAX];
	unsigned int at = 0;

	while (json_scopes_next(scopes, &at, scope))
		make_item(maker, array, cJSON_CreateString(scope));
}

static void put_lease(struct json_maker *maker, cJSON *root,
                      const struct json_session_view *view)
{
	cJSON *lease = NULL;

	if (view->reader == NULL) {
		make_null(maker, root, "lease");
		return;
	}
	lease = make_object(maker, root, "lease");
	make_text(maker, lease, "reader", view->reader);
	make_number(maker, lease, "remaining_ms", (double)view->remaining_ms);
}

enum cccd_err json_session_view_text(const struct json_session_view *view,
                                     char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *steps = NULL;

	make_text(&maker, root, "session_id", view->session_id);
	if (view->token != NULL)
		make_text(&maker, root, "session_token", view->token);
	make_text(&maker, root, "state", view->state);
	make_text(&maker, root, "rp", view->rp);
	make_text(&maker, root, "purpose", view->purpose);
	put_scopes(&maker, root, "granted", view->granted);
	make_text(&maker, root, "consent", view->consent);
	put_lease(&maker, root, view);
	make_number(&maker, root, "remaining_ms", (double)view->remaining_ms);
	steps = make_array(&maker, root, "steps");
	for (size_t i = 0; i < view->step_count; i++)
		make_item(&maker, steps, cJSON_CreateString(view->steps[i]));
	make_number(&maker, root, "key_tries_left", view->refusals_left);
	make_text(&maker, root, "portrait", view->portrait);
	if (view->overall != NULL)
		make_text(&maker, root, "overall", view->overall);
	if (view->problem != NULL)
		make_problem(&maker, root, "problem", view->problem);
	return make_text_of(&maker, root, false, ret);
}

enum cccd_err json_prompt_text(const struct json_prompt *prompt, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "kind", prompt->kind);
	make_text(&maker, root, "session_id", prompt->session_id);
	make_text(&maker, root, "rp", prompt->rp);
	make_text_if(&maker, root, "origin", prompt->origin);
	make_text(&maker, root, "purpose", prompt->purpose);
	put_scopes(&maker, root, "scopes", prompt->scopes);
	if (prompt->problem != NULL)
		make_problem(&maker, root, "problem", prompt->problem);
	return make_text_of(&maker, root, false, ret);
}

static void put_row(struct json_maker *maker, cJSON *array,
                    const struct json_service_reader *reader)
{
	cJSON *object = cJSON_CreateObject();

	make_text(maker, object, "id", reader->id);
	make_text(maker, object, "name", reader->name);
	make_text(maker, object, "kind", reader->kind);
	make_text(maker, object, "state", reader->state);
	make_bool(maker, object, "card_present", reader->card_present);
	make_text(maker, object, "lease", reader->held ? "held" : "free");
	make_item(maker, array, object);
}

enum cccd_err
json_service_readers_text(const struct json_service_reader *readers,
                          size_t count, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = make_array(&maker, root, "readers");

	for (size_t i = 0; i < count; i++)
		put_row(&maker, array, &readers[i]);
	return make_text_of(&maker, root, false, ret);
}
