/* SPDX-License-Identifier: Apache-2.0 */
/* Short texts of a card into fixed memory. */
#ifndef APDU_LDS_TEXT_H
#define APDU_LDS_TEXT_H

#include "base/span.h"

/**
 * text_copy() - printable ASCII, ended by NUL.
 * @out: @cap bytes; what does not fit is left off
 *
 * Other bytes become '?': the text comes from the card.
 */
static inline void text_copy(struct span text, char *out, size_t cap)
{
	size_t len = text.len < cap - 1 ? text.len : cap - 1;

	for (size_t i = 0; i < len; i++) {
		out[i] = '?';
		if (text.at[i] >= ' ' && text.at[i] <= '~')
			out[i] = (char)text.at[i];
	}
	out[len] = '\0';
}

/* Two digits of each byte to @out, twice as long; '?' for A to F. */
static inline void text_from_bcd(struct span bcd, uint8_t *out)
{
	static const char digits[] = "0123456789??????";

	for (size_t i = 0; i < bcd.len; i++) {
		out[2 * i] = (uint8_t)digits[bcd.at[i] >> 4];
		out[2 * i + 1] = (uint8_t)digits[bcd.at[i] & 0x0F];
	}
}

#endif
