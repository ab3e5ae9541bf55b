/* SPDX-License-Identifier: Apache-2.0 */
/* Values of settings: what each parser takes, and where it stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/span.h"
#include "base/value.h"

static void value_number_takes_nine_digits(void **state)
{
	static const char *const bad[] = {
		"",    "00",
		"01",  "-1",
		"+1",  "1 ",
		"0x1", " 1",
		"1.0", "1000000000",
		"/",   "12:00",
		"1e3", "18446744073709551616",
	};
	uint32_t number = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(value_number(bad[i], strlen(bad[i]), &number));
	assert_int_equal(number, 7);
	assert_true(value_number("0", 1, &number));
	assert_int_equal(number, 0);
	assert_true(value_number("999999999", 9, &number));
	assert_int_equal(number, 999999999);
	/* So many of them, whatever follows. */
	assert_true(value_number("60 s", 2, &number));
	assert_int_equal(number, 60);
}

static void value_is_port_ends_at_65535(void **state)
{
	(void)state;
	assert_true(value_is_port("0"));
	assert_true(value_is_port("65535"));
	assert_false(value_is_port("65536"));
	assert_false(value_is_port("080"));
	assert_false(value_is_port(""));
	assert_false(value_is_port("80/"));
}

static void value_unit_ms_gives_what_is_asked_for(void **state)
{
	const unsigned int all = VALUE_UNITS_BARE | VALUE_UNITS_HOURS;

	(void)state;
	assert_int_equal(value_unit_ms("ms", VALUE_UNITS_USUAL), 1);
	assert_int_equal(value_unit_ms("s", VALUE_UNITS_USUAL), 1000);
	assert_int_equal(value_unit_ms("min", VALUE_UNITS_USUAL), 60000);
	assert_int_equal(value_unit_ms("", VALUE_UNITS_USUAL), 0);
	assert_int_equal(value_unit_ms("h", VALUE_UNITS_BARE), 0);
	assert_int_equal(value_unit_ms("", VALUE_UNITS_BARE), 1000);
	assert_int_equal(value_unit_ms("h", VALUE_UNITS_HOURS), 3600000);
	assert_int_equal(value_unit_ms("", VALUE_UNITS_HOURS), 0);
	assert_int_equal(value_unit_ms("d", all), 0);
	assert_int_equal(value_unit_ms("S", all), 0);
	assert_int_equal(value_unit_ms("seconds", all), 0);
}

static char beyond[VALUE_BEYOND_MAX];

static const struct value_range count = {
	.kind = VALUE_COUNT, .least = 2, .most = 5, .beyond = beyond
};
static const struct value_range time_ms = {
	.kind = VALUE_MS, .least = 100, .most = 60000, .beyond = beyond
};
static const struct value_range seconds = { .kind = VALUE_SECONDS,
	                                    .units = VALUE_UNITS_BARE |
	                                             VALUE_UNITS_HOURS,
	                                    .least = 10,
	                                    .most = 7200,
	                                    .beyond = beyond };

static void value_amount_stores_in_its_unit(void **state)
{
	static const struct {
		const char *value;
		const struct value_range *range;
		uint32_t want;
	} good[] = {
		{ "2", &count, 2 },
		{ "5", &count, 5 },
		{ "100 ms", &time_ms, 100 },
		{ "1s", &time_ms, 1000 },
		{ "1  min", &time_ms, 60000 },
		{ "60000 ms", &time_ms, 60000 },
		{ "10", &seconds, 10 },
		{ "10000 ms", &seconds, 10 },
		{ "2 h", &seconds, 7200 },
		{ "3 min", &seconds, 180 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint32_t amount = 0;

		assert_null(
		        value_amount(good[i].value, good[i].range, &amount));
		assert_int_equal(amount, good[i].want);
	}
}

static void value_amount_refuses_with_its_reason(void **state)
{
	static const struct {
		const char *value;
		const struct value_range *range;
		const char *words;
	} bad[] = {
		{ "1", &count, "too small or too large: 2 to 5" },
		{ "6", &count, "too small or too large: 2 to 5" },
		{ "3 s", &count, "no whole number" },
		{ "", &count, "no whole number" },
		{ "99 ms", &time_ms,
		  "too small or too large: 100 ms to 1 min" },
		{ "60001 ms", &time_ms,
		  "too small or too large: 100 ms to 1 min" },
		{ "2 min", &time_ms,
		  "too small or too large: 100 ms to 1 min" },
		{ "5", &time_ms, "no time" },
		{ "1 h", &time_ms, "no time" },
		{ "s", &time_ms, "no time" },
		{ "1.5 s", &time_ms, "no time" },
		{ "-1 s", &time_ms, "no time" },
		{ "060 s", &time_ms, "no time" },
		{ "1 s s", &time_ms, "no time" },
		{ "1\ts", &time_ms, "no time" },
		{ "10500 ms", &seconds, "whole seconds" },
		{ "9", &seconds, "too small or too large: 10 s to 2 h" },
		/* More milliseconds than 32 bits hold. */
		{ "999999999 h", &seconds,
		  "too small or too large: 10 s to 2 h" },
		{ "9999999999", &seconds, "no time" },
	};
	uint32_t amount = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *reason =
		        value_amount(bad[i].value, bad[i].range, &amount);

		assert_non_null(reason);
		if (strstr(reason, bad[i].words) == NULL)
			print_error("%s: %s\n", bad[i].value, reason);
		assert_non_null(strstr(reason, bad[i].words));
	}
	assert_int_equal(amount, 7);
}

static void value_text_and_path_mind_their_room(void **state)
{
	char room[6] = "aaaaa";

	(void)state;
	assert_string_equal(value_text("123456", "long", room, sizeof(room)),
	                    "long");
	assert_string_equal(room, "aaaaa");
	assert_null(value_text("12345", "long", room, sizeof(room)));
	assert_string_equal(room, "12345");
	assert_string_equal(value_path("a/b", "long", room, sizeof(room)),
	                    "a path begins with /");
	assert_string_equal(value_path("", "long", room, sizeof(room)),
	                    "a path begins with /");
	assert_string_equal(value_path("/12345", "long", room, sizeof(room)),
	                    "long");
	assert_string_equal(room, "12345");
	assert_null(value_path("/1234", "long", room, sizeof(room)));
	assert_string_equal(room, "/1234");
}

static void value_word_is_exact(void **state)
{
	static const char *const names[] = { "one", "two" };
	const struct value_words words = { names, ARRAY_LEN(names), "none" };
	enum cccd_lang lang = CCCD_LANG_VI;
	bool on = true;
	size_t at = 7;

	(void)state;
	assert_string_equal(value_word("ONE", &words, &at), "none");
	assert_string_equal(value_word("on", &words, &at), "none");
	assert_string_equal(value_word("", &words, &at), "none");
	assert_int_equal(at, 7);
	assert_null(value_word("two", &words, &at));
	assert_int_equal(at, 1);
	assert_string_equal(value_switch("true", "yes or no", &on),
	                    "yes or no");
	assert_true(on);
	assert_null(value_switch("no", "", &on));
	assert_false(on);
	assert_null(value_switch("yes", "", &on));
	assert_true(on);
	assert_string_equal(value_language("fr", "vi or en", &lang),
	                    "vi or en");
	assert_int_equal(lang, CCCD_LANG_VI);
	assert_null(value_language("en", "", &lang));
	assert_int_equal(lang, CCCD_LANG_EN);
	assert_null(value_language("vi", "", &lang));
	assert_int_equal(lang, CCCD_LANG_VI);
}

static const char *no_dot(const char *word)
{
	return strchr(word, '.') == NULL ? NULL : "a dot";
}

enum { MOST = 3, ITEM_MAX = 5 };

static const struct value_list three = { .check = no_dot,
	                                 .too_many = "more than 3",
	                                 .most = MOST,
	                                 .item_max = ITEM_MAX };

static void value_list_takes_words_between_blanks(void **state)
{
	char items[MOST][ITEM_MAX];
	size_t count_of = 7;

	(void)state;
	assert_null(value_list("", &three, items[0], &count_of));
	assert_int_equal(count_of, 0);
	assert_null(value_list("a bcde \t a", &three, items[0], &count_of));
	assert_int_equal(count_of, 3);
	assert_string_equal(items[0], "a");
	assert_string_equal(items[1], "bcde");
	assert_string_equal(items[2], "a");
}

static void value_list_refuses_with_its_reason(void **state)
{
	struct value_list once = three;
	char items[MOST][ITEM_MAX];
	size_t count_of = 7;

	(void)state;
	once.once = true;
	assert_string_equal(value_list("a b c d", &three, items[0], &count_of),
	                    "more than 3");
	assert_string_equal(value_list("a bcdef", &three, items[0], &count_of),
	                    "a word is too long");
	assert_string_equal(value_list("a b.", &three, items[0], &count_of),
	                    "a dot");
	assert_string_equal(value_list("a b a", &once, items[0], &count_of),
	                    "a word stands twice");
	assert_int_equal(count_of, 7);
	assert_null(value_list("a ab abc", &once, items[0], &count_of));
	assert_int_equal(count_of, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_number_takes_nine_digits),
		cmocka_unit_test(value_is_port_ends_at_65535),
		cmocka_unit_test(value_unit_ms_gives_what_is_asked_for),
		cmocka_unit_test(value_amount_stores_in_its_unit),
		cmocka_unit_test(value_amount_refuses_with_its_reason),
		cmocka_unit_test(value_text_and_path_mind_their_room),
		cmocka_unit_test(value_word_is_exact),
		cmocka_unit_test(value_list_takes_words_between_blanks),
		cmocka_unit_test(value_list_refuses_with_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
