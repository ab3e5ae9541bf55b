/* SPDX-License-Identifier: Apache-2.0 */
/* DG13 of the Vietnamese card: a SET of numbered strings. */
#ifndef APDU_VNM_DG13_H
#define APDU_VNM_DG13_H

#include <cccd/vnm.h>

#include "base/span.h"

/**
 * dg13_parse() - take a DG13 file apart.
 * @file: the whole file, outer tag 6D included; borrowed by @ret
 * @ret:  written only on success
 *
 * Fields are found by number, in any order, under
 * 6D { SEQUENCE { [INTEGER], [OID], SET { SEQUENCE { INTEGER n, value } } } }.
 * A field that is not UTF-8 or not a string is flagged and keeps its raw
 * bytes; it never spoils the others. Content of another schema is no error:
 * @ret->national stays false.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when the outer element is not
 * DG13, or the announced schema is broken; CCCD_ERR_DATA_TRUNCATED;
 * CCCD_ERR_DATA_TOO_LARGE for more than CCCD_DG13_EXTRA_MAX odd members.
 *
 * [9303-10 4.7.13: "optional details", content left to the issuing State]
 */
CHECKED enum cccd_err dg13_parse(struct span file, struct cccd_dg13 *ret);

#endif
