/* SPDX-License-Identifier: Apache-2.0 */
/* Where randomness comes from; replaced by a tape in replay and vectors. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/span.h"

/**
 * struct random - a source of random bytes.
 * @fill:    writes @len bytes or fails with CCCD_ERR_CRYPTO_RANDOM
 * @context: handed to @fill
 */
struct random {
	enum cccd_err (*fill)(void *context, uint8_t *at, size_t len);
	void *context;
};

/* The system's generator (RAND_priv_bytes); a failure is fatal. */
extern const struct random random_system;

CHECKED enum cccd_err random_fill(const struct random *random, uint8_t *at,
                                  size_t len);

#endif
