/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's side of a signed request: service-api 3. */
#include <cccd/assertion.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/private_file.h"
#include "lib/json/claims.h"
#include "lib/json/jwk_object.h"
#include "lib/json/jws.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/parse.h"
#include "lib/json/request_claims.h"
#include "lib/json/request_jwt.h"
#include "lib/json/result.h"

struct cccd_backend_key {
	struct sign_pair *pair;
	struct jwk jwk;
	char *jwks;
};

const char *const request_claims[] = {
	"iss", "aud", "iat", "nbf", "exp", "jti"
};
const size_t request_claims_count = ARRAY_LEN(request_claims);

void cccd_backend_key_free(struct cccd_backend_key *key)
{
	if (key == NULL)
		return;
	sign_pair_free(key->pair);
	json_text_free(key->jwks);
	free(key);
}

static void key_cleanup(struct cccd_backend_key **key)
{
	cccd_backend_key_free(*key);
}

/* It stands in headers as it is. */
static bool is_plain(const char *kid)
{
	size_t len = strlen(kid);

	for (size_t i = 0; i < len; i++)
		if (kid[i] <= ' ' || kid[i] > '~' || kid[i] == '"' ||
		    kid[i] == '\\')
			return false;
	return len > 0 && len < JWK_KID_MAX;
}

static enum cccd_err load_pair(const char *path, struct cccd_error *error,
                               struct sign_pair **ret)
{
	BUF pem = buf_make(SIGN_PEM_MAX);
	enum cccd_err err =
	        private_file_read(path, PRIVATE_FILE_OWN, error, &pem);

	if (err == CCCD_OK)
		err = sign_pair_from_pem(buf_span(&pem), ret);
	if (err == CCCD_ERR_CRYPTO_KEY || err == CCCD_ERR_CRYPTO_UNSUPPORTED ||
	    err == CCCD_ERR_DATA_TOO_LARGE)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "no PKCS#8 key of P-256 or Ed25519");
	return err == CCCD_OK ? err : fail(error, err, "the key is not loaded");
}

static enum cccd_err make_set(struct cccd_backend_key *key)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	jwk_put(&maker, make_array(&maker, root, "keys"), &key->jwk);
	return make_text_of(&maker, root, false, &key->jwks);
}

enum cccd_err cccd_backend_key_load(const char *path, const char *kid,
                                    struct cccd_error *error,
                                    struct cccd_backend_key **ret)
{
	CLEANUP(key_cleanup) struct cccd_backend_key *key = NULL;

	if (path == NULL || (kid != NULL && !is_plain(kid)))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT, "path or kid");
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	TRY(load_pair(path, error, &key->pair));
	TRY(jwk_of(sign_pair_public(key->pair), &key->jwk));
	if (kid != NULL)
		memcpy(key->jwk.kid, kid, strlen(kid) + 1);
	if (make_set(key) != CCCD_OK)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	*ret = key;
	key = NULL;
	return CCCD_OK;
}

const char *cccd_backend_key_jwks(const struct cccd_backend_key *key)
{
	return key->jwks;
}

static enum cccd_err check_request(const cJSON *root, const char *rp,
                                   struct cccd_error *error)
{
	const cJSON *named = cJSON_GetObjectItemCaseSensitive(root, "rp");

	for (size_t i = 0; i < request_claims_count; i++)
		if (cJSON_GetObjectItemCaseSensitive(root, request_claims[i]) !=
		    NULL)
			return fail(error, CCCD_ERR_USAGE_ARGUMENT,
			            "the request has a member \"%s\"",
			            request_claims[i]);
	if (named != NULL &&
	    (!cJSON_IsString(named) || strcmp(named->valuestring, rp) != 0))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "the request names another rp");
	if (claims_text(root, "purpose") == NULL ||
	    !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, "scopes")))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "purpose or scopes is missing");
	if (!nonce_is_sound(claims_text(root, "nonce")))
		return fail(error, CCCD_ERR_NONCE_TOO_SHORT,
		            "nonce is no 256 bits in base64url");
	return CCCD_OK;
}

static enum cccd_err add_claims(cJSON *root, const struct cccd_request *request,
                                char **ret)
{
	struct json_maker maker = { 0 };
	char id[CLAIMS_ID_MAX];
	int64_t now = request->now != 0 ? request->now : clock_wall_s();
	uint32_t lifetime_s = request->lifetime_s != 0 ? request->lifetime_s
	                                               : CLAIMS_LIFETIME_S;

	TRY(claims_new_id(id));
	make_text(&maker, root, "iss", request->rp);
	make_text(&maker, root, "aud", request->device);
	make_number(&maker, root, "iat", (double)now);
	make_number(&maker, root, "exp", (double)(now + lifetime_s));
	make_text(&maker, root, "jti", id);
	return make_text_of(&maker, root, false, ret);
}

static enum cccd_err seal(const struct cccd_backend_key *key,
                          const char *claims, char **ret)
{
	BUF token = buf_make(REQUEST_JWT_MAX);
	char *text = NULL;

	TRY(jws_sign(key->pair, &key->jwk, REQUEST_TYP, span_text(claims),
	             &token));
	text = malloc(token.len + 1);
	if (text == NULL)
		return CCCD_ERR_MEMORY;
	memcpy(text, token.at, token.len);
	text[token.len] = '\0';
	*ret = text;
	return CCCD_OK;
}

enum cccd_err cccd_request_sign(const struct cccd_backend_key *key,
                                const struct cccd_request *request,
                                struct cccd_error *error, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	char *claims = NULL;
	enum cccd_err err = CCCD_OK;

	if (request->rp == NULL || request->rp[0] == '\0' ||
	    request->device == NULL || request->request == NULL ||
	    strlen(request->device) != CCCD_THUMBPRINT_MAX - 1 ||
	    request->lifetime_s > CLAIMS_LIFETIME_S)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "rp, device, request or lifetime");
	if (parse_object(span_text(request->request), "request", error,
	                 &root) != CCCD_OK)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(check_request(root, request->rp, error));
	err = add_claims(root, request, &claims);
	if (err == CCCD_OK)
		err = seal(key, claims, ret);
	json_text_free(claims);
	return err == CCCD_OK ? err : fail(error, err, "not signed");
}
