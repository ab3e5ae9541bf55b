/* SPDX-License-Identifier: Apache-2.0 */
/* The system's random generator behind struct random. */
#include "base/random.h"

#include <limits.h>

#include <openssl/rand.h>

static enum cccd_err system_fill(void *context, uint8_t *at, size_t len)
{
	(void)context;
	if (len > INT_MAX || RAND_priv_bytes(at, (int)len) != 1)
		return CCCD_ERR_CRYPTO_RANDOM;
	return CCCD_OK;
}

const struct random random_system = { .fill = system_fill };

enum cccd_err random_fill(const struct random *random, uint8_t *at, size_t len)
{
	return random->fill(random->context, at, len);
}
