/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as documents state them, unknown parts included. */
#ifndef APDU_LDS_DATE_H
#define APDU_LDS_DATE_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * date_parse() - a date from six or eight characters.
 * @text: YYMMDD or CCYYMMDD; other lengths give CCCD_DATE_INVALID
 *
 * Fillers and zeros stand for unknown parts. Never fails: a text that is no
 * date is a fact about the document.
 *
 * [9303-3 4.8, 9303-10 4.7.11]
 */
struct cccd_date date_parse(struct span text);

/* The same from CCYYMMDD in four bytes of BCD, or from eight characters. */
struct cccd_date date_parse_bcd(struct span value);

#endif
