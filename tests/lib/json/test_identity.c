/* SPDX-License-Identifier: Apache-2.0 */
/* Derived claims: said, or left out, and nothing beside them. */
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

#include "lib/json/age.h"
#include "lib/json/result.h"

/* 2026-11-22T17:00:00Z: in Viet Nam the 23rd has just begun. */
enum { MIDNIGHT_S = 1795366800 };

enum answer { NO, YES, OPEN };

static void age_day_begins_at_midnight_in_viet_nam(void **state)
{
	struct cccd_day before = age_day(MIDNIGHT_S - 1);
	struct cccd_day after = age_day(MIDNIGHT_S);

	(void)state;
	assert_int_equal(before.year, 2026);
	assert_int_equal(before.month, 11);
	assert_int_equal(before.day, 22);
	assert_int_equal(after.day, 23);
	assert_int_equal(age_day(INT64_MAX / 2).year, 0);
}

static const struct {
	const char *birth;
	struct cccd_day on;
	unsigned int age;
	enum answer answer;
} ages[] = {
	/* The birthday itself, and the day before. */
	{ "2008-11-23", { 2026, 11, 23 }, 18, YES },
	{ "2008-11-23", { 2026, 11, 22 }, 18, NO },
	{ "2008-12-01", { 2026, 11, 30 }, 18, NO },
	{ "2008-11-23", { 2026, 11, 23 }, 17, YES },
	{ "2008-11-23", { 2026, 11, 23 }, 19, NO },
	/* 29 February: 1 March in other years. */
	{ "2008-02-29", { 2026, 2, 28 }, 18, NO },
	{ "2008-02-29", { 2026, 3, 1 }, 18, YES },
	{ "2008-02-29", { 2028, 2, 28 }, 20, NO },
	{ "2008-02-29", { 2028, 2, 29 }, 20, YES },
	{ "1900-02-28", { 2000, 2, 28 }, 100, YES },
	/* A year alone leaves one year open. */
	{ "2008", { 2025, 12, 31 }, 18, NO },
	{ "2008", { 2026, 1, 1 }, 18, OPEN },
	{ "2008", { 2026, 12, 30 }, 18, OPEN },
	{ "2008", { 2026, 12, 31 }, 18, YES },
	/* A month alone leaves its days open. */
	{ "2008-04", { 2026, 3, 31 }, 18, NO },
	{ "2008-04", { 2026, 4, 1 }, 18, OPEN },
	{ "2008-04", { 2026, 4, 29 }, 18, OPEN },
	{ "2008-04", { 2026, 4, 30 }, 18, YES },
	{ "2007-02", { 2025, 2, 28 }, 18, YES },
	{ "2008-02", { 2026, 2, 28 }, 18, OPEN },
	{ "2008-02", { 2026, 3, 1 }, 18, YES },
	/* The ends of the scale. */
	{ "1906-11-23", { 2026, 11, 23 }, 120, YES },
	{ "1906-11-24", { 2026, 11, 23 }, 120, NO },
	{ "2025-11-24", { 2026, 11, 23 }, 1, NO },
	/* Not born yet: one of the two dates is wrong. */
	{ "2026-11-24", { 2026, 11, 23 }, 18, OPEN },
	{ "2026", { 2026, 6, 1 }, 18, NO },
	/* No date. */
	{ "", { 2026, 11, 23 }, 18, OPEN },
	{ "2008-13-01", { 2026, 11, 23 }, 18, OPEN },
	{ "2008-1-01", { 2026, 11, 23 }, 18, OPEN },
	{ "23/11/2008", { 2026, 11, 23 }, 18, OPEN },
	{ "0000", { 2026, 11, 23 }, 18, OPEN },
	{ "2008-11-23", { 0, 0, 0 }, 18, OPEN },
};

static enum answer ask(const struct cccd_person *person, struct cccd_day on,
                       unsigned int age)
{
	bool over = false;

	if (!age_over(person, on, age, &over))
		return OPEN;
	return over ? YES : NO;
}

static void age_over_is_exact_or_silent(void **state)
{
	struct cccd_person *person = calloc(1, sizeof(*person));

	(void)state;
	assert_non_null(person);
	for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
		(void)snprintf(person->date_of_birth,
		               sizeof(person->date_of_birth), "%s",
		               ages[i].birth);
		if (ask(person, ages[i].on, ages[i].age) != ages[i].answer) {
			print_error("%s on %d-%d-%d, %u\n", ages[i].birth,
			            ages[i].on.year, ages[i].on.month,
			            ages[i].on.day, ages[i].age);
			assert_true(false);
		}
	}
	free(person);
}

/* "21" in a passport: five years old, or a hundred and five. */
static void age_over_minds_years_of_two_digits(void **state)
{
	const struct cccd_day on = { 2026, 11, 23 };
	struct cccd_person *person = calloc(1, sizeof(*person));

	(void)state;
	assert_non_null(person);
	person->notes = CCCD_PERSON_BIRTH_PIVOT;
	(void)snprintf(person->date_of_birth, sizeof(person->date_of_birth),
	               "2021-01-01");
	assert_int_equal(ask(person, on, 18), OPEN);
	assert_int_equal(ask(person, on, 5), YES);
	assert_int_equal(ask(person, on, 106), NO);
	/* Nobody is a hundred and thirty. */
	(void)snprintf(person->date_of_birth, sizeof(person->date_of_birth),
	               "1996-01-01");
	assert_int_equal(ask(person, on, 60), NO);
	/* The citizen number tells the century. */
	(void)snprintf(person->date_of_birth, sizeof(person->date_of_birth),
	               "2021-01-01");
	(void)snprintf(person->id_number, sizeof(person->id_number),
	               "001221000001");
	assert_int_equal(ask(person, on, 18), NO);
	free(person);
}

/* A person of whom every member is filled. */
static void fill(struct cccd_person *person)
{
	memset(person, 0, sizeof(*person));
	(void)snprintf(person->id_number, sizeof(person->id_number),
	               "001099000001");
	(void)snprintf(person->document_number, sizeof(person->document_number),
	               "099000001");
	(void)snprintf(person->full_name, sizeof(person->full_name), "CANARY");
	(void)snprintf(person->name_primary, sizeof(person->name_primary),
	               "CANARY");
	(void)snprintf(person->date_of_birth, sizeof(person->date_of_birth),
	               "1999-12-31");
	(void)snprintf(person->date_of_expiry, sizeof(person->date_of_expiry),
	               "2039-12-31");
	(void)snprintf(person->place_of_residence.text,
	               sizeof(person->place_of_residence.text), "CANARY");
	(void)snprintf(person->father_name, sizeof(person->father_name),
	               "CANARY");
	(void)snprintf(person->religion, sizeof(person->religion), "CANARY");
}

/* The identity of a result with these scopes; the caller deletes *@whole. */
static const cJSON *identity_of(struct json_result_input *input, cJSON **whole)
{
	char *text = NULL;

	assert_int_equal(json_result_text(input, &text), CCCD_OK);
	if ((input->scopes & 0x7F) == 0) {
		assert_null(strstr(text, "CANARY"));
		assert_null(strstr(text, "001099000001"));
		assert_null(strstr(text, "1999"));
		assert_null(strstr(text, "sha-256:"));
	}
	*whole = cJSON_Parse(text);
	json_text_free(text);
	return cJSON_GetObjectItemCaseSensitive(*whole, "identity");
}

static void result_with_an_age_alone_tells_nothing_else(void **state)
{
	struct cccd_person *person = calloc(1, sizeof(*person));
	struct cccd_result *result = calloc(1, sizeof(*result));
	struct json_result_input input = { .no_digests = true };
	const cJSON *identity = NULL;
	cJSON *whole = NULL;

	(void)state;
	assert_non_null(person);
	assert_non_null(result);
	fill(person);
	result->started = MIDNIGHT_S;
	input.person = person;
	input.result = result;
	input.ages[0] = 1U << 18 | 1U << 30;
	input.pairwise_id = "CANARY";
	identity = identity_of(&input, &whole);
	assert_int_equal(cJSON_GetArraySize(identity), 2);
	assert_true(cJSON_IsTrue(
	        cJSON_GetObjectItemCaseSensitive(identity, "age_over_18")));
	assert_true(cJSON_IsFalse(
	        cJSON_GetObjectItemCaseSensitive(identity, "age_over_30")));
	cJSON_Delete(whole);
	/* Renderings obey the same scopes. */
	input.renderings = 0xF;
	identity = identity_of(&input, &whole);
	assert_int_equal(cJSON_GetArraySize(identity), 2);
	cJSON_Delete(whole);
	input.renderings = 0;
	/* A birth date that leaves it open: nothing at all. */
	(void)snprintf(person->date_of_birth, sizeof(person->date_of_birth),
	               "2008");
	input.ages[0] = 1U << 18;
	identity = identity_of(&input, &whole);
	assert_int_equal(cJSON_GetArraySize(identity), 0);
	cJSON_Delete(whole);
	free(person);
	free(result);
}

static void valid_document_means_proven_and_not_expired(void **state)
{
	static const struct {
		enum cccd_verdict overall;
		enum cccd_verdict expiry;
		bool valid;
	} rows[] = {
		{ CCCD_SUCCESSFUL, CCCD_SUCCESSFUL, true },
		{ CCCD_UNDETERMINED, CCCD_SUCCESSFUL, false },
		{ CCCD_FAILED, CCCD_SUCCESSFUL, false },
		{ CCCD_SUCCESSFUL, CCCD_FAILED, false },
		{ CCCD_SUCCESSFUL, CCCD_UNDETERMINED, false },
		{ CCCD_SUCCESSFUL, CCCD_NOT_RUN, false },
	};
	struct cccd_result *result = calloc(1, sizeof(*result));
	struct json_result_input input = {
		.no_digests = true,
		.scopes = JSON_SCOPE_VALID_DOCUMENT | JSON_SCOPE_PAIRWISE_ID,
	};

	(void)state;
	assert_non_null(result);
	input.result = result;
	input.pairwise_id = "pid";
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const cJSON *identity = NULL;
		cJSON *whole = NULL;

		result->overall = rows[i].overall;
		result->checks[CCCD_CHECK_DOCUMENT_EXPIRY].verdict =
		        rows[i].expiry;
		result->checks[CCCD_CHECK_DOCUMENT_EXPIRY].reason = "";
		identity = identity_of(&input, &whole);
		assert_int_equal(cJSON_GetArraySize(identity), 2);
		assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
		                         identity, "valid_document")),
		                 rows[i].valid);
		assert_string_equal(
		        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
		                identity, "pairwise_id")),
		        "pid");
		cJSON_Delete(whole);
	}
	free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(age_day_begins_at_midnight_in_viet_nam),
		cmocka_unit_test(age_over_is_exact_or_silent),
		cmocka_unit_test(age_over_minds_years_of_two_digits),
		cmocka_unit_test(result_with_an_age_alone_tells_nothing_else),
		cmocka_unit_test(valid_document_means_proven_and_not_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
