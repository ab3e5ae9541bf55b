/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's line of a check: what was begun, and never too long. */
#include "service/gateway/check_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static void check_line_tells_every_stage(void **state)
{
	const struct check_outcome outcome = {
		.request_id = "r1",
		.transaction = "t1",
		.verdict = MATCH_MISMATCH,
		.registry = REGISTRY_FOUND,
		.attempts = 2,
		.http_status = 200,
		.stages = CHECK_STAGES,
		.stage_us = { 1, 2, 3, 4, 5 },
	};
	char line[CHECK_LINE_MAX];

	(void)state;
	check_line_text("desk", CCCD_OK, &outcome, 17, line);
	assert_string_equal(
	        line, "check caller=desk transaction=t1 request=r1 "
	              "result=mismatch outcome=found verify_us=1 spend_us=2 "
	              "ask_us=3 attempts=2 http_status=200 compare_us=4 "
	              "log_us=5 took_us=17");
}

static void check_line_quotes_what_the_question_lacks(void **state)
{
	struct check_outcome outcome = { .request_id = "r1",
		                         .transaction = "t1",
		                         .verdict = MATCH_UNDETERMINED,
		                         .registry = REGISTRY_QUESTION,
		                         .detail = "MaDVC" };
	char line[CHECK_LINE_MAX];

	(void)state;
	check_line_text("desk", CCCD_OK, &outcome, 5, line);
	assert_string_equal(line,
	                    "check caller=desk transaction=t1 request=r1 "
	                    "result=undetermined outcome=question_incomplete "
	                    "detail=\"MaDVC\" took_us=5");
	memcpy(outcome.detail, "a\"\n\xC3\xA9", sizeof("a\"\n\xC3\xA9"));
	check_line_text("desk", CCCD_OK, &outcome, 5, line);
	assert_non_null(strstr(line, " detail=\"a????\" took_us=5"));
}

static void check_line_ends_where_the_check_did(void **state)
{
	const struct check_outcome outcome = { .transaction = "t1",
		                               .stages = CHECK_SPEND + 1,
		                               .stage_us = { 1, 2 } };
	char line[CHECK_LINE_MAX];

	(void)state;
	check_line_text("desk", CCCD_ERR_NONCE_SPENT, &outcome, 5, line);
	assert_string_equal(line,
	                    "check caller=desk transaction=t1 request= "
	                    "result=nonce_spent outcome=not_asked verify_us=1 "
	                    "spend_us=2 took_us=5");
}

static void check_line_of_the_longest_parts_is_whole(void **state)
{
	struct check_outcome outcome = { .verdict = MATCH_UNDETERMINED,
		                         .registry = REGISTRY_FORBIDDEN_MARKUP,
		                         .attempts = 99,
		                         .http_status = 599,
		                         .stages = CHECK_STAGES };
	char caller[GATEWAY_CALLER_MAX];
	char line[CHECK_LINE_MAX];

	(void)state;
	memset(caller, 'c', sizeof(caller) - 1);
	caller[sizeof(caller) - 1] = '\0';
	memset(outcome.transaction, 't', sizeof(outcome.transaction) - 1);
	memset(outcome.request_id, 'r', sizeof(outcome.request_id) - 1);
	memset(outcome.detail, 'd', sizeof(outcome.detail) - 1);
	/* A quarter of an hour in each. */
	for (size_t i = 0; i < CHECK_STAGES; i++)
		outcome.stage_us[i] = 900000000;
	check_line_text(caller, CCCD_OK, &outcome, 4500000000, line);
	assert_non_null(strstr(line, " log_us=900000000 took_us=4500000000"));
}

static void check_line_is_cut_at_its_end(void **state)
{
	const struct check_outcome outcome = { .stages = CHECK_STAGES };
	char caller[2 * CHECK_LINE_MAX];
	char line[CHECK_LINE_MAX];

	(void)state;
	memset(caller, 'c', sizeof(caller) - 1);
	caller[sizeof(caller) - 1] = '\0';
	check_line_text(caller, CCCD_OK, &outcome, 1, line);
	assert_int_equal(strlen(line), CHECK_LINE_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_line_tells_every_stage),
		cmocka_unit_test(check_line_quotes_what_the_question_lacks),
		cmocka_unit_test(check_line_ends_where_the_check_did),
		cmocka_unit_test(check_line_of_the_longest_parts_is_whole),
		cmocka_unit_test(check_line_is_cut_at_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
