/* SPDX-License-Identifier: Apache-2.0 */
/* The machine readable zone, and the access key made from it. */
#ifndef APDU_LDS_MRZ_H
#define APDU_LDS_MRZ_H

#include <cccd/lds.h>

#include "base/secret.h"
#include "base/span.h"

enum {
	MRZ_TD1_LEN = 90,
	MRZ_TD2_LEN = 72,
	MRZ_TD3_LEN = 88,
	MRZ_LEN_MAX = 90,
	MRZ_INFORMATION_LEN = 24, /* of a number up to nine characters */
	MRZ_INFORMATION_MAX = 38,
};

/* Check digit over A-Z, 0-9 and fillers, '0' to '9' [9303-3 4.9]. */
char mrz_check_digit(struct span text);

/**
 * mrz_parse() - the fields of a machine readable zone.
 * @text: 90, 72 or 88 characters without line breaks
 *
 * Return: CCCD_OK, wrong check digits included; CCCD_ERR_DATA_MALFORMED for
 * another length or a character that no MRZ has.
 *
 * [9303-4 4.2, 9303-5 4.2, 9303-6 4.2]
 */
CHECKED enum cccd_err mrz_parse(struct span text, struct cccd_mrz *ret);

/**
 * mrz_clean() - what a person typed or a scanner sent, as the card has it.
 * @text: any line breaks and blanks are dropped, small letters enlarged
 * @ret:  at most MRZ_LEN_MAX characters
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE.
 */
CHECKED enum cccd_err mrz_clean(struct span text, struct secret *ret);

/**
 * mrz_information() - number, birth and expiry with their check digits.
 *
 * The digits are taken as printed: that is what the chip was made with. The
 * composite digit plays no part.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED for a zeroed structure.
 *
 * [9303-11 4.3.2, 9.7.2, D.2]
 */
CHECKED enum cccd_err mrz_information(const struct cccd_mrz *mrz,
                                      struct secret *ret);

/**
 * mrz_information_from_text() - the same from what somebody typed.
 * @text:         a whole MRZ, with or without line breaks, or the information
 *                itself (24 characters, up to 38 for a long number)
 * @ret_digits:   whether the three check digits are correct; a wrong one is
 *                more often a slip of the finger than of the document
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err mrz_information_from_text(struct span text,
                                                struct secret *ret,
                                                bool *ret_digits);

/**
 * mrz_information_from_document() - the same from three separate fields.
 * @number: document number, 1 to 22 characters, not padded
 * @birth:  YYMMDD as in the MRZ (fillers allowed), CCYYMMDD or CCYY-MM-DD
 * @expiry: likewise
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err mrz_information_from_document(struct span number,
                                                    struct span birth,
                                                    struct span expiry,
                                                    struct secret *ret);

#endif
