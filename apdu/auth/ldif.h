/* SPDX-License-Identifier: Apache-2.0 */
/* LDIF as the ICAO PKD publishes it: RFC 2849. */
#ifndef APDU_AUTH_LDIF_H
#define APDU_AUTH_LDIF_H

#include "base/buf.h"

/* struct ldif_reader - what has not been read yet. */
struct ldif_reader {
	struct span rest;
};

enum { LDIF_NAME_MAX = 64 };

/**
 * struct ldif_attribute - one attribute with its value.
 * @name:  lower case, without options (";binary")
 * @value: decoded where it was base64; owned, reused by the next call
 */
struct ldif_attribute {
	char name[LDIF_NAME_MAX];
	struct buf value;
};

/* Whether @text looks like LDIF: its first line is an attribute. */
bool ldif_is(struct span text);

struct ldif_reader ldif_open(struct span text);

/**
 * ldif_next() - the next attribute, over folded lines and comments.
 * @ret:     its @value keeps its maximum between calls
 * @ret_end: nothing was left
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED for a line that is no attribute
 * or bad base64: the reader stands behind it and may go on;
 * CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err ldif_next(struct ldif_reader *reader,
                                struct ldif_attribute *ret, bool *ret_end);

/**
 * base64_decode() - with or without padding, blanks skipped.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; errors of buf_append().
 */
CHECKED enum cccd_err base64_decode(struct span text, struct buf *ret);

#endif
