/* SPDX-License-Identifier: Apache-2.0 */
/* EF.DIR: which applications a chip lists. */
#ifndef APDU_LDS_DIR_H
#define APDU_LDS_DIR_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * dir_parse() - application identifiers.
 * @file: the whole file as read; padding at its end is ignored
 * @ret:  borrows from @file
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TOO_LARGE beyond CCCD_APPLICATIONS_MAX;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED.
 *
 * [9303-10 3.11.2]
 */
CHECKED enum cccd_err dir_parse(struct span file, struct cccd_dir *ret);

#endif
