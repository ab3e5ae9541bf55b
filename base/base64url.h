/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 with the URL alphabet, without padding: RFC 4648 5. */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include "base/buf.h"

/* Letters that @len bytes need, and one for NUL in a constant. */
#define BASE64URL_LEN(len) (((len)*8 + 5) / 6)

/* Appends; as buf_reserve(). */
CHECKED enum cccd_err base64url_append(struct span bytes, struct buf *ret);

/* Into @text of BASE64URL_LEN(bytes.len) + 1 letters, ended with NUL. */
void base64url_text(struct span bytes, char *text);

/**
 * base64url_decode() - exactly one text stands for every byte string.
 * @ret: emptied first
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED for other letters, padding, an
 * impossible length or bits left over that are not zero; as buf_reserve().
 */
CHECKED enum cccd_err base64url_decode(struct span text, struct buf *ret);

/* Whether every letter is of the alphabet; false for empty text. */
bool base64url_is(struct span text);

#endif
