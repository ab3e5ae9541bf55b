/* SPDX-License-Identifier: Apache-2.0 */
/* Specimen keys and signatures that follow from a seed. */
#ifndef TESTS_SIM_SIGN_H
#define TESTS_SIM_SIGN_H

#include "tests/sim/group.h"

/* struct sim_rsa - a test key; made from a seed, so secret from nobody. */
struct sim_rsa {
	BIGNUM *n;
	BIGNUM *e;
	BIGNUM *d;
	size_t len;
};

/**
 * sim_rsa_make() - an RSA key of exactly @bits bits.
 * @exponent: odd, above 2
 */
CHECKED enum cccd_err sim_rsa_make(struct sim_rng *rng, unsigned int bits,
                                   unsigned int exponent, struct sim_rsa *ret);
void sim_rsa_release(struct sim_rsa *rsa);

/* @block to the d modulo n; both of the modulus's length. */
CHECKED enum cccd_err sim_rsa_private(const struct sim_rsa *rsa,
                                      struct span block, struct buf *ret);

/* SubjectPublicKeyInfo. */
CHECKED enum cccd_err sim_rsa_public_key(const struct sim_rsa *rsa,
                                         struct sim_der *der);

/**
 * sim_ecdsa() - sign a digest.
 * @der_form: SEQUENCE of r and s; else both of the order's length
 *
 * Signs again until r and s need all their bytes and no leading zero, so that
 * files have the same size for every key.
 */
CHECKED enum cccd_err sim_ecdsa(const struct sim_group *group,
                                const BIGNUM *secret, struct sim_rng *rng,
                                struct span digest, bool der_form,
                                struct buf *ret);

enum sim_scheme { SIM_SCHEME_ECDSA, SIM_SCHEME_PKCS1, SIM_SCHEME_PSS };

/**
 * struct sim_signer - a key that signs certificates and documents.
 * @group:  ECDSA when its curve is there
 * @rsa:    else this
 */
struct sim_signer {
	enum sim_scheme scheme;
	enum digest_id digest;
	bool explicit_domain;
	struct sim_group group;
	BIGNUM *secret;
	struct sim_element public_key;
	struct sim_rsa rsa;
	struct sim_rng rng;
};

/**
 * sim_signer_make() - a signer by names.
 * @key:     "p256", "p384", "p521", "bp256", "bp384", "bp512", "rsa2048",
 *           "rsa3072", "rsa4096"
 * @scheme:  "ecdsa", "pkcs1" or "pss"
 * @hash:    "sha1" … "sha512"
 */
CHECKED enum cccd_err sim_signer_make(const char *seed, const char *purpose,
                                      const char *key, const char *scheme,
                                      const char *hash, struct sim_signer *ret);
void sim_signer_release(struct sim_signer *signer);

CHECKED enum cccd_err sim_signer_sign(struct sim_signer *signer,
                                      struct span data, struct buf *ret);

/* AlgorithmIdentifier of the signature. */
void sim_signer_algorithm(const struct sim_signer *signer, struct sim_der *der);

CHECKED enum cccd_err sim_signer_public_key(const struct sim_signer *signer,
                                            struct sim_der *der);

/* AlgorithmIdentifier of a digest. */
void sim_digest_algorithm(enum digest_id id, struct sim_der *der);

#endif
