/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's side of the signed assertion: service-api 6, R11, R13. */
#include <stdio.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "lib/json/assertion_object.h"
#include "lib/json/jws.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/parse.h"
#include "lib/json/strict.h"

enum { LEEWAY_MOST_S = 60 };

void cccd_assertion_free(struct cccd_assertion *assertion)
{
	if (assertion == NULL)
		return;
	json_cleanup(&assertion->claims);
	buf_release(&assertion->payload);
	buf_release(&assertion->result);
	wipe(assertion, sizeof(*assertion));
	free(assertion);
}

static void assertion_cleanup(struct cccd_assertion **assertion)
{
	cccd_assertion_free(*assertion);
}

static enum cccd_err check_expected(const struct cccd_assertion_expected *in,
                                    struct cccd_error *error)
{
	if (in->audience == NULL || in->audience[0] == '\0' ||
	    in->nonce == NULL || (in->keys == NULL && in->find == NULL) ||
	    in->leeway_s > LEEWAY_MOST_S)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "nonce, audience, keys or leeway");
	if (!nonce_is_sound(in->nonce))
		return fail(error, CCCD_ERR_NONCE_TOO_SHORT,
		            "the expected nonce is no 256 bits in base64url");
	return CCCD_OK;
}

/* A device is its thumbprint: no other kid is taken. */
static enum cccd_err find_device(void *context, const char *kid,
                                 struct jws_key *ret)
{
	const struct cccd_assertion_expected *in = context;
	struct jws_set set = { .keys = in->keys };
	struct jws_key key = { 0 };

	if (strlen(kid) != CCCD_THUMBPRINT_MAX - 1 ||
	    !base64url_is(span_text(kid)))
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	if (set.keys == NULL)
		TRY(in->find(in->context, kid, &set.keys));
	if (set.keys == NULL)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	TRY(jws_find_in_set(&set, kid, &key));
	if (strcmp(key.jwk->thumbprint, kid) != 0)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	*ret = key;
	return CCCD_OK;
}

static enum cccd_err malformed(struct cccd_error *error, const char *what)
{
	return fail(error, CCCD_ERR_ASSERTION_MALFORMED, "token: %s", what);
}

static enum cccd_err check_issuer(const struct cccd_assertion *assertion,
                                  struct cccd_error *error)
{
	const char *issuer = claims_text(assertion->claims, "iss");
	char wanted[sizeof(ASSERTION_ISSUER) + CCCD_THUMBPRINT_MAX];

	(void)snprintf(wanted, sizeof(wanted), "%s%s", ASSERTION_ISSUER,
	               assertion->device);
	if (issuer == NULL || strcmp(issuer, wanted) != 0)
		return malformed(error, "iss is not the key that signed");
	return CCCD_OK;
}

/* One audience, as a text: a list would make one token good for several. */
static enum cccd_err check_binding(const struct cccd_assertion *assertion,
                                   const struct cccd_assertion_expected *in,
                                   struct cccd_error *error)
{
	const char *audience = claims_text(assertion->claims, "aud");
	const char *nonce = claims_text(assertion->claims, "nonce");

	if (audience == NULL || strcmp(audience, in->audience) != 0)
		return fail(error, CCCD_ERR_ASSERTION_AUDIENCE,
		            "token: aud is not the expected one");
	if (nonce == NULL ||
	    !secret_equal(span_text(nonce), span_text(in->nonce)))
		return fail(error, CCCD_ERR_ASSERTION_NONCE,
		            "token: nonce is not the expected one");
	return CCCD_OK;
}

static enum cccd_err check_times(struct cccd_assertion *assertion,
                                 const struct cccd_assertion_expected *in,
                                 struct cccd_error *error)
{
	int64_t now = in->now != 0 ? in->now : clock_wall_s();
	const struct claims_times *times = &assertion->times;

	TRY(claims_times(assertion->claims, error, &assertion->times));
	if (cJSON_GetObjectItemCaseSensitive(assertion->claims, "nbf") == NULL)
		return malformed(error, "nbf is missing or bad");
	TRY(claims_judge_times(times, now, in->leeway_s, error));
	if (in->max_age_s != 0 &&
	    now - times->issued > (int64_t)in->max_age_s + in->leeway_s)
		return fail(error, CCCD_ERR_ASSERTION_TOO_OLD,
		            "token: made %lld s ago",
		            (long long)(now - times->issued));
	return CCCD_OK;
}

/* Texts that are there, or may be missing but are texts then. */
static enum cccd_err check_texts(const cJSON *claims, struct cccd_error *error)
{
	static const char *const needed[] = { "jti", "txn", "purpose",
		                              "consent" };
	static const char *const optional[] = { "origin", "sub" };
	const char *level = claims_text(claims, "level");

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (claims_text(claims, needed[i]) == NULL)
			return malformed(error, "a claim is missing or bad");
	for (size_t i = 0; i < ARRAY_LEN(optional); i++)
		if (cJSON_GetObjectItemCaseSensitive(claims, optional[i]) !=
		            NULL &&
		    claims_text(claims, optional[i]) == NULL)
			return malformed(error, "origin or sub is bad");
	if (level == NULL ||
	    (strcmp(level, "A1") != 0 && strcmp(level, "A2") != 0 &&
	     strcmp(level, "A3") != 0))
		return malformed(error, "level is missing or bad");
	return CCCD_OK;
}

static enum cccd_err take_result(struct cccd_assertion *assertion,
                                 struct cccd_error *error)
{
	struct buf *payload = &assertion->payload;
	struct span result = { 0 };
	const char *txn = claims_text(assertion->claims, "txn");
	const char *transaction =
	        claims_text(assertion_result(assertion), "transaction");

	if (!cJSON_IsObject(assertion_result(assertion)) ||
	    strict_member(buf_span(payload), "result", &result) != CCCD_OK)
		return malformed(error, "result is missing or bad");
	if (transaction == NULL || strcmp(transaction, txn) != 0)
		return malformed(error, "txn is not that of the result");
	assertion->result = buf_make(result.len + 1);
	if (buf_append(&assertion->result, result) != CCCD_OK ||
	    buf_append_byte(&assertion->result, '\0') != CCCD_OK ||
	    buf_append_byte(payload, '\0') != CCCD_OK)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	return CCCD_OK;
}

static enum cccd_err judge(struct cccd_assertion *assertion,
                           const struct cccd_assertion_expected *in,
                           struct cccd_error *error)
{
	if (parse_object(buf_span(&assertion->payload), "payload", NULL,
	                 &assertion->claims) != CCCD_OK)
		return malformed(error, "payload: no sound JSON object");
	TRY(check_issuer(assertion, error));
	TRY(check_binding(assertion, in, error));
	TRY(check_times(assertion, in, error));
	TRY(check_texts(assertion->claims, error));
	return take_result(assertion, error);
}

enum cccd_err
cccd_assertion_verify(const char *token, size_t len,
                      const struct cccd_assertion_expected *expected,
                      struct cccd_assertion **ret, struct cccd_error *error)
{
	CLEANUP(assertion_cleanup) struct cccd_assertion *assertion = NULL;
	struct cccd_assertion_expected in = *expected;
	struct jws_rules rules = { .typ = ASSERTION_TYP,
		                   .max = CCCD_ASSERTION_MAX,
		                   .find = find_device,
		                   .context = &in };
	struct jws_key key = { 0 };

	TRY(check_expected(&in, error));
	assertion = calloc(1, sizeof(*assertion));
	if (assertion == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	assertion->payload = buf_make(CCCD_ASSERTION_MAX);
	TRY(jws_verify(span_of(token, len), &rules, error, &assertion->payload,
	               &key));
	memcpy(assertion->device, key.jwk->thumbprint,
	       sizeof(assertion->device));
	TRY(judge(assertion, &in, error));
	*ret = assertion;
	assertion = NULL;
	return CCCD_OK;
}
