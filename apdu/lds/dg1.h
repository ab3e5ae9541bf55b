/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 1: the machine readable zone, Doc 9303-10 4.7.1. */
#ifndef APDU_LDS_DG1_H
#define APDU_LDS_DG1_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg1_parse() - the MRZ inside template 61, object 5F1F.
 * @file: the whole file as read
 *
 * Return: CCCD_OK, wrong check digits included; CCCD_ERR_DATA_MISSING for
 * another template; CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err dg1_parse(struct span file, struct cccd_mrz *ret);

#endif
