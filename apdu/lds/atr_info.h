/* SPDX-License-Identifier: Apache-2.0 */
/* What a chip says about its lengths: EF.ATR/INFO, historical bytes. */
#ifndef APDU_LDS_ATR_INFO_H
#define APDU_LDS_ATR_INFO_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * atr_info_parse() - card capabilities and extended length information.
 * @file: the whole file as read; padding at its end is ignored
 *
 * Return: CCCD_OK, with zeros for what the chip did not tell;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED.
 *
 * [9303-10 3.11.1; ISO/IEC 7816-4 12.2.2]
 */
CHECKED enum cccd_err atr_info_parse(struct span file,
                                     struct cccd_atr_info *ret);

/**
 * historical_bytes_look() - card capabilities from an ATR or ATS.
 * @bytes: the historical bytes alone
 *
 * Never fails: bytes of another form leave everything false.
 *
 * [ISO/IEC 7816-4 12.1.1]
 */
struct cccd_card_capabilities historical_bytes_look(struct span bytes);

#endif
