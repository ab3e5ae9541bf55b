/* SPDX-License-Identifier: Apache-2.0 */
/* Diffie-Hellman over both kinds of group: Doc 9303-11 9.6. */
#include "apdu/crypto/key_agreement.h"

#include "apdu/crypto/domain_private.h"

/* A source that fails so often is no source: 2^-128 at the worst. */
enum { TRIALS_MAX = 128 };

void key_pair_wipe(struct key_pair *pair)
{
	wipe(pair, sizeof(*pair));
}

/* Clear the bits that no number below the order can have. */
static void mask_top(const BIGNUM *order, uint8_t *bytes)
{
	unsigned int spare = (8U - (unsigned int)BN_num_bits(order) % 8U) % 8U;

	bytes[0] = (uint8_t)(bytes[0] & (0xFFU >> spare));
}

/* One trial of rejection sampling: uniform in 1..order-1. */
static enum cccd_err draw(const struct domain *domain,
                          const struct random *random, struct secret *ret,
                          BIGNUM **ret_number)
{
	const BIGNUM *order = domain->q != NULL ? domain->q : domain->p;
	BN *top = BN_dup(order);
	BN *number = NULL;

	/* Where DH states no order, 1..p-2. */
	if (top == NULL || (domain->q == NULL && BN_sub_word(top, 1) != 1))
		return CCCD_ERR_MEMORY;
	ret->len = domain_order_len(domain);
	TRY(random_fill(random, ret->bytes, ret->len));
	mask_top(order, ret->bytes);
	TRY(bn_secret(secret_span(ret), &number));
	if (BN_is_zero(number) || BN_cmp(number, top) >= 0)
		return CCCD_OK;
	*ret_number = number;
	number = NULL;
	return CCCD_OK;
}

static enum cccd_err make_public(const struct domain *domain,
                                 const BIGNUM *scalar, struct public_value *ret)
{
	SECRET encoded = { .len = 0 };

	TRY(element_multiply(domain, scalar, span_of(NULL, 0), &encoded));
	memcpy(ret->bytes, encoded.bytes, encoded.len);
	ret->len = encoded.len;
	return CCCD_OK;
}

enum cccd_err key_generate(const struct domain *domain,
                           const struct random *random, struct key_pair *ret)
{
	CLEANUP(key_pair_wipe)
	struct key_pair pair = { .public_value = { .len = 0 } };

	for (unsigned int trial = 0; trial < TRIALS_MAX; trial++) {
		BN *number = NULL;

		TRY(draw(domain, random, &pair.private_key, &number));
		if (number == NULL)
			continue;
		TRY(make_public(domain, number, &pair.public_value));
		if (pair.public_value.bytes[0] == 0)
			continue;
		*ret = pair;
		return CCCD_OK;
	}
	return CCCD_ERR_CRYPTO_RANDOM;
}

/* [RFC 2631 2.1.5], with p - 1 refused as well. */
static enum cccd_err check_number(const struct domain *domain, struct span key)
{
	BNCTX *ctx = BN_CTX_new();
	BN *value = NULL;
	BN *top = BN_dup(domain->p);
	BN *power = BN_new();

	if (ctx == NULL || top == NULL || power == NULL)
		return CCCD_ERR_MEMORY;
	if (key.len == 0 || key.len > domain_field_len(domain))
		return CCCD_ERR_CRYPTO_KEY;
	value = BN_bin2bn(key.at, (int)key.len, NULL);
	if (value == NULL || BN_sub_word(top, 1) != 1)
		return CCCD_ERR_MEMORY;
	if (BN_cmp(value, BN_value_one()) <= 0 || BN_cmp(value, top) >= 0)
		return CCCD_ERR_CRYPTO_KEY;
	if (domain->q == NULL)
		return CCCD_OK;
	if (BN_mod_exp(power, value, domain->q, domain->p, ctx) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return BN_is_one(power) ? CCCD_OK : CCCD_ERR_CRYPTO_KEY;
}

enum cccd_err key_check(const struct domain *domain, struct span key)
{
	ECPOINT *point = NULL;

	if (domain->kind == DOMAIN_DH)
		return check_number(domain, key);
	/* Our curves have cofactor one: on the curve is in the group. */
	return point_decode(domain, key, &point);
}

static struct span without_zeros(struct span number)
{
	while (number.len > 0 && number.at[0] == 0)
		number = span_after(number, 1);
	return number;
}

bool key_equal(struct span a, struct span b)
{
	return span_equal(without_zeros(a), without_zeros(b));
}

/* Our key, or (EC) its mirror image: the same x-coordinate. */
static bool is_reflected(const struct domain *domain,
                         const struct key_pair *pair, struct span peer)
{
	struct span own = public_value_span(&pair->public_value);
	size_t x_end = 1 + domain_field_len(domain);

	if (domain->kind == DOMAIN_EC)
		return span_equal(span_first(own, x_end),
		                  span_first(peer, x_end));
	return key_equal(own, peer);
}

enum cccd_err key_agree_element(const struct domain *domain,
                                const struct key_pair *pair, struct span peer,
                                struct secret *ret)
{
	SECRET element = { .len = 0 };
	BN *scalar = NULL;

	TRY(key_check(domain, peer));
	/* [9303-11 4.4.1 3d] */
	if (is_reflected(domain, pair, peer))
		return CCCD_ERR_CRYPTO_REFLECTED;
	TRY(bn_secret(secret_span(&pair->private_key), &scalar));
	TRY(element_multiply(domain, scalar, peer, &element));
	return secret_set(ret, secret_span(&element));
}

static bool all_zero(struct span bytes)
{
	uint8_t any = 0;

	for (size_t i = 0; i < bytes.len; i++)
		any |= bytes.at[i];
	return any == 0;
}

enum cccd_err key_agree(const struct domain *domain,
                        const struct key_pair *pair, struct span peer,
                        struct secret *ret)
{
	SECRET element = { .len = 0 };
	struct span shared = { 0 };

	TRY(key_agree_element(domain, pair, peer, &element));
	shared = secret_span(&element);
	/* [9303-11 9.7.1] of a point, the x-coordinate. */
	if (domain->kind == DOMAIN_EC)
		shared = span_of(element.bytes + 1, domain_field_len(domain));
	if (all_zero(shared))
		return CCCD_ERR_CRYPTO_FAILED;
	return secret_set(ret, shared);
}

enum cccd_err key_multiply(const struct domain *domain, struct span scalar,
                           struct span key, struct public_value *ret)
{
	SECRET element = { .len = 0 };
	BN *number = NULL;

	TRY(key_check(domain, key));
	if (scalar.len == 0 || scalar.len > domain_order_len(domain))
		return CCCD_ERR_CRYPTO_KEY;
	TRY(bn_secret(scalar, &number));
	if (BN_is_zero(number) ||
	    (domain->q != NULL && BN_cmp(number, domain->q) >= 0))
		return CCCD_ERR_CRYPTO_KEY;
	TRY(element_multiply(domain, number, key, &element));
	memcpy(ret->bytes, element.bytes, element.len);
	ret->len = element.len;
	return CCCD_OK;
}
