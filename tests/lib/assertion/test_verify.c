/* SPDX-License-Identifier: Apache-2.0 */
/* Every token of cases.json, through the public verifier. */
#include "base/buf.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>
#include <cjson/cJSON.h>

#include <cmocka.h>

enum { CASES_MAX = 1024 * 1024, TOKEN_MAX = 8 * 1024 * 1024 };

struct rig {
	cJSON *root;
	struct cccd_jwks *keys;
	const char *nonce;
	const char *audience;
	int64_t now;
};

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	BUF file = buf_make(CASES_MAX);
	struct cccd_error error = { 0 };
	const cJSON *expected = NULL;
	char path[512];
	char *jwks = NULL;

	(void)snprintf(path, sizeof(path), "%s/tests/lib/assertion/cases.json",
	               getenv("CCCD_SOURCE_DIR"));
	assert_int_equal(file_read(path, &error, &file), CCCD_OK);
	rig->root = cJSON_ParseWithLength((const char *)file.at, file.len);
	assert_non_null(rig->root);
	jwks = cJSON_PrintUnformatted(member(rig->root, "jwks"));
	assert_int_equal(
	        cccd_jwks_parse(jwks, strlen(jwks), &error, &rig->keys),
	        CCCD_OK);
	free(jwks);
	expected = member(rig->root, "expected");
	rig->nonce = text(expected, "nonce");
	rig->audience = text(expected, "audience");
	rig->now = (int64_t)member(expected, "now")->valuedouble;
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	cJSON_Delete(rig->root);
	cccd_jwks_free(rig->keys);
	free(rig);
	return 0;
}

static struct cccd_assertion_expected expected_of(const struct rig *rig)
{
	return (struct cccd_assertion_expected){ .nonce = rig->nonce,
		                                 .audience = rig->audience,
		                                 .keys = rig->keys,
		                                 .now = rig->now };
}

static uint32_t number(const cJSON *item, const char *name)
{
	const cJSON *found = member(item, name);

	return found != NULL ? (uint32_t)found->valuedouble : 0;
}

/* [before, letter, count, after] */
static void repeat(const cJSON *parts, struct buf *ret)
{
	const cJSON *letter = cJSON_GetArrayItem(parts, 1);
	double count = cJSON_GetArrayItem(parts, 2)->valuedouble;

	assert_int_equal(
	        buf_append(
	                ret,
	                span_text(cJSON_GetArrayItem(parts, 0)->valuestring)),
	        CCCD_OK);
	for (size_t i = 0; i < (size_t)count; i++)
		assert_int_equal(
		        buf_append_byte(ret, (uint8_t)letter->valuestring[0]),
		        CCCD_OK);
	assert_int_equal(
	        buf_append(
	                ret,
	                span_text(cJSON_GetArrayItem(parts, 3)->valuestring)),
	        CCCD_OK);
}

static enum cccd_err verify_case(const struct rig *rig, const cJSON *item,
                                 struct cccd_assertion **ret)
{
	struct cccd_assertion_expected expected = expected_of(rig);
	struct cccd_error error = { 0 };
	const char *nonce = text(item, "expected_nonce");
	BUF token = buf_make(TOKEN_MAX);
	enum cccd_err err = CCCD_OK;

	if (nonce != NULL)
		expected.nonce = nonce;
	expected.leeway_s = number(item, "leeway_s");
	expected.max_age_s = number(item, "max_age_s");
	if (member(item, "repeat") != NULL)
		repeat(member(item, "repeat"), &token);
	else
		assert_int_equal(
		        buf_append(&token, span_text(text(item, "token"))),
		        CCCD_OK);
	err = cccd_assertion_verify((const char *)token.at, token.len,
	                            &expected, ret, &error);
	assert_int_equal(error.code, err);
	return err;
}

static void assertion_verify_says_what_the_cases_say(void **state)
{
	const struct rig *rig = *state;
	const cJSON *item = NULL;
	size_t count = 0;

	cJSON_ArrayForEach(item, member(rig->root, "cases"))
	{
		struct cccd_assertion *assertion = NULL;
		const char *wanted = text(item, "error");
		enum cccd_err err = verify_case(rig, item, &assertion);

		if (strcmp(cccd_err_code(err),
		           wanted != NULL ? wanted : "ok") != 0)
			fail_msg("%s: %s instead of %s", text(item, "name"),
			         cccd_err_code(err), wanted);
		assert_true((err == CCCD_OK) == (assertion != NULL));
		cccd_assertion_free(assertion);
		count++;
	}
	assert_true(count > 150);
}

static const char *token_named(const struct rig *rig, const char *name)
{
	const cJSON *item = NULL;

	cJSON_ArrayForEach(item, member(rig->root, "cases"))
	{
		if (strcmp(text(item, "name"), name) == 0)
			return text(item, "token");
	}
	fail_msg("no case %s", name);
	return NULL;
}

static void assertion_gives_what_was_signed(void **state)
{
	const struct rig *rig = *state;
	struct cccd_assertion_expected expected = expected_of(rig);
	const char *token = token_named(rig, "es256");
	struct cccd_assertion *assertion = NULL;
	char *result = cJSON_PrintUnformatted(member(rig->root, "result"));
	size_t len = 0;

	assert_int_equal(cccd_assertion_verify(token, strlen(token), &expected,
	                                       &assertion, NULL),
	                 CCCD_OK);
	assert_string_equal(cccd_assertion_result(assertion, &len), result);
	assert_int_equal(len, strlen(result));
	assert_non_null(strstr(cccd_assertion_payload(assertion, &len),
	                       "\"evidence_digest\":{}"));
	assert_string_equal(cccd_assertion_transaction(assertion),
	                    "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11");
	assert_string_equal(cccd_assertion_device(assertion),
	                    text(member(rig->root, "thumbprints"), "ec"));
	assert_string_equal(cccd_assertion_origin(assertion),
	                    "https://desk.hospital.example");
	assert_string_equal(cccd_assertion_purpose(assertion), "kcb-reception");
	assert_string_equal(cccd_assertion_consent(assertion), "operator");
	assert_string_equal(cccd_assertion_level(assertion), "A1");
	assert_string_equal(cccd_assertion_subject(assertion), "");
	assert_string_equal(cccd_assertion_id(assertion),
	                    "b1b2b3b4b5b6b7b8b9babb");
	assert_int_equal(cccd_assertion_issued(assertion), rig->now);
	assert_int_equal(cccd_assertion_expires(assertion), rig->now + 300);
	assert_int_equal(cccd_assertion_overall(assertion), CCCD_SUCCESSFUL);
	assert_string_equal(cccd_assertion_identity(assertion, "id_number"),
	                    "001000000000");
	assert_null(cccd_assertion_identity(assertion, "religion"));
	cccd_assertion_free(assertion);
	free(result);
}

/* Every bit of a token counts. */
static void assertion_verify_refuses_every_flipped_bit(void **state)
{
	const struct rig *rig = *state;
	struct cccd_assertion_expected expected = expected_of(rig);
	char *token = strdup(token_named(rig, "es256"));
	size_t len = strlen(token);

	for (size_t i = 0; i < len * 8; i++) {
		struct cccd_assertion *assertion = NULL;

		token[i / 8] = (char)(token[i / 8] ^ 1 << i % 8);
		assert_int_not_equal(cccd_assertion_verify(token, len,
		                                           &expected,
		                                           &assertion, NULL),
		                     CCCD_OK);
		assert_null(assertion);
		token[i / 8] = (char)(token[i / 8] ^ 1 << i % 8);
	}
	free(token);
}

struct many {
	const struct cccd_jwks *keys;
	enum cccd_err err;
	char asked[64];
};

static enum cccd_err find(void *context, const char *thumbprint,
                          const struct cccd_jwks **ret)
{
	struct many *many = context;

	(void)snprintf(many->asked, sizeof(many->asked), "%s", thumbprint);
	*ret = many->keys;
	return many->err;
}

static void assertion_verify_asks_for_the_device(void **state)
{
	const struct rig *rig = *state;
	struct many many = { .keys = rig->keys };
	struct cccd_assertion_expected expected = expected_of(rig);
	const char *token = token_named(rig, "es256");
	const char *odd = token_named(rig, "kid_no_thumbprint");
	struct cccd_assertion *assertion = NULL;

	expected.keys = NULL;
	expected.find = find;
	expected.context = &many;
	assert_int_equal(cccd_assertion_verify(token, strlen(token), &expected,
	                                       &assertion, NULL),
	                 CCCD_OK);
	assert_string_equal(many.asked,
	                    text(member(rig->root, "thumbprints"), "ec"));
	cccd_assertion_free(assertion);
	assertion = NULL;
	many.err = CCCD_ERR_ASSERTION_DEVICE_REVOKED;
	assert_int_equal(cccd_assertion_verify(token, strlen(token), &expected,
	                                       &assertion, NULL),
	                 CCCD_ERR_ASSERTION_DEVICE_REVOKED);
	/* What is no thumbprint is not even asked for. */
	many.asked[0] = '\0';
	assert_int_equal(cccd_assertion_verify(odd, strlen(odd), &expected,
	                                       &assertion, NULL),
	                 CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_string_equal(many.asked, "");
	assert_null(assertion);
}

static void assertion_verify_wants_all_expectations(void **state)
{
	const struct rig *rig = *state;
	const char *token = token_named(rig, "es256");
	struct cccd_assertion *assertion = NULL;
	struct cccd_assertion_expected bent[] = {
		expected_of(rig), expected_of(rig), expected_of(rig),
		expected_of(rig), expected_of(rig),
	};

	bent[0].nonce = NULL;
	bent[1].audience = NULL;
	bent[2].audience = "";
	bent[3].keys = NULL;
	bent[4].leeway_s = 61;
	for (size_t i = 0; i < ARRAY_LEN(bent); i++)
		assert_int_equal(cccd_assertion_verify(token, strlen(token),
		                                       &bent[i], &assertion,
		                                       NULL),
		                 CCCD_ERR_USAGE_ARGUMENT);
	assert_null(assertion);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assertion_verify_says_what_the_cases_say),
		cmocka_unit_test(assertion_gives_what_was_signed),
		cmocka_unit_test(assertion_verify_refuses_every_flipped_bit),
		cmocka_unit_test(assertion_verify_asks_for_the_device),
		cmocka_unit_test(assertion_verify_wants_all_expectations),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
