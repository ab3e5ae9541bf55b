/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens that open sessions. */
#ifndef SERVICE_CORE_TOKEN_H
#define SERVICE_CORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "service/core/sessions.h"

/** struct token_mark - what is kept of a token: its SHA-256. */
struct token_mark {
	uint8_t sha256[32];
};

/**
 * token_make() - 256 random bits as base64url, and what is kept of them.
 * @ret: secret; the caller wipes it
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_RANDOM, CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err token_make(char ret[static SESSION_TOKEN_MAX],
                                 struct token_mark *ret_mark);

/* Of a token that a caller shows; any text. */
CHECKED enum cccd_err token_mark_of(const char *token, struct token_mark *ret);

/* In constant time. */
bool token_mark_equal(const struct token_mark *a, const struct token_mark *b);

#endif
