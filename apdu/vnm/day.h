/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar dates as Vietnamese documents write them. */
#ifndef APDU_VNM_DAY_H
#define APDU_VNM_DAY_H

#include <cccd/vnm.h>

#include "base/span.h"

/* Years outside are no dates of a person or a card. */
enum { DAY_YEAR_MIN = 1800, DAY_YEAR_MAX = 2399 };

/* Days of a month, 1 to 12, of a year; 0 for any other month. */
unsigned int day_month_days(unsigned int year, unsigned int month);

/* Whether @date is a day, a month or a year that exists. */
bool day_is_valid(struct cccd_day date);

/* Whether year, month and day are all known. */
bool day_is_whole(struct cccd_day date);

/* Negative, 0, positive; unknown parts sort before known ones. */
int day_compare(struct cccd_day a, struct cccd_day b);

/* Whether the known parts of both agree. */
bool day_agrees(struct cccd_day a, struct cccd_day b);

/* @date moved by @years; 29 February becomes 28 February when needed. */
struct cccd_day day_add_years(struct cccd_day date, int years);

/**
 * day_read() - a date in one of the known forms.
 *
 * dd/MM/yyyy, MM/yyyy, ddMMyyyy, yyyy-MM-dd, yyyy-MM, yyyyMMdd, yyyy; "00"
 * for an unknown day or month. Eight digits are never ambiguous: read one
 * way their last four are a year of 1800 or later, read the other way they
 * are a month and a day, at most 1231.
 *
 * Return: the form, CCCD_FORM_NONE when it is none of them (@ret untouched).
 */
enum cccd_date_form day_read(struct span text, struct cccd_day *ret);

enum { DAY_TEXT_MAX = 11 };

/* "YYYY-MM-DD", "YYYY-MM", "YYYY" or "". */
void day_write(struct cccd_day date, char text[static DAY_TEXT_MAX]);

#endif
