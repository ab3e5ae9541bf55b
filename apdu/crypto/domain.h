/* SPDX-License-Identifier: Apache-2.0 */
/* Domain parameters, static and mapped: Doc 9303-11 9.5, 4.4.3.3. */
#ifndef APDU_CRYPTO_DOMAIN_H
#define APDU_CRYPTO_DOMAIN_H

#include "base/span.h"

enum domain_kind {
	DOMAIN_DH = 1,
	DOMAIN_EC,
};

enum {
	/* Not one of the standardized sets. */
	DOMAIN_ID_NONE = -1,
	/* Bytes of the longest field element: a prime of 4096 bits. */
	DOMAIN_FIELD_MAX = 512,
	/* Bytes of the longest public value or point. */
	DOMAIN_ELEMENT_MAX = 512,
	DOMAIN_DH_BITS_MIN = 1024,
	DOMAIN_DH_BITS_MAX = 4096,
};

/* One group with its generator; opaque. */
struct domain;

/**
 * domain_from_id() - a standardized set: 0-2 DH, 8-18 EC.
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_CRYPTO_UNSUPPORTED for
 * a reserved identifier; CCCD_ERR_MEMORY.
 *
 * [9303-11 9.5.1, table 12]
 */
CHECKED enum cccd_err domain_from_id(unsigned int id, struct domain **ret);

/**
 * domain_from_name() - a standardized curve by name, e.g. "brainpoolP256r1".
 * @name: as RFC 5639 has it; NIST curves as "P-256", "secp256r1" or
 *        "prime256v1"
 *
 * Return: as domain_from_id().
 */
CHECKED enum cccd_err domain_from_name(const char *name, struct domain **ret);

/* struct dh_parameters - big-endian; @q is empty where none is stated. */
struct dh_parameters {
	struct span p;
	struct span g;
	struct span q;
};

/**
 * domain_from_dh() - explicit parameters [PKCS#3, X9.42].
 *
 * The prime has 1024 to 4096 bits and is odd, 1 < g < p-1; a stated order
 * is a prime that divides p-1, and g has it. Parameters equal to a
 * standardized set give that set. That p is prime is not proved: whoever
 * signed the parameters answers for it.
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_CRYPTO_KEY for unsound
 * parameters; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err domain_from_dh(const struct dh_parameters *parameters,
                                     struct domain **ret);

/* Accepts NULL. */
void domain_free(struct domain *domain);

/* For CLEANUP(). */
void domain_cleanup(struct domain **domain);

enum domain_kind domain_kind(const struct domain *domain);

/* 0-2, 8-18, or DOMAIN_ID_NONE. A mapped domain keeps its parent's. */
int domain_id(const struct domain *domain);

/* "brainpoolP256r1", "dh2048"; for records. */
const char *domain_name(const struct domain *domain);

/* Bytes of a field element: of p. */
size_t domain_field_len(const struct domain *domain);

/* Bytes of the subgroup order; of p where DH names no order. */
size_t domain_order_len(const struct domain *domain);

/* Bits of p. */
size_t domain_bits(const struct domain *domain);

/**
 * domain_generator() - the generator, encoded as a public key.
 * @out:     DOMAIN_ELEMENT_MAX bytes
 * @ret_len: bytes used
 */
CHECKED enum cccd_err domain_generator(const struct domain *domain,
                                       uint8_t out[static DOMAIN_ELEMENT_MAX],
                                       size_t *ret_len);

#endif
