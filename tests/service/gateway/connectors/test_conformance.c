/* SPDX-License-Identifier: Apache-2.0 */
/* Every connector against every way in which a registry can go wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/service/gateway/connectors/misbehave.h"

enum {
	SOAP = 1,
	LGSP = 2,
	REST = 4,
	XML = SOAP | LGSP,
	JSON = LGSP | REST,
	ALL = SOAP | LGSP | REST,
	LOOKUP = REGISTRY_LOOKUP,
	CHECK = REGISTRY_AUTHENTICATE,
};

static const struct {
	const char *name;
	const char *word;
	unsigned int bit;
} kinds[] = {
	{ "soap", "soap", SOAP },
	{ "lgsp_json", "lgsp", LGSP },
	{ "rest_oauth2", "rest", REST },
};

/**
 * struct row - one case.
 * @server:   one of misbehave.py
 * @requests: that arrive at the registry
 */
struct row {
	const char *test_case;
	unsigned int kinds;
	unsigned int operation;
	const char *server;
	enum registry_outcome outcome;
	unsigned int requests;
};

static const struct row rows[] = {
	/* Answers. */
	{ "found", ALL, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "found", ALL, LOOKUP, "mutual", REGISTRY_FOUND, 1 },
	{ "wrapped", ALL, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "flat", REST, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "mismatch", ALL, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "empty", ALL, LOOKUP, "tls", REGISTRY_NOT_FOUND, 1 },
	{ "blank", XML, LOOKUP, "tls", REGISTRY_NOT_FOUND, 1 },
	{ "counted", XML, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "photo", ALL, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	/* Declared, but not so; a string in JSON is no octets. */
	{ "utf16", XML, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "latin", LGSP, LOOKUP, "tls", REGISTRY_FOUND, 1 },
	{ "null", REST, LOOKUP, "tls", REGISTRY_NOT_FOUND, 1 },
	{ "true", ALL, CHECK, "tls", REGISTRY_CONFIRMED, 1 },
	{ "false", ALL, CHECK, "tls", REGISTRY_NOT_FOUND, 1 },
	/* Answers that are none. */
	{ "other", ALL, LOOKUP, "tls", REGISTRY_OTHER_PERSON, 1 },
	{ "twice", ALL, LOOKUP, "tls", REGISTRY_AMBIGUOUS, 1 },
	{ "collections", XML, LOOKUP, "tls", REGISTRY_AMBIGUOUS, 1 },
	{ "nobody", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "coded", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "message", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "spelling", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "before", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "behind", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "between", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "attributes", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "malformed", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "garbage", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "trailing", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "number", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "deep", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "date", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "years", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "tens", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "long", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "latin", SOAP, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "wide", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "wide_be", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "bare", REST, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "error", REST, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "twins", REST, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "maybe", ALL, CHECK, "tls", REGISTRY_MALFORMED, 1 },
	{ "found", ALL, CHECK, "tls", REGISTRY_MALFORMED, 1 },
	{ "true", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "namespace", XML, LOOKUP, "tls", REGISTRY_NAMESPACE, 1 },
	{ "foreign", XML, CHECK, "tls", REGISTRY_NAMESPACE, 1 },
	{ "bomb", XML, LOOKUP, "tls", REGISTRY_FORBIDDEN_MARKUP, 1 },
	{ "external", XML, LOOKUP, "tls", REGISTRY_FORBIDDEN_MARKUP, 1 },
	{ "huge", ALL, LOOKUP, "tls", REGISTRY_TOO_LARGE, 1 },
	{ "type", ALL, LOOKUP, "tls", REGISTRY_CONTENT_TYPE, 1 },
	{ "fault", XML, LOOKUP, "tls", REGISTRY_FAULT, 1 },
	{ "blame", XML, LOOKUP, "tls", REGISTRY_REFUSED, 1 },
	{ "fault_500", XML, LOOKUP, "tls", REGISTRY_FAULT, 1 },
	{ "blame_500", XML, LOOKUP, "tls", REGISTRY_REFUSED, 1 },
	{ "found_500", ALL, LOOKUP, "tls", REGISTRY_HTTP_STATUS, 1 },
	/* Statuses; only three of them may be asked again. */
	{ "status_400", ALL, LOOKUP, "tls", REGISTRY_HTTP_STATUS, 1 },
	{ "status_401", ALL, LOOKUP, "tls", REGISTRY_UNAUTHORISED, 1 },
	{ "status_403", ALL, LOOKUP, "tls", REGISTRY_REFUSED, 1 },
	{ "status_429", ALL, LOOKUP, "tls", REGISTRY_HTTP_STATUS, 1 },
	{ "status_500", ALL, LOOKUP, "tls", REGISTRY_HTTP_STATUS, 1 },
	{ "status_302", ALL, LOOKUP, "tls", REGISTRY_REDIRECTED, 1 },
	{ "status_503", ALL, LOOKUP, "tls", REGISTRY_HTTP_STATUS, 2 },
	{ "status_503", ALL, CHECK, "tls", REGISTRY_HTTP_STATUS, 1 },
	/* The connection. */
	{ "half", ALL, LOOKUP, "tls", REGISTRY_BROKEN_OFF, 2 },
	{ "half", ALL, CHECK, "tls", REGISTRY_BROKEN_OFF, 1 },
	{ "drop", SOAP, LOOKUP, "tls", REGISTRY_BROKEN_OFF, 2 },
	/* libcurl goes over the token's connection first, finds it closed
	 * without a word and takes a fresh one by itself. */
	{ "drop", JSON, LOOKUP, "tls", REGISTRY_BROKEN_OFF, 3 },
	{ "drop", ALL, CHECK, "tls", REGISTRY_BROKEN_OFF, 1 },
	{ "e1", ALL, LOOKUP, "expired", REGISTRY_TLS_EXPIRED, 0 },
	{ "e2", ALL, LOOKUP, "untrusted", REGISTRY_TLS_UNTRUSTED, 0 },
	{ "e3", ALL, LOOKUP, "closed", REGISTRY_UNREACHABLE, 0 },
};

static struct rig rig;

static int start(void **state)
{
	(void)state;
	rig_start(&rig);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	rig_stop(&rig);
	return 0;
}

static void assert_answer(const struct registry_answer *answer)
{
	if (answer->outcome == REGISTRY_FOUND) {
		assert_string_equal(answer->citizen.id_number, "001090000001");
		assert_string_equal(answer->citizen.old_number, "012345678");
		assert_string_equal(answer->citizen.date_of_birth,
		                    "1990-01-31");
		assert_string_equal(answer->citizen.sex, "male");
		assert_string_equal(answer->citizen.permanent_residence.detail,
		                    "Tổ 5 & 6");
		assert_string_equal(
		        answer->citizen.permanent_residence.province, "01");
		assert_string_equal(answer->citizen.father.full_name,
		                    "Nguyễn Văn Bình");
	} else {
		assert_true(rig_is_zero(&answer->citizen));
	}
	rig_assert_no_canary(answer->detail);
}

static bool is_good(const struct row *row, const char *kind, unsigned int used,
                    const struct registry_answer *answer)
{
	if (answer->outcome == row->outcome && used == row->requests)
		return true;
	print_error("%s, %s, %s: %s after %u requests, status %ld\n", kind,
	            row->test_case, row->server,
	            registry_outcome_name(answer->outcome), used,
	            answer->http_status);
	return false;
}

/* One row with one kind. */
static bool run_row(const struct row *row, size_t kind)
{
	const struct registry_question question =
	        rig_question((enum registry_operation)row->operation);
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	static struct rig_section section;
	unsigned int before = 0;
	unsigned int used = 0;
	char path[64];
	bool good = false;

	assert_non_null(answer);
	(void)snprintf(path, sizeof(path), "/%s/%s", kinds[kind].word,
	               row->test_case);
	rig_section_make(&rig, kinds[kind].name, row->server, row->test_case,
	                 &section);
	connector = rig_open(&section);
	before = rig_count(&rig, path);
	rig_ask(connector, &question, answer);
	used = rig_count(&rig, path) - before;
	good = is_good(row, kinds[kind].name, used, answer);
	assert_answer(answer);
	connector_close(connector);
	registry_answer_free(answer);
	return good;
}

static void connectors_tell_every_outcome_apart(void **state)
{
	unsigned int bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++)
			if ((rows[i].kinds & kinds[kind].bit) != 0 &&
			    !run_row(&rows[i], kind))
				bad++;
	assert_int_equal(bad, 0);
	/* Neither an entity nor a redirect was followed. */
	assert_int_equal(rig_count(&rig, "/fetched*"), 0);
}

/* Asks once with some settings changed. */
static enum registry_outcome ask_with(const char *kind, const char *server,
                                      const char *test_case, const char *key,
                                      const char *value)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	struct connector *connector = NULL;
	static struct rig_section section;

	assert_non_null(answer);
	rig_section_make(&rig, kind, server, test_case, &section);
	rig_set(&section, key, value);
	if (strcmp(key, "key") == 0)
		rig_set(&section, "certificate", value);
	connector = rig_open(&section);
	rig_ask(connector, &question, answer);
	outcome = answer->outcome;
	assert_answer(answer);
	connector_close(connector);
	registry_answer_free(answer);
	return outcome;
}

/* What a platform says of itself, in the member that the settings name. */
static const struct {
	const char *test_case;
	unsigned int kinds;
	const char *good;
	enum registry_outcome outcome;
} codes[] = {
	{ "found.0", JSON, "0 200", REGISTRY_FOUND },
	{ "found.200", JSON, "0 200", REGISTRY_FOUND },
	{ "empty.0", JSON, "0 200", REGISTRY_NOT_FOUND },
	{ "empty.OK", JSON, "0 OK", REGISTRY_NOT_FOUND },
	{ "empty.true", JSON, "true", REGISTRY_NOT_FOUND },
	{ "null.0", REST, "0", REGISTRY_NOT_FOUND },
	/* A good code makes an answer of nothing else. */
	{ "nobody.0", JSON, "0", REGISTRY_MALFORMED },
	{ "blame.0", LGSP, "0", REGISTRY_REFUSED },
	/* Another code, whatever comes with it. */
	{ "empty.99", JSON, "0 200", REGISTRY_FAULT },
	{ "found.99", JSON, "0 200", REGISTRY_FAULT },
	{ "nobody.99", JSON, "0", REGISTRY_FAULT },
	{ "empty.00", JSON, "0", REGISTRY_FAULT },
	{ "empty.ok", JSON, "OK", REGISTRY_FAULT },
	{ "empty.false", JSON, "true", REGISTRY_FAULT },
	{ "empty.1234567890123456789012345678901234567890123456789012345678"
	  "90abcd",
	  JSON, "0", REGISTRY_FAULT },
	{ "blame.99", LGSP, "0", REGISTRY_REFUSED },
	{ "fault.99", LGSP, "0", REGISTRY_FAULT },
	/* No code. */
	{ "empty", JSON, "0", REGISTRY_MALFORMED },
	{ "found", JSON, "0", REGISTRY_MALFORMED },
	{ "empty.null", JSON, "0 null", REGISTRY_MALFORMED },
	{ "empty.0.5", JSON, "0 0.5", REGISTRY_MALFORMED },
	{ "empty.[0]", JSON, "0", REGISTRY_MALFORMED },
	{ "blame", LGSP, "0", REGISTRY_REFUSED },
	{ "garbage", JSON, "0", REGISTRY_MALFORMED },
	/* A status speaks first. */
	{ "found_500.0", JSON, "0", REGISTRY_HTTP_STATUS },
	{ "status_401", JSON, "0", REGISTRY_UNAUTHORISED },
};

/* One answer whose code is looked at. */
static enum registry_outcome ask_for_code(const char *kind,
                                          const char *test_case,
                                          const char *good,
                                          unsigned int operation)
{
	const struct registry_question question =
	        rig_question((enum registry_operation)operation);
	struct registry_answer *answer = registry_answer_new();
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	struct connector *connector = NULL;
	static struct rig_section section;

	assert_non_null(answer);
	rig_section_make(&rig, kind, "tls", test_case, &section);
	rig_set(&section, "code_member", "status.code");
	rig_set(&section, "code_good", good);
	connector = rig_open(&section);
	rig_ask(connector, &question, answer);
	outcome = answer->outcome;
	assert_answer(answer);
	connector_close(connector);
	registry_answer_free(answer);
	return outcome;
}

static void connectors_believe_the_platforms_code(void **state)
{
	unsigned int bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
			enum registry_outcome outcome = REGISTRY_NOT_ASKED;

			if ((codes[i].kinds & kinds[kind].bit) == 0)
				continue;
			outcome = ask_for_code(kinds[kind].name,
			                       codes[i].test_case,
			                       codes[i].good, LOOKUP);
			if (outcome == codes[i].outcome)
				continue;
			print_error("%s, %s: %s\n", kinds[kind].name,
			            codes[i].test_case,
			            registry_outcome_name(outcome));
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void connectors_believe_the_code_of_an_authentication(void **state)
{
	static const char *const names[] = { "lgsp_json", "rest_oauth2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(ask_for_code(names[i], "true.0", "0", CHECK),
		                 REGISTRY_CONFIRMED);
		assert_int_equal(ask_for_code(names[i], "true.99", "0", CHECK),
		                 REGISTRY_FAULT);
		assert_int_equal(ask_for_code(names[i], "false.99", "0", CHECK),
		                 REGISTRY_FAULT);
		assert_int_equal(ask_for_code(names[i], "false", "0", CHECK),
		                 REGISTRY_MALFORMED);
	}
}

/* The platform unwrapped it: the octets are whoever's wrote them. */
static void connectors_believe_the_encoding_of_octets(void **state)
{
	(void)state;
	assert_int_equal(
	        ask_with("lgsp_json", "tls", "xml_found", "answer", "xml"),
	        REGISTRY_FOUND);
	assert_int_equal(
	        ask_with("lgsp_json", "tls", "xml_utf16", "answer", "xml"),
	        REGISTRY_FOUND);
	assert_int_equal(
	        ask_with("lgsp_json", "tls", "xml_latin", "answer", "xml"),
	        REGISTRY_MALFORMED);
}

static void connectors_keep_their_deadline(void **state)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();

	(void)state;
	assert_non_null(answer);
	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		struct connector *connector = NULL;
		static struct rig_section section;
		char path[32];

		(void)snprintf(path, sizeof(path), "/%s/slow",
		               kinds[kind].word);
		rig_section_make(&rig, kinds[kind].name, "tls", "slow",
		                 &section);
		rig_set(&section, "request_time", "3 s");
		connector = rig_open(&section);
		rig_ask(connector, &question, answer);
		assert_int_equal(answer->outcome, REGISTRY_TIME_OUT);
		/* Nobody waited for the server's thirty seconds. */
		assert_true(answer->took_ms < 25000);
		/* The caller's deadline counts too, even one that is past. */
		assert_int_equal(
		        connector_query(connector, &question, 1, answer),
		        CCCD_OK);
		assert_int_equal(answer->outcome, REGISTRY_TIME_OUT);
		assert_int_equal(answer->attempts, 0);
		connector_close(connector);
		assert_true(rig_count(&rig, path) <= 1);
	}
	registry_answer_free(answer);
}

static void connectors_without_certificate_are_refused(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++)
		assert_int_equal(ask_with(kinds[kind].name, "mutual", "found",
		                          "key", NULL),
		                 REGISTRY_TLS_CLIENT);
}

static void connectors_tell_a_name_without_address(void **state)
{
	/* A label of more than 63 letters is looked up nowhere. */
	static const char url[] = "https://"
	                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                          "aaaaaaaaaaaaaaaaaaa"
	                          "aaaaaaaaaaaaa.invalid/soap/found";

	(void)state;
	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++)
		assert_int_equal(
		        ask_with(kinds[kind].name, "tls", "found", "url", url),
		        REGISTRY_NAME_UNRESOLVED);
}

/* The servers' certificates name an address, so "localhost" is another. */
static void connectors_compare_the_name_in_the_certificate(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		char url[64];

		(void)snprintf(url, sizeof(url),
		               "https://localhost:%u/%s/found",
		               rig_port(&rig, "tls"), kinds[kind].word);
		assert_int_equal(
		        ask_with(kinds[kind].name, "tls", "found", "url", url),
		        REGISTRY_TLS_UNTRUSTED);
	}
}

static void connectors_ask_no_proxy_of_the_environment(void **state)
{
	char proxy[64];

	(void)state;
	(void)snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u",
	               rig_port(&rig, "closed"));
	assert_int_equal(setenv("https_proxy", proxy, 1), 0);
	assert_int_equal(setenv("ALL_PROXY", proxy, 1), 0);
	assert_int_equal(ask_with("soap", "tls", "found", "retries", "0"),
	                 REGISTRY_FOUND);
	assert_int_equal(ask_with("soap", "tls", "found", "proxy", proxy),
	                 REGISTRY_UNREACHABLE);
	(void)unsetenv("https_proxy");
	(void)unsetenv("ALL_PROXY");
}

static void connectors_tell_what_the_token_server_did(void **state)
{
	static const struct {
		const char *test_case;
		enum registry_outcome outcome;
	} cases[] = {
		{ "refuse", REGISTRY_TOKEN },
		{ "broken", REGISTRY_TOKEN },
	};
	unsigned int before = rig_count(&rig, "/rest/found");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char url[64];

		(void)snprintf(url, sizeof(url),
		               "https://127.0.0.1:%u/token/%s",
		               rig_port(&rig, "tls"), cases[i].test_case);
		assert_int_equal(ask_with("rest_oauth2", "tls", "found",
		                          "token_url", url),
		                 cases[i].outcome);
	}
	assert_int_equal(rig_count(&rig, "/rest/found"), before);
	assert_int_equal(rig_count(&rig, "/token/refuse"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connectors_tell_every_outcome_apart),
		cmocka_unit_test(connectors_believe_the_platforms_code),
		cmocka_unit_test(
		        connectors_believe_the_code_of_an_authentication),
		cmocka_unit_test(connectors_believe_the_encoding_of_octets),
		cmocka_unit_test(connectors_keep_their_deadline),
		cmocka_unit_test(connectors_without_certificate_are_refused),
		cmocka_unit_test(connectors_tell_a_name_without_address),
		cmocka_unit_test(
		        connectors_compare_the_name_in_the_certificate),
		cmocka_unit_test(connectors_ask_no_proxy_of_the_environment),
		cmocka_unit_test(connectors_tell_what_the_token_server_did),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
