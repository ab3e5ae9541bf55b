/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups 2, 3 and 4: face; number of fingers and irises. */
#ifndef APDU_LDS_DG2_H
#define APDU_LDS_DG2_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg2_parse() - every portrait, none decoded.
 * @file: the whole file as read; @ret borrows from it
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING without a portrait;
 * CCCD_ERR_DATA_UNSUPPORTED for a record of another standard;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE
 * for more than CCCD_FACES_MAX portraits.
 *
 * [9303-10 4.7.2]
 */
CHECKED enum cccd_err dg2_parse(struct span file, struct cccd_dg2 *ret);

/**
 * dg3_parse(), dg4_parse() - how many templates there are.
 *
 * Their contents need rights that a reader of this kind does not ask for.
 *
 * [9303-10 4.7.3, 4.7.4]
 */
CHECKED enum cccd_err dg3_parse(struct span file, struct cccd_biometrics *ret);
CHECKED enum cccd_err dg4_parse(struct span file, struct cccd_biometrics *ret);

#endif
