/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody is of an age: yes, no, or not known. Never a guess. */
#include "lib/json/age.h"

#include <string.h>
#include <time.h>

enum {
	VIET_NAM_S = 7 * 3600,
	/* Nobody was ever known to be so old. */
	OLDEST = 125,
	YEAR_LEN = 4,
	MONTH_LEN = 7,
	DAY_LEN = 10,
};

struct cccd_day age_day(int64_t wall_s)
{
	time_t seconds = (time_t)wall_s + VIET_NAM_S;
	struct tm parts = { 0 };

	if (gmtime_r(&seconds, &parts) == NULL || parts.tm_year < 0 ||
	    parts.tm_year > 8099)
		return (struct cccd_day){ 0 };
	return (struct cccd_day){
		.year = (uint16_t)(parts.tm_year + 1900),
		.month = (uint8_t)(parts.tm_mon + 1),
		.day = (uint8_t)parts.tm_mday,
	};
}

static bool take_digits(const char *text, size_t len, unsigned int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*ret = *ret * 10 + (unsigned int)(text[i] - '0');
	}
	return true;
}

/* YYYY, YYYY-MM or YYYY-MM-DD as struct cccd_person has them. */
static bool read_date(const char *text, struct cccd_day *ret)
{
	size_t len = strlen(text);
	unsigned int year = 0;
	unsigned int month = 0;
	unsigned int day = 0;

	if (len != YEAR_LEN && len != MONTH_LEN && len != DAY_LEN)
		return false;
	if (!take_digits(text, YEAR_LEN, &year) || year == 0)
		return false;
	if (len >= MONTH_LEN && (text[YEAR_LEN] != '-' ||
	                         !take_digits(text + YEAR_LEN + 1, 2, &month) ||
	                         month == 0 || month > 12))
		return false;
	if (len == DAY_LEN && (text[MONTH_LEN] != '-' ||
	                       !take_digits(text + MONTH_LEN + 1, 2, &day) ||
	                       day == 0 || day > 31))
		return false;
	*ret = (struct cccd_day){ .year = (uint16_t)year,
		                  .month = (uint8_t)month,
		                  .day = (uint8_t)day };
	return true;
}

static uint8_t days_of(unsigned int year, unsigned int month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Whole years from a day to another; negative before it. */
static int years(struct cccd_day birth, struct cccd_day on)
{
	bool passed = on.month > birth.month ||
	              (on.month == birth.month && on.day >= birth.day);

	return on.year - birth.year - (passed ? 0 : 1);
}

/* A year of two digits may mean the century before. */
static bool may_be_a_century_older(const struct cccd_person *person, int age)
{
	return (person->notes & CCCD_PERSON_BIRTH_PIVOT) != 0 &&
	       person->id_number[0] == '\0' && age + 100 <= OLDEST;
}

bool age_over(const struct cccd_person *person, struct cccd_day on,
              unsigned int age, bool *ret)
{
	struct cccd_day first = { 0 };
	struct cccd_day last = { 0 };
	int least = 0;
	int most = 0;

	if (on.year == 0 || !read_date(person->date_of_birth, &first))
		return false;
	last = first;
	if (first.month == 0) {
		first.month = 1;
		last.month = 12;
	}
	if (first.day == 0) {
		first.day = 1;
		last.day = days_of(last.year, last.month);
	}
	least = years(last, on);
	most = years(first, on);
	if (most < 0)
		return false; /* born later: one of the dates is wrong */
	if (may_be_a_century_older(person, most))
		most += 100;
	if (least < (int)age && most >= (int)age)
		return false;
	*ret = least >= (int)age;
	return true;
}
