/* SPDX-License-Identifier: Apache-2.0 */
/* Digits that went through the Vietnamese keyboard layout (TCVN 6064). */
#include "apdu/vnm/keyboard.h"

/*
 * The digit row types 1 ă, 2 â, 3 ê, 4 ô, 5 grave, 6 hook, 7 tilde, 8 acute,
 * 9 dot below, 0 đ. A tone typed after one of the four vowels may arrive
 * composed with it: two digits in one sign, always vowel first.
 */
static const struct {
	const char *sign;
	const char *digits;
} signs[] = {
	{ "ă", "1" },        { "â", "2" },        { "ê", "3" },
	{ "ô", "4" },        { "Ă", "1" },        { "Â", "2" },
	{ "Ê", "3" },        { "Ô", "4" },        { "đ", "0" },
	{ "Đ", "0" },        { "\xCC\x80", "5" }, { "\xCC\x89", "6" },
	{ "\xCC\x83", "7" }, { "\xCC\x81", "8" }, { "\xCC\xA3", "9" },
	{ "ằ", "15" },       { "ẳ", "16" },       { "ẵ", "17" },
	{ "ắ", "18" },       { "ặ", "19" },       { "ầ", "25" },
	{ "ẩ", "26" },       { "ẫ", "27" },       { "ấ", "28" },
	{ "ậ", "29" },       { "ề", "35" },       { "ể", "36" },
	{ "ễ", "37" },       { "ế", "38" },       { "ệ", "39" },
	{ "ồ", "45" },       { "ổ", "46" },       { "ỗ", "47" },
	{ "ố", "48" },       { "ộ", "49" },
};

static const char *digits_at(struct span text, size_t *ret_used)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		struct span sign = span_text(signs[i].sign);

		if (text.len >= sign.len &&
		    span_equal(span_first(text, sign.len), sign)) {
			*ret_used = sign.len;
			return signs[i].digits;
		}
	}
	return NULL;
}

size_t keyboard_digits(struct span text, char *ret, size_t count)
{
	size_t taken = 0;
	size_t have = 0;

	while (have < count) {
		struct span rest = span_after(text, taken);
		const char *digits = NULL;
		size_t used = 1;

		if (rest.len > 0 && rest.at[0] >= '0' && rest.at[0] <= '9') {
			ret[have++] = (char)rest.at[0];
			taken += used;
			continue;
		}
		digits = digits_at(rest, &used);
		if (digits == NULL || strlen(digits) > count - have)
			return 0;
		for (; *digits != '\0'; digits++)
			ret[have++] = *digits;
		taken += used;
	}
	ret[have] = '\0';
	return taken;
}
