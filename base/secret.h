/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that wipe themselves: keys, passwords, nonces. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/span.h"

/* The longest is a DH shared secret of 4096 bits. */
enum { SECRET_MAX = 512 };

struct secret {
	uint8_t bytes[SECRET_MAX];
	size_t len;
};

#define SECRET CLEANUP(secret_wipe) struct secret

static inline struct span secret_span(const struct secret *secret)
{
	return span_of(secret->bytes, secret->len);
}

/* CCCD_ERR_DATA_TOO_LARGE beyond SECRET_MAX. */
CHECKED enum cccd_err secret_set(struct secret *secret, struct span bytes);

void secret_wipe(struct secret *secret);

/* Overwrite memory in a way the compiler keeps. */
void wipe(void *at, size_t len);

/* Constant time in the contents; different lengths are unequal. */
CHECKED bool secret_equal(struct span a, struct span b);

#endif
