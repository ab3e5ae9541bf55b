/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 11: additional personal details. */
#ifndef APDU_LDS_DG11_H
#define APDU_LDS_DG11_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg11_parse() - every field of template 6B, all optional.
 * @file: the whole file as read; @ret borrows from it
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING for another template;
 * CCCD_ERR_DATA_DUPLICATE; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_DATA_TRUNCATED;
 * CCCD_ERR_DATA_MALFORMED.
 *
 * [9303-10 4.7.11]
 */
CHECKED enum cccd_err dg11_parse(struct span file, struct cccd_dg11 *ret);

#endif
