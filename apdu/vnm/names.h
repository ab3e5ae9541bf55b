/* SPDX-License-Identifier: Apache-2.0 */
/* Vietnamese names, in full and as the MRZ writes them [9303-3 4.6]. */
#ifndef APDU_VNM_NAMES_H
#define APDU_VNM_NAMES_H

#include "base/span.h"

/* Name line of TD1 [9303-5 4.2.2.3]. */
enum { MRZ_NAME_LEN = 30 };

/**
 * names_to_mrz() - the name line of a TD1 card for a full name.
 * @name: UTF-8, surname first
 * @ret:  30 characters of A-Z and '<', and NUL; wiped by the caller
 *
 * SURNAME<<MIDDLE<GIVEN without diacritics; a hyphen becomes a filler, an
 * apostrophe nothing; cut at 30.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when not UTF-8 or without any
 * Latin letter; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err names_to_mrz(struct span name,
                                   char ret[static MRZ_NAME_LEN + 1]);

/* enum name_match - how a full name and an MRZ name agree. */
enum name_match {
	NAME_UNKNOWN = 0, /* one of them is missing or not comparable */
	NAME_SAME,
	NAME_SAME_SPLIT_ELSEWHERE, /* surname ends at another place */
	NAME_CUT,                  /* the MRZ ends where its room ended */
	NAME_ABBREVIATED,          /* parts shortened to fit its room */
	NAME_DIFFERS,
};

/**
 * names_compare() - full name of DG13 against the MRZ name line.
 * @full: UTF-8
 * @line: name field of the MRZ with its fillers, 30, 31 or 39 characters
 *
 * Abbreviated means: every part of the line begins the part of the name at
 * its place, and the line is full [9303-3 4.6.3].
 */
enum name_match names_compare(struct span full, struct span line);

/**
 * names_same_typed() - whether two names could be one, typed by machine.
 *
 * A scanner that types into a Vietnamese input method loses or gains the
 * letters and digits that Telex and VNI take for marks. True when nothing
 * else differs.
 */
bool names_same_typed(struct span a, struct span b);

/* Whether two full names agree but for case, diacritics, punctuation. */
bool names_same(struct span a, struct span b);

/**
 * names_split() - family name and the rest, for systems that ask for both.
 * @ret_family: first word
 * @ret_given:  what follows; empty for a single word
 */
void names_split(struct span full, struct span *ret_family,
                 struct span *ret_given);

#endif
