/* SPDX-License-Identifier: Apache-2.0 */
/* The access key that a caller sends: contracts, Access keys. */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"
#include "lib/json/request.h"

/* Nothing below puts a word of the caller's into a message. */

static bool is_digits(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789") == len;
}

static bool is_id_number(const char *text)
{
	return is_digits(text, 12);
}

static bool is_can(const char *text)
{
	return is_digits(text, 6);
}

/* Digits; their count is the document's affair. */
static bool is_pin(const char *text)
{
	size_t len = strlen(text);

	return len >= 4 && len <= 16 && is_digits(text, len);
}

/* Any text that fits; the session looks closer. */
static bool is_text(const char *text)
{
	return text[0] != '\0';
}

static const struct key_type {
	const char *name;
	enum cccd_access_key type;
	bool (*is_good)(const char *text);
} types[] = {
	{ "id_number", CCCD_ACCESS_KEY_ID_NUMBER, is_id_number },
	{ "can", CCCD_ACCESS_KEY_CAN, is_can },
	{ "mrz", CCCD_ACCESS_KEY_MRZ, is_text },
	{ "qr", CCCD_ACCESS_KEY_QR, is_text },
	{ "pin", CCCD_ACCESS_KEY_PIN, is_pin },
	{ "puk", CCCD_ACCESS_KEY_PUK, is_pin },
	{ "document", CCCD_ACCESS_KEY_NONE, NULL },
};

static const struct key_type *type_find(const cJSON *item)
{
	for (size_t i = 0; cJSON_IsString(item) && i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, item->valuestring) == 0)
			return &types[i];
	return NULL;
}

static enum cccd_err malformed(struct cccd_error *error, const char *reason)
{
	return fail(error, CCCD_ERR_REQUEST_MALFORMED, "%s", reason);
}

static enum cccd_err wrong_form(struct cccd_error *error, const char *name)
{
	return fail(error, CCCD_ERR_USAGE_KEY_MALFORMED,
	            "the %s has a wrong form", name);
}

/* A text member of "value" into a fixed place. */
static enum cccd_err copy_part(const cJSON *value, const char *name,
                               struct cccd_error *error, char *ret, size_t max)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(value, name);

	if (!cJSON_IsString(item))
		return malformed(error, "a document is number, birth, expiry");
	if (item->valuestring[0] == '\0' || strlen(item->valuestring) >= max)
		return wrong_form(error, name);
	memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
	return CCCD_OK;
}

/* A number as printed: the longest is that of a TD1 with its overflow. */
enum { DOCUMENT_NUMBER_MAX = 32 };

static enum cccd_err take_document(const cJSON *value, struct cccd_error *error,
                                   struct json_access_key *ret)
{
	if (!cJSON_IsObject(value) || cJSON_GetArraySize(value) != 3)
		return malformed(error, "a document is number, birth, expiry");
	ret->document = true;
	TRY(copy_part(value, "number", error, ret->value, DOCUMENT_NUMBER_MAX));
	TRY(copy_part(value, "birth", error, ret->birth, sizeof(ret->birth)));
	return copy_part(value, "expiry", error, ret->expiry,
	                 sizeof(ret->expiry));
}

static enum cccd_err take_value(const struct key_type *type, const cJSON *value,
                                struct cccd_error *error,
                                struct json_access_key *ret)
{
	if (type->is_good == NULL)
		return take_document(value, error, ret);
	if (!cJSON_IsString(value))
		return malformed(error, "the value of this type is a string");
	if (strlen(value->valuestring) >= sizeof(ret->value) ||
	    !type->is_good(value->valuestring))
		return wrong_form(error, type->name);
	ret->type = type->type;
	memcpy(ret->value, value->valuestring, strlen(value->valuestring) + 1);
	return CCCD_OK;
}

enum cccd_err json_access_key_parse(struct span body, struct cccd_error *error,
                                    struct json_access_key *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	CLEANUP(json_access_key_wipe) struct json_access_key key = { 0 };
	const struct key_type *type = NULL;
	const cJSON *value = NULL;

	if (body.len > REQUEST_BODY_MAX)
		return fail(error, CCCD_ERR_REQUEST_TOO_LARGE,
		            "more than %d bytes", REQUEST_BODY_MAX);
	if (parse_object(body, "body", NULL, &root) != CCCD_OK)
		return malformed(error,
		                 "no JSON object, or a member stands twice");
	type = type_find(cJSON_GetObjectItemCaseSensitive(root, "type"));
	value = cJSON_GetObjectItemCaseSensitive(root, "value");
	if (type == NULL)
		return malformed(error, "no such type of access key");
	if (value == NULL || cJSON_GetArraySize(root) != 2)
		return malformed(error, "an access key is type and value");
	TRY(take_value(type, value, error, &key));
	*ret = key;
	return CCCD_OK;
}

void json_access_key_wipe(struct json_access_key *key)
{
	wipe(key, sizeof(*key));
}
