/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct domain; for the files of this room only. */
#ifndef APDU_CRYPTO_DOMAIN_PRIVATE_H
#define APDU_CRYPTO_DOMAIN_PRIVATE_H

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "apdu/crypto/domain.h"
#include "base/secret.h"

/**
 * struct domain - a group and its generator.
 * @p:     prime of the field
 * @q:     order of the generator; NULL for DH parameters that state none
 * @g:     DH: the generator
 * @group: EC: the curve
 * @base:  EC: the generator, which a mapping replaces
 */
struct domain {
	enum domain_kind kind;
	int id;
	const char *name;
	BIGNUM *p;
	BIGNUM *q;
	BIGNUM *g;
	EC_GROUP *group;
	EC_POINT *base;
};

/* For CLEANUP(); all wipe. */
void bn_cleanup(BIGNUM **bn);
void bn_ctx_cleanup(BN_CTX **ctx);
void point_cleanup(EC_POINT **point);

#define BN      CLEANUP(bn_cleanup) BIGNUM
#define BNCTX   CLEANUP(bn_ctx_cleanup) BN_CTX
#define ECPOINT CLEANUP(point_cleanup) EC_POINT

/* A secret number, marked so that OpenSSL takes its steady paths. */
CHECKED enum cccd_err bn_secret(struct span bytes, BIGNUM **ret);

/* A copy of @domain without its generator. */
CHECKED enum cccd_err domain_copy(const struct domain *domain,
                                  struct domain **ret);

/* An encoded point: uncompressed, on the curve, not infinity. */
CHECKED enum cccd_err point_decode(const struct domain *domain,
                                   struct span bytes, EC_POINT **ret);

/* CCCD_ERR_CRYPTO_FAILED for infinity. */
CHECKED enum cccd_err point_encode(const struct domain *domain,
                                   const EC_POINT *point, struct secret *ret);

/* Padded to the length of p. */
CHECKED enum cccd_err number_encode(const struct domain *domain,
                                    const BIGNUM *number, struct secret *ret);

/**
 * element_multiply() - scalar times element, or element to the scalar.
 * @scalar:  secret
 * @element: encoded and checked; empty for the generator
 * @ret:     encoded; never the neutral element
 */
CHECKED enum cccd_err element_multiply(const struct domain *domain,
                                       const BIGNUM *scalar,
                                       struct span element, struct secret *ret);

#endif
