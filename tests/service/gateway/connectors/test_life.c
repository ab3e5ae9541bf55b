/* SPDX-License-Identifier: Apache-2.0 */
/* Connectors over several questions, and what is refused before the first. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "service/gateway/connectors/over_http.h"
#include "tests/service/gateway/connectors/misbehave.h"

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
		rig_assert_no_canary(answer->detail);
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
		assert_true(rig_is_zero(&answer->citizen));
		clock_sleep_ms(20);
	}
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_string_equal(connector_circuit(connector), "closed");
	connector_close(connector);
	registry_answer_free(answer);
}

/* Who may only authenticate looks nobody up, and needs a kind that can. */
static void connectors_authenticate_where_they_are_told_to(void **state)
{
	struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	struct cccd_error error = { 0 };
	static struct rig_section section;

	(void)state;
	assert_non_null(answer);
	rig_section_make(&rig, "soap", "tls", "true", &section);
	rig_set(&section, "operation", "authenticate");
	connector = rig_open(&section);
	assert_int_equal(connector_capabilities(connector),
	                 REGISTRY_AUTHENTICATE);
	rig_ask(connector, &question, answer);
	assert_int_equal(answer->outcome, REGISTRY_UNSUPPORTED);
	assert_int_equal(rig_count(&rig, "/soap/true"), 0);
	question.operation = REGISTRY_AUTHENTICATE;
	rig_ask(connector, &question, answer);
	assert_int_equal(answer->outcome, REGISTRY_CONFIRMED);
	connector_close(connector);
	registry_answer_free(answer);
	section.section.kind = "directory";
	assert_int_equal(connector_open(&section.section, &error, &connector),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "operation"));
}

/* A kind that only looks at its deadline. */
struct paper {
	uint64_t *deadline_ms;
};

static uint64_t seen_ms;

static size_t
paper_tables(void *own, struct setting_table ret[static OVER_HTTP_TABLES_MAX])
{
	struct paper *paper = own;

	(void)ret;
	paper->deadline_ms = &seen_ms;
	return 0;
}

static enum cccd_err paper_make(const struct connector_state *state,
                                enum registry_operation operation,
                                const struct fields *fields,
                                struct over_http_request *ret)
{
	const struct paper *paper = state->own;

	(void)operation;
	(void)fields;
	*paper->deadline_ms = ret->call.deadline_ms;
	ret->lacks = "paper";
	return CCCD_OK;
}

/* One time for a token, the call and either once more: no four of them. */
static void connectors_have_one_time_for_all_calls(void **state)
{
	static const struct over_http_kind kind = {
		.own_size = sizeof(struct paper),
		.tables = paper_tables,
		.make = paper_make,
	};
	static const struct connector_setting settings[] = {
		{ "url", "https://127.0.0.1/" },
		{ "agency", "G01" },
		{ "request_time", "20 s" },
	};
	const struct connector_section section = {
		.name = "paper",
		.settings = settings,
		.count = ARRAY_LEN(settings),
	};
	const struct registry_question question = rig_question(REGISTRY_LOOKUP);
	struct registry_answer *answer = registry_answer_new();
	struct connector_state *connector = NULL;
	struct cccd_error error = { 0 };
	uint64_t before = clock_steady_ms();

	(void)state;
	assert_non_null(answer);
	assert_int_equal(over_http_open(&kind, &section, &error, &connector),
	                 CCCD_OK);
	assert_int_equal(
	        over_http_query(connector, &question, UINT64_MAX, answer),
	        CCCD_OK);
	assert_int_equal(answer->outcome, REGISTRY_QUESTION);
	assert_string_equal(answer->detail, "paper");
	assert_true(seen_ms >= before + 20000);
	assert_true(seen_ms <= clock_steady_ms() + 20000);
	/* The caller's own, where that comes first. */
	assert_int_equal(over_http_query(connector, &question, 7, answer),
	                 CCCD_OK);
	assert_int_equal(seen_ms, 7);
	over_http_close(connector);
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
		{ "soap", "answer_max", "1048577", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "secret_file", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "secret_file", "/nonexistent", CCCD_ERR_USAGE_FILE },
		{ "soap", "secret_file", "relative", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "certificate", NULL, CCCD_ERR_POLICY_CONFIG },
		{ "soap", "token_url", "https://s3cret/",
		  CCCD_ERR_POLICY_CONFIG },
		{ "soap", "breaker_failures", "many", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "operation", "guess", CCCD_ERR_POLICY_CONFIG },
		{ "soap", "without_procedure", "x", CCCD_ERR_POLICY_CONFIG },
		{ "rest_oauth2", "check_url", "http://127.0.0.1/",
		  CCCD_ERR_POLICY_CONFIG },
		{ "lgsp_json", "token_url", "http://127.0.0.1/",
		  CCCD_ERR_POLICY_CONFIG },
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
		rig_assert_no_canary(error.text);
	}
}

/* A code and what it may be: both or neither, in words between blanks. */
static void connector_open_refuses_half_a_code(void **state)
{
	static const struct {
		const char *kind;
		const char *member;
		const char *good;
		const char *words;
	} bad[] = {
		{ "rest_oauth2", "s3cret", NULL,
		  "code_good: it is missing beside code_member" },
		{ "rest_oauth2", NULL, "s3cret",
		  "code_member: it is missing beside code_good" },
		{ "rest_oauth2", "code", "\t", "code_good: " },
		{ "rest_oauth2", "code", " ",
		  "code_good: it is missing beside code_member" },
		{ "rest_oauth2", "code", "0,s3cret", "blanks, not commas" },
		{ "rest_oauth2", "code", "0 s3cret s3cret",
		  "code_good: a word stands twice" },
		{ "rest_oauth2", "code", "0 1 2 3 4 5 6 7 8 9 a b c d e f g",
		  "code_good: it has too many words" },
		{ "rest_oauth2", "code",
		  "s3cret789012345678901234567890123456789012345678901234567890"
		  "1234",
		  "code_good: a word is too long" },
		{ "lgsp_json", "code", NULL,
		  "code_good: it is missing beside code_member" },
		{ "soap", "code", NULL, "there is no setting code_member" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct connector *connector = NULL;
		struct cccd_error error = { 0 };
		static struct rig_section section;

		rig_section_make(&rig, bad[i].kind, "tls", "found", &section);
		if (bad[i].member != NULL)
			rig_set(&section, "code_member", bad[i].member);
		if (bad[i].good != NULL)
			rig_set(&section, "code_good", bad[i].good);
		assert_int_equal(
		        connector_open(&section.section, &error, &connector),
		        CCCD_ERR_POLICY_CONFIG);
		if (strstr(error.text, bad[i].words) == NULL)
			print_error("%s\n", error.text);
		assert_non_null(strstr(error.text, bad[i].words));
		rig_assert_no_canary(error.text);
	}
}

/* The platform unwraps the answer itself: no JSON is left to look in. */
static void connector_open_refuses_a_code_of_xml(void **state)
{
	struct connector *connector = NULL;
	struct cccd_error error = { 0 };
	static struct rig_section section;

	(void)state;
	rig_section_make(&rig, "lgsp_json", "tls", "found", &section);
	rig_set(&section, "code_member", "code");
	rig_set(&section, "code_good", "0 1 2 3 4 5 6 7 8 9 a b c d e f");
	connector_close(rig_open(&section));
	rig_set(&section, "answer", "xml");
	assert_int_equal(connector_open(&section.section, &error, &connector),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "code_member: an answer in XML"));
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
		cmocka_unit_test(
		        connectors_refuse_questions_nobody_could_answer),
		cmocka_unit_test(connectors_keep_connections),
		cmocka_unit_test(connectors_fetch_one_token_for_all_threads),
		cmocka_unit_test(connectors_replace_a_refused_token),
		cmocka_unit_test(connectors_break_the_circuit),
		cmocka_unit_test(
		        connectors_authenticate_where_they_are_told_to),
		cmocka_unit_test(connectors_have_one_time_for_all_calls),
		cmocka_unit_test(connector_open_refuses_bad_sections),
		cmocka_unit_test(connector_open_refuses_half_a_code),
		cmocka_unit_test(connector_open_refuses_a_code_of_xml),
		cmocka_unit_test(registry_outcomes_have_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
