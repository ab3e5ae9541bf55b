/* SPDX-License-Identifier: Apache-2.0 */
/* Group elements as bytes, and the one operation on them: TR-03111 3.1. */
#include "apdu/crypto/domain_private.h"

enum { POINT_UNCOMPRESSED = 0x04 };

enum cccd_err bn_secret(struct span bytes, BIGNUM **ret)
{
	BN *number = BN_secure_new();

	if (number == NULL || bytes.len > SECRET_MAX)
		return CCCD_ERR_MEMORY;
	BN_set_flags(number, BN_FLG_CONSTTIME);
	if (BN_bin2bn(bytes.at, (int)bytes.len, number) == NULL)
		return CCCD_ERR_MEMORY;
	*ret = number;
	number = NULL;
	return CCCD_OK;
}

enum cccd_err point_decode(const struct domain *domain, struct span bytes,
                           EC_POINT **ret)
{
	size_t len = 1 + 2 * domain_field_len(domain);
	ECPOINT *point = NULL;

	/* Only the uncompressed form is admitted [9303-11 9.4.1]. */
	if (bytes.len != len || bytes.at[0] != POINT_UNCOMPRESSED)
		return CCCD_ERR_CRYPTO_KEY;
	point = EC_POINT_new(domain->group);
	if (point == NULL)
		return CCCD_ERR_MEMORY;
	/* Refuses coordinates beyond p and points off the curve. */
	if (EC_POINT_oct2point(domain->group, point, bytes.at, bytes.len,
	                       NULL) != 1 ||
	    EC_POINT_is_at_infinity(domain->group, point) ||
	    EC_POINT_is_on_curve(domain->group, point, NULL) != 1)
		return CCCD_ERR_CRYPTO_KEY;
	*ret = point;
	point = NULL;
	return CCCD_OK;
}

enum cccd_err point_encode(const struct domain *domain, const EC_POINT *point,
                           struct secret *ret)
{
	size_t len = 1 + 2 * domain_field_len(domain);

	if (EC_POINT_is_at_infinity(domain->group, point) ||
	    EC_POINT_point2oct(domain->group, point,
	                       POINT_CONVERSION_UNCOMPRESSED, ret->bytes,
	                       sizeof(ret->bytes), NULL) != len)
		return CCCD_ERR_CRYPTO_FAILED;
	ret->len = len;
	return CCCD_OK;
}

enum cccd_err number_encode(const struct domain *domain, const BIGNUM *number,
                            struct secret *ret)
{
	size_t len = domain_field_len(domain);

	if (len > sizeof(ret->bytes) ||
	    BN_bn2binpad(number, ret->bytes, (int)len) != (int)len)
		return CCCD_ERR_CRYPTO_FAILED;
	ret->len = len;
	return CCCD_OK;
}

static enum cccd_err point_multiply(const struct domain *domain,
                                    const BIGNUM *scalar, struct span element,
                                    struct secret *ret)
{
	ECPOINT *peer = NULL;
	ECPOINT *product = EC_POINT_new(domain->group);

	if (product == NULL)
		return CCCD_ERR_MEMORY;
	if (element.len > 0)
		TRY(point_decode(domain, element, &peer));
	/* With one point and no generator OpenSSL walks a steady ladder. */
	if (EC_POINT_mul(domain->group, product, NULL,
	                 peer != NULL ? peer : domain->base, scalar, NULL) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return point_encode(domain, product, ret);
}

/* 0, 1 and p - 1 would tell everybody the secret. */
static bool is_trivial(const struct domain *domain, const BIGNUM *power)
{
	BN *top = BN_dup(domain->p);

	if (top == NULL || BN_sub_word(top, 1) != 1)
		return true;
	return BN_is_zero(power) || BN_is_one(power) || BN_cmp(power, top) >= 0;
}

static enum cccd_err number_power(const struct domain *domain,
                                  const BIGNUM *scalar, struct span element,
                                  struct secret *ret)
{
	BNCTX *ctx = BN_CTX_new();
	BN *peer = NULL;
	BN *power = BN_secure_new();

	if (ctx == NULL || power == NULL)
		return CCCD_ERR_MEMORY;
	if (element.len > 0)
		TRY(bn_secret(element, &peer));
	if (BN_mod_exp_mont_consttime(power, peer != NULL ? peer : domain->g,
	                              scalar, domain->p, ctx, NULL) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (is_trivial(domain, power))
		return CCCD_ERR_CRYPTO_FAILED;
	return number_encode(domain, power, ret);
}

enum cccd_err element_multiply(const struct domain *domain,
                               const BIGNUM *scalar, struct span element,
                               struct secret *ret)
{
	if (domain->kind == DOMAIN_EC)
		return point_multiply(domain, scalar, element, ret);
	return number_power(domain, scalar, element, ret);
}
