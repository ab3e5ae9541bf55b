/* SPDX-License-Identifier: Apache-2.0 */
/* Every connector against every way in which a registry can go wrong. */
#include <pthread.h>
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
#include "tests/support/canary.h"

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
	{ "null", REST, LOOKUP, "tls", REGISTRY_NOT_FOUND, 1 },
	{ "true", ALL, CHECK, "tls", REGISTRY_CONFIRMED, 1 },
	{ "false", ALL, CHECK, "tls", REGISTRY_NOT_FOUND, 1 },
	/* Answers that are none. */
	{ "other", ALL, LOOKUP, "tls", REGISTRY_OTHER_PERSON, 1 },
	{ "twice", ALL, LOOKUP, "tls", REGISTRY_AMBIGUOUS, 1 },
	{ "collections", XML, LOOKUP, "tls", REGISTRY_AMBIGUOUS, 1 },
	{ "nobody", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "malformed", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "garbage", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "trailing", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "number", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "deep", ALL, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "date", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "years", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "tens", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "long", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
	{ "utf16", XML, LOOKUP, "tls", REGISTRY_MALFORMED, 1 },
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

static bool is_zero(const struct citizen *citizen)
{
	const uint8_t *bytes = (const uint8_t *)citizen;

	for (size_t i = 0; i < sizeof(*citizen); i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* What is said of a failure names nobody. */
static void assert_no_canary(const char *text)
{
	static const char *const secrets[] = { "001090000001",  "012345678",
		                               "Nguyễn Văn An", "NGUYỄN VĂN AN",
		                               "NGUYEN VAN",    "s3cret",
		                               "key-0001" };

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		assert_null(
		        canary_sings(span_text(text), span_text(secrets[i])));
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
		assert_true(is_zero(&answer->citizen));
	}
	assert_no_canary(answer->detail);
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

static void connectors_refuse_questions_nobody_could_answer(void **state)
{
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	static struct rig_section section;
	unsigned int before = rig_count(&rig, "/soap*");
	struct registry_question bad[8];

	(void)state;
	assert_non_null(answer);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = rig_question(REGISTRY_LOOKUP);
	bad[0].id_number = "00109000000";
	bad[1].id_number = "00109000000a";
	bad[2].request_id = "";
	bad[3].request_id = "no blank";
	bad[4].full_name = " ";
	bad[5].date_of_birth = "31/01/1990";
	bad[6].officer_id = "CB99";
	bad[7].procedure_code = "longer-than-the-twenty";
	rig_section_make(&rig, "soap", "tls", "found", &section);
	connector = rig_open(&section);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		rig_ask(connector, &bad[i], answer);
		assert_int_equal(answer->outcome, REGISTRY_QUESTION);
		assert_string_not_equal(answer->detail, "");
		assert_no_canary(answer->detail);
	}
	assert_int_equal(rig_count(&rig, "/soap*"), before);
	connector_close(connector);
	registry_answer_free(answer);
}

/* Connections stay open: one thread asks many times over one. */
static void connectors_keep_connections(void **state)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	static struct rig_section section;
	unsigned int before = 0;

	(void)state;
	assert_non_null(answer);
	rig_section_make(&rig, "soap", "plain", "found", &section);
	rig_set(&section, "plain_http", "yes");
	connector = rig_open(&section);
	before = rig_count(&rig, "/connection");
	for (int i = 0; i < 20; i++) {
		rig_ask(connector, &question, answer);
		assert_int_equal(answer->outcome, REGISTRY_FOUND);
		assert_int_equal(answer->attempts, 1);
	}
	assert_int_equal(rig_count(&rig, "/connection") - before, 1);
	connector_close(connector);
	registry_answer_free(answer);
}

static void *ask_often(void *context)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	uintptr_t found = 0;

	for (int i = 0; answer != NULL && i < 4; i++)
		if (connector_query(context, &question,
		                    clock_steady_ms() + RIG_WAIT_MS,
		                    answer) == CCCD_OK &&
		    answer->outcome == REGISTRY_FOUND)
			found++;
	registry_answer_free(answer);
	return (void *)found;
}

/* Eight threads, one token; the server counts. */
static void connectors_fetch_one_token_for_all_threads(void **state)
{
	enum { THREADS = 8 };
	pthread_t threads[THREADS];
	struct connector *connector = NULL;
	static struct rig_section section;
	uintptr_t found = 0;
	char url[64];

	(void)state;
	rig_section_make(&rig, "rest_oauth2", "tls", "found", &section);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/token/lazy",
	               rig_port(&rig, "tls"));
	rig_set(&section, "token_url", url);
	connector = rig_open(&section);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		        pthread_create(&threads[i], NULL, ask_often, connector),
		        0);
	for (size_t i = 0; i < THREADS; i++) {
		void *each = NULL;

		assert_int_equal(pthread_join(threads[i], &each), 0);
		found += (uintptr_t)each;
	}
	assert_int_equal(found, THREADS * 4);
	assert_int_equal(rig_count(&rig, "/token/lazy"), 1);
	connector_close(connector);
}

/* A token that died early is fetched anew, once a call and no more. */
static void connectors_replace_a_refused_token(void **state)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	static struct rig_section section;
	unsigned int tokens = 0;

	(void)state;
	assert_non_null(answer);
	rig_section_make(&rig, "rest_oauth2", "tls", "once", &section);
	connector = rig_open(&section);
	tokens = rig_count(&rig, "/token/rest");
	rig_ask(connector, &question, answer);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_int_equal(answer->attempts, 1);
	rig_ask(connector, &question, answer);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_int_equal(answer->attempts, 2);
	assert_int_equal(rig_count(&rig, "/rest/once"), 3);
	assert_int_equal(rig_count(&rig, "/token/rest") - tokens, 2);
	connector_close(connector);
	registry_answer_free(answer);
}

/* Two failures open it; it then asks nobody; a good answer closes it. */
static void connectors_break_the_circuit(void **state)
{
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	uint64_t limit = clock_steady_ms() + RIG_WAIT_MS;
	struct connector *connector = NULL;
	static struct rig_section section;

	(void)state;
	assert_non_null(answer);
	rig_section_make(&rig, "soap", "tls", "flip", &section);
	rig_set(&section, "breaker_failures", "2");
	rig_set(&section, "breaker_time", "2 s");
	connector = rig_open(&section);
	assert_string_equal(connector_circuit(connector), "closed");
	for (int i = 0; i < 2; i++) {
		rig_ask(connector, &question, answer);
		assert_int_equal(answer->outcome, REGISTRY_HTTP_STATUS);
	}
	/* From here the server would answer well, but is left alone. */
	while (clock_steady_ms() < limit) {
		rig_ask(connector, &question, answer);
		if (answer->outcome != REGISTRY_CIRCUIT_OPEN)
			break;
		assert_int_equal(rig_count(&rig, "/soap/flip"), 2);
		assert_true(is_zero(&answer->citizen));
		clock_sleep_ms(20);
	}
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_string_equal(connector_circuit(connector), "closed");
	connector_close(connector);
	registry_answer_free(answer);
}

/* Each of these is refused, and the message names the key alone. */
static void connector_open_refuses_bad_sections(void **state)
{
	static const struct {
		const char *kind;
		const char *key;
		const char *value;
		enum cccd_err err;
	} bad[] = {
		{ "soap", "url", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "url", "ftp://s3cret/", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "url", "file:///etc/s3cret", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "url", "https://", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "url", "http://127.0.0.1/", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "url", "https://me:s3cret@127.0.0.1/",
		  CCCD_ERR_POLICY_CONFIG },
		{ "soap", "agency", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "agency", "a\nB: s3cret", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "no_such_key", "s3cret", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "timestamp", "s3cret", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "retries", "9", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "request_time", "1 day", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "secret_file", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "secret_file", "/nonexistent", CCCD_ERR_USAGE_FILE },
		{ "soap", "secret_file", "relative", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "certificate", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "token_url", "https://s3cret/",
		  CCCD_ERR_POLICY_CONFIG },
		{ "soap", "breaker_failures", "many", CCCD_ERR_POLICY_CONFIG },
		{ "rest_oauth2", "token_url", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "rest_oauth2", "client_id", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "lgsp_json", "access_key", NULL, CCCD_ERR_POLICY_CONFIG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct connector *connector = NULL;
		struct cccd_error error = { 0 };
		static struct rig_section section;

		rig_section_make(&rig, bad[i].kind, "tls", "found", &section);
		rig_set(&section, bad[i].key, bad[i].value);
		assert_int_equal(
		        connector_open(&section.section, &error, &connector),
		        bad[i].err);
		assert_null(connector);
		assert_string_not_equal(error.text, "");
		assert_no_canary(error.text);
	}
}

static void registry_outcomes_have_names_of_their_own(void **state)
{
	(void)state;
	for (int a = 0; a < REGISTRY_OUTCOMES; a++) {
		const char *name =
		        registry_outcome_name((enum registry_outcome)a);

		assert_string_not_equal(name, "");
		for (int b = 0; b < a; b++)
			assert_string_not_equal(
			        name, registry_outcome_name(
			                      (enum registry_outcome)b));
		assert_int_equal(
		        registry_outcome_is_answer((enum registry_outcome)a),
		        a >= REGISTRY_FOUND && a <= REGISTRY_NOT_FOUND);
	}
	assert_string_equal(registry_outcome_name(REGISTRY_OUTCOMES), "");
	assert_null(connector_kind("telepathy"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connectors_tell_every_outcome_apart),
		cmocka_unit_test(connectors_keep_their_deadline),
		cmocka_unit_test(connectors_without_certificate_are_refused),
		cmocka_unit_test(connectors_tell_a_name_without_address),
		cmocka_unit_test(connectors_ask_no_proxy_of_the_environment),
		cmocka_unit_test(connectors_tell_what_the_token_server_did),
		cmocka_unit_test(
		        connectors_refuse_questions_nobody_could_answer),
		cmocka_unit_test(connectors_keep_connections),
		cmocka_unit_test(connectors_fetch_one_token_for_all_threads),
		cmocka_unit_test(connectors_replace_a_refused_token),
		cmocka_unit_test(connectors_break_the_circuit),
		cmocka_unit_test(connector_open_refuses_bad_sections),
		cmocka_unit_test(registry_outcomes_have_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
