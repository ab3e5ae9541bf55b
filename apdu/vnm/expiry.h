/* SPDX-License-Identifier: Apache-2.0 */
/* When a Vietnamese card expires, from birth and issue dates. */
#ifndef APDU_VNM_EXPIRY_H
#define APDU_VNM_EXPIRY_H

#include <cccd/vnm.h>

#include "base/span.h"

/* MRZ expiry of a card without one; to be tested before any pivot year. */
#define EXPIRY_NONE_MRZ "991231"

enum { EXPIRY_CANDIDATES_MAX = 4 };

/* From this day cards are "Căn cước" of Law 26/2023/QH15. */
extern const struct cccd_day expiry_law_2023;

/**
 * struct expiry - a derived date of expiry.
 * @none: no expiry
 * @date: otherwise
 */
struct expiry {
	bool none;
	struct cccd_day date;
};

/**
 * struct expiry_candidates - expiry dates worth a try, the likeliest first.
 * @at:    without duplicates
 * @count: 1 to EXPIRY_CANDIDATES_MAX
 */
struct expiry_candidates {
	struct expiry at[EXPIRY_CANDIDATES_MAX];
	size_t count;
};

/* Whether MRZ digits YYMMDD say "no expiry". */
bool expiry_is_none(struct span mrz_date);

/**
 * expiry_derive() - the rule of the law.
 * @birth, @issue: whole dates, issue not before birth
 *
 * The card expires on the birthday of the next milestone: 25, 40 or 60,
 * and from 1 July 2024 also 14. A card issued within the two years before a
 * milestone lives until the one after it. After the last one: no expiry.
 * A birthday on 29 February falls on the 28th in common years.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING when a date is not whole;
 * CCCD_ERR_DATA_MALFORMED when the issue is before the birth.
 *
 * [Law 59/2014/QH13 Art. 21; Law 26/2023/QH15 Art. 21]
 */
CHECKED enum cccd_err expiry_derive(struct cccd_day birth,
                                    struct cccd_day issue, struct expiry *ret);

/**
 * expiry_candidates() - the derived date and its neighbours.
 *
 * Near a threshold the day that counts (application or issue) is not
 * known, and 29 February may have become 1 March. Only for an operator who
 * asked for derived dates: every one of them is a guess.
 *
 * Return: as expiry_derive().
 */
CHECKED enum cccd_err expiry_candidates(struct cccd_day birth,
                                        struct cccd_day issue,
                                        struct expiry_candidates *ret);

/* YYMMDD for the MRZ, without terminator. */
void expiry_write_mrz(const struct expiry *expiry, char text[static 6]);

#endif
