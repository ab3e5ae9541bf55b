/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a row of a code table, by code or by any of its names. */
#ifndef APDU_VNM_LOOKUP_H
#define APDU_VNM_LOOKUP_H

#include <cccd/tables.h>

#include "base/span.h"

/* The row with exactly @code; NULL when there is none or no table. */
const struct cccd_table_row *lookup_code(const struct cccd_table *table,
                                         struct span code);

/**
 * lookup_name() - the row that one of its names or aliases matches.
 * @name: UTF-8; case, blanks and punctuation do not count
 *
 * Diacritics do tell "Tây" from "Tày", so a row that matches with them wins
 * over one that matches without.
 *
 * Return: the row; NULL when none matches, or when two different rows
 * match equally well.
 */
const struct cccd_table_row *lookup_name(const struct cccd_table *table,
                                         struct span name);

/**
 * lookup_province() - the province that ends an address.
 * @address: parts separated by commas, the province last; a leading "Tỉnh",
 *           "Thành phố" or "TP." does not count
 */
const struct cccd_table_row *lookup_province(const struct cccd_table *table,
                                             struct span address);

#endif
