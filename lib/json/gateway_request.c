/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller of the gateway sends, and what it is about. */
#include "lib/json/gateway_request.h"

#include <stdio.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/base64url.h"
#include "base/secret.h"
#include "base/text.h"
#include "lib/json/claims.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/parse.h"
#include "lib/json/strict.h"

enum { NUMBER_LEN = 12, OLD_NUMBER_LEN = 9 };

/* @member is a name of ours, never one that the caller sent. */
static enum cccd_err malformed(struct cccd_error *error, const char *member,
                               const char *reason)
{
	return fail(error, CCCD_ERR_REQUEST_MALFORMED, "\"%s\": %s", member,
	            reason);
}

/* Letters of codes: also blanks within, for no table of ours has them. */
static bool is_code(const char *text)
{
	size_t len = strlen(text);

	return len > 0 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
	                    "yz0123456789._:@/-") == len;
}

static bool is_name(const char *text)
{
	struct span span = span_text(text);

	return span.len > 0 && text_is_utf8(span) && !text_has_controls(span);
}

static bool is_number(const char *text)
{
	struct span span = span_text(text);

	return (span.len == NUMBER_LEN || span.len == OLD_NUMBER_LEN) &&
	       text_is_digits(span);
}

/** struct member - of an object, into a fixed place. */
struct member {
	const char *name;
	bool (*is_good)(const char *text);
	char *place;
	size_t max;
	bool needed;
};

static enum cccd_err take(const cJSON *object, const struct member *member,
                          struct cccd_error *error)
{
	const cJSON *item =
	        cJSON_GetObjectItemCaseSensitive(object, member->name);

	if (item == NULL && !member->needed)
		return CCCD_OK;
	if (item == NULL)
		return malformed(error, member->name, "it is missing");
	if (!cJSON_IsString(item))
		return malformed(error, member->name, "it is no string");
	if (strlen(item->valuestring) >= member->max ||
	    !member->is_good(item->valuestring))
		return malformed(error, member->name,
		                 "too long, or of letters it may not have");
	(void)snprintf(member->place, member->max, "%s", item->valuestring);
	return CCCD_OK;
}

static enum cccd_err take_all(const cJSON *object, const struct member *members,
                              size_t count, struct cccd_error *error)
{
	for (size_t i = 0; i < count; i++)
		TRY(take(object, &members[i], error));
	return CCCD_OK;
}

static enum cccd_err only(const cJSON *object, const char *const *known,
                          size_t count, struct cccd_error *error)
{
	return parse_no_others(object, known, count, NULL) == CCCD_OK
	               ? CCCD_OK
	               : fail(error, CCCD_ERR_REQUEST_MALFORMED,
	                      "a member that is none of ours");
}

static enum cccd_err take_officer(const cJSON *root, struct cccd_error *error,
                                  struct gateway_request *ret)
{
	static const char *const known[] = { "id", "name" };
	const struct member members[] = {
		{ "id", is_code, ret->officer_id, sizeof(ret->officer_id),
		  true },
		{ "name", is_name, ret->officer_name, sizeof(ret->officer_name),
		  false },
	};
	const cJSON *officer =
	        cJSON_GetObjectItemCaseSensitive(root, "officer");

	if (!cJSON_IsObject(officer))
		return malformed(error, "officer", "it is no object");
	TRY(only(officer, known, ARRAY_LEN(known), error));
	return take_all(officer, members, ARRAY_LEN(members), error);
}

static enum cccd_err take_assertion(const cJSON *root, struct cccd_error *error,
                                    struct gateway_request *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "assertion");

	if (!cJSON_IsString(item) || item->valuestring[0] == '\0')
		return malformed(error, "assertion", "it is no string");
	ret->assertion = buf_make(CCCD_ASSERTION_MAX);
	return buf_set(&ret->assertion, span_text(item->valuestring));
}

enum cccd_err gateway_request_parse(struct span body, struct cccd_error *error,
                                    struct gateway_request *ret)
{
	static const char *const known[] = { "assertion", "officer",
		                             "service_code", "procedure_code",
		                             "id_number" };
	const struct member members[] = {
		{ "service_code", is_code, ret->service_code,
		  sizeof(ret->service_code), false },
		{ "procedure_code", is_code, ret->procedure_code,
		  sizeof(ret->procedure_code), false },
		{ "id_number", is_number, ret->id_number,
		  sizeof(ret->id_number), false },
	};
	CLEANUP(json_cleanup) cJSON *root = NULL;

	if (body.len > CCCD_ASSERTION_MAX)
		return fail(error, CCCD_ERR_REQUEST_TOO_LARGE, "too large");
	if (!strict_is_json(body, NULL) ||
	    parse_object(body, "body", NULL, &root) != CCCD_OK)
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "no JSON object, or a member stands twice");
	TRY(only(root, known, ARRAY_LEN(known), error));
	TRY(take_all(root, members, ARRAY_LEN(members), error));
	TRY(take_officer(root, error, ret));
	return take_assertion(root, error, ret);
}

void gateway_request_release(struct gateway_request *request)
{
	buf_release(&request->assertion);
	wipe(request, sizeof(*request));
}

/* The middle one of three parts; empty when there are not three. */
static struct span payload_of(struct span token)
{
	const uint8_t *first =
	        token.len > 0 ? memchr(token.at, '.', token.len) : NULL;
	struct span rest = { .at = NULL };
	const uint8_t *second = NULL;

	if (first == NULL)
		return rest;
	rest = span_after(token, (size_t)(first - token.at) + 1);
	second = rest.len > 0 ? memchr(rest.at, '.', rest.len) : NULL;
	return span_first(rest,
	                  second != NULL ? (size_t)(second - rest.at) : 0);
}

enum cccd_err gateway_nonce_peek(struct span token, struct cccd_error *error,
                                 char ret[static GATEWAY_NONCE_MAX])
{
	BUF claims = buf_make(CCCD_ASSERTION_MAX);
	CLEANUP(json_cleanup) cJSON *root = NULL;
	const char *nonce = NULL;
	enum cccd_err err = base64url_decode(payload_of(token), &claims);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK || !strict_is_json(buf_span(&claims), NULL) ||
	    parse_object(buf_span(&claims), "claims", NULL, &root) != CCCD_OK)
		return fail(error, CCCD_ERR_ASSERTION_MALFORMED,
		            "it is no assertion");
	nonce = claims_text(root, "nonce");
	if (!nonce_is_sound(nonce))
		return fail(error, CCCD_ERR_ASSERTION_NONCE, "it has no nonce");
	(void)snprintf(ret, GATEWAY_NONCE_MAX, "%s", nonce);
	return CCCD_OK;
}

static bool is_text(const char *text)
{
	return text_is_utf8(span_text(text));
}

/* {"text": …} of an address. */
static enum cccd_err take_place(const cJSON *identity, const char *name,
                                /* Written through the member. NOLINTNEXTLINE */
                                char place[static CITIZEN_TEXT_MAX],
                                struct cccd_error *error)
{
	const struct member member = { "text", is_text, place, CITIZEN_TEXT_MAX,
		                       false };
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(identity, name);

	return cJSON_IsObject(item) ? take(item, &member, error) : CCCD_OK;
}

static enum cccd_err take_numbers(const cJSON *identity,
                                  struct cccd_error *error,
                                  struct gateway_person *ret)
{
	const cJSON *item = NULL;

	cJSON_ArrayForEach(
	        item, cJSON_GetObjectItemCaseSensitive(identity, "old_numbers"))
	{
		if (!cJSON_IsString(item) || !is_number(item->valuestring))
			return malformed(error, "old_numbers", "no numbers");
		if (ret->old_number_count == GATEWAY_OLD_NUMBERS)
			break;
		(void)snprintf(ret->old_numbers[ret->old_number_count++],
		               CITIZEN_NUMBER_MAX, "%s", item->valuestring);
	}
	return CCCD_OK;
}

static enum cccd_err take_person(const cJSON *identity,
                                 struct cccd_error *error,
                                 struct gateway_person *ret)
{
#define TEXT(name, check)                                         \
	{                                                         \
#name, check, ret->name, sizeof(ret->name), false \
	}
	const struct member members[] = {
		TEXT(id_number, is_number),   TEXT(full_name, is_text),
		TEXT(date_of_birth, is_text), TEXT(sex, is_text),
		TEXT(father_name, is_text),   TEXT(mother_name, is_text),
		TEXT(spouse_name, is_text),
	};
#undef TEXT
	const cJSON *mrz =
	        cJSON_GetObjectItemCaseSensitive(identity, "name_mrz");

	TRY(take_all(identity, members, ARRAY_LEN(members), error));
	TRY(take_numbers(identity, error, ret));
	TRY(take_place(identity, "place_of_residence", ret->residence, error));
	TRY(take_place(identity, "place_of_origin", ret->origin, error));
	ret->name_truncated = cJSON_IsTrue(
	        cJSON_GetObjectItemCaseSensitive(mrz, "truncated"));
	return CCCD_OK;
}

enum cccd_err gateway_person_read(struct span result, struct cccd_error *error,
                                  struct gateway_person *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct cccd_error own = { .tries_left = -1 };
	const cJSON *identity = NULL;

	if (parse_object(result, "result", NULL, &root) != CCCD_OK)
		return fail(error, CCCD_ERR_ASSERTION_MALFORMED,
		            "its result is no object");
	identity = cJSON_GetObjectItemCaseSensitive(root, "identity");
	if (take_person(identity, &own, ret) != CCCD_OK)
		return fail(error, CCCD_ERR_ASSERTION_MALFORMED, "%s",
		            own.text);
	return CCCD_OK;
}
