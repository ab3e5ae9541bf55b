/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar dates as Vietnamese documents write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "apdu/vnm/day.h"

static void day_read_takes_known_forms(void **state)
{
	static const struct {
		const char *text;
		const char *iso;
		enum cccd_date_form form;
	} cases[] = {
		{ "01/02/1999", "1999-02-01", CCCD_FORM_SLASHES },
		{ "01021999", "1999-02-01", CCCD_FORM_DMY },
		{ "1999-02-01", "1999-02-01", CCCD_FORM_ISO },
		{ "19990201", "1999-02-01", CCCD_FORM_YMD },
		{ "20112010", "2010-11-20", CCCD_FORM_DMY },
		{ "20101120", "2010-11-20", CCCD_FORM_YMD },
		{ "29/02/2000", "2000-02-29", CCCD_FORM_SLASHES },
		{ "29/02/2024", "2024-02-29", CCCD_FORM_SLASHES },
		{ "00/00/1950", "1950", CCCD_FORM_SLASHES },
		{ "00/05/1950", "1950-05", CCCD_FORM_SLASHES },
		{ "05/1950", "1950-05", CCCD_FORM_SLASHES },
		{ "1950-05", "1950-05", CCCD_FORM_ISO },
		{ "1950", "1950", CCCD_FORM_YEAR },
		{ "00001950", "1950", CCCD_FORM_DMY },
		{ "19500000", "1950", CCCD_FORM_YMD },
		{ "31/12/2099", "2099-12-31", CCCD_FORM_SLASHES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_day day = { 0 };
		char text[DAY_TEXT_MAX];

		assert_int_equal(day_read(span_text(cases[i].text), &day),
		                 cases[i].form);
		day_write(day, text);
		assert_string_equal(text, cases[i].iso);
	}
}

static void day_read_refuses_the_rest(void **state)
{
	static const char *const cases[] = {
		"",           "31/02/1999", "29/02/1999", "29/02/1900",
		"00/00/0000", "32/01/1999", "01/13/1999", "1/2/1999",
		"01.02.1999", "01-02-1999", "1999/02/01", "990201",
		"0102199",    "010219999",  "19991301",   "13/1999",
		"15/00/1999", "01/01/1799", "01/01/2400", "abcdefgh",
		"01/02/199x", "Không rõ",   "1999-2-1",   "99999999",
		"00000000",   "+1021999",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_day day = { .year = 7 };

		assert_int_equal(day_read(span_text(cases[i]), &day),
		                 CCCD_FORM_NONE);
		assert_int_equal(day.year, 7);
	}
}

/* The promise in the header: no text of eight digits has two readings. */
static void day_read_never_has_two_readings(void **state)
{
	unsigned int both = 0;

	(void)state;
	for (unsigned int n = 0; n < 24000000; n++) {
		struct cccd_day ymd = { (uint16_t)(n / 10000),
			                (uint8_t)(n / 100 % 100),
			                (uint8_t)(n % 100) };
		struct cccd_day dmy = { (uint16_t)(n % 10000),
			                (uint8_t)(n / 10000 % 100),
			                (uint8_t)(n / 1000000) };

		both += day_is_valid(ymd) && day_is_valid(dmy);
	}
	assert_int_equal(both, 0);
}

static void day_add_years_moves_leap_days(void **state)
{
	struct cccd_day leap = { 2000, 2, 29 };

	(void)state;
	assert_int_equal(day_add_years(leap, 25).day, 28);
	assert_int_equal(day_add_years(leap, 40).day, 29);
	assert_int_equal(day_add_years(leap, 100).day, 28);
	assert_int_equal(day_add_years(leap, -4).day, 29);
}

static void day_agrees_over_known_parts(void **state)
{
	struct cccd_day whole = { 1999, 5, 6 };

	(void)state;
	assert_true(day_agrees(whole, (struct cccd_day){ 1999, 0, 0 }));
	assert_true(day_agrees(whole, (struct cccd_day){ 1999, 5, 0 }));
	assert_false(day_agrees(whole, (struct cccd_day){ 1999, 6, 0 }));
	assert_false(day_agrees(whole, (struct cccd_day){ 1999, 5, 7 }));
	assert_false(day_agrees(whole, (struct cccd_day){ 1998, 0, 0 }));
	assert_true(day_compare(whole, (struct cccd_day){ 1999, 5, 0 }) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(day_read_takes_known_forms),
		cmocka_unit_test(day_read_refuses_the_rest),
		cmocka_unit_test(day_read_never_has_two_readings),
		cmocka_unit_test(day_add_years_moves_leap_days),
		cmocka_unit_test(day_agrees_over_known_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
