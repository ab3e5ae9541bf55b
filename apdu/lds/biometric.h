/* SPDX-License-Identifier: Apache-2.0 */
/* Biometric information templates, the frame of data groups 2, 3 and 4. */
#ifndef APDU_LDS_BIOMETRIC_H
#define APDU_LDS_BIOMETRIC_H

#include <cccd/lds.h>

#include "apdu/tlv/tlv.h"
#include "base/span.h"

/**
 * struct biometric_template - one template 7F60 [9303-10 table 44].
 * @format_owner: 0 when absent
 * @format_type:  0 when absent
 * @standard:     by the tag of the data block
 * @data:         contents of 5F2E or 7F2E; empty when absent
 */
struct biometric_template {
	uint16_t format_owner;
	uint16_t format_type;
	enum cccd_biometric_standard standard;
	struct span data;
};

/**
 * biometric_open() - the group template 7F61 of a data group.
 * @file:      the whole file as read
 * @tag:       75, 63 or 76
 * @ret:       stands before the first 7F60
 * @ret_count: instances the file announces; 0 when it does not
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING; CCCD_ERR_DATA_TRUNCATED;
 * CCCD_ERR_DATA_MALFORMED.
 *
 * [9303-10 4.7.2.1]
 */
CHECKED enum cccd_err biometric_open(struct span file, uint32_t tag,
                                     struct tlv_reader *ret,
                                     uint32_t *ret_count);

/* The next template; CCCD_ERR_DATA_MISSING at the end, or as tlv_next(). */
CHECKED enum cccd_err biometric_next(struct tlv_reader *reader,
                                     struct biometric_template *ret);

#endif
