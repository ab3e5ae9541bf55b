/* SPDX-License-Identifier: Apache-2.0 */
/* The standardised groups, elliptic or not, behind one set of words.
 * [9303-11 9.5.1, 9.6] */
#ifndef TESTS_SIM_GROUP_H
#define TESTS_SIM_GROUP_H

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "base/buf.h"
#include "tests/sim/crypto.h"
#include "tests/sim/der.h"

/**
 * struct sim_group - domain parameters.
 * @curve:     NULL for the groups of RFC 5114
 * @p:         prime of the field
 * @order:     of the subgroup
 * @g:         generator when @curve is NULL
 * @field_len: bytes of an element of the field
 * @order_len: bytes of @order
 */
struct sim_group {
	unsigned int id;
	EC_GROUP *curve;
	BIGNUM *p;
	BIGNUM *order;
	BIGNUM *g;
	BN_CTX *ctx;
	size_t field_len;
	size_t order_len;
};

/* struct sim_element - of a group; one of the two is set. */
struct sim_element {
	EC_POINT *point;
	BIGNUM *number;
};

#define SIM_GROUP   CLEANUP(sim_group_release) struct sim_group
#define SIM_ELEMENT CLEANUP(sim_element_release) struct sim_element
#define SIM_NUMBER  CLEANUP(sim_number_release) BIGNUM

void sim_number_release(BIGNUM **number);

/* @id of table 12; CCCD_ERR_CRYPTO_UNSUPPORTED for others. */
CHECKED enum cccd_err sim_group_open(unsigned int id, struct sim_group *ret);
void sim_group_release(struct sim_group *group);
void sim_element_release(struct sim_element *element);

CHECKED enum cccd_err sim_group_generator(const struct sim_group *group,
                                          struct sim_element *ret);

/* 0 < number < order, from @rng. */
CHECKED enum cccd_err sim_group_private(const struct sim_group *group,
                                        struct sim_rng *rng, BIGNUM **ret);

/* @base to the @exponent, or its multiple. */
CHECKED enum cccd_err sim_group_power(const struct sim_group *group,
                                      const struct sim_element *base,
                                      const BIGNUM *exponent,
                                      struct sim_element *ret);

/* The group operation. */
CHECKED enum cccd_err sim_group_combine(const struct sim_group *group,
                                        const struct sim_element *a,
                                        const struct sim_element *b,
                                        struct sim_element *ret);

/* Strict: on the curve, not infinity; in the subgroup, not 1. */
CHECKED enum cccd_err sim_group_decode(const struct sim_group *group,
                                       struct span bytes,
                                       struct sim_element *ret);

/* Uncompressed point, or unsigned integer without leading zeros.
 * [9303-11 9.4.1] */
CHECKED enum cccd_err sim_group_encode(const struct sim_group *group,
                                       const struct sim_element *element,
                                       struct buf *ret);

/* x coordinate, or the number, of full length. [9303-11 9.7.1] */
CHECKED enum cccd_err sim_group_secret(const struct sim_group *group,
                                       const struct sim_element *element,
                                       struct buf *ret);

/**
 * sim_group_map() - the integrated mapping's f_G. [9303-11 appendix B]
 * @number: output of the pseudo-random function, reduced modulo p
 */
CHECKED enum cccd_err sim_group_map(const struct sim_group *group,
                                    const BIGNUM *number,
                                    struct sim_element *ret);

/* AlgorithmIdentifier of a public key: named or explicit curve, or
 * dhpublicnumber with its parameters. */
void sim_group_algorithm(const struct sim_group *group, bool explicit_form,
                         struct sim_der *der);

/* SubjectPublicKeyInfo. */
CHECKED enum cccd_err sim_group_public_key(const struct sim_group *group,
                                           const struct sim_element *element,
                                           bool explicit_form,
                                           struct sim_der *der);

#endif
