/* SPDX-License-Identifier: Apache-2.0 */
/* EF.CVCA: whose certificates the chip accepts from terminals. */
#ifndef APDU_LDS_CVCA_H
#define APDU_LDS_CVCA_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * cvca_parse() - up to two Certification Authority References.
 * @file: the whole file as read, zero padding included
 * @ret:  borrows from @file
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TOO_LARGE for a third reference;
 * CCCD_ERR_DATA_MALFORMED for another object, a reference over 16 bytes or
 * bytes after the padding began; CCCD_ERR_DATA_MISSING for an empty file;
 * CCCD_ERR_DATA_TRUNCATED.
 *
 * [9303-11 K.2]
 */
CHECKED enum cccd_err cvca_parse(struct span file, struct cccd_cvca *ret);

#endif
