/* SPDX-License-Identifier: Apache-2.0 */
/* Two-digit years of an MRZ, with the century they mean [9303-3 4.8]. */
#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/person.h"

/* No document lives longer than this. */
enum { EXPIRY_WINDOW_YEARS = 50 };

static bool is_known(const struct cccd_date *date)
{
	return (date->state == CCCD_DATE_PARTIAL ||
	        date->state == CCCD_DATE_COMPLETE) &&
	       date->year >= 0;
}

static struct cccd_day with_century(const struct cccd_date *date, int century)
{
	int year = date->has_century ? date->year : century + date->year;
	struct cccd_day day = { .year = (uint16_t)year,
		                .month = (uint8_t)date->month,
		                .day = (uint8_t)date->day };

	/* A day without its month is no known part of a date. */
	if (day.month == 0)
		day.day = 0;
	return day_is_valid(day) ? day : (struct cccd_day){ 0 };
}

struct cccd_day person_birth_of_mrz(const struct cccd_date *date,
                                    const char *number, struct cccd_day today)
{
	struct cccd_citizen_number citizen = { 0 };
	struct cccd_day day = { 0 };

	if (!is_known(date))
		return day;
	day = with_century(date, 2000);
	if (!date->has_century && day_compare(day, today) > 0)
		day = with_century(date, 1900);
	/* Somebody over a hundred: only the number's century knows. */
	if (!date->has_century && number != NULL &&
	    citizen_number_parse(span_text(number), NULL, today, &citizen) ==
	            CCCD_OK &&
	    citizen.birth_year % 100 == date->year &&
	    citizen.birth_year <= today.year && citizen.birth_year < day.year)
		day = with_century(date, citizen.birth_year - date->year);
	return day;
}

struct cccd_day person_expiry_of_mrz(const struct cccd_date *date,
                                     struct cccd_day today)
{
	struct cccd_day day = { 0 };

	if (!is_known(date))
		return day;
	day = with_century(date, 2000);
	if (!date->has_century && day.year > today.year + EXPIRY_WINDOW_YEARS)
		day = with_century(date, 1900);
	return day;
}
