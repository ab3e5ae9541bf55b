/* SPDX-License-Identifier: Apache-2.0 */
/* One public key as JSON: RFC 7517, 7638, 8037. */
#include "lib/json/jwk.h"

#include <stdio.h>

#include "base/base64url.h"
#include "base/digest.h"
#include "lib/json/jwk_object.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"

enum {
	COORDINATE_TEXT = BASE64URL_LEN(SIGN_COORDINATE_LEN) + 1,
	SPOKEN_GROUPS = 5,
	SPOKEN_GROUP_BYTES = 5,
	SPOKEN_MODULUS = 100000,
};

/* Members in the order of the alphabet, no blanks. [RFC 7638 3.2] */
static void canonical(const struct sign_public *key, char *ret, size_t cap)
{
	char x[COORDINATE_TEXT];
	char y[COORDINATE_TEXT];

	base64url_text(SPAN(key->x), x);
	base64url_text(SPAN(key->y), y);
	if (key->alg == SIGN_ES256)
		(void)snprintf(ret, cap,
		               "{\"crv\":\"P-256\",\"kty\":\"EC\","
		               "\"x\":\"%s\",\"y\":\"%s\"}",
		               x, y);
	else
		(void)snprintf(ret, cap,
		               "{\"crv\":\"Ed25519\",\"kty\":\"OKP\","
		               "\"x\":\"%s\"}",
		               x);
}

static void speak(const uint8_t *hash, char ret[static JWK_SPOKEN_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < SPOKEN_GROUPS; i++) {
		uint64_t group = 0;

		for (size_t j = 0; j < SPOKEN_GROUP_BYTES; j++)
			group = group << 8 | *hash++;
		len += (size_t)snprintf(ret + len, JWK_SPOKEN_MAX - len,
		                        "%s%05u", i > 0 ? " " : "",
		                        (unsigned int)(group % SPOKEN_MODULUS));
	}
}

enum cccd_err jwk_of(const struct sign_public *key, struct jwk *ret)
{
	struct jwk jwk = { .key = *key };
	struct digest hash = { 0 };

	if (sign_alg_name(key->alg)[0] == '\0')
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	canonical(key, jwk.text, sizeof(jwk.text));
	TRY(digest_compute(DIGEST_SHA256, span_text(jwk.text), &hash));
	base64url_text(digest_span(&hash), jwk.thumbprint);
	memcpy(jwk.kid, jwk.thumbprint, sizeof(jwk.thumbprint));
	speak(hash.bytes, jwk.spoken);
	*ret = jwk;
	return CCCD_OK;
}

static enum cccd_err bad(struct cccd_error *error, const char *name)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "key: member \"%.20s\" is missing or bad", name);
}

static enum cccd_err take_coordinate(const cJSON *object, const char *name,
                                     struct cccd_error *error,
                                     uint8_t ret[static SIGN_COORDINATE_LEN])
{
	BUF bytes = buf_make(SIGN_COORDINATE_LEN);
	const char *text = NULL;

	TRY(parse_text(object, name, error, &text));
	if (base64url_decode(span_text(text), &bytes) != CCCD_OK ||
	    bytes.len != SIGN_COORDINATE_LEN)
		return bad(error, name);
	memcpy(ret, bytes.at, SIGN_COORDINATE_LEN);
	return CCCD_OK;
}

/* [RFC 7518 6.2, RFC 8037 2] */
static enum cccd_err take_key(const cJSON *object, struct cccd_error *error,
                              struct sign_public *ret)
{
	const char *kty = NULL;
	const char *crv = NULL;

	TRY(parse_text(object, "kty", error, &kty));
	TRY(parse_text(object, "crv", error, &crv));
	TRY(take_coordinate(object, "x", error, ret->x));
	if (strcmp(kty, "OKP") == 0 && strcmp(crv, "Ed25519") == 0) {
		ret->alg = SIGN_ED25519;
		return CCCD_OK;
	}
	if (strcmp(kty, "EC") != 0 || strcmp(crv, "P-256") != 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "key: only EC P-256 and OKP Ed25519 are taken");
	ret->alg = SIGN_ES256;
	return take_coordinate(object, "y", error, ret->y);
}

bool jwk_alg_is(enum sign_alg alg, const char *name)
{
	/* RFC 9864 renamed EdDSA, which says no curve; libraries of before
	 * know only the old name, and with a fixed key it says the same. */
	return strcmp(name, sign_alg_name(alg)) == 0 ||
	       (alg == SIGN_ED25519 && strcmp(name, "EdDSA") == 0);
}

/* What the key says of its own use. [RFC 7517 4.2, 4.4, 4.5] */
static enum cccd_err check_use(const cJSON *object, enum sign_alg alg,
                               struct cccd_error *error)
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, "alg");
	const cJSON *use = cJSON_GetObjectItemCaseSensitive(object, "use");

	if (cJSON_GetObjectItemCaseSensitive(object, "d") != NULL)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "key: this is a private key; it is burnt now");
	if (name != NULL &&
	    (!cJSON_IsString(name) || !jwk_alg_is(alg, name->valuestring)))
		return bad(error, "alg");
	if (use != NULL &&
	    (!cJSON_IsString(use) || strcmp(use->valuestring, "sig") != 0))
		return bad(error, "use");
	return CCCD_OK;
}

static enum cccd_err take_kid(const cJSON *object, struct cccd_error *error,
                              char ret[static JWK_KID_MAX])
{
	const cJSON *kid = cJSON_GetObjectItemCaseSensitive(object, "kid");

	if (kid == NULL)
		return CCCD_OK;
	if (!cJSON_IsString(kid) || kid->valuestring[0] == '\0' ||
	    strlen(kid->valuestring) >= JWK_KID_MAX)
		return bad(error, "kid");
	(void)snprintf(ret, JWK_KID_MAX, "%s", kid->valuestring);
	return CCCD_OK;
}

enum cccd_err jwk_take(const cJSON *object, struct cccd_error *error,
                       struct jwk *ret, struct sign_verifier **ret_verifier)
{
	struct sign_public key = { 0 };
	struct jwk jwk = { 0 };
	enum cccd_err err = CCCD_OK;

	if (!cJSON_IsObject(object))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "a key is no object");
	TRY(take_key(object, error, &key));
	TRY(check_use(object, key.alg, error));
	TRY(jwk_of(&key, &jwk));
	TRY(take_kid(object, error, jwk.kid));
	err = sign_verifier_new(&key, ret_verifier);
	if (err == CCCD_ERR_CRYPTO_KEY)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "key: no point of its curve");
	if (err != CCCD_OK)
		return fail(error, err, "the key cannot be used");
	*ret = jwk;
	return CCCD_OK;
}

enum cccd_err jwk_parse(struct span text, struct cccd_error *error,
                        struct jwk *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct sign_verifier *verifier = NULL;

	TRY(parse_object(text, "key", error, &root));
	TRY(jwk_take(root, error, ret, &verifier));
	sign_verifier_free(verifier);
	return CCCD_OK;
}

void jwk_put(struct json_maker *maker, cJSON *array, const struct jwk *jwk)
{
	cJSON *object = cJSON_Parse(jwk->text);

	make_text(maker, object, "kid", jwk->kid);
	make_text(maker, object, "alg", sign_alg_name(jwk->key.alg));
	make_text(maker, object, "use", "sig");
	make_item(maker, array, object);
}
