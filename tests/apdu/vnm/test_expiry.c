/* SPDX-License-Identifier: Apache-2.0 */
/* Milestones 14, 25, 40, 60, the two years before them, 29 February. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "apdu/vnm/day.h"
#include "apdu/vnm/expiry.h"

static struct cccd_day day(const char *text)
{
	struct cccd_day ret = { 0 };

	assert_int_equal(day_read(span_text(text), &ret), CCCD_FORM_ISO);
	return ret;
}

/* "none", or the date as ISO text. */
static void assert_expiry(const struct expiry *expiry, const char *wanted)
{
	char text[DAY_TEXT_MAX];

	day_write(expiry->date, text);
	assert_string_equal(expiry->none ? "none" : text, wanted);
}

static const struct {
	const char *birth;
	const char *issue;
	const char *expiry;
} lives[] = {
	/* Law of 2014: 25, with the threshold at 23. */
	{ "1999-03-15", "2021-03-15", "2024-03-15" },
	{ "1999-03-15", "2022-03-14", "2024-03-15" },
	{ "1999-03-15", "2022-03-15", "2039-03-15" },
	{ "1999-03-15", "2022-03-16", "2039-03-15" },
	{ "1999-03-15", "2024-03-14", "2039-03-15" },
	{ "1999-03-15", "2024-03-15", "2039-03-15" },
	{ "1999-03-15", "2024-03-16", "2039-03-15" },
	/* 40, with the threshold at 38. */
	{ "1984-06-01", "2022-05-31", "2024-06-01" },
	{ "1984-06-01", "2022-06-01", "2044-06-01" },
	{ "1984-06-01", "2022-06-02", "2044-06-01" },
	{ "1984-06-01", "2024-05-31", "2044-06-01" },
	{ "1984-06-01", "2024-06-01", "2044-06-01" },
	/* 60, with the threshold at 58. */
	{ "1964-06-01", "2022-05-31", "2024-06-01" },
	{ "1964-06-01", "2022-06-01", "none" },
	{ "1964-06-01", "2022-06-02", "none" },
	{ "1964-06-01", "2024-05-31", "none" },
	{ "1964-06-01", "2024-06-01", "none" },
	{ "1940-06-01", "2021-06-01", "none" },
	/* 14 is a milestone only from 1 July 2024. */
	{ "2010-07-10", "2024-06-30", "2035-07-10" },
	{ "2010-07-10", "2024-07-01", "2035-07-10" },
	{ "2013-01-01", "2024-06-30", "2038-01-01" },
	{ "2013-01-01", "2024-07-01", "2027-01-01" },
	{ "2013-01-01", "2024-12-31", "2027-01-01" },
	{ "2013-01-01", "2025-01-01", "2038-01-01" },
	{ "2013-01-01", "2025-01-02", "2038-01-01" },
	{ "2013-01-01", "2026-12-31", "2038-01-01" },
	{ "2013-01-01", "2027-01-01", "2038-01-01" },
	/* From birth. */
	{ "2024-08-01", "2024-08-01", "2038-08-01" },
	{ "2024-08-01", "2024-09-15", "2038-08-01" },
	/* The other milestones under the law of 2023. */
	{ "2002-01-10", "2025-01-09", "2027-01-10" },
	{ "2002-01-10", "2025-01-10", "2042-01-10" },
	{ "2002-01-10", "2025-01-11", "2042-01-10" },
	{ "1987-01-10", "2025-01-09", "2027-01-10" },
	{ "1987-01-10", "2025-01-10", "2047-01-10" },
	{ "1967-01-10", "2025-01-09", "2027-01-10" },
	{ "1967-01-10", "2025-01-10", "none" },
	/* Born on 29 February: 25 never falls in a leap year. */
	{ "2000-02-29", "2023-02-27", "2025-02-28" },
	{ "2000-02-29", "2023-02-28", "2040-02-29" },
	{ "2000-02-29", "2023-03-01", "2040-02-29" },
	{ "1984-02-29", "2022-02-27", "2024-02-29" },
	{ "1984-02-29", "2022-02-28", "2044-02-29" },
	{ "1984-02-29", "2022-03-01", "2044-02-29" },
	{ "1964-02-29", "2022-02-27", "2024-02-29" },
	{ "1964-02-29", "2022-02-28", "none" },
	{ "2012-02-29", "2024-07-01", "2037-02-28" },
	{ "2016-02-29", "2024-07-01", "2030-02-28" },
	{ "2016-02-29", "2028-02-27", "2030-02-28" },
	{ "2016-02-29", "2028-02-29", "2041-02-28" },
};

static void expiry_derive_follows_the_law(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lives); i++) {
		struct expiry expiry = { 0 };

		assert_int_equal(expiry_derive(day(lives[i].birth),
		                               day(lives[i].issue), &expiry),
		                 CCCD_OK);
		assert_expiry(&expiry, lives[i].expiry);
	}
}

static void expiry_derive_refuses_partial_and_reversed_dates(void **state)
{
	struct expiry expiry = { 0 };
	struct cccd_day year = { 1999, 0, 0 };
	struct cccd_day month = { 1999, 5, 0 };

	(void)state;
	assert_int_equal(expiry_derive(year, day("2022-01-01"), &expiry),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(expiry_derive(month, day("2022-01-01"), &expiry),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(expiry_derive(day("1999-01-01"), year, &expiry),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(
	        expiry_derive(day("2022-01-02"), day("2022-01-01"), &expiry),
	        CCCD_ERR_DATA_MALFORMED);
}

static void assert_candidates(const char *birth, const char *issue,
                              const char *const wanted[], size_t count)
{
	struct expiry_candidates list = { 0 };

	assert_int_equal(expiry_candidates(day(birth), day(issue), &list),
	                 CCCD_OK);
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++)
		assert_expiry(&list.at[i], wanted[i]);
}

static void expiry_candidates_add_the_other_side_of_a_threshold(void **state)
{
	static const char *const before[] = { "2024-03-15", "2039-03-15" };
	static const char *const after[] = { "2039-03-15", "2024-03-15" };
	static const char *const far_away[] = { "2024-03-15" };
	static const char *const last[] = { "none", "2024-06-01" };

	(void)state;
	assert_candidates("1999-03-15", "2022-03-14", before, 2);
	assert_candidates("1999-03-15", "2022-01-14", before, 2);
	assert_candidates("1999-03-15", "2022-01-13", far_away, 1);
	assert_candidates("1999-03-15", "2022-03-15", after, 2);
	assert_candidates("1999-03-15", "2022-05-14", after, 2);
	assert_candidates("1999-03-15", "2022-05-15", after, 1);
	assert_candidates("1964-06-01", "2022-06-01", last, 2);
}

static void expiry_candidates_offer_first_of_march(void **state)
{
	static const char *const common[] = { "2025-02-28", "2025-03-01" };
	static const char *const leap[] = { "2040-02-29" };
	static const char *const both[] = { "2025-02-28", "2025-03-01",
		                            "2040-02-29" };

	(void)state;
	assert_candidates("2000-02-29", "2021-06-01", common, 2);
	assert_candidates("2000-02-29", "2023-06-01", leap, 1);
	assert_candidates("2000-02-29", "2023-02-27", both, 3);
}

static void expiry_write_mrz_knows_no_expiry(void **state)
{
	struct expiry none = { .none = true };
	struct expiry date = { .date = { 2039, 1, 9 } };
	char text[6];

	(void)state;
	expiry_write_mrz(&none, text);
	assert_memory_equal(text, "991231", 6);
	expiry_write_mrz(&date, text);
	assert_memory_equal(text, "390109", 6);
	assert_true(expiry_is_none(span_text("991231")));
	assert_false(expiry_is_none(span_text("991230")));
	assert_false(expiry_is_none(span_text("99123")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expiry_derive_follows_the_law),
		cmocka_unit_test(
		        expiry_derive_refuses_partial_and_reversed_dates),
		cmocka_unit_test(
		        expiry_candidates_add_the_other_side_of_a_threshold),
		cmocka_unit_test(expiry_candidates_offer_first_of_march),
		cmocka_unit_test(expiry_write_mrz_knows_no_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
