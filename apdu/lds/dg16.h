/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 16: persons to notify. */
#ifndef APDU_LDS_DG16_H
#define APDU_LDS_DG16_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg16_parse() - the persons of template 70.
 * @file: the whole file as read; @ret borrows from it
 *
 * Return: as dg11_parse(). There are at most CCCD_PERSONS_MAX tags for a
 * person, A1 to AF.
 *
 * [9303-10 4.7.16]
 */
CHECKED enum cccd_err dg16_parse(struct span file, struct cccd_dg16 *ret);

#endif
