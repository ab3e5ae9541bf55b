/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal, both ways. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/buf.h"

/* Upper case into @text of @cap bytes, cut at what fits; always ended. */
void hex_encode(struct span bytes, char *text, size_t cap);

/* Blanks are skipped; CCCD_ERR_DATA_MALFORMED for anything else. */
CHECKED enum cccd_err hex_decode(const char *text, struct buf *ret);

#endif
