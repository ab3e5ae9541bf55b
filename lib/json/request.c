/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller sends: the request, the access key, the consent. */
#include "lib/json/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"
#include "lib/json/registry_words.h"
#include "lib/json/words.h"

/* Every member of the request object, as bits. */
enum request_member {
	MEMBER_RP = 1 << 0,
	MEMBER_NONCE = 1 << 1,
	MEMBER_PURPOSE = 1 << 2,
	MEMBER_SCOPES = 1 << 3,
	MEMBER_REQUIRED_CHECKS = 1 << 4,
	MEMBER_AUDIENCE = 1 << 5,
	MEMBER_READER = 1 << 6,
	MEMBER_EVIDENCE = 1 << 7,
	MEMBER_FORMAT = 1 << 8,
	MEMBER_JWT = 1 << 9,
};

/* What must stand in a request that is not signed, or in the signed part. */
enum { REQUIRED = MEMBER_RP | MEMBER_NONCE | MEMBER_PURPOSE | MEMBER_SCOPES };

/* What may stand outside a signed request. */
enum { OUTSIDE = MEMBER_RP | MEMBER_READER | MEMBER_JWT };

_Static_assert(CCCD_CHECKS <= 32, "a bit for each check");

static const char *const evidence_words[] = {
	[JSON_EVIDENCE_NONE] = "none",
	[JSON_EVIDENCE_DIGEST] = "digest",
	[JSON_EVIDENCE_RAW] = "raw",
};

const char *json_evidence_name(enum json_evidence_level level)
{
	return level >= JSON_EVIDENCE_NONE && level <= JSON_EVIDENCE_RAW
	               ? evidence_words[level]
	               : "";
}

const char *json_format_name(unsigned int format)
{
	for (unsigned int i = 0; i < RP_FORMATS; i++)
		if (format == 1U << i)
			return rp_formats[i];
	return "";
}

/* @member is a name of ours, never one that the caller sent. */
static enum cccd_err malformed(struct cccd_error *error, const char *member,
                               const char *reason)
{
	return fail(error, CCCD_ERR_REQUEST_MALFORMED, "\"%s\": %s", member,
	            reason);
}

/* One object; no word of the caller's goes into a message. */
static enum cccd_err open_body(struct span body, struct cccd_error *error,
                               cJSON **ret)
{
	if (body.len > REQUEST_BODY_MAX)
		return fail(error, CCCD_ERR_REQUEST_TOO_LARGE,
		            "more than %d bytes", REQUEST_BODY_MAX);
	if (parse_object(body, "body", NULL, ret) != CCCD_OK)
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "no JSON object, or a member stands twice");
	return CCCD_OK;
}

/* A text member into a fixed place. */
static enum cccd_err copy_text(const cJSON *item, const char *name,
                               bool (*is_good)(const char *text, size_t max),
                               struct cccd_error *error, char *ret, size_t max)
{
	if (!cJSON_IsString(item))
		return malformed(error, name, "it is no string");
	if (!is_good(item->valuestring, max))
		return malformed(error, name,
		                 "too long, or of letters it may not have");
	(void)snprintf(ret, max, "%s", item->valuestring);
	return CCCD_OK;
}

static enum cccd_err take_rp(const cJSON *item, struct cccd_error *error,
                             struct json_request *ret)
{
	return copy_text(item, "rp", word_is_id, error, ret->rp,
	                 sizeof(ret->rp));
}

/* [A-Za-z0-9_-], at least 256 bits of them. */
static enum cccd_err take_nonce(const cJSON *item, struct cccd_error *error,
                                struct json_request *ret)
{
	TRY(copy_text(item, "nonce", word_is_name, error, ret->nonce,
	              sizeof(ret->nonce)));
	if (strlen(ret->nonce) < REQUEST_NONCE_LEAST)
		return fail(error, CCCD_ERR_NONCE_TOO_SHORT,
		            "the nonce has fewer than %d letters",
		            REQUEST_NONCE_LEAST);
	return CCCD_OK;
}

static enum cccd_err take_purpose(const cJSON *item, struct cccd_error *error,
                                  struct json_request *ret)
{
	return copy_text(item, "purpose", word_is_id, error, ret->purpose,
	                 sizeof(ret->purpose));
}

/* An array of scopes, none twice. */
static enum cccd_err copy_scopes(const cJSON *item, const char *name,
                                 struct cccd_error *error,
                                 struct json_scopes *ret)
{
	const cJSON *one = NULL;

	if (!cJSON_IsArray(item))
		return malformed(error, name, "it is no array");
	cJSON_ArrayForEach(one, item)
	{
		if (!cJSON_IsString(one) ||
		    !json_scopes_add(ret, one->valuestring))
			return malformed(error, name,
			                 "no such scope, or one twice");
	}
	return CCCD_OK;
}

static enum cccd_err take_scopes(const cJSON *item, struct cccd_error *error,
                                 struct json_request *ret)
{
	TRY(copy_scopes(item, "scopes", error, &ret->scopes));
	if (json_scopes_empty(&ret->scopes))
		return malformed(error, "scopes", "it is empty");
	return CCCD_OK;
}

static int check_find(const cJSON *item)
{
	for (unsigned int i = 0; cJSON_IsString(item) && i < CCCD_CHECKS; i++)
		if (strcmp(cccd_check_name((enum cccd_check_id)i),
		           item->valuestring) == 0)
			return (int)i;
	return -1;
}

static enum cccd_err take_checks(const cJSON *item, struct cccd_error *error,
                                 struct json_request *ret)
{
	const cJSON *one = NULL;

	if (!cJSON_IsArray(item))
		return malformed(error, "required_checks", "it is no array");
	cJSON_ArrayForEach(one, item)
	{
		int id = check_find(one);

		if (id < 0 || (ret->required_checks >> id & 1U) != 0)
			return malformed(error, "required_checks",
			                 "no such check, or one twice");
		ret->required_checks |= (uint32_t)1 << id;
	}
	return CCCD_OK;
}

static enum cccd_err take_audience(const cJSON *item, struct cccd_error *error,
                                   struct json_request *ret)
{
	return copy_text(item, "audience", word_is_id, error, ret->audience,
	                 sizeof(ret->audience));
}

static enum cccd_err take_reader(const cJSON *item, struct cccd_error *error,
                                 struct json_request *ret)
{
	return copy_text(item, "reader", word_is_label, error, ret->reader,
	                 sizeof(ret->reader));
}

static enum cccd_err take_evidence(const cJSON *item, struct cccd_error *error,
                                   struct json_request *ret)
{
	int at = cJSON_IsString(item)
	                 ? word_find(evidence_words, ARRAY_LEN(evidence_words),
	                             item->valuestring)
	                 : -1;

	if (at < 0)
		return malformed(error, "evidence",
		                 "it is not none, digest or raw");
	ret->evidence = (enum json_evidence_level)at;
	return CCCD_OK;
}

static enum cccd_err take_format(const cJSON *item, struct cccd_error *error,
                                 struct json_request *ret)
{
	int at = cJSON_IsString(item)
	                 ? word_find(rp_formats, RP_FORMATS, item->valuestring)
	                 : -1;

	if (at < 0)
		return malformed(error, "format", "it is not json or jwt");
	ret->format = 1U << at;
	return CCCD_OK;
}

static enum cccd_err take_jwt(const cJSON *item, struct cccd_error *error,
                              struct json_request *ret)
{
	if (cJSON_IsNull(item))
		return CCCD_OK;
	if (!cJSON_IsString(item) ||
	    !word_is_printable(item->valuestring, REQUEST_TOKEN_MAX))
		return malformed(error, "request_jwt",
		                 "it is no compact JWS, or too long");
	ret->request_jwt = strdup(item->valuestring);
	if (ret->request_jwt == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	return CCCD_OK;
}

/* By bit. */
static const struct {
	const char *name;
	enum cccd_err (*take)(const cJSON *item, struct cccd_error *error,
	                      struct json_request *ret);
} request_members[] = {
	{ "rp", take_rp },
	{ "nonce", take_nonce },
	{ "purpose", take_purpose },
	{ "scopes", take_scopes },
	{ "required_checks", take_checks },
	{ "audience", take_audience },
	{ "reader", take_reader },
	{ "evidence", take_evidence },
	{ "format", take_format },
	{ "request_jwt", take_jwt },
};

static enum cccd_err take_request(const cJSON *root, struct cccd_error *error,
                                  unsigned int *ret_seen,
                                  struct json_request *ret)
{
	int known = 0;

	for (size_t i = 0; i < ARRAY_LEN(request_members); i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(
		        root, request_members[i].name);

		if (item == NULL)
			continue;
		known++;
		*ret_seen |= 1U << i;
		TRY(request_members[i].take(item, error, ret));
	}
	if (known != cJSON_GetArraySize(root))
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "a member that no request has");
	if (ret->reader[0] == '\0')
		(void)snprintf(ret->reader, sizeof(ret->reader), "any");
	return CCCD_OK;
}

/* Which members may, and which must stand together. */
static enum cccd_err check_members(unsigned int seen, bool is_inside,
                                   struct cccd_error *error,
                                   const struct json_request *request)
{
	unsigned int must = REQUIRED;
	unsigned int may = ~0U;

	if (is_inside) {
		may = ~(unsigned int)(MEMBER_JWT | MEMBER_READER);
	} else if (request->request_jwt != NULL) {
		must = MEMBER_RP | MEMBER_JWT;
		may = OUTSIDE;
	}
	for (size_t i = 0; i < ARRAY_LEN(request_members); i++) {
		const char *name = request_members[i].name;

		if ((must >> i & 1U) != 0 && (seen >> i & 1U) == 0)
			return malformed(error, name, "it is missing");
		if ((may >> i & 1U) == 0 && (seen >> i & 1U) != 0)
			return malformed(error, name,
			                 is_inside ? "not in what is signed"
			                           : "the signed request "
			                             "says it alone");
	}
	return CCCD_OK;
}

static enum cccd_err parse_request(struct span body, bool is_inside,
                                   struct cccd_error *error,
                                   struct json_request *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct json_request request = { 0 };
	unsigned int seen = 0;
	enum cccd_err err = CCCD_OK;

	TRY(open_body(body, error, &root));
	err = take_request(root, error, &seen, &request);
	if (err == CCCD_OK)
		err = check_members(seen, is_inside, error, &request);
	if (err == CCCD_OK)
		*ret = request;
	else
		json_request_release(&request);
	return err;
}

enum cccd_err json_request_parse(struct span body, struct cccd_error *error,
                                 struct json_request *ret)
{
	return parse_request(body, false, error, ret);
}

enum cccd_err json_request_parse_signed(struct span text,
                                        struct cccd_error *error,
                                        struct json_request *ret)
{
	return parse_request(text, true, error, ret);
}

void json_request_release(struct json_request *request)
{
	free(request->request_jwt);
	*request = (struct json_request){ 0 };
}

enum cccd_err json_consent_parse(struct span body, struct cccd_error *error,
                                 struct json_consent *ret)
{
	static const char *const names[] = { "granted", "text_id", "actor",
		                             "deselected" };
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct json_consent consent = { 0 };
	const cJSON *items[ARRAY_LEN(names)];
	int known = 0;

	TRY(open_body(body, error, &root));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		items[i] = cJSON_GetObjectItemCaseSensitive(root, names[i]);
		known += items[i] != NULL;
	}
	if (known != cJSON_GetArraySize(root))
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "a member that no consent has");
	if (!cJSON_IsBool(items[0]))
		return malformed(error, names[0], "missing, or no boolean");
	consent.granted = cJSON_IsTrue(items[0]);
	TRY(copy_text(items[1], names[1], word_is_label, error, consent.text_id,
	              sizeof(consent.text_id)));
	TRY(copy_text(items[2], names[2], word_is_label, error, consent.actor,
	              sizeof(consent.actor)));
	if (items[3] != NULL)
		TRY(copy_scopes(items[3], names[3], error,
		                &consent.deselected));
	*ret = consent;
	return CCCD_OK;
}
