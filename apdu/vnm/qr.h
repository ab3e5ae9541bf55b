/* SPDX-License-Identifier: Apache-2.0 */
/* The text in the card's QR code, as scanners deliver it. */
#ifndef APDU_VNM_QR_H
#define APDU_VNM_QR_H

#include <cccd/vnm.h>

#include "base/span.h"

enum {
	QR_TEXT_MAX = 4096,
	QR_FIELDS_MAX = 32,
};

/**
 * qr_parse() - take a QR text apart.
 * @text: as it arrived: a byte order mark, line ends, other separators,
 *        digits typed on the Vietnamese keyboard layout, bytes that are not
 *        UTF-8 and surplus fields are survived and noted
 * @ret:  written only on success; wipe it with qr_wipe()
 *
 * The number must be there. Dates and sex are found at their positions or,
 * when fields have moved, by each other: a date followed by a sex. Nothing
 * is repaired: a field that did not survive is empty and noted.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MALFORMED when this is no such text;
 * CCCD_ERR_DATA_TOO_LARGE beyond QR_TEXT_MAX; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err qr_parse(struct span text, struct cccd_qr *ret);

void qr_wipe(struct cccd_qr *qr);

/**
 * sex_from_text() - "Nam", "Nữ", "M", "F", "Male", "Female" in any case.
 *
 * Return: CCCD_SEX_NONE for anything else.
 */
enum cccd_sex sex_from_text(struct span text);

#endif
