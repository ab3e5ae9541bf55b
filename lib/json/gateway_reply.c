/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway answers. */
#include "lib/json/gateway_reply.h"

#include "lib/json/make.h"

static void put_fields(struct json_maker *maker, cJSON *root,
                       const struct gateway_reply *reply)
{
	cJSON *fields = make_object(maker, root, "fields");
	cJSON *notes = make_object(maker, root, "notes");

	for (size_t i = 0; i < reply->field_count; i++) {
		const struct gateway_field *field = &reply->fields[i];

		make_text(maker, fields, field->name, field->state);
		make_text_if(maker, notes, field->name, field->note);
	}
}

static void put_values(struct json_maker *maker, cJSON *root,
                       const struct gateway_reply *reply)
{
	cJSON *values = NULL;

	if (reply->value_count == 0)
		return;
	values = make_object(maker, root, "values");
	for (size_t i = 0; i < reply->value_count; i++)
		make_text_if(maker, values, reply->values[i].name,
		             reply->values[i].text);
}

enum cccd_err gateway_reply_text(const struct gateway_reply *reply, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *card = NULL;

	make_text(&maker, root, "schema", "urn:cccd:gateway-check:1");
	make_text(&maker, root, "request_id", reply->request_id);
	make_text(&maker, root, "transaction", reply->transaction);
	make_text(&maker, root, "registry", reply->registry);
	make_text_if(&maker, root, "reason", reply->reason);
	put_fields(&maker, root, reply);
	make_time(&maker, root, "observed_at", reply->observed_at);
	make_text(&maker, root, "source", reply->source);
	card = make_object(&maker, root, "card");
	make_text(&maker, card, "overall", reply->card);
	put_values(&maker, root, reply);
	return make_text_of(&maker, root, false, ret);
}

enum cccd_err gateway_nonce_text(const char *nonce, const char *audience,
                                 int64_t expires, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "nonce", nonce);
	make_text(&maker, root, "audience", audience);
	make_time(&maker, root, "expires_at", expires);
	return make_text_of(&maker, root, false, ret);
}

enum cccd_err gateway_health_text(const struct gateway_health *health,
                                  char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "status", health->status);
	make_text(&maker, root, "version", health->version);
	make_text(&maker, root, "store", health->store);
	make_text(&maker, root, "registry_circuit", health->circuit);
	return make_text_of(&maker, root, false, ret);
}

enum cccd_err gateway_line_text(const struct gateway_line *line, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_number(&maker, root, "seq", (double)line->seq);
	for (size_t i = 0; i < line->count; i++)
		make_text(&maker, root, line->names[i], line->texts[i]);
	make_text(&maker, root, "prev", line->prev);
	make_text(&maker, root, "hash", line->hash);
	return make_text_of(&maker, root, false, ret);
}
