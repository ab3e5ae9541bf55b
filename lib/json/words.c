/* SPDX-License-Identifier: Apache-2.0 */
/* Words of our documents: which letters they have, and their names. */
#include "lib/json/words.h"

#include <string.h>

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_letter_or_digit(char c)
{
	return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool has_length(const char *text, size_t max)
{
	return text[0] != '\0' && strlen(text) < max;
}

bool word_is_id(const char *text, size_t max)
{
	if (!has_length(text, max) || !is_lower_or_digit(text[0]) ||
	    !is_lower_or_digit(text[strlen(text) - 1]))
		return false;
	for (; *text != '\0'; text++)
		if (!is_lower_or_digit(*text) && strchr("._-", *text) == NULL)
			return false;
	return true;
}

static bool is_made_of(const char *text, size_t max, const char *signs)
{
	if (!has_length(text, max))
		return false;
	for (; *text != '\0'; text++)
		if (!is_letter_or_digit(*text) && strchr(signs, *text) == NULL)
			return false;
	return true;
}

bool word_is_label(const char *text, size_t max)
{
	return is_made_of(text, max, "._:-");
}

bool word_is_name(const char *text, size_t max)
{
	return is_made_of(text, max, "_-");
}

bool word_is_printable(const char *text, size_t max)
{
	if (!has_length(text, max))
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

int word_find(const char *const *table, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (table[i] != NULL && strcmp(table[i], text) == 0)
			return (int)i;
	return -1;
}
