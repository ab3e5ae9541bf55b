/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as documents state them, Doc 9303-3 4.8 and 9303-10 4.7.11. */
#include "apdu/lds/date.h"

#include "apdu/lds/text.h"

enum { BCD_DATE_LEN = 4, SHORT_LEN = 6, LONG_LEN = 8 };

/* -1: unknown; -2: not a number. */
enum { UNKNOWN = -1, INVALID = -2 };

static int pair(const uint8_t *at)
{
	if (at[0] == '<' && at[1] == '<')
		return UNKNOWN;
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return INVALID;
	return (at[0] - '0') * 10 + (at[1] - '0');
}

static int year_of(struct span text)
{
	int high = text.len == LONG_LEN ? pair(text.at) : 0;
	int low = pair(text.at + text.len - SHORT_LEN);

	if (high == INVALID || low == INVALID)
		return INVALID;
	if (high == UNKNOWN || low == UNKNOWN)
		return UNKNOWN;
	/* Four zeros are unknown; in an MRZ two zeros are the year 00. */
	if (text.len == LONG_LEN && high == 0 && low == 0)
		return UNKNOWN;
	return high * 100 + low;
}

static int days_in(int month, int year, bool has_century)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
		                    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 &&
	            (!has_century || year % 100 != 0 || year % 400 == 0);

	if (month < 1)
		return 31;
	return month == 2 && year >= 0 && !leap ? 28 : days[month - 1];
}

/* Zeros and fillers alike stand for a month or day that is not known. */
static int part(const uint8_t *at)
{
	int value = pair(at);

	return value == UNKNOWN ? 0 : value;
}

static enum cccd_date_state judge(const struct cccd_date *date)
{
	if (date->year == INVALID || date->month < 0 || date->day < 0 ||
	    date->month > 12 ||
	    date->day > days_in(date->month, date->year, date->has_century))
		return CCCD_DATE_INVALID;
	if (date->year == UNKNOWN && date->month == 0 && date->day == 0)
		return CCCD_DATE_UNKNOWN;
	if (date->year == UNKNOWN || date->month == 0 || date->day == 0)
		return CCCD_DATE_PARTIAL;
	return CCCD_DATE_COMPLETE;
}

struct cccd_date date_parse(struct span text)
{
	struct cccd_date date = { .state = CCCD_DATE_INVALID,
		                  .year = UNKNOWN,
		                  .has_century = text.len == LONG_LEN };

	text_copy(text, date.text, sizeof(date.text));
	if (text.len != SHORT_LEN && text.len != LONG_LEN)
		return date;
	date.year = year_of(text);
	date.month = part(text.at + text.len - 4);
	date.day = part(text.at + text.len - 2);
	date.state = judge(&date);
	if (date.state == CCCD_DATE_INVALID) {
		date.year = UNKNOWN;
		date.month = 0;
		date.day = 0;
	}
	return date;
}

struct cccd_date date_parse_bcd(struct span value)
{
	uint8_t text[LONG_LEN] = { 0 };

	if (value.len != BCD_DATE_LEN)
		return date_parse(value);
	text_from_bcd(value, text);
	return date_parse(SPAN(text));
}
