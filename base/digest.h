/* SPDX-License-Identifier: Apache-2.0 */
/* Message digests by name. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/span.h"

enum digest_id {
	DIGEST_NONE = 0,
	DIGEST_SHA1,
	DIGEST_SHA224,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
};

enum { DIGEST_MAX = 64 };

struct digest {
	uint8_t bytes[DIGEST_MAX];
	size_t len;
};

static inline struct span digest_span(const struct digest *digest)
{
	return span_of(digest->bytes, digest->len);
}

/* Length in bytes; 0 for DIGEST_NONE. */
size_t digest_len(enum digest_id id);

/* "sha1" … "sha512"; "none". */
const char *digest_name(enum digest_id id);

/* CCCD_ERR_CRYPTO_UNSUPPORTED for DIGEST_NONE, CCCD_ERR_CRYPTO_FAILED. */
CHECKED enum cccd_err digest_compute(enum digest_id id, struct span data,
                                     struct digest *ret);

/* Digest of two pieces, one after the other. */
CHECKED enum cccd_err digest_compute_pair(enum digest_id id, struct span first,
                                          struct span second,
                                          struct digest *ret);

/* HMAC, RFC 2104; @key of at least one byte. The same errors. */
CHECKED enum cccd_err digest_hmac(enum digest_id id, struct span key,
                                  struct span data, struct digest *ret);

#endif
