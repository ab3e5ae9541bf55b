/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar dates as Vietnamese documents write them. */
#include "apdu/vnm/day.h"

#include <stdio.h>

unsigned int day_month_days(unsigned int year, unsigned int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30,
		                        31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

bool day_is_valid(struct cccd_day date)
{
	if (date.year < DAY_YEAR_MIN || date.year > DAY_YEAR_MAX)
		return false;
	if (date.month == 0)
		return date.day == 0;
	return date.month <= 12 &&
	       date.day <= day_month_days(date.year, date.month);
}

bool day_is_whole(struct cccd_day date)
{
	return day_is_valid(date) && date.day != 0;
}

int day_compare(struct cccd_day a, struct cccd_day b)
{
	if (a.year != b.year)
		return (int)a.year - (int)b.year;
	if (a.month != b.month)
		return (int)a.month - (int)b.month;
	return (int)a.day - (int)b.day;
}

bool day_agrees(struct cccd_day a, struct cccd_day b)
{
	if (a.year != b.year)
		return false;
	if (a.month == 0 || b.month == 0)
		return true;
	if (a.month != b.month)
		return false;
	return a.day == 0 || b.day == 0 || a.day == b.day;
}

struct cccd_day day_add_years(struct cccd_day date, int years)
{
	unsigned int last = 0;

	date.year = (uint16_t)(date.year + years);
	last = day_month_days(date.year, date.month);
	if (date.day > last)
		date.day = (uint8_t)last;
	return date;
}

/* How each form is laid out: 'd', 'm' and 'y' take a digit. */
static const struct {
	const char *pattern;
	enum cccd_date_form form;
} layouts[] = {
	{ "dd/mm/yyyy", CCCD_FORM_SLASHES }, { "mm/yyyy", CCCD_FORM_SLASHES },
	{ "ddmmyyyy", CCCD_FORM_DMY },       { "yyyy-mm-dd", CCCD_FORM_ISO },
	{ "yyyy-mm", CCCD_FORM_ISO },        { "yyyymmdd", CCCD_FORM_YMD },
	{ "yyyy", CCCD_FORM_YEAR },
};

static bool layout_read(const char *pattern, struct span text,
                        struct cccd_day *ret)
{
	struct cccd_day date = { 0 };

	if (strlen(pattern) != text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned int digit = (unsigned int)text.at[i] - '0';

		if (pattern[i] == '/' || pattern[i] == '-') {
			if (text.at[i] != (uint8_t)pattern[i])
				return false;
			continue;
		}
		if (digit > 9)
			return false;
		if (pattern[i] == 'y')
			date.year = (uint16_t)(date.year * 10U + digit);
		else if (pattern[i] == 'm')
			date.month = (uint8_t)(date.month * 10U + digit);
		else
			date.day = (uint8_t)(date.day * 10U + digit);
	}
	if (!day_is_valid(date))
		return false;
	*ret = date;
	return true;
}

enum cccd_date_form day_read(struct span text, struct cccd_day *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (layout_read(layouts[i].pattern, text, ret))
			return layouts[i].form;
	return CCCD_FORM_NONE;
}

void day_write(struct cccd_day date, char text[static DAY_TEXT_MAX])
{
	text[0] = '\0';
	if (!day_is_valid(date))
		return;
	if (date.month == 0)
		(void)snprintf(text, DAY_TEXT_MAX, "%04u", date.year % 10000U);
	else if (date.day == 0)
		(void)snprintf(text, DAY_TEXT_MAX, "%04u-%02u",
		               date.year % 10000U, date.month % 100U);
	else
		(void)snprintf(text, DAY_TEXT_MAX, "%04u-%02u-%02u",
		               date.year % 10000U, date.month % 100U,
		               date.day % 100U);
}
