/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a back end signed: service-api 3, mode "signed". */
#include "lib/json/request_jwt.h"

#include <stdio.h>

#include "base/secret.h"
#include "lib/json/claims.h"
#include "lib/json/jws.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/parse.h"
#include "lib/json/request_claims.h"
#include "lib/json/result.h"

static enum cccd_err refuse(struct cccd_error *error, const char *what)
{
	return fail(error, CCCD_ERR_REQUEST_SIGNATURE, "request token: %s",
	            what);
}

/* To the desk every flaw of the token is one: the back end must sign anew.
 * The reason stands in the text. */
static enum cccd_err as_request_error(enum cccd_err err,
                                      const struct cccd_error *cause,
                                      struct cccd_error *error)
{
	if (err == CCCD_OK || err == CCCD_ERR_MEMORY ||
	    err == CCCD_ERR_CRYPTO_FAILED)
		return err;
	return fail(error, CCCD_ERR_REQUEST_SIGNATURE, "%s", cause->text);
}

static enum cccd_err verify(struct span token,
                            const struct request_jwt_expected *expected,
                            struct cccd_error *error, cJSON **ret)
{
	struct jws_set set = { .keys = expected->keys };
	struct jws_rules rules = { .typ = REQUEST_TYP,
		                   .max = REQUEST_JWT_MAX,
		                   .find = jws_find_in_set,
		                   .context = &set };
	BUF payload = buf_make(REQUEST_JWT_MAX);
	struct cccd_error cause = { .tries_left = -1 };
	struct jws_key key = { 0 };
	enum cccd_err err = jws_verify(token, &rules, &cause, &payload, &key);

	TRY(as_request_error(err, &cause, error));
	err = parse_object(buf_span(&payload), "request token", &cause, ret);
	return as_request_error(err, &cause, error);
}

static enum cccd_err check_device(const cJSON *claims,
                                  const struct request_jwt_expected *expected,
                                  struct cccd_error *error)
{
	const char *device = claims_text(claims, "aud");

	if (device == NULL)
		return refuse(error, "aud is missing or bad");
	if (strcmp(device, expected->device) == 0)
		return CCCD_OK;
	if (expected->previous != NULL &&
	    strcmp(device, expected->previous) == 0)
		return CCCD_OK;
	return refuse(error, "aud is another device");
}

static enum cccd_err check_party(const cJSON *claims, const char *wanted,
                                 struct cccd_error *error)
{
	const char *issuer = claims_text(claims, "iss");
	const cJSON *rp = cJSON_GetObjectItemCaseSensitive(claims, "rp");

	if (issuer == NULL)
		return refuse(error, "iss is missing or bad");
	if (strcmp(issuer, wanted) != 0 ||
	    (rp != NULL &&
	     (!cJSON_IsString(rp) || strcmp(rp->valuestring, wanted) != 0)))
		return fail(error, CCCD_ERR_RP_MISMATCH,
		            "request token: iss or rp is another's");
	return CCCD_OK;
}

static enum cccd_err check_times(const cJSON *claims, int64_t now,
                                 struct cccd_error *error,
                                 struct request_jwt *ret)
{
	struct cccd_error cause = { .tries_left = -1 };
	struct claims_times times = { 0 };
	enum cccd_err err = claims_times(claims, &cause, &times);

	if (err == CCCD_OK)
		err = claims_judge_times(&times, now, REQUEST_JWT_LEEWAY_S,
		                         &cause);
	TRY(as_request_error(err, &cause, error));
	ret->issued = times.issued;
	ret->expires = times.expires + REQUEST_JWT_LEEWAY_S;
	return CCCD_OK;
}

/* What the front end could otherwise choose must be in the token. */
static enum cccd_err check_contents(const cJSON *claims,
                                    struct cccd_error *error,
                                    struct request_jwt *ret)
{
	const char *nonce = claims_text(claims, "nonce");
	const char *id = claims_text(claims, "jti");

	if (id == NULL || strlen(id) >= sizeof(ret->id))
		return refuse(error, "jti is missing or bad");
	if (nonce == NULL || claims_text(claims, "purpose") == NULL ||
	    !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(claims, "scopes")))
		return refuse(error, "nonce, purpose or scopes is missing");
	if (cJSON_GetObjectItemCaseSensitive(claims, "request_jwt") != NULL)
		return refuse(error, "a token within a token");
	if (!nonce_is_sound(nonce))
		return fail(error, CCCD_ERR_NONCE_TOO_SHORT,
		            "request token: nonce is no 256 bits in base64url");
	(void)snprintf(ret->id, sizeof(ret->id), "%s", id);
	(void)snprintf(ret->nonce, sizeof(ret->nonce), "%s", nonce);
	return CCCD_OK;
}

/* The request without the token's own claims, with the party it proved. */
static enum cccd_err take_text(cJSON *claims, const char *rp,
                               struct request_jwt *ret)
{
	struct json_maker maker = { 0 };
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	for (size_t i = 0; i < request_claims_count; i++)
		cJSON_DeleteItemFromObjectCaseSensitive(claims,
		                                        request_claims[i]);
	cJSON_DeleteItemFromObjectCaseSensitive(claims, "rp");
	make_text(&maker, claims, "rp", rp);
	TRY(make_text_of(&maker, claims, false, &text));
	ret->text = buf_make(REQUEST_JWT_MAX);
	err = buf_set(&ret->text, span_text(text));
	json_text_free(text);
	return err;
}

static enum cccd_err judge(cJSON *claims,
                           const struct request_jwt_expected *expected,
                           struct cccd_error *error, struct request_jwt *ret)
{
	TRY(check_device(claims, expected, error));
	TRY(check_party(claims, expected->rp, error));
	TRY(check_times(claims, expected->now, error, ret));
	TRY(check_contents(claims, error, ret));
	return take_text(claims, expected->rp, ret);
}

enum cccd_err request_jwt_verify(struct span token,
                                 const struct request_jwt_expected *expected,
                                 struct cccd_error *error,
                                 struct request_jwt *ret)
{
	CLEANUP(json_cleanup) cJSON *claims = NULL;
	struct request_jwt request = { 0 };
	enum cccd_err err = verify(token, expected, error, &claims);

	if (err == CCCD_OK)
		err = judge(claims, expected, error, &request);
	if (err != CCCD_OK) {
		request_jwt_release(&request);
		return fail(error, err, "no memory");
	}
	*ret = request;
	return CCCD_OK;
}

void request_jwt_release(struct request_jwt *request)
{
	buf_release(&request->text);
	wipe(request, sizeof(*request));
}
