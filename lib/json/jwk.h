/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as JSON: RFC 7517, 7638, 8037; ES256 and Ed25519 only. */
#ifndef LIB_JSON_JWK_H
#define LIB_JSON_JWK_H

#include <cccd/assertion.h>

#include "base/error.h"
#include "base/sign_pair.h"
#include "base/span.h"

enum {
	JWK_THUMBPRINT_MAX = CCCD_THUMBPRINT_MAX,
	JWK_SPOKEN_MAX = 5 * 6,
	JWK_KID_MAX = 129,
	JWK_TEXT_MAX = 192,
	JWKS_KEYS_MAX = 1024,
	JWKS_TEXT_MAX = 1024 * 1024,
};

/**
 * struct jwk - one public key and its names.
 * @kid:        as the set says; the thumbprint where it says nothing
 * @thumbprint: RFC 7638 with SHA-256, base64url
 * @spoken:     of the same hash, five groups of five digits: group i is
 *              bytes 5i to 5i+4, big-endian, modulo 100000
 * @text:       the canonical JWK that was hashed
 */
struct jwk {
	struct sign_public key;
	char kid[JWK_KID_MAX];
	char thumbprint[JWK_THUMBPRINT_MAX];
	char spoken[JWK_SPOKEN_MAX];
	char text[JWK_TEXT_MAX];
};

/* Names it; CCCD_ERR_CRYPTO_UNSUPPORTED, CCCD_ERR_CRYPTO_FAILED. */
CHECKED enum cccd_err jwk_of(const struct sign_public *key, struct jwk *ret);

/**
 * jwk_parse() - one JWK; its point is proven to lie on the curve.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG naming the member.
 */
CHECKED enum cccd_err jwk_parse(struct span text, struct cccd_error *error,
                                struct jwk *ret);

/**
 * jwks_find() - by kid or thumbprint.
 *
 * Return: borrowed; NULL when there is none.
 */
const struct jwk *jwks_find(const struct cccd_jwks *keys, const char *kid,
                            const struct sign_verifier **ret_verifier);

#endif
