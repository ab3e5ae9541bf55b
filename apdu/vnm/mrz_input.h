/* SPDX-License-Identifier: Apache-2.0 */
/* An MRZ as typed or as read by OCR: doubts are reported, not repaired. */
#ifndef APDU_VNM_MRZ_INPUT_H
#define APDU_VNM_MRZ_INPUT_H

#include "apdu/vnm/access_key.h"

/* One more note; the later ones are dropped when there is no room. */
void access_note(struct access_plan *plan, enum access_note_code code,
                 size_t position, char read, char meant);

/**
 * struct mrz_input - what can be used of it.
 * @information, @information_len: for the key; 0 when it cannot be used
 * @id_number: the citizen number, when it is there and sound; else ""
 */
struct mrz_input {
	uint8_t information[ACCESS_VALUE_MAX];
	size_t information_len;
	char id_number[13];
};

/**
 * mrz_input_read() - clean, check, report.
 * @text:       as it came
 * @as_printed: wrong check digits do not matter
 * @plan:       takes the notes and the parsed MRZ
 *
 * Return: CCCD_OK, even when nothing of it can be used;
 * CCCD_ERR_USAGE_KEY_MALFORMED for a text that is no MRZ.
 */
CHECKED enum cccd_err mrz_input_read(struct span text, bool as_printed,
                                     struct access_plan *plan,
                                     struct mrz_input *ret);

void mrz_input_wipe(struct mrz_input *input);

#endif
