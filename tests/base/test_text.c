/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode text: validity, NFC, letters without marks, matching keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

typedef enum cccd_err (*convert)(struct span text, char *ret, size_t cap);

static void assert_text(convert function, const char *text, const char *wanted)
{
	char ret[128];

	assert_int_equal(function(span_text(text), ret, sizeof(ret)), CCCD_OK);
	assert_string_equal(ret, wanted);
}

static void text_is_utf8_refuses_malformed_forms(void **state)
{
	static const char *const good[] = { "",           "abc",
		                            "Nguyễn",     "\u20AC",
		                            "\U0001F600", "\xF4\x8F\xBF\xBF" };
	static const char *const bad[] = {
		"\x80",
		"\xC3",
		"\xC3\x28",
		"\xC0\xAF",
		"\xE0\x80\xAF",
		"\xED\xA0\x80",
		"\xF0\x80\x80\x80",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xFF",
		"\xE2\x82",
		"a\xFE",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(text_is_utf8(span_text(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(text_is_utf8(span_text(bad[i])));
	assert_false(text_is_utf8(span_of("a\0b", 3)));
}

static void text_nfc_composes_and_cleans(void **state)
{
	(void)state;
	assert_text(text_nfc, "Nguye\u0302\u0303n", "Nguyễn");
	assert_text(text_nfc, "  a \r\n\t b  ", "a b");
	assert_text(text_nfc, "a\u00A0\u3000b", "a b");
	assert_text(text_nfc, "", "");
	assert_text(text_nfc, " \n", "");
	/* What cannot be seen must not tell two names apart. */
	assert_text(text_nfc, "A\u202EB\u200BC\u2066D\uFEFF", "ABCD");
	assert_text(text_nfc, "a\x1B[0m\x7F\xC2\x85z", "a [0m z");
}

static void text_upper_and_strip_know_vietnamese(void **state)
{
	(void)state;
	assert_text(text_upper, "đặng ưỡn ỹ", "ĐẶNG ƯỠN Ỹ");
	assert_text(text_strip, "Đặng Ưỡn ỹ", "Dang Uon y");
	assert_text(text_strip,
	            "ăâđêôơư áàảãạ ấầẩẫậ ắằẳẵặ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ",
	            "aadeoou aaaaa aaaaa aaaaa eeeee eeeee iiiii ooooo");
	/* The Icelandic eth and the African D look like it. */
	assert_text(text_strip, "\u00D0\u0189\u00F0", "DDd");
}

static void text_key_keeps_letters_and_digits(void **state)
{
	(void)state;
	assert_text(text_key, "Bru-Vân  Kiều", "BRUVANKIEU");
	assert_text(text_key, "BRU VAN KIEU", "BRUVANKIEU");
	assert_text(text_key, "Số 1, P.2", "SO1P2");
	assert_text(text_key, "-., ", "");
	assert_text(text_key, "李 小", "李小");
}

static void text_functions_refuse_and_leave_output(void **state)
{
	static char long_text[TEXT_INPUT_MAX + 1];
	static char ret[2 * sizeof(long_text)];
	char small[4] = "old";

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	assert_int_equal(text_nfc(span_text("four"), small, sizeof(small)),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_string_equal(small, "old");
	assert_int_equal(text_nfc(span_text("abc"), small, sizeof(small)),
	                 CCCD_OK);
	assert_int_equal(text_nfc(span_text("\xC3\x28"), ret, sizeof(ret)),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(text_nfc(span_of(long_text, sizeof(long_text)), ret,
	                          sizeof(ret)),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(
	        text_nfc(span_of(long_text, TEXT_INPUT_MAX), ret, sizeof(ret)),
	        CCCD_OK);
	/* Signs that fall apart into many, as often as there is room. */
	for (size_t i = 0; i + 3 <= TEXT_INPUT_MAX; i += 3)
		memcpy(long_text + i, "\u1EAB", 3);
	assert_int_equal(text_strip(span_of(long_text, 4095), ret, sizeof(ret)),
	                 CCCD_OK);
	assert_int_equal(strlen(ret), 4095 / 3);
}

static void text_helpers_measure_and_cut(void **state)
{
	(void)state;
	assert_int_equal(text_length(span_text("Việt")), 4);
	assert_int_equal(text_length(span_text("\xFF")), 0);
	assert_int_equal(text_cut(span_text("Việt"), 3).len, 2);
	assert_int_equal(text_cut(span_text("Việt"), 5).len, 5);
	assert_int_equal(text_cut(span_text("Việt"), 6).len, 6);
	assert_int_equal(text_cut(span_text("ệ"), 2).len, 0);
	assert_int_equal(text_trim(span_text(" \ta b\r\n")).len, 3);
	assert_int_equal(text_trim(span_text(" ")).len, 0);
	assert_true(text_is_digits(span_text("0123456789")));
	assert_false(text_is_digits(span_text("")));
	assert_false(text_is_digits(span_text("12a")));
	assert_true(text_has_controls(span_text("a\x1B[0m")));
	assert_true(text_has_controls(span_text("a\xC2\x85")));
	assert_true(text_has_controls(span_text("\x7F")));
	assert_false(text_has_controls(span_text("Việt")));
}

static void text_toned_gathers_both_schools(void **state)
{
	char a[64];
	char b[64];

	(void)state;
	assert_int_equal(text_toned(span_text("Hoà Thuý"), a, sizeof(a)),
	                 CCCD_OK);
	assert_int_equal(text_toned(span_text("hòa thúy"), b, sizeof(b)),
	                 CCCD_OK);
	assert_string_equal(a, b);
	/* Another vowel is another word, and so is another tone. */
	assert_int_equal(text_toned(span_text("hoâ thuý"), b, sizeof(b)),
	                 CCCD_OK);
	assert_string_not_equal(a, b);
	assert_int_equal(text_toned(span_text("hoá thuý"), b, sizeof(b)),
	                 CCCD_OK);
	assert_string_not_equal(a, b);
	assert_text(text_toned, "á", "A\u0301");
	assert_text(text_toned, "oán-a", "OAN\u0301-A");
	assert_text(text_toned, "\u00F0", "\u0110");
	assert_text(text_toned, "", "");
	/* More marks than anybody writes lose none. */
	assert_text(text_toned,
	            "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	            "\u0301\u0301b",
	            "A\u0301B\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	            "\u0301");
	assert_int_equal(text_toned(span_text("\xFF"), b, sizeof(b)),
	                 CCCD_ERR_DATA_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_utf8_refuses_malformed_forms),
		cmocka_unit_test(text_nfc_composes_and_cleans),
		cmocka_unit_test(text_upper_and_strip_know_vietnamese),
		cmocka_unit_test(text_key_keeps_letters_and_digits),
		cmocka_unit_test(text_functions_refuse_and_leave_output),
		cmocka_unit_test(text_helpers_measure_and_cut),
		cmocka_unit_test(text_toned_gathers_both_schools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
