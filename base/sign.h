/* SPDX-License-Identifier: Apache-2.0 */
/* Detached Ed25519 signatures over files: RFC 8032. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/span.h"

enum {
	SIGN_ED25519_KEY_LEN = 32,
	SIGN_ED25519_LEN = 64,
};

/* struct sign_key - a public key. */
struct sign_key {
	uint8_t bytes[SIGN_ED25519_KEY_LEN];
};

/**
 * sign_key_from_pem() - the public key in a PEM text.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_UNSUPPORTED when it holds anything but
 * an Ed25519 public key.
 */
CHECKED enum cccd_err sign_key_from_pem(struct span pem, struct sign_key *ret);

/**
 * sign_verify() - check a detached signature.
 * @signature: 64 bytes, as they are
 *
 * Return: CCCD_OK when it holds; CCCD_ERR_TRUST_REFUSED when it does not;
 * CCCD_ERR_CRYPTO_FAILED; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err sign_verify(const struct sign_key *key, struct span data,
                                  struct span signature);

#endif
