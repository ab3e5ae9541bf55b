/* SPDX-License-Identifier: Apache-2.0 */
/* EF.COM: which files the chip says it has, unsigned. */
#ifndef APDU_LDS_COM_H
#define APDU_LDS_COM_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * com_parse() - versions and tag list.
 * @file: the whole file as read
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING without template 60 or tag list;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE.
 *
 * [9303-10 4.6.1]
 */
CHECKED enum cccd_err com_parse(struct span file, struct cccd_com *ret);

/**
 * com_compare() - the unsigned list against the signed one.
 * @ret_missing: bit n set: the SOD has data group n, EF.COM does not
 * @ret_extra:   bit n set: EF.COM names data group n, the SOD does not
 *
 * A difference is a finding; the SOD decides in every case.
 */
void com_compare(const struct cccd_com *com, const struct cccd_sod *sod,
                 uint32_t *ret_missing, uint32_t *ret_extra);

#endif
