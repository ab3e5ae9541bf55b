/* SPDX-License-Identifier: Apache-2.0 */
/* Every case of cases.json through the parsers: what they take is what the
 * published schemas take, see check_cases.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "base/file.h"
#include "lib/json/registry.h"
#include "lib/json/request.h"
#include "lib/json/result.h"

enum { CASES_MAX = 1 << 20 };

static enum cccd_err judge_request(struct span text, struct cccd_error *error)
{
	struct json_request request = { 0 };
	enum cccd_err err = json_request_parse(text, error, &request);

	json_request_release(&request);
	return err;
}

static enum cccd_err judge_key(struct span text, struct cccd_error *error)
{
	struct json_access_key key = { 0 };
	enum cccd_err err = json_access_key_parse(text, error, &key);

	json_access_key_wipe(&key);
	return err;
}

static enum cccd_err judge_consent(struct span text, struct cccd_error *error)
{
	struct json_consent consent = { 0 };

	return json_consent_parse(text, error, &consent);
}

static enum cccd_err judge_party(struct span text, struct cccd_error *error)
{
	struct json_relying_party *party = NULL;
	enum cccd_err err = json_relying_party_parse(text, error, &party);

	json_relying_party_free(party);
	return err;
}

static const struct judge {
	const char *kind;
	enum cccd_err (*judge)(struct span text, struct cccd_error *error);
} judges[] = {
	{ "session-request", judge_request },
	{ "access-key", judge_key },
	{ "consent", judge_consent },
	{ "relying-party", judge_party },
};

static const char *text_of(const cJSON *one, const char *name)
{
	return cJSON_GetStringValue(
	        cJSON_GetObjectItemCaseSensitive(one, name));
}

static bool case_holds(const cJSON *one)
{
	const cJSON *body = cJSON_GetObjectItemCaseSensitive(one, "body");
	const char *expected = text_of(one, "error");
	struct cccd_error error = { .tries_left = -1 };
	enum cccd_err err = CCCD_ERR_INTERNAL;
	char *text = body != NULL ? cJSON_PrintUnformatted(body)
	                          : strdup(text_of(one, "text"));
	bool good = false;

	assert_non_null(text);
	for (size_t i = 0; i < ARRAY_LEN(judges); i++)
		if (strcmp(judges[i].kind, text_of(one, "kind")) == 0)
			err = judges[i].judge(span_text(text), &error);
	if (expected == NULL)
		good = err == CCCD_OK && error.code == CCCD_OK;
	else
		good = strcmp(cccd_err_code(err), expected) == 0 &&
		       error.code == err && error.text[0] != '\0';
	if (!good)
		print_error("%s, %s: %s (%s)\n", text_of(one, "kind"),
		            text_of(one, "name"), cccd_err_code(err),
		            error.text);
	free(text);
	return good;
}

static void every_case_is_judged_as_written(void **state)
{
	BUF text = buf_make(CASES_MAX);
	const cJSON *one = NULL;
	unsigned int bad = 0;
	cJSON *cases = NULL;

	(void)state;
	assert_int_equal(file_read(CASES, NULL, &text), CCCD_OK);
	cases = cJSON_ParseWithLength((const char *)text.at, text.len);
	assert_true(cJSON_GetArraySize(cases) > 200);
	cJSON_ArrayForEach(one, cases)
	{
		bad += !case_holds(one);
	}
	cJSON_Delete(cases);
	assert_int_equal(bad, 0);
}

/* A body is measured before it is looked at. */
static void every_parser_refuses_a_body_too_large(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	char *text = malloc(REQUEST_BODY_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', REQUEST_BODY_MAX + 1);
	for (size_t i = 0; i < 3; i++) {
		struct span body = span_of(text, REQUEST_BODY_MAX + 1);

		assert_int_equal(judges[i].judge(body, &error),
		                 CCCD_ERR_REQUEST_TOO_LARGE);
		assert_int_equal(
		        judges[i].judge(span_first(body, REQUEST_BODY_MAX),
		                        &error),
		        CCCD_ERR_REQUEST_MALFORMED);
	}
	free(text);
}

/* What a caller sends comes back in no message: it may be a person's. */
static void no_message_holds_a_word_of_the_callers(void **state)
{
	static const char *const bodies[] = {
		"{\"rp\": \"CANARY\"}",
		"{\"rp\": \"a\", \"CANARY\": 1}",
		"{\"rp\": \"a\", \"scopes\": [\"CANARY\"]}",
		"{\"type\": \"CANARY\", \"value\": \"CANARY\"}",
		"{\"type\": \"can\", \"value\": \"CANARY\"}",
		"{\"type\": \"can\", \"CANARY\": \"CANARY\"}",
		/* In parentheses: the pieces are one text. */
		("{\"type\": \"document\", \"value\": {\"number\": "
		 "\"CANARYCANARYCANARYCANARYCANARYCANARY\", \"birth\": "
		 "\"CANARY\", \"expiry\": \"CANARY\"}}"),
		("{\"granted\": true, \"text_id\": \"CANARY\", \"actor\": "
		 "\"CANARY CANARY\"}"),
		"{\"CANARY\": 1, \"CANARY\": 2}",
		"CANARY",
	};

	(void)state;
	for (size_t i = 0; i < 3 * ARRAY_LEN(bodies); i++) {
		struct cccd_error error = { .tries_left = -1 };
		const char *body = bodies[i / 3];

		assert_int_not_equal(
		        judges[i % 3].judge(span_text(body), &error), CCCD_OK);
		assert_null(strstr(error.text, "CANARY"));
	}
}

static void request_parse_fills_every_member(void **state)
{
	static const char text[] =
	        "{\"rp\": \"a.b\", \"nonce\": "
	        "\"0123456789012345678901234567890123456789012\", "
	        "\"purpose\": \"kcb\", \"scopes\": [\"id\", \"age_over_18\"], "
	        "\"required_checks\": [\"document_expiry\", "
	        "\"access_control\"], \"audience\": \"his\", \"reader\": "
	        "\"r:1\", \"evidence\": \"digest\", \"format\": \"jwt\"}";
	struct json_request request = { 0 };

	(void)state;
	assert_int_equal(json_request_parse(span_text(text), NULL, &request),
	                 CCCD_OK);
	assert_string_equal(request.rp, "a.b");
	assert_int_equal(strlen(request.nonce), 43);
	assert_string_equal(request.purpose, "kcb");
	assert_int_equal(request.scopes.bits, JSON_SCOPE_ID);
	assert_true(json_scopes_has_age(&request.scopes, 18));
	assert_false(json_scopes_has_age(&request.scopes, 17));
	assert_int_equal(request.required_checks,
	                 1U << CCCD_CHECK_DOCUMENT_EXPIRY |
	                         1U << CCCD_CHECK_ACCESS_CONTROL);
	assert_string_equal(request.audience, "his");
	assert_string_equal(request.reader, "r:1");
	assert_int_equal(request.evidence, JSON_EVIDENCE_DIGEST);
	assert_int_equal(request.format, JSON_FORMAT_JWT);
	assert_null(request.request_jwt);
	json_request_release(&request);
}

static void request_parse_signed_takes_no_token_and_no_reader(void **state)
{
	static const char least[] =
	        "{\"rp\": \"a\", \"nonce\": "
	        "\"0123456789012345678901234567890123456789012\", "
	        "\"purpose\": \"kcb\", \"scopes\": [\"id\"]";
	static const struct {
		const char *rest;
		enum cccd_err err;
	} rows[] = {
		{ "}", CCCD_OK },
		{ ", \"format\": \"jwt\"}", CCCD_OK },
		{ ", \"reader\": \"any\"}", CCCD_ERR_REQUEST_MALFORMED },
		{ ", \"request_jwt\": null}", CCCD_ERR_REQUEST_MALFORMED },
		{ ", \"request_jwt\": \"x\"}", CCCD_ERR_REQUEST_MALFORMED },
		{ ", \"iss\": \"a\"}", CCCD_ERR_REQUEST_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_request request = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s", least, rows[i].rest);
		assert_int_equal(json_request_parse_signed(span_text(text),
		                                           NULL, &request),
		                 rows[i].err);
		assert_null(request.request_jwt);
	}
}

static void access_key_parse_maps_every_type(void **state)
{
	static const struct {
		const char *text;
		enum cccd_access_key type;
		const char *value;
	} rows[] = {
		{ "{\"type\": \"id_number\", \"value\": \"001099000001\"}",
		  CCCD_ACCESS_KEY_ID_NUMBER, "001099000001" },
		{ "{\"type\": \"can\", \"value\": \"000001\"}",
		  CCCD_ACCESS_KEY_CAN, "000001" },
		{ "{\"type\": \"mrz\", \"value\": \"A\\nB\"}",
		  CCCD_ACCESS_KEY_MRZ, "A\nB" },
		{ "{\"type\": \"qr\", \"value\": \"0|1\"}", CCCD_ACCESS_KEY_QR,
		  "0|1" },
		{ "{\"type\": \"pin\", \"value\": \"123456\"}",
		  CCCD_ACCESS_KEY_PIN, "123456" },
		{ "{\"type\": \"puk\", \"value\": \"12345678\"}",
		  CCCD_ACCESS_KEY_PUK, "12345678" },
	};
	struct json_access_key key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(json_access_key_parse(span_text(rows[i].text),
		                                       NULL, &key),
		                 CCCD_OK);
		assert_int_equal(key.type, rows[i].type);
		assert_false(key.document);
		assert_string_equal(key.value, rows[i].value);
	}
	assert_int_equal(
	        json_access_key_parse(
	                span_text("{\"type\": \"document\", \"value\": "
	                          "{\"number\": \"C1\", \"birth\": \"900101\","
	                          "\"expiry\": \"none\"}}"),
	                NULL, &key),
	        CCCD_OK);
	assert_true(key.document);
	assert_int_equal(key.type, CCCD_ACCESS_KEY_NONE);
	assert_string_equal(key.value, "C1");
	assert_string_equal(key.birth, "900101");
	assert_string_equal(key.expiry, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_judged_as_written),
		cmocka_unit_test(every_parser_refuses_a_body_too_large),
		cmocka_unit_test(no_message_holds_a_word_of_the_callers),
		cmocka_unit_test(request_parse_fills_every_member),
		cmocka_unit_test(
		        request_parse_signed_takes_no_token_and_no_reader),
		cmocka_unit_test(access_key_parse_maps_every_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
