/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS with one header form: RFC 7515, RFC 8725. */
#include "lib/json/jws.h"

#include <stdio.h>

#include "base/base64url.h"
#include "lib/json/jwk_object.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"

struct jws_parts {
	struct span header;
	struct span payload;
	struct span signature;
	struct span signed_text;
};

enum cccd_err jws_sign(const struct sign_pair *pair, const struct jwk *jwk,
                       const char *typ, struct span payload, struct buf *ret)
{
	char header[JWS_HEADER_MAX];
	uint8_t signature[SIGN_LEN];
	int len = snprintf(header, sizeof(header),
	                   "{\"alg\":\"%s\",\"typ\":\"%s\",\"kid\":\"%s\"}",
	                   sign_alg_name(jwk->key.alg), typ, jwk->kid);

	if (len < 0 || (size_t)len >= sizeof(header))
		return CCCD_ERR_DATA_TOO_LARGE;
	buf_reset(ret);
	TRY(base64url_append(span_of(header, (size_t)len), ret));
	TRY(buf_append_byte(ret, '.'));
	TRY(base64url_append(payload, ret));
	TRY(sign_pair_sign(pair, buf_span(ret), signature));
	TRY(buf_append_byte(ret, '.'));
	return base64url_append(SPAN(signature), ret);
}

enum cccd_err jws_find_in_set(void *context, const char *kid,
                              struct jws_key *ret)
{
	const struct jws_set *set = context;
	struct jws_key key = { 0 };

	key.jwk = jwks_find(set->keys, kid, &key.verifier);
	if (key.jwk == NULL)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	*ret = key;
	return CCCD_OK;
}

static enum cccd_err malformed(struct cccd_error *error, const char *what)
{
	return fail(error, CCCD_ERR_ASSERTION_MALFORMED, "token: %s", what);
}

/* Up to the dot, or all of @rest; false when a dot is missing. */
static bool cut(struct span *rest, struct span *ret)
{
	const uint8_t *dot =
	        rest->len > 0 ? memchr(rest->at, '.', rest->len) : NULL;

	if (dot == NULL)
		return false;
	*ret = span_first(*rest, (size_t)(dot - rest->at));
	*rest = span_after(*rest, ret->len + 1);
	return true;
}

static enum cccd_err split(struct span token, struct cccd_error *error,
                           struct jws_parts *ret)
{
	struct span rest = token;

	if (!cut(&rest, &ret->header) || !cut(&rest, &ret->payload) ||
	    rest.len == 0)
		return malformed(error, "not three parts");
	/* A further dot is no letter of base64url. */
	ret->signature = rest;
	ret->signed_text =
	        span_first(token, ret->header.len + 1 + ret->payload.len);
	return CCCD_OK;
}

static enum cccd_err take(const cJSON *header, const char *name,
                          struct cccd_error *error, const char **ret)
{
	if (parse_text(header, name, NULL, ret) != CCCD_OK)
		return malformed(error, "alg, typ or kid is missing or bad");
	return CCCD_OK;
}

/* Members that might change the meaning of the token are not understood,
 * so nothing but the three is. */
static enum cccd_err judge_header(const cJSON *header,
                                  const struct jws_rules *rules,
                                  struct cccd_error *error, struct jws_key *ret)
{
	static const char *const known[] = { "alg", "typ", "kid" };
	const char *alg = NULL;
	const char *typ = NULL;
	const char *kid = NULL;
	enum cccd_err err = CCCD_OK;

	if (parse_no_others(header, known, ARRAY_LEN(known), NULL) != CCCD_OK)
		return malformed(error, "a header member that is not taken");
	TRY(take(header, "typ", error, &typ));
	TRY(take(header, "alg", error, &alg));
	TRY(take(header, "kid", error, &kid));
	if (strcmp(typ, rules->typ) != 0)
		return fail(error, CCCD_ERR_ASSERTION_TYPE,
		            "token: the type is not %s", rules->typ);
	err = rules->find(rules->context, kid, ret);
	if (err != CCCD_OK)
		return fail(error, err, "token: no key for its kid");
	if (!jwk_alg_is(ret->jwk->key.alg, alg))
		return fail(error, CCCD_ERR_ASSERTION_ALGORITHM,
		            "token: the algorithm is not %s",
		            sign_alg_name(ret->jwk->key.alg));
	return CCCD_OK;
}

static enum cccd_err read_header(struct span text,
                                 const struct jws_rules *rules,
                                 struct cccd_error *error, struct jws_key *ret)
{
	BUF bytes = buf_make(JWS_HEADER_MAX);
	CLEANUP(json_cleanup) cJSON *header = NULL;
	enum cccd_err err = base64url_decode(text, &bytes);

	if (err == CCCD_ERR_MEMORY)
		return fail(error, err, "no memory");
	if (err != CCCD_OK)
		return malformed(error, "header: bad base64url or too long");
	if (parse_object(buf_span(&bytes), "header", NULL, &header) != CCCD_OK)
		return malformed(error, "header: no sound JSON object");
	return judge_header(header, rules, error, ret);
}

static enum cccd_err check_signature(const struct jws_parts *parts,
                                     const struct jws_key *key,
                                     struct cccd_error *error)
{
	BUF signature = buf_make(SIGN_LEN);
	enum cccd_err err = base64url_decode(parts->signature, &signature);

	if (err == CCCD_OK && signature.len != SIGN_LEN)
		err = CCCD_ERR_DATA_MALFORMED;
	if (err == CCCD_ERR_DATA_MALFORMED || err == CCCD_ERR_DATA_TOO_LARGE)
		return malformed(error, "signature: not 64 bytes");
	if (err == CCCD_OK)
		err = sign_verifier_check(key->verifier, parts->signed_text,
		                          buf_span(&signature));
	if (err == CCCD_ERR_TRUST_REFUSED)
		return fail(error, CCCD_ERR_ASSERTION_SIGNATURE,
		            "token: the signature does not hold");
	if (err != CCCD_OK)
		return fail(error, err, "the signature cannot be checked");
	return CCCD_OK;
}

enum cccd_err jws_verify(struct span token, const struct jws_rules *rules,
                         struct cccd_error *error, struct buf *ret_payload,
                         struct jws_key *ret_key)
{
	struct jws_parts parts = { 0 };
	struct jws_key key = { 0 };
	enum cccd_err err = CCCD_OK;

	if (token.len > rules->max)
		return malformed(error, "too long");
	TRY(split(token, error, &parts));
	TRY(read_header(parts.header, rules, error, &key));
	TRY(check_signature(&parts, &key, error));
	err = base64url_decode(parts.payload, ret_payload);
	if (err == CCCD_ERR_DATA_MALFORMED || err == CCCD_ERR_DATA_TOO_LARGE)
		return malformed(error, "payload: bad base64url");
	if (err != CCCD_OK)
		return fail(error, err, "no memory");
	*ret_key = key;
	return CCCD_OK;
}
