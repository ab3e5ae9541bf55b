/* SPDX-License-Identifier: Apache-2.0 */
/* Diffie-Hellman over both kinds of group: Doc 9303-11 9.6, 9.4.5. */
#ifndef APDU_CRYPTO_KEY_AGREEMENT_H
#define APDU_CRYPTO_KEY_AGREEMENT_H

#include "apdu/crypto/domain.h"
#include "base/random.h"
#include "base/secret.h"

/**
 * struct public_value - a public key as it goes over the wire.
 * @bytes: EC: 04 || X || Y with fixed-length coordinates; DH: big-endian
 *         unsigned integer
 */
struct public_value {
	uint8_t bytes[DOMAIN_ELEMENT_MAX];
	size_t len;
};

/* struct key_pair - ephemeral; wipe with key_pair_wipe(). */
struct key_pair {
	struct secret private_key;
	struct public_value public_value;
};

static inline struct span public_value_span(const struct public_value *key)
{
	return span_of(key->bytes, key->len);
}

/**
 * key_generate() - a fresh key pair on @domain's generator.
 * @random: gives domain_order_len() bytes per trial; values outside
 *          1..order-1 are thrown away and drawn again, 128 times at most
 *
 * For EC groups the top bits beyond the order's length are cleared first.
 * A DH public value is drawn again until it fills p, so that its minimal
 * and its padded encoding are the same bytes [9303-11 9.4.1, 9.4.3].
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_RANDOM; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err key_generate(const struct domain *domain,
                                   const struct random *random,
                                   struct key_pair *ret);

void key_pair_wipe(struct key_pair *pair);

/**
 * key_check() - whether @key is a public key of @domain, fully validated.
 *
 * EC: uncompressed, coordinates below p, on the curve, not infinity, in
 * the subgroup. DH: 2..p-2, in the subgroup where its order is known
 * [RFC 2631 2.1.5]; leading zeros are accepted up to the length of p.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_KEY; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err key_check(const struct domain *domain, struct span key);

/* Same group element, whatever the encoding; false when not comparable. */
bool key_equal(struct span a, struct span b);

/**
 * key_agree() - the shared secret with a peer.
 * @peer: checked by key_check()
 * @ret:  EC: the x-coordinate; DH: the value padded to the length of p
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_KEY for a bad peer key;
 * CCCD_ERR_CRYPTO_REFLECTED when @peer is our own public key;
 * CCCD_ERR_CRYPTO_FAILED for an empty, infinite or all-zero secret.
 *
 * [9303-11 9.6]
 */
CHECKED enum cccd_err key_agree(const struct domain *domain,
                                const struct key_pair *pair, struct span peer,
                                struct secret *ret);

/* As key_agree(), but the whole group element: the H of a mapping. */
CHECKED enum cccd_err key_agree_element(const struct domain *domain,
                                        const struct key_pair *pair,
                                        struct span peer, struct secret *ret);

/**
 * key_multiply() - a scalar times a public key: the check of PACE-CAM.
 * @scalar: big-endian; must lie in 1..order-1
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_KEY; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err key_multiply(const struct domain *domain,
                                   struct span scalar, struct span key,
                                   struct public_value *ret);

#endif
