/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked is told, and written down. */
#include "service/gateway/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json/gateway_reply.h"
#include "lib/json/result.h"
#include "tests/service/gateway/house.h"
#include "tests/support/canary.h"

static void check_of_a_good_assertion_matches(void **state)
{
	struct house *house = *state;

	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(registry.questions, 1);
	assert_int_equal(house->outcome.verdict, MATCH_MATCH);
	assert_non_null(strstr(house->outcome.text, "\"registry\":\"match\""));
	assert_non_null(strstr(house->outcome.text, "\"name\":\"match\""));
	assert_non_null(
	        strstr(house->outcome.text, "\"overall\":\"successful\""));
	assert_non_null(strstr(house->outcome.text, "\"source\":\"test\""));
	/* No scope, no value. */
	assert_null(strstr(house->outcome.text, "values"));
	assert_null(strstr(house->outcome.text, NUMBER));
	assert_int_equal(house_lines(house), 1);
}

/* It was asked, so it has its line, and the card is not to blame. */
static void check_of_what_cannot_be_compared_is_undetermined(void **state)
{
	struct house *house = *state;
	char name[CITIZEN_NAME_MAX];
	size_t len = 0;

	/* Each decomposes into three letters of two bytes. */
	for (; len + 3 < sizeof(name); len += 2)
		memcpy(name + len, "\xCE\x90", 3);
	registry.full_name = name;
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(registry.questions, 1);
	assert_int_equal(house->outcome.verdict, MATCH_UNDETERMINED);
	assert_non_null(
	        strstr(house->outcome.text, "\"reason\":\"malformed\""));
	assert_null(strstr(house->outcome.text, "\xCE\x90"));
	assert_int_equal(house_lines(house), 1);
}

static void values_go_back_by_scope_alone(void **state)
{
	struct house *house = *state;

	assert_true(json_scopes_add(&house->caller.scopes, "demographic"));
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_non_null(
	        strstr(house->outcome.text, "\"full_name\":\"" NAME "\""));
	assert_null(strstr(house->outcome.text, NUMBER));
}

static void unproven_card_goes_only_by_the_callers_entry(void **state)
{
	struct house *house = *state;

	house->caller.allow_unproven = true;
	assert_int_equal(
	        house_try(house, (struct desk_claims){ .overall = "failed" }),
	        CCCD_OK);
	/* And the reply says so again. */
	assert_non_null(strstr(house->outcome.text, "\"overall\":\"failed\""));
}

static void silent_registry_is_no_pass(void **state)
{
	struct house *house = *state;

	registry.outcome = REGISTRY_TIME_OUT;
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_non_null(
	        strstr(house->outcome.text, "\"registry\":\"undetermined\""));
	assert_non_null(strstr(house->outcome.text, "\"reason\":\"time_out\""));
	assert_int_equal(house_lines(house), 1);
}

/* A log that cannot be written: nothing leaves. */
static void answer_without_its_line_stays(void **state)
{
	struct house *house = *state;

	house_meddle(house, "DROP TABLE usage_log");
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_AUDIT);
	assert_null(house->outcome.text);
}

static bool sing_row(void *context, const struct usage_row *row)
{
	bool *hashed = context;

	for (size_t i = 0; i < USAGE_COLUMNS; i++) {
		struct span text = span_text(row->line.texts[i]);

		assert_null(canary_sings(text, span_text(NUMBER)));
		assert_null(canary_sings(text, span_text(NAME)));
		assert_null(canary_sings(text, span_text("Trần Văn Cán Bộ")));
	}
	*hashed = strncmp(row->line.texts[USAGE_SUBJECT],
	                  "hmac-sha-256:", 13) == 0;
	assert_string_equal(row->line.texts[USAGE_OFFICER_ID], "o-17");
	assert_string_equal(row->line.texts[USAGE_RESULT], "match");
	assert_string_equal(row->line.texts[USAGE_PURPOSE], "counter");
	assert_string_equal(row->line.texts[USAGE_ORIGIN],
	                    "https://desk.example");
	return true;
}

static void log_holds_nobody(void **state)
{
	struct house *house = *state;
	bool hashed = false;

	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(
	        store_log_export(house->store, "", "", sing_row, &hashed),
	        CCCD_OK);
	assert_true(hashed);
}

static void health_is_told(void **state)
{
	const struct gateway_health health = { "ok", "1.0", "ok", "closed" };
	char *text = NULL;

	(void)state;
	assert_int_equal(gateway_health_text(&health, &text), CCCD_OK);
	assert_non_null(strstr(text, "\"registry_circuit\":\"closed\""));
	house_show("gateway-health", text);
	json_text_free(text);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(check_of_a_good_assertion_matches),
		TEST(check_of_what_cannot_be_compared_is_undetermined),
		TEST(values_go_back_by_scope_alone),
		TEST(unproven_card_goes_only_by_the_callers_entry),
		TEST(silent_registry_is_no_pass),
		TEST(answer_without_its_line_stays),
		TEST(log_holds_nobody),
		cmocka_unit_test(health_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
