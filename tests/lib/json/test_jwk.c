/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as JSON and signatures over text: RFC 7515, 7517, 8037; and JSON by
 * the letter. */
#include "lib/json/jwk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64url.h"
#include "lib/json/jws.h"
#include "lib/json/strict.h"

#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define EC \
	"\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\""
#define ED "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\""

static struct cccd_jwks *set_of(const char *text)
{
	struct cccd_jwks *keys = NULL;

	assert_int_equal(cccd_jwks_parse(text, strlen(text), NULL, &keys),
	                 CCCD_OK);
	return keys;
}

/* [RFC 8037 A.3] */
static void thumbprint_is_that_of_rfc_8037(void **state)
{
	struct jwk jwk = { 0 };

	(void)state;
	assert_int_equal(jwk_parse(span_text("{" ED "}"), NULL, &jwk), CCCD_OK);
	assert_string_equal(jwk.thumbprint,
	                    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	assert_string_equal(jwk.kid, jwk.thumbprint);
	/* 90facafea9 b155669854 0f70c0117a 22ea37bd5c f3ed3c4709, mod 1e5 */
	assert_string_equal(jwk.spoken, "98089 98420 45018 09564 03465");
}

static enum cccd_err check(const char *key, const char *text,
                           const char *signature)
{
	struct cccd_jwks *keys = set_of(key);
	const struct sign_verifier *verifier = NULL;
	BUF raw = buf_make(SIGN_LEN);
	enum cccd_err err = CCCD_OK;

	assert_non_null(
	        jwks_find(keys, cccd_jwks_thumbprint(keys, 0), &verifier));
	assert_int_equal(base64url_decode(span_text(signature), &raw), CCCD_OK);
	err = sign_verifier_check(verifier, span_text(text), buf_span(&raw));
	cccd_jwks_free(keys);
	return err;
}

/* [RFC 7515 A.3], [RFC 8037 A.5] */
static void signatures_of_the_rfcs_hold(void **state)
{
	static const char es256[] =
	        "eyJhbGciOiJFUzI1NiJ9"
	        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9l"
	        "eGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

	(void)state;
	assert_int_equal(check("{" EC "}", es256,
	                       "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-"
	                       "F4GawxaepmXFCgfTjDxw5djxLa8"
	                       "ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
	                 CCCD_OK);
	assert_int_equal(check("{" ED "}",
	                       "eyJhbGciOiJFZERTQSJ9"
	                       ".RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
	                       "hgyY0il_MGCjP0JzlnLWG1PPOt7-"
	                       "09PGcvMg3AIbQR6dWbhijcNR4ki4iyl"
	                       "Gjg5BhVsPt9g7sVvpAr_MuM0KAg"),
	                 CCCD_OK);
	assert_int_equal(check("{" ED "}",
	                       "eyJhbGciOiJFZERTQSJ9"
	                       ".RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd",
	                       "hgyY0il_MGCjP0JzlnLWG1PPOt7-"
	                       "09PGcvMg3AIbQR6dWbhijcNR4ki4iyl"
	                       "Gjg5BhVsPt9g7sVvpAr_MuM0KAg"),
	                 CCCD_ERR_TRUST_REFUSED);
}

static void jwks_parse_takes_names_and_both_kinds(void **state)
{
	struct cccd_jwks *keys = set_of(
	        "{\"keys\":[{" EC ",\"kid\":\"a\",\"alg\":\"ES256\","
	        "\"use\":\"sig\",\"x5c\":[]},{" ED ",\"alg\":\"EdDSA\"}]}");
	const struct jwk *first = jwks_find(keys, "a", NULL);

	(void)state;
	assert_int_equal(cccd_jwks_count(keys), 2);
	assert_non_null(first);
	assert_int_equal(first->key.alg, SIGN_ES256);
	assert_ptr_equal(jwks_find(keys, first->thumbprint, NULL), first);
	assert_null(jwks_find(keys, "b", NULL));
	assert_null(jwks_find(keys, "", NULL));
	assert_null(cccd_jwks_thumbprint(keys, 2));
	assert_null(cccd_jwks_spoken(keys, 2));
	assert_null(cccd_jwks_jwk(keys, 2));
	cccd_jwks_free(keys);
	cccd_jwks_free(NULL);
}

static void jwks_parse_refuses_everything_else(void **state)
{
	static const char *const rows[] = {
		"",
		"[]",
		"{}",
		"{\"keys\":{}}",
		"{\"keys\":[]}",
		"{\"keys\":[1]}",
		"{\"keys\":[{" EC "},{" EC "}]}",
		"{\"keys\":[{" EC ",\"kid\":\"a\"},{" ED ",\"kid\":\"a\"}]}",
		/* One key by the name that is another's thumbprint. */
		"{\"keys\":[{" ED "},{" EC ",\"kid\":"
		"\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"}]}",
		"{" EC ",\"d\":\"AAAA\"}",
		"{" ED ",\"d\":null}",
		"{" EC ",\"alg\":\"ES384\"}",
		"{" EC ",\"alg\":\"EdDSA\"}",
		"{" ED ",\"alg\":\"ES256\"}",
		"{" EC ",\"alg\":1}",
		"{" EC ",\"use\":\"enc\"}",
		"{" EC ",\"kid\":\"\"}",
		"{" EC ",\"kid\":1}",
		"{" EC ",\"kty\":\"EC\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X
		"\",\"y\":\"" EC_Y "\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X
		"\",\"y\":\"" EC_X "\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X
		"=\",\"y\":\"" EC_Y "\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"" EC_Y
		"\"}",
		"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED_X "\"}",
		"{\"kty\":\"oct\",\"k\":\"AAAA\"}",
		"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_jwks *keys = NULL;
		struct cccd_error error = { 0 };

		if (cccd_jwks_parse(rows[i], strlen(rows[i]), &error, &keys) !=
		    CCCD_ERR_POLICY_CONFIG)
			print_error("%s\n", rows[i]);
		assert_int_equal(error.code, CCCD_ERR_POLICY_CONFIG);
		assert_true(error.text[0] != '\0');
		assert_null(keys);
	}
}

static const char *const json[] = {
	"{}",
	" \t\r\n{ } \n",
	"{\"a\":[1,-0,1.5,1e9,1E-9,true,false,null,\"\",{},[]]}",
	"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}",
	"{\"a\":\"Nguyễn\"}",
	"{\"a\":{\"a\":{\"a\":[[[[[[[[[[[[[]]]]]]]]]]]]]}}}",
};

static const char *const not_json[] = {
	"",
	"[]",
	"1",
	"\"a\"",
	"{",
	"}",
	"{}}",
	"{}{}",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{,}",
	"{\"a\" 1}",
	"{a:1}",
	"{'a':1}",
	"{\"a\":[1,]}",
	"{\"a\":[,1]}",
	"{\"a\":[1 2]}",
	"{\"a\":[1}",
	"{\"a\":(1)}",
	"{\"a\":01}",
	"{\"a\":+1}",
	"{\"a\":1.}",
	"{\"a\":.5}",
	"{\"a\":1e}",
	"{\"a\":-}",
	"{\"a\":0x10}",
	"{\"a\":NaN}",
	"{\"a\":Infinity}",
	"{\"a\":True}",
	"{\"a\":truex}",
	"{\"a\":\"\t\"}",
	"{\"a\":\"\\x\"}",
	"{\"a\":\"\\u12\"}",
	"{\"a\":\"\\u0000\"}",
	"{\"a\":\"}",
	"{\"a\":\"\\",
	"{\"\\u0061\":1}",
	"\xEF\xBB\xBF{}",
	"{\"a\":\"\xC3\x28\"}",
	"{\"a\":\"\xED\xA0\x80\"}",
	"{\v}",
	"{}//",
	"{/**/}",
	"{\"a\":{\"a\":{\"a\":[[[[[[[[[[[[[[]]]]]]]]]]]]]]}}}",
};

static void strict_takes_json_and_nothing_like_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(json); i++) {
		if (!strict_is_json(span_text(json[i]), NULL))
			print_error("%s\n", json[i]);
		assert_true(strict_is_json(span_text(json[i]), NULL));
	}
	for (size_t i = 0; i < ARRAY_LEN(not_json); i++) {
		if (strict_is_json(span_text(not_json[i]), NULL))
			print_error("%s\n", not_json[i]);
		assert_false(strict_is_json(span_text(not_json[i]), NULL));
	}
	assert_false(strict_is_json(span_of("{}\0", 3), NULL));
}

static void strict_member_gives_the_bytes_as_they_stand(void **state)
{
	static const char text[] =
	        " {\"x\" : {\"result\":1}, \"result\" :  {\"a\": [1.50 ]} , "
	        "\"n\":-1.0}";
	struct span got = { 0 };

	(void)state;
	assert_int_equal(strict_member(span_text(text), "result", &got),
	                 CCCD_OK);
	assert_true(span_equal(got, span_text("{\"a\": [1.50 ]}")));
	assert_int_equal(strict_member(span_text(text), "n", &got), CCCD_OK);
	assert_true(span_equal(got, span_text("-1.0")));
	assert_int_equal(strict_member(span_text(text), "a", &got),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(strict_member(span_text("{}"), "a", &got),
	                 CCCD_ERR_DATA_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thumbprint_is_that_of_rfc_8037),
		cmocka_unit_test(signatures_of_the_rfcs_hold),
		cmocka_unit_test(jwks_parse_takes_names_and_both_kinds),
		cmocka_unit_test(jwks_parse_refuses_everything_else),
		cmocka_unit_test(strict_takes_json_and_nothing_like_it),
		cmocka_unit_test(strict_member_gives_the_bytes_as_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
