/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's nonce, and the challenge that a chip signs for it. */
#ifndef LIB_JSON_NONCE_H
#define LIB_JSON_NONCE_H

#include "base/span.h"

enum {
	NONCE_TEXT_LEAST = 43, /* 256 bits in base64url */
	NONCE_TEXT_MOST = 512,
	CHALLENGE_LEN = 8,
};

/* Whether a nonce is long enough, and base64url; false for NULL. */
bool nonce_is_sound(const char *nonce);

/**
 * nonce_challenge() - RND.IFD of active authentication at level A3.
 *
 * First 8 bytes of SHA-256("cccd-aa-v1" ‖ len(audience), two bytes
 * big-endian ‖ audience ‖ nonce); the texts as they stand in the claims.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for an audience of no or of more
 * than 65535 bytes or a nonce that is not sound; CCCD_ERR_CRYPTO_FAILED;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err nonce_challenge(const char *audience, const char *nonce,
                                      uint8_t ret[static CHALLENGE_LEN]);

#endif
