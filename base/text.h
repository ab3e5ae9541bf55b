/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode text: validity, NFC, letters without their marks, matching keys. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/span.h"

/* Longer input is refused: names and addresses need far less. */
enum { TEXT_INPUT_MAX = 4096 };

/* Whether @text is well-formed UTF-8 without NUL; empty text is. */
bool text_is_utf8(struct span text);

/* Whether @text holds a control character (C0, DEL, C1); false if invalid. */
bool text_has_controls(struct span text);

/* Whether every byte is an ASCII digit; false for empty text. */
bool text_is_digits(struct span text);

/* Number of code points; 0 when @text is not UTF-8. */
size_t text_length(struct span text);

/* Without blanks, tabs, CR and LF at both ends. */
struct span text_trim(struct span text);

/* The longest part of at most @max bytes that cuts no character. */
struct span text_cut(struct span text, size_t max);

/**
 * text_nfc() - NFC form, fit to be shown and compared.
 * @text: UTF-8
 * @ret:  @cap bytes; ended with NUL; wiped by the caller when personal
 *
 * Control characters become blanks, runs of blanks one blank, blanks at
 * the ends go, and invisible formatting characters (zero width, direction
 * overrides) are left out: what is printed is what was compared.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when not UTF-8;
 * CCCD_ERR_DATA_TOO_LARGE beyond @cap or TEXT_INPUT_MAX; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err text_nfc(struct span text, char *ret, size_t cap);

/* As text_nfc(), in upper case; diacritics stay. */
CHECKED enum cccd_err text_upper(struct span text, char *ret, size_t cap);

/* As text_nfc(), without diacritics; d with stroke becomes d. */
CHECKED enum cccd_err text_strip(struct span text, char *ret, size_t cap);

/**
 * text_key() - the form in which names are matched.
 *
 * No diacritics, upper case, letters and digits only: "Bru-Vân Kiều",
 * "BRU VAN KIEU" and "bru vân kiều" give the same key. Letters that are not
 * Latin stay.
 *
 * Return: as text_nfc().
 */
CHECKED enum cccd_err text_key(struct span text, char *ret, size_t cap);

/**
 * text_toned() - upper case, every word's tone at its end.
 *
 * "hoà" and "hòa" are one syllable written in two schools; both give the
 * same letters here. Diacritics that make another vowel stay, eth and the
 * African D become the Vietnamese one they look like. Not fit to be shown.
 *
 * Return: as text_nfc().
 */
CHECKED enum cccd_err text_toned(struct span text, char *ret, size_t cap);

#endif
