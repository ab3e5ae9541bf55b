/* SPDX-License-Identifier: Apache-2.0 */
/* Times as text, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/macros.h"

static void clock_parse_takes_what_clock_text_gives(void **state)
{
	static const int64_t times[] = { 0,          951782399,  1709164800,
		                         1795469101, 4102444799, -1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char text[CLOCK_TEXT_MAX];
		int64_t back = 42;

		clock_text(times[i], text);
		assert_true(clock_parse(text, &back));
		assert_int_equal(back, times[i]);
	}
}

static void clock_parse_takes_nothing_else(void **state)
{
	static const char *const texts[] = {
		"",
		"yesterday",
		"2026-11-23",
		"2026-11-23T02:10:04",
		"2026-11-23T02:10:04+07:00",
		"2026-11-23T02:10:04Z ",
		" 2026-11-23T02:10:04Z",
		"2026-11-23 02:10:04Z",
		"2026-1-23T02:10:04Z",
		"2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T02:60:04Z",
		"2026-11-23T02:10:60Z",
	};
	int64_t back = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_false(clock_parse(texts[i], &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_parse_takes_what_clock_text_gives),
		cmocka_unit_test(clock_parse_takes_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
