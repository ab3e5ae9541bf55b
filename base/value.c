/* SPDX-License-Identifier: Apache-2.0 */
/* Values of settings: numbers, times, words, paths, lists of words. */
#include "base/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
enum { DIGITS_MAX = 9, PORT_MAX = 65535 };

bool value_number(const char *text, size_t len, uint32_t *ret)
{
	uint32_t value = 0;

	if (len == 0 || len > DIGITS_MAX || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	*ret = value;
	return true;
}

bool value_is_port(const char *text)
{
	uint32_t port = 0;

	return value_number(text, strlen(text), &port) && port <= PORT_MAX;
}

uint32_t value_unit_ms(const char *unit, unsigned int more)
{
	static const struct {
		const char *name;
		uint32_t ms;
		unsigned int of;
	} units[] = { { "ms", 1, VALUE_UNITS_USUAL },
		      { "s", SECOND, VALUE_UNITS_USUAL },
		      { "min", MINUTE, VALUE_UNITS_USUAL },
		      { "", SECOND, VALUE_UNITS_BARE },
		      { "h", HOUR, VALUE_UNITS_HOURS } };

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(units[i].name, unit) == 0)
			return (units[i].of & ~more) == 0 ? units[i].ms : 0;
	return 0;
}

/* "60 s", "200 ms", "5 min". */
static bool take_time(const char *value, unsigned int units, uint64_t *ret_ms)
{
	size_t digits = strspn(value, "0123456789");
	const char *unit = value + digits;
	uint32_t number = 0;
	uint32_t ms = 0;

	ms = value_unit_ms(unit + strspn(unit, " "), units);
	if (ms == 0 || !value_number(value, digits, &number))
		return false;
	*ret_ms = (uint64_t)number * ms;
	return true;
}

static const char *take_amount(const char *value,
                               const struct value_range *range, uint64_t *ret)
{
	uint32_t number = 0;

	if (range->kind != VALUE_COUNT)
		return take_time(value, range->units, ret)
		               ? NULL
		               : "it is no time like 60 s, 200 ms, 5 min";
	if (!value_number(value, strlen(value), &number))
		return "it is no whole number";
	*ret = number;
	return NULL;
}

/* As an administrator would write it: 900 s is 15 min. */
static void put_amount(const struct value_range *range, uint32_t amount,
                       char *ret, size_t room)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = { { "h", HOUR }, { "min", MINUTE }, { "s", SECOND } };
	uint64_t ms =
	        (uint64_t)amount * (range->kind == VALUE_SECONDS ? SECOND : 1);

	if (range->kind == VALUE_COUNT) {
		(void)snprintf(ret, room, "%" PRIu32, amount);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		bool fits = units[i].ms == SECOND || ms >= units[i].ms;

		if (!fits || ms % units[i].ms != 0 ||
		    value_unit_ms(units[i].name, range->units) == 0)
			continue;
		(void)snprintf(ret, room, "%" PRIu64 " %s", ms / units[i].ms,
		               units[i].name);
		return;
	}
	(void)snprintf(ret, room, "%" PRIu64 " ms", ms);
}

void value_beyond(const struct value_range *range,
                  char ret[static VALUE_BEYOND_MAX])
{
	char least[32];
	char most[32];

	put_amount(range, range->least, least, sizeof(least));
	put_amount(range, range->most, most, sizeof(most));
	(void)snprintf(ret, VALUE_BEYOND_MAX,
	               "it is too small or too large: %s to %s", least, most);
}

const char *value_amount(const char *value, const struct value_range *range,
                         uint32_t *ret)
{
	uint64_t amount = 0;
	const char *reason = take_amount(value, range, &amount);

	if (reason != NULL)
		return reason;
	if (range->kind == VALUE_SECONDS && amount % SECOND != 0)
		return "whole seconds only";
	if (range->kind == VALUE_SECONDS)
		amount /= SECOND;
	if (amount < range->least || amount > range->most) {
		value_beyond(range, range->beyond);
		return range->beyond;
	}
	*ret = (uint32_t)amount;
	return NULL;
}

const char *value_text(const char *value, const char *too_long, char *ret,
                       size_t max)
{
	size_t len = strlen(value);

	if (len >= max)
		return too_long;
	memcpy(ret, value, len + 1);
	return NULL;
}

const char *value_path(const char *value, const char *too_long, char *ret,
                       size_t max)
{
	if (value[0] != '/')
		return "a path begins with /";
	return value_text(value, too_long, ret, max);
}

const char *value_word(const char *value, const struct value_words *words,
                       size_t *ret)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->words[i], value) != 0)
			continue;
		*ret = i;
		return NULL;
	}
	return words->otherwise;
}

const char *value_switch(const char *value, const char *otherwise, bool *ret)
{
	static const char *const names[] = { "no", "yes" };
	const struct value_words words = { names, ARRAY_LEN(names), otherwise };
	size_t at = 0;
	const char *reason = value_word(value, &words, &at);

	if (reason == NULL)
		*ret = at == 1;
	return reason;
}

const char *value_language(const char *value, const char *otherwise,
                           enum cccd_lang *ret)
{
	static const char *const names[] = { "vi", "en" };
	const struct value_words words = { names, ARRAY_LEN(names), otherwise };
	size_t at = 0;
	const char *reason = value_word(value, &words, &at);

	if (reason == NULL)
		*ret = at == 1 ? CCCD_LANG_EN : CCCD_LANG_VI;
	return reason;
}

/* Whether a word stands before the place @at. */
static bool stands_before(const char *items, const struct value_list *list,
                          const char *at)
{
	for (; items < at; items += list->item_max)
		if (strcmp(items, at) == 0)
			return true;
	return false;
}

const char *value_list(const char *value, const struct value_list *list,
                       char *ret_items, size_t *ret_count)
{
	char *item = ret_items;
	size_t count = 0;

	for (; *value != '\0'; count++, item += list->item_max) {
		size_t len = strcspn(value, " \t");
		const char *reason = NULL;

		if (count == list->most)
			return list->too_many;
		if (len >= list->item_max)
			return "a word is too long";
		memcpy(item, value, len);
		item[len] = '\0';
		reason = list->check(item);
		if (reason != NULL)
			return reason;
		if (list->once && stands_before(ret_items, list, item))
			return "a word stands twice";
		value += len;
		value += strspn(value, " \t");
	}
	*ret_count = count;
	return NULL;
}
