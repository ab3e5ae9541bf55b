/* SPDX-License-Identifier: Apache-2.0 */
/* From whatever the desk has to a bounded list of ways into the chip. */
#ifndef APDU_VNM_ACCESS_KEY_H
#define APDU_VNM_ACCESS_KEY_H

#include <cccd/lds.h>
#include <cccd/vnm.h>

#include "base/span.h"

enum {
	ACCESS_ATTEMPTS_MAX = 3,
	ACCESS_NOTES_MAX = 16,
	ACCESS_VALUE_MAX = 40,
};

/**
 * struct access_input - what the desk has; empty spans for the rest.
 * @id_number: 12 digits; the CAN is derived
 * @can:       6 digits
 * @mrz:       90, 72 or 88 characters with or without line breaks, or the
 *             information of 24 characters (up to 38 for a long number)
 * @number, @birth, @expiry: of the document. Dates as YYMMDD or in any form
 *             of day_read(); "none" for an expiry that there is not
 * @qr:        text of the QR code
 * @pin, @puk: as the holder typed them
 * @issue:     date of issue, for a derived expiry
 * @issuer:    three-letter code when it is known; decides whether a number
 *             of 12 digits is a Vietnamese one
 * @derive_expiry: the operator asked for a derived expiry; never set
 *             without being asked
 * @derive_index: which of expiry_candidates(), 0 for the likeliest
 * @as_printed: use an MRZ although a check digit is wrong
 */
struct access_input {
	struct span id_number;
	struct span can;
	struct span mrz;
	struct span number;
	struct span birth;
	struct span expiry;
	struct span qr;
	struct span pin;
	struct span puk;
	struct span issue;
	struct span issuer;
	bool derive_expiry;
	size_t derive_index;
	bool as_printed;
};

enum access_protocol { ACCESS_PACE = 1, ACCESS_BAC };

enum access_password {
	ACCESS_CAN = 1,
	ACCESS_MRZ, /* the value is MRZ_information [9303-11 4.3.2] */
	ACCESS_PIN,
	ACCESS_PUK,
};

/* struct access_attempt - one way in. */
struct access_attempt {
	enum access_protocol protocol;
	enum access_password password;
	uint8_t value[ACCESS_VALUE_MAX];
	size_t len;
};

/* enum access_note_code - what was seen; a name by access_note_name(). */
enum access_note_code {
	ACCESS_NOTE_MRZ_LENGTH = 1, /* @position characters in all */
	ACCESS_NOTE_MRZ_CHARACTER,  /* @read cannot stand in any MRZ */
	ACCESS_NOTE_MRZ_CONFUSION,  /* @read stands where @meant may */
	ACCESS_NOTE_MRZ_SMALL,      /* small letters were enlarged */
	ACCESS_NOTE_CHECK_NUMBER,   /* check digits that do not fit */
	ACCESS_NOTE_CHECK_BIRTH,
	ACCESS_NOTE_CHECK_EXPIRY,
	ACCESS_NOTE_CHECK_ID_NUMBER, /* our own digit, position 30 */
	ACCESS_NOTE_CHECK_COMPOSITE, /* plays no part in the key */
	ACCESS_NOTE_NUMBERS_DIFFER,  /* 9 digits are not the last of the 12 */
	ACCESS_NOTE_KEYS_DISAGREE,   /* two inputs name different numbers */
	ACCESS_NOTE_ASSUMED_VIETNAMESE,
	ACCESS_NOTE_EXPIRY_DERIVED, /* @position more candidates remain */
	ACCESS_NOTE_EXPIRY_MISSING, /* no MRZ key without one */
	ACCESS_NOTE_BIRTH_MISSING,
	ACCESS_NOTE_QR_MANGLED,
};

/**
 * struct access_note - for the operator, never for a log.
 * @code:     what was seen
 * @position: character of the cleaned text, from 1; 0 where none applies
 * @read:     what stands there
 * @meant:    what may have been meant; 0 when nothing suggests itself
 */
struct access_note {
	enum access_note_code code;
	uint16_t position;
	char read;
	char meant;
};

/**
 * struct access_plan - the ways in, in order.
 * @attempts:  the next one is for a chip that does not offer the protocol or
 *             password of the one before. A chip that refuses a password
 *             ends the plan: nothing is guessed
 * @id_number: 12 digits when the inputs name one, else ""
 * @mrz, @has_mrz: the MRZ given, for the comparison with DG1
 * @qr, @has_qr: the QR text given, for the comparison with DG13
 */
struct access_plan {
	struct access_attempt attempts[ACCESS_ATTEMPTS_MAX];
	size_t count;
	struct access_note notes[ACCESS_NOTES_MAX];
	size_t note_count;
	char id_number[13];
	struct cccd_mrz mrz;
	bool has_mrz;
	struct cccd_qr qr;
	bool has_qr;
};

/**
 * access_plan_make() - PACE with the CAN, PACE with the MRZ, BAC.
 * @ret: written always; without attempts unless CCCD_OK. Wipe it with
 *       access_plan_wipe()
 *
 * A Vietnamese number of 12 digits stands in the MRZ with its last nine.
 * An MRZ whose check digits fail is not used, but a citizen number in it
 * that keeps its own digit still gives the CAN.
 *
 * Return: CCCD_OK with 1 to 3 attempts; CCCD_ERR_USAGE_KEY_MISSING when
 * nothing was given; CCCD_ERR_USAGE_KEY_MALFORMED, see @ret->notes;
 * CCCD_ERR_MEMORY.
 *
 * [9303-11 4.2, 4.3.2, 4.4.2, D.2]
 */
CHECKED enum cccd_err access_plan_make(const struct access_input *input,
                                       struct access_plan *ret);

void access_plan_wipe(struct access_plan *plan);

/* "mrz_confusion", …; "" for an unknown code. */
const char *access_note_name(enum access_note_code code);

#endif
