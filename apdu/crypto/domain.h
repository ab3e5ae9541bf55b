/* SPDX-License-Identifier: Apache-2.0 */
/* Domain parameters, static and mapped: Doc 9303-11 9.5, 4.4.3.3. */
#ifndef APDU_CRYPTO_DOMAIN_H
#define APDU_CRYPTO_DOMAIN_H

#include "apdu/crypto/cipher.h"
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

/* From apdu/crypto/key_agreement.h. */
struct public_key;

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
 * domain_from_algorithm() - from an AlgorithmIdentifier, DER.
 * @algorithm: the whole SEQUENCE: ecPublicKey with a named or an explicit
 *             curve, dhKeyAgreement (PKCS#3), dhpublicnumber (X9.42), or
 *             standardizedDomainParameters
 *
 * An explicit curve is taken only when field, a, b, base point, order and
 * cofactor all equal a known one [facts: CVE-2020-0601]; a DH prime must
 * have 1024 to 4096 bits, and a generator of the stated order.
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_DATA_*;
 * CCCD_ERR_CRYPTO_UNSUPPORTED for an unknown algorithm or curve;
 * CCCD_ERR_CRYPTO_KEY for unsound DH parameters; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err domain_from_algorithm(struct span algorithm,
                                            struct domain **ret);

/**
 * domain_from_spki() - from a SubjectPublicKeyInfo, DER.
 * @spki:       the whole SEQUENCE
 * @ret_public: the key in this room's encoding, checked by key_check();
 *              at most DOMAIN_ELEMENT_MAX bytes
 *
 * Return: as domain_from_algorithm(); CCCD_ERR_CRYPTO_KEY for a public key
 * outside the group.
 */
CHECKED enum cccd_err domain_from_spki(struct span spki, struct domain **ret,
                                       struct public_key *ret_public);

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

#endif
