/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a back end signs and the daemon takes. */
#include "base/file.h"
#include "lib/json/jws.h"
#include "lib/json/request_jwt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cccd/assertion.h>
#include <cjson/cJSON.h>
#include <cmocka.h>

#define NONCE    "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"
#define DEVICE   "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
#define PREVIOUS "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define RP       "reception.hospital.example"

static const char request[] =
        "{\"nonce\":\"" NONCE "\",\"purpose\":\"kcb-reception\","
        "\"scopes\":[\"id\",\"demographic\"],\"audience\":\"his\"}";

enum { NOW = 1790000000 };

struct rig {
	char dir[64];
	char path[80];
	struct sign_pair *pair;
	struct jwk jwk;
	struct cccd_backend_key *key;
	struct cccd_jwks *keys;
};

static void make_key(struct rig *rig, enum sign_alg alg)
{
	BUF pem = buf_make(SIGN_PEM_MAX);
	const char *jwks = NULL;

	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/cccd-request-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	(void)snprintf(rig->path, sizeof(rig->path), "%s/key.pem", rig->dir);
	assert_int_equal(sign_pair_generate(alg, &rig->pair), CCCD_OK);
	assert_int_equal(jwk_of(sign_pair_public(rig->pair), &rig->jwk),
	                 CCCD_OK);
	(void)snprintf(rig->jwk.kid, sizeof(rig->jwk.kid), "his-2026");
	assert_int_equal(sign_pair_to_pem(rig->pair, &pem), CCCD_OK);
	assert_int_equal(file_write(rig->path, buf_span(&pem), NULL), CCCD_OK);
	assert_int_equal(
	        cccd_backend_key_load(rig->path, "his-2026", NULL, &rig->key),
	        CCCD_OK);
	jwks = cccd_backend_key_jwks(rig->key);
	assert_int_equal(cccd_jwks_parse(jwks, strlen(jwks), NULL, &rig->keys),
	                 CCCD_OK);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	make_key(rig, SIGN_ES256);
	*state = rig;
	return 0;
}

static int set_up_ed25519(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	make_key(rig, SIGN_ED25519);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	(void)unlink(rig->path);
	(void)rmdir(rig->dir);
	sign_pair_free(rig->pair);
	cccd_backend_key_free(rig->key);
	cccd_jwks_free(rig->keys);
	free(rig);
	return 0;
}

static struct request_jwt_expected expected_of(const struct rig *rig)
{
	return (struct request_jwt_expected){
		.rp = RP, .device = DEVICE, .keys = rig->keys, .now = NOW
	};
}

static enum cccd_err verify(const struct rig *rig, const char *token,
                            struct request_jwt *ret, struct cccd_error *error)
{
	struct request_jwt_expected expected = expected_of(rig);

	return request_jwt_verify(span_text(token), &expected, error, ret);
}

static char *sign(const struct rig *rig)
{
	struct cccd_request in = {
		.rp = RP, .device = DEVICE, .request = request, .now = NOW
	};
	char *token = NULL;

	assert_int_equal(cccd_request_sign(rig->key, &in, NULL, &token),
	                 CCCD_OK);
	return token;
}

static void request_passes_from_back_end_to_daemon(void **state)
{
	const struct rig *rig = *state;
	struct request_jwt got = { 0 };
	char *token = sign(rig);

	assert_int_equal(verify(rig, token, &got, NULL), CCCD_OK);
	assert_string_equal(got.nonce, NONCE);
	assert_int_equal(strlen(got.id), 22);
	assert_int_equal(got.issued, NOW);
	assert_int_equal(got.expires, NOW + 300 + REQUEST_JWT_LEEWAY_S);
	assert_int_equal(got.text.len,
	                 strlen(request) + strlen(",\"rp\":\"" RP "\""));
	assert_memory_equal(got.text.at, request, strlen(request) - 1);
	assert_non_null(memchr(got.text.at, '}', got.text.len));
	request_jwt_release(&got);
	free(token);
}

/* The claims of a sound request with one bent; NULL takes it out. */
static void refuse(const struct rig *rig, const char *name, cJSON *value,
                   enum cccd_err wanted)
{
	cJSON *claims = cJSON_Parse(request);
	BUF token = buf_make(REQUEST_JWT_MAX);
	struct request_jwt_expected expected = expected_of(rig);
	struct cccd_error error = { 0 };
	struct request_jwt got = { 0 };
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	(void)cJSON_AddStringToObject(claims, "iss", RP);
	(void)cJSON_AddStringToObject(claims, "aud", DEVICE);
	(void)cJSON_AddNumberToObject(claims, "iat", NOW);
	(void)cJSON_AddNumberToObject(claims, "exp", NOW + 300);
	(void)cJSON_AddStringToObject(claims, "jti", "1");
	if (name[0] != '\0')
		cJSON_DeleteItemFromObjectCaseSensitive(claims, name);
	if (value != NULL)
		(void)cJSON_AddItemToObject(claims, name, value);
	text = cJSON_PrintUnformatted(claims);
	assert_int_equal(jws_sign(rig->pair, &rig->jwk, "cccd-request+jwt",
	                          span_text(text), &token),
	                 CCCD_OK);
	err = request_jwt_verify(buf_span(&token), &expected, &error, &got);
	if (err != wanted)
		fail_msg("%s: %s (%s)", name, cccd_err_code(err), error.text);
	assert_int_equal(error.code, wanted);
	if (err != CCCD_OK)
		assert_null(got.text.at);
	request_jwt_release(&got);
	cJSON_free(text);
	cJSON_Delete(claims);
}

static void request_refuses_what_its_back_end_did_not_mean(void **state)
{
	const struct rig *rig = *state;
	enum cccd_err bad = CCCD_ERR_REQUEST_SIGNATURE;
	cJSON *list = cJSON_CreateArray();

	cJSON_AddItemToArray(list, cJSON_CreateString(DEVICE));
	refuse(rig, "", NULL, CCCD_OK);
	refuse(rig, "aud", list, bad);
	refuse(rig, "aud", cJSON_CreateString(PREVIOUS), bad);
	refuse(rig, "aud", NULL, bad);
	refuse(rig, "iss", cJSON_CreateString("other.example"),
	       CCCD_ERR_RP_MISMATCH);
	refuse(rig, "iss", NULL, bad);
	refuse(rig, "rp", cJSON_CreateString("other.example"),
	       CCCD_ERR_RP_MISMATCH);
	refuse(rig, "rp", cJSON_CreateNumber(1), CCCD_ERR_RP_MISMATCH);
	refuse(rig, "rp", cJSON_CreateString(RP), CCCD_OK);
	refuse(rig, "exp", cJSON_CreateNumber(NOW + 301), bad);
	refuse(rig, "exp", NULL, bad);
	refuse(rig, "iat", NULL, bad);
	refuse(rig, "iat", cJSON_CreateString("1790000000"), bad);
	refuse(rig, "iat", cJSON_CreateNumber(NOW + 31), bad);
	refuse(rig, "iat", cJSON_CreateNumber(NOW + 30), CCCD_OK);
	refuse(rig, "nbf", cJSON_CreateNumber(NOW + 31), bad);
	refuse(rig, "jti", NULL, bad);
	refuse(rig, "jti", cJSON_CreateString(""), bad);
	refuse(rig, "nonce", NULL, bad);
	refuse(rig, "nonce", cJSON_CreateString("short"),
	       CCCD_ERR_NONCE_TOO_SHORT);
	refuse(rig, "purpose", NULL, bad);
	refuse(rig, "scopes", NULL, bad);
	refuse(rig, "scopes", cJSON_CreateString("id"), bad);
	refuse(rig, "request_jwt", cJSON_CreateString("a.b.c"), bad);
	refuse(rig, "request_jwt", cJSON_CreateNull(), bad);
}

static void request_expires_with_its_leeway(void **state)
{
	const struct rig *rig = *state;
	struct request_jwt_expected expected = expected_of(rig);
	struct request_jwt got = { 0 };
	char *token = sign(rig);

	expected.now = NOW + 300 + REQUEST_JWT_LEEWAY_S - 1;
	assert_int_equal(
	        request_jwt_verify(span_text(token), &expected, NULL, &got),
	        CCCD_OK);
	request_jwt_release(&got);
	expected.now++;
	assert_int_equal(
	        request_jwt_verify(span_text(token), &expected, NULL, &got),
	        CCCD_ERR_REQUEST_SIGNATURE);
	free(token);
}

static void request_is_taken_by_the_key_before(void **state)
{
	const struct rig *rig = *state;
	struct request_jwt_expected expected = expected_of(rig);
	struct request_jwt got = { 0 };
	char *token = sign(rig);

	expected.device = PREVIOUS;
	assert_int_equal(
	        request_jwt_verify(span_text(token), &expected, NULL, &got),
	        CCCD_ERR_REQUEST_SIGNATURE);
	expected.previous = DEVICE;
	assert_int_equal(
	        request_jwt_verify(span_text(token), &expected, NULL, &got),
	        CCCD_OK);
	request_jwt_release(&got);
	free(token);
}

static void request_refuses_edited_and_foreign_tokens(void **state)
{
	const struct rig *rig = *state;
	struct rig other = { 0 };
	struct request_jwt got = { 0 };
	struct cccd_error error = { 0 };
	char *token = sign(rig);
	char *forged = NULL;
	char *at = strchr(token, '.') + 20;

	*at = *at == 'A' ? 'B' : 'A';
	assert_int_equal(verify(rig, token, &got, &error),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	assert_string_equal(error.text, "token: the signature does not hold");
	free(token);
	/* Another's key under the same kid. */
	make_key(&other, SIGN_ES256);
	forged = sign(&other);
	assert_int_equal(verify(rig, forged, &got, NULL),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	free(forged);
	(void)unlink(other.path);
	(void)rmdir(other.dir);
	sign_pair_free(other.pair);
	cccd_backend_key_free(other.key);
	cccd_jwks_free(other.keys);
}

static void request_sign_refuses_bad_requests(void **state)
{
	static const struct {
		const char *request;
		enum cccd_err wanted;
	} rows[] = {
		{ "", CCCD_ERR_USAGE_ARGUMENT },
		{ "{}", CCCD_ERR_USAGE_ARGUMENT },
		{ "{\"nonce\":\"short\",\"purpose\":\"p\",\"scopes\":[]}",
		  CCCD_ERR_NONCE_TOO_SHORT },
		{ "{\"nonce\":\"" NONCE "\",\"purpose\":\"p\",\"scopes\":[],"
		  "\"exp\":1}",
		  CCCD_ERR_USAGE_ARGUMENT },
		{ "{\"nonce\":\"" NONCE "\",\"purpose\":\"p\",\"scopes\":[],"
		  "\"rp\":\"other\"}",
		  CCCD_ERR_USAGE_ARGUMENT },
		{ "{\"nonce\":\"" NONCE "\",\"purpose\":\"p\",\"scopes\":[],"
		  "\"scopes\":[\"raw\"]}",
		  CCCD_ERR_USAGE_ARGUMENT },
	};
	const struct rig *rig = *state;
	struct cccd_request in = { .rp = RP, .device = DEVICE, .now = NOW };
	char *token = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		in.request = rows[i].request;
		assert_int_equal(cccd_request_sign(rig->key, &in, NULL, &token),
		                 rows[i].wanted);
	}
	in.request = request;
	in.lifetime_s = 301;
	assert_int_equal(cccd_request_sign(rig->key, &in, NULL, &token),
	                 CCCD_ERR_USAGE_ARGUMENT);
	in.lifetime_s = 0;
	in.device = "short";
	assert_int_equal(cccd_request_sign(rig->key, &in, NULL, &token),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_null(token);
}

static void backend_key_refuses_what_others_may_read(void **state)
{
	const struct rig *rig = *state;
	struct cccd_backend_key *key = NULL;

	assert_int_equal(chmod(rig->path, 0640), 0);
	assert_int_equal(cccd_backend_key_load(rig->path, NULL, NULL, &key),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(chmod(rig->path, 0600), 0);
	assert_int_equal(cccd_backend_key_load(rig->path, "a\"b", NULL, &key),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_backend_key_load(rig->path, NULL, NULL, &key),
	                 CCCD_OK);
	assert_non_null(
	        strstr(cccd_backend_key_jwks(key), rig->jwk.thumbprint));
	assert_null(strstr(cccd_backend_key_jwks(key), "\"d\""));
	cccd_backend_key_free(key);
}

static void nonce_make_never_repeats(void **state)
{
	char first[CCCD_NONCE_TEXT_MAX];
	char second[CCCD_NONCE_TEXT_MAX];

	(void)state;
	assert_int_equal(cccd_nonce_make(first), CCCD_OK);
	assert_int_equal(cccd_nonce_make(second), CCCD_OK);
	assert_int_equal(strlen(first), 43);
	assert_string_not_equal(first, second);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(request_passes_from_back_end_to_daemon),
		cmocka_unit_test_setup_teardown(
		        request_passes_from_back_end_to_daemon, set_up_ed25519,
		        tear_down),
		WITH(request_refuses_what_its_back_end_did_not_mean),
		WITH(request_expires_with_its_leeway),
		WITH(request_is_taken_by_the_key_before),
		WITH(request_refuses_edited_and_foreign_tokens),
		WITH(request_sign_refuses_bad_requests),
		WITH(backend_key_refuses_what_others_may_read),
		cmocka_unit_test(nonce_make_never_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
