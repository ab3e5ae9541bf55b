/* SPDX-License-Identifier: Apache-2.0 */
/* The 12-digit citizen number: PPP C YY NNNNNN. */
#ifndef APDU_VNM_CITIZEN_NUMBER_H
#define APDU_VNM_CITIZEN_NUMBER_H

#include <cccd/tables.h>
#include <cccd/vnm.h>

#include "base/span.h"

enum { CITIZEN_NUMBER_LEN = 12, CAN_LEN = 6 };

/* Whether @text is twelve ASCII digits and nothing else. */
bool citizen_number_is(struct span text);

/**
 * citizen_number_parse() - take a number apart.
 * @text:      twelve digits; blanks between and around them do not count
 * @provinces: the 63 old codes; may be NULL
 * @today:     for the plausibility of the birth year; year 0 to leave it out
 *
 * An unknown place code is a note: people born abroad have codes of
 * countries, and the table of codes lapsed in 2024.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MALFORMED for anything but 12 digits.
 *
 * [Decree 137/2015/ND-CP Art. 13]
 */
CHECKED enum cccd_err citizen_number_parse(struct span text,
                                           const struct cccd_table *provinces,
                                           struct cccd_day today,
                                           struct cccd_citizen_number *ret);

/**
 * citizen_number_hints() - how the number fits birth date and sex.
 *
 * Hints only: a sex can be re-determined and a number issued anew
 * [Law 26/2023/QH15 Art. 24].
 *
 * Return: CCCD_NUMBER_YEAR_DIFFERS and CCCD_NUMBER_SEX_DIFFERS, or 0.
 */
uint32_t citizen_number_hints(const struct cccd_citizen_number *number,
                              struct cccd_day birth, enum cccd_sex sex);

#endif
