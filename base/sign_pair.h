/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs that sign, and public keys that verify: ES256 and Ed25519. */
#ifndef BASE_SIGN_PAIR_H
#define BASE_SIGN_PAIR_H

#include "base/buf.h"
#include "base/span.h"

/** enum sign_alg - a key has one, for life. */
enum sign_alg {
	SIGN_NONE = 0, /* none given */
	SIGN_ES256,    /* ECDSA on P-256 with SHA-256; RFC 7518 3.4 */
	SIGN_ED25519,  /* RFC 8032; named in RFC 9864 */
};

enum {
	SIGN_COORDINATE_LEN = 32,
	SIGN_LEN = 64,
	SIGN_PEM_MAX = 4096,
};

/* "ES256", "Ed25519"; "" for anything else. */
const char *sign_alg_name(enum sign_alg alg);

/**
 * struct sign_public - a public key.
 * @x, @y: coordinates, big-endian; of Ed25519 the key itself and zeros
 */
struct sign_public {
	enum sign_alg alg;
	uint8_t x[SIGN_COORDINATE_LEN];
	uint8_t y[SIGN_COORDINATE_LEN];
};

/* A private key with its public one; OpenSSL wipes it when it goes. */
struct sign_pair;

/* Return: CCCD_OK; CCCD_ERR_CRYPTO_UNSUPPORTED; CCCD_ERR_CRYPTO_FAILED;
 * CCCD_ERR_MEMORY. */
CHECKED enum cccd_err sign_pair_generate(enum sign_alg alg,
                                         struct sign_pair **ret);

/**
 * sign_pair_from_pem() - a PKCS#8 key without passphrase.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_KEY when it is no such thing, or has
 * parts that do not belong together; CCCD_ERR_CRYPTO_UNSUPPORTED for other
 * algorithms; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err sign_pair_from_pem(struct span pem,
                                         struct sign_pair **ret);

/* @ret: emptied first; a secret, its release wipes. */
CHECKED enum cccd_err sign_pair_to_pem(const struct sign_pair *pair,
                                       struct buf *ret);

const struct sign_public *sign_pair_public(const struct sign_pair *pair);

/* @ret: r ‖ s for ES256 (RFC 7518 3.4), R ‖ S for Ed25519. */
CHECKED enum cccd_err sign_pair_sign(const struct sign_pair *pair,
                                     struct span data,
                                     uint8_t ret[static SIGN_LEN]);

/* Accepts NULL. */
void sign_pair_free(struct sign_pair *pair);

/* A public key made ready; many threads may use one. */
struct sign_verifier;

/**
 * sign_verifier_new() - also proves that the point lies on its curve.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_KEY; CCCD_ERR_CRYPTO_UNSUPPORTED;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err sign_verifier_new(const struct sign_public *key,
                                        struct sign_verifier **ret);

/* CCCD_ERR_TRUST_REFUSED when the signature does not hold. */
CHECKED enum cccd_err sign_verifier_check(const struct sign_verifier *verifier,
                                          struct span data,
                                          struct span signature);

/* Accepts NULL. */
void sign_verifier_free(struct sign_verifier *verifier);

/**
 * sign_protect_memory() - keep private keys in locked pages.
 *
 * Once, first thing in a daemon: OpenSSL's secure heap, out of swap and
 * cores. Without the right to lock memory keys live in the common heap and
 * are still wiped.
 *
 * Return: whether it worked.
 */
bool sign_protect_memory(void);

#endif
