/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 12: additional document details. */
#ifndef APDU_LDS_DG12_H
#define APDU_LDS_DG12_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg12_parse() - every field of template 6C, all optional.
 * @file: the whole file as read; @ret borrows from it
 *
 * Dates may be characters or BCD.
 *
 * Return: as dg11_parse().
 *
 * [9303-10 4.7.12]
 */
CHECKED enum cccd_err dg12_parse(struct span file, struct cccd_dg12 *ret);

#endif
