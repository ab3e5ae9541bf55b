/* SPDX-License-Identifier: Apache-2.0 */
/* UTCTime and GeneralizedTime: RFC 5280 4.1.2.5. */
#include "apdu/auth/der_time.h"

enum {
	UTC_TIME_TURN = 50, /* 00 to 49 are 20xx */
	GENERALIZED_FROM = 2050,
	SECONDS_OF_DAY = 86400,
};

struct date {
	int year;
	int field[5]; /* month, day, hour, minute, second */
};

static bool two_digits(struct span *text, int *ret)
{
	int value = 0;

	if (text->len < 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		value = 10 * value + (text->at[i] - '0');
	}
	*text = span_after(*text, 2);
	*ret = value;
	return true;
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
		                    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool in_range(const struct date *date)
{
	const int *f = date->field;

	return f[0] >= 1 && f[0] <= 12 && f[1] >= 1 &&
	       f[1] <= days_of_month(date->year, f[0]) && f[2] <= 23 &&
	       f[3] <= 59 && f[4] <= 59;
}

/* Days since 1970-01-01 in the Gregorian calendar, for year >= 1. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

static bool read_year(struct span *text, bool utc, int *ret)
{
	int high = 0;
	int low = 0;

	if (!utc && !two_digits(text, &high))
		return false;
	if (!two_digits(text, &low))
		return false;
	if (utc)
		high = low < UTC_TIME_TURN ? 20 : 19;
	*ret = 100 * high + low;
	return *ret >= 1;
}

/* ".123" after the seconds: read over. */
static void skip_fraction(struct span *text)
{
	if (text->len < 2 || text->at[0] != '.')
		return;
	*text = span_after(*text, 1);
	while (text->len > 0 && text->at[0] >= '0' && text->at[0] <= '9')
		*text = span_after(*text, 1);
}

enum cccd_err der_time_parse(const struct tlv *object, int64_t *ret,
                             bool *ret_irregular)
{
	bool utc = object->tag == TAG_UTC_TIME;
	struct span text = object->value;
	struct date date = { 0 };
	size_t regular = utc ? 13 : 15;
	int fields = 0;

	if (!utc && object->tag != TAG_GENERALIZED_TIME)
		return CCCD_ERR_DATA_MALFORMED;
	if (!read_year(&text, utc, &date.year))
		return CCCD_ERR_DATA_MALFORMED;
	while (fields < 5 && two_digits(&text, &date.field[fields]))
		fields++;
	if (fields < 4 || !in_range(&date))
		return CCCD_ERR_DATA_MALFORMED;
	skip_fraction(&text);
	if (text.len > 1 || (text.len == 1 && text.at[0] != 'Z'))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = days_since_1970(date.year, date.field[0], date.field[1]) *
	               SECONDS_OF_DAY +
	       (int64_t)date.field[2] * 3600 + (int64_t)date.field[3] * 60 +
	       date.field[4];
	*ret_irregular = text.len != 1 || object->value.len != regular ||
	                 (!utc && date.year < GENERALIZED_FROM);
	return CCCD_OK;
}
