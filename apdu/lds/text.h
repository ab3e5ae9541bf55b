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

#endif
