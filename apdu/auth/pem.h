/* SPDX-License-Identifier: Apache-2.0 */
/* Textual encodings: RFC 7468. */
#ifndef APDU_AUTH_PEM_H
#define APDU_AUTH_PEM_H

#include "base/buf.h"

enum pem_label {
	PEM_NONE = 0,
	PEM_CERTIFICATE,
	PEM_CRL,
	PEM_CMS,
	PEM_OTHER,
};

/* Whether a line of @text begins a block. */
bool pem_is(struct span text);

/**
 * pem_next() - the next block.
 * @rest: moves behind it, also when it is malformed
 * @ret:  its octets; emptied first
 * @ret_label: PEM_NONE when there is no further block
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED without an end or with bad
 * base64; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err pem_next(struct span *rest, struct buf *ret,
                               enum pem_label *ret_label);

#endif
