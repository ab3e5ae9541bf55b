/* SPDX-License-Identifier: Apache-2.0 */
/* Names nobody else has: RFC 9562, version 4. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/random.h"

enum { UUID_LEN = 16, UUID_TEXT_MAX = 37 };

/**
 * uuid_make() - 122 random bits in the usual writing.
 * @ret: 36 lower-case letters and a NUL
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_RANDOM.
 *
 * [RFC 9562 5.4]
 */
CHECKED enum cccd_err uuid_make(const struct random *random,
                                char ret[static UUID_TEXT_MAX]);

#endif
