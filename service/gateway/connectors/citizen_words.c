/* SPDX-License-Identifier: Apache-2.0 */
/* A registry's words into a citizen, strictly: half a value is none. */
#include "service/gateway/connectors/citizen_words.h"

#include <stdio.h>

#include "base/text.h"

bool citizen_set_text(struct span text, char *ret, size_t cap)
{
	text = text_trim(text);
	if (text.len >= cap || !text_is_utf8(text))
		return false;
	/* Lines of an address may come in several; blanks do as well. */
	for (size_t i = 0; i < text.len; i++)
		ret[i] = (char)(text.at[i] < ' ' ? ' ' : text.at[i]);
	ret[text.len] = '\0';
	return !text_has_controls(span_text(ret));
}

bool citizen_set_number(struct span text, size_t digits,
                        char ret[static CITIZEN_NUMBER_MAX])
{
	text = text_trim(text);
	if (text.len != 0 && (text.len != digits || !text_is_digits(text)))
		return false;
	return citizen_set_text(text, ret, CITIZEN_NUMBER_MAX);
}

static unsigned int number_of(const char *digits, size_t len)
{
	unsigned int number = 0;

	for (size_t i = 0; i < len; i++)
		number = number * 10 + (unsigned int)(digits[i] - '0');
	return number;
}

static unsigned int days_of(unsigned int year, unsigned int month)
{
	static const unsigned int days[] = { 31, 28, 31, 30, 31, 30,
		                             31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Without hyphens; false when anything else is in the way. */
static bool plain_date(struct span text, char digits[static 9])
{
	bool dashed = text.len == 7 || text.len == 10;
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.at[i];

		if (dashed && (i == 4 || i == 7)) {
			if (byte != '-')
				return false;
			continue;
		}
		if (byte < '0' || byte > '9' || used == 8)
			return false;
		digits[used++] = (char)byte;
	}
	digits[used] = '\0';
	return used == 4 || used == 6 || used == 8;
}

/* Zeros stand for a part that is not known; what follows is not either. */
static size_t known_len(const char *digits)
{
	size_t len = strlen(digits);

	if (len == 8 && number_of(digits + 6, 2) == 0)
		len = 6;
	if (len == 6 && number_of(digits + 4, 2) == 0)
		len = 4;
	return len;
}

bool citizen_set_date(struct span text, char ret[static CITIZEN_DATE_MAX])
{
	char digits[9] = "";
	unsigned int year = 0;
	size_t len = 0;

	text = text_trim(text);
	ret[0] = '\0';
	if (text.len == 0)
		return true;
	if (!plain_date(text, digits))
		return false;
	len = known_len(digits);
	year = number_of(digits, 4);
	if (year < 1800)
		return false;
	if (len >= 6 &&
	    (number_of(digits + 4, 2) < 1 || number_of(digits + 4, 2) > 12))
		return false;
	if (len == 8 &&
	    number_of(digits + 6, 2) > days_of(year, number_of(digits + 4, 2)))
		return false;
	(void)snprintf(ret, CITIZEN_DATE_MAX, "%.4s%s%.2s%s%.2s", digits,
	               len >= 6 ? "-" : "", len >= 6 ? digits + 4 : "",
	               len == 8 ? "-" : "", len == 8 ? digits + 6 : "");
	return true;
}

bool citizen_join_name(const char *family, const char *middle,
                       const char *given, char ret[static CITIZEN_NAME_MAX])
{
	char joined[3 * CITIZEN_NAME_MAX];
	bool fits = false;
	int len = snprintf(joined, sizeof(joined), "%s %s %s", family, middle,
	                   given);

	if (len > 0 && (size_t)len < sizeof(joined))
		fits = text_nfc(span_text(joined), ret, CITIZEN_NAME_MAX) ==
		       CCCD_OK;
	wipe(joined, sizeof(joined));
	return fits;
}

const char *citizen_sex_word(const char *text)
{
	static const struct {
		const char *key;
		const char *word;
	} words[] = {
		{ "MALE", "male" },     { "M", "male" },   { "NAM", "male" },
		{ "FEMALE", "female" }, { "F", "female" }, { "NU", "female" },
	};
	char key[CITIZEN_CODE_MAX];

	if (text_key(span_text(text), key, sizeof(key)) != CCCD_OK)
		return "";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].word;
	return "";
}

void citizen_set_sex(const char *code, const char *male, const char *female,
                     char ret[static CITIZEN_CODE_MAX])
{
	const char *word = citizen_sex_word(code);

	if (strcmp(code, male) == 0)
		word = "male";
	else if (strcmp(code, female) == 0)
		word = "female";
	else if (word[0] == '\0' && code[0] != '\0')
		word = "unspecified";
	(void)snprintf(ret, CITIZEN_CODE_MAX, "%s", word);
}

bool citizen_is_somebody(const struct citizen *citizen)
{
	return citizen->full_name[0] != '\0' &&
	       (citizen->id_number[0] != '\0' ||
	        citizen->old_number[0] != '\0' ||
	        citizen->date_of_birth[0] != '\0');
}
