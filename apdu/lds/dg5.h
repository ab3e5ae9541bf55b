/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups 5 and 7: displayed portrait, displayed signature. */
#ifndef APDU_LDS_DG5_H
#define APDU_LDS_DG5_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dg5_parse() - images of template 65, objects 5F40.
 * @file: the whole file as read; @ret borrows from it
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING; CCCD_ERR_DATA_TRUNCATED;
 * CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE for more than
 * CCCD_IMAGES_MAX.
 *
 * [9303-10 4.7.5]
 */
CHECKED enum cccd_err dg5_parse(struct span file, struct cccd_images *ret);

/* The same of template 67, objects 5F43 [9303-10 4.7.7]. */
CHECKED enum cccd_err dg7_parse(struct span file, struct cccd_images *ret);

#endif
