/* SPDX-License-Identifier: Apache-2.0 */
/* When a Vietnamese card expires, from birth and issue dates. */
#include "apdu/vnm/expiry.h"

#include "apdu/vnm/day.h"

const struct cccd_day expiry_law_2023 = { .year = 2024, .month = 7, .day = 1 };

/* A card issued so many years before a milestone skips it. */
enum { GRACE_YEARS = 2 };

/* Issue and application may lie so far apart that both sides of a
 * threshold are possible. */
enum { NEAR_DAYS = 60 };

static const int milestones[] = { 14, 25, 40, 60 };

/* The first of @milestones that the law in force at @issue knows. */
static size_t first_milestone(struct cccd_day issue)
{
	return day_compare(issue, expiry_law_2023) < 0 ? 1 : 0;
}

/* Days since 0000-03-01 in the Gregorian calendar, for distances only. */
static long day_number(struct cccd_day date)
{
	long month = (date.month + 9) % 12;
	long year = date.year - month / 10;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (month * 306 + 5) / 10 + date.day - 1;
}

/* The milestone that ends the life of a card issued on @issue. */
static size_t next_milestone(struct cccd_day birth, struct cccd_day issue)
{
	size_t i = first_milestone(issue);

	for (; i < ARRAY_LEN(milestones); i++) {
		struct cccd_day threshold =
		        day_add_years(birth, milestones[i] - GRACE_YEARS);

		if (day_compare(issue, threshold) < 0)
			break;
	}
	return i;
}

static struct expiry at_milestone(struct cccd_day birth, size_t index)
{
	if (index >= ARRAY_LEN(milestones))
		return (struct expiry){ .none = true };
	return (struct expiry){ .date = day_add_years(birth,
		                                      milestones[index]) };
}

bool expiry_is_none(struct span mrz_date)
{
	return span_equal(mrz_date, span_text(EXPIRY_NONE_MRZ));
}

static enum cccd_err check_dates(struct cccd_day birth, struct cccd_day issue)
{
	if (!day_is_whole(birth) || !day_is_whole(issue))
		return CCCD_ERR_DATA_MISSING;
	if (day_compare(issue, birth) < 0)
		return CCCD_ERR_DATA_MALFORMED;
	return CCCD_OK;
}

enum cccd_err expiry_derive(struct cccd_day birth, struct cccd_day issue,
                            struct expiry *ret)
{
	TRY(check_dates(birth, issue));
	*ret = at_milestone(birth, next_milestone(birth, issue));
	return CCCD_OK;
}

static void add_candidate(struct expiry_candidates *list, struct expiry expiry)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].none == expiry.none &&
		    day_compare(list->at[i].date, expiry.date) == 0)
			return;
	if (list->count < EXPIRY_CANDIDATES_MAX)
		list->at[list->count++] = expiry;
}

/* The birthday itself, and 1 March for a 29 February that is not there. */
static void add_milestone(struct expiry_candidates *list, struct cccd_day birth,
                          size_t index)
{
	struct expiry expiry = at_milestone(birth, index);

	add_candidate(list, expiry);
	if (expiry.none || birth.month != 2 || birth.day != 29 ||
	    expiry.date.day == 29)
		return;
	expiry.date.month = 3;
	expiry.date.day = 1;
	add_candidate(list, expiry);
}

enum cccd_err expiry_candidates(struct cccd_day birth, struct cccd_day issue,
                                struct expiry_candidates *ret)
{
	struct expiry_candidates list = { 0 };
	size_t next = 0;

	TRY(check_dates(birth, issue));
	next = next_milestone(birth, issue);
	add_milestone(&list, birth, next);
	for (size_t i = first_milestone(issue); i < ARRAY_LEN(milestones);
	     i++) {
		struct cccd_day threshold =
		        day_add_years(birth, milestones[i] - GRACE_YEARS);
		long distance = day_number(issue) - day_number(threshold);

		if (distance >= 0 && distance <= NEAR_DAYS)
			add_milestone(&list, birth, i);
		if (distance < 0 && distance >= -NEAR_DAYS)
			add_milestone(&list, birth, i + 1);
	}
	*ret = list;
	return CCCD_OK;
}

void expiry_write_mrz(const struct expiry *expiry, char text[static 6])
{
	const struct cccd_day *date = &expiry->date;

	if (expiry->none) {
		memcpy(text, EXPIRY_NONE_MRZ, 6);
		return;
	}
	text[0] = (char)('0' + date->year / 10 % 10);
	text[1] = (char)('0' + date->year % 10);
	text[2] = (char)('0' + date->month / 10);
	text[3] = (char)('0' + date->month % 10);
	text[4] = (char)('0' + date->day / 10);
	text[5] = (char)('0' + date->day % 10);
}
