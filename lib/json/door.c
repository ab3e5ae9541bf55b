/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of the daemon's doors. */
#include "lib/json/door.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base64url.h"
#include "base/macros.h"
#include "base/secret.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"
#include "lib/json/strict.h"

enum { NUMBER_TEXT_MAX = 24 };

enum cccd_err json_health_text(bool degraded, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "status", degraded ? "degraded" : "ok");
	make_number(&maker, root, "api_level", DOOR_API_LEVEL);
	return make_text_of(&maker, root, false, ret);
}

static void put_trust(struct json_maker *maker, cJSON *root,
                      const struct json_info *info)
{
	cJSON *trust = NULL;

	if (!info->has_trust) {
		make_null(maker, root, "trust_store");
		return;
	}
	trust = make_object(maker, root, "trust_store");
	make_digest(maker, trust, "digest", info->trust_digest);
	make_text_if(maker, trust, "date", info->trust_date);
	if (info->crl_date[0] == '\0')
		make_null(maker, trust, "crl_date");
	else
		make_text(maker, trust, "crl_date", info->crl_date);
	make_bool(maker, trust, "specimen", info->specimen);
}

enum cccd_err json_info_text(const struct json_info *info, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *levels = NULL;
	cJSON *features = NULL;

	make_text(&maker, root, "version", info->version);
	levels = make_array(&maker, root, "api_levels");
	make_item(&maker, levels, cJSON_CreateNumber(DOOR_API_LEVEL));
	features = make_array(&maker, root, "features");
	for (size_t i = 0; info->features[i] != NULL; i++)
		make_item(&maker, features,
		          cJSON_CreateString(info->features[i]));
	put_trust(&maker, root, info);
	make_text(&maker, root, "device_key", info->device_key);
	return make_text_of(&maker, root, false, ret);
}

/* A string that fits, or nothing when it is absent. */
static enum cccd_err take_text(const cJSON *object, const char *name, char *ret,
                               size_t room)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	ret[0] = '\0';
	if (item == NULL)
		return CCCD_OK;
	if (!cJSON_IsString(item) || strlen(item->valuestring) >= room)
		return CCCD_ERR_REQUEST_MALFORMED;
	memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
	return CCCD_OK;
}

/* Ids go back as they came: letters that need no escape. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == '"' ||
		    *text == '\\')
			return false;
	return true;
}

static enum cccd_err take_hello(const cJSON *root, struct json_frame *frame)
{
	const cJSON *token = cJSON_GetObjectItemCaseSensitive(root, "token");

	if (token == NULL)
		return CCCD_ERR_REQUEST_MALFORMED;
	TRY(take_text(root, "last_event_id", frame->last_event,
	              sizeof(frame->last_event)));
	if (cJSON_IsNull(token))
		return CCCD_OK;
	frame->has_token = true;
	return take_text(root, "token", frame->token, sizeof(frame->token));
}

static enum cccd_err take_body(const cJSON *root, struct span text,
                               struct cccd_error *error,
                               struct json_frame *frame)
{
	static const char *const known[] = { "session_id", "format",
		                             "access_key", "consent" };
	const cJSON *body = cJSON_GetObjectItemCaseSensitive(root, "body");

	if (body == NULL)
		return CCCD_OK;
	if (!cJSON_IsObject(body))
		return CCCD_ERR_REQUEST_MALFORMED;
	TRY(strict_member(text, "body", &frame->body));
	if (strcmp(frame->type, "session.create") == 0)
		return CCCD_OK;
	TRY(parse_no_others(body, known, ARRAY_LEN(known), error));
	TRY(take_text(body, "session_id", frame->session_id,
	              sizeof(frame->session_id)));
	TRY(take_text(body, "format", frame->format, sizeof(frame->format)));
	if (strict_member(frame->body, "access_key", &frame->inner) == CCCD_OK)
		return CCCD_OK;
	if (strict_member(frame->body, "consent", &frame->inner) != CCCD_OK)
		frame->inner = (struct span){ 0 };
	return CCCD_OK;
}

static enum cccd_err take_frame(const cJSON *root, struct span text,
                                struct cccd_error *error,
                                struct json_frame *frame)
{
	static const char *const hello[] = { "type", "token", "last_event_id" };
	static const char *const command[] = { "id", "type", "body" };

	TRY(take_text(root, "type", frame->type, sizeof(frame->type)));
	if (strcmp(frame->type, "hello") == 0) {
		TRY(parse_no_others(root, hello, ARRAY_LEN(hello), error));
		return take_hello(root, frame);
	}
	TRY(take_text(root, "id", frame->id, sizeof(frame->id)));
	if (frame->id[0] == '\0' || frame->type[0] == '\0' ||
	    !is_plain(frame->id))
		return CCCD_ERR_REQUEST_MALFORMED;
	frame->faulty = parse_no_others(root, command, ARRAY_LEN(command),
	                                error) != CCCD_OK ||
	                take_body(root, text, error, frame) != CCCD_OK;
	return CCCD_OK;
}

enum cccd_err json_frame_parse(struct span text, struct cccd_error *error,
                               struct json_frame *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct cccd_error cause = { 0 };
	struct json_frame frame = { 0 };
	enum cccd_err err = CCCD_OK;

	if (!strict_is_json(text, NULL))
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "the message is no JSON object");
	err = parse_object(text, "message", &cause, &root);
	if (err == CCCD_OK)
		err = take_frame(root, text, &cause, &frame);
	if (err == CCCD_OK)
		*ret = frame;
	wipe(&frame, sizeof(frame));
	if (err == CCCD_OK || err == CCCD_ERR_MEMORY)
		return err;
	return fail(error, CCCD_ERR_REQUEST_MALFORMED,
	            "the message is not what docs/api/asyncapi.json says");
}

static enum cccd_err put(struct buf *buf, const char *text)
{
	return buf_append(buf, span_text(text));
}

static enum cccd_err put_end(struct buf *buf, const char *body)
{
	if (body != NULL) {
		TRY(put(buf, ",\"body\":"));
		TRY(put(buf, body));
	}
	return put(buf, "}");
}

enum cccd_err json_frame_reply(const char *re, const char *type,
                               const char *body, struct buf *ret)
{
	buf_reset(ret);
	TRY(put(ret, "{\"re\":\""));
	TRY(put(ret, re));
	TRY(put(ret, "\",\"type\":\""));
	TRY(put(ret, type));
	TRY(put(ret, "\""));
	return put_end(ret, body);
}

enum cccd_err json_frame_event(const char *type, uint64_t sequence,
                               const char *body, struct buf *ret)
{
	char number[NUMBER_TEXT_MAX];

	(void)snprintf(number, sizeof(number), "%" PRIu64, sequence);
	buf_reset(ret);
	TRY(put(ret, "{\"type\":\""));
	TRY(put(ret, type));
	TRY(put(ret, "\",\"seq\":"));
	TRY(put(ret, number));
	return put_end(ret, body);
}

enum cccd_err json_frame_token(const char *token, struct buf *ret)
{
	buf_reset(ret);
	TRY(put(ret, "{\"token\":\""));
	TRY(put(ret, token));
	return put(ret, "\"}");
}

enum cccd_err json_frame_jpeg(struct span jpeg, struct buf *ret)
{
	buf_reset(ret);
	TRY(put(ret, "{\"jpeg\":\""));
	TRY(base64url_append(jpeg, ret));
	return put(ret, "\"}");
}

enum cccd_err json_view_ids(const char *view,
                            char ret_id[static DOOR_SESSION_MAX],
                            char ret_token[static DOOR_TOKEN_MAX])
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_Parse(view);

	if (root == NULL)
		return CCCD_ERR_MEMORY;
	TRY(take_text(root, "session_id", ret_id, DOOR_SESSION_MAX));
	return take_text(root, "session_token", ret_token, DOOR_TOKEN_MAX);
}
