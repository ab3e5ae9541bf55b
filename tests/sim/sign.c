/* SPDX-License-Identifier: Apache-2.0 */
/* Specimen keys and signatures that follow from a seed. */
#include "tests/sim/sign.h"

static enum cccd_err append_padded(const BIGNUM *number, size_t len,
                                   struct buf *ret)
{
	uint8_t bytes[640];

	if (len > sizeof(bytes) || BN_bn2binpad(number, bytes, (int)len) < 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return buf_append(ret, span_of(bytes, len));
}

void sim_rsa_release(struct sim_rsa *rsa)
{
	BN_free(rsa->n);
	BN_free(rsa->e);
	BN_clear_free(rsa->d);
	*rsa = (struct sim_rsa){ .len = 0 };
}

static void free_ctx(BN_CTX **ctx)
{
	BN_CTX_free(*ctx);
}

/* A prime with its two highest bits set and e prime to p - 1. */
static enum cccd_err make_prime(struct sim_rng *rng, unsigned int bits,
                                unsigned int e, BN_CTX *ctx, BIGNUM *ret)
{
	uint8_t bytes[260];
	size_t len = (bits + 7) / 8;

	if (len > sizeof(bytes))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(sim_rng_fill(rng, bytes, len));
	if (BN_bin2bn(bytes, (int)len, ret) == NULL ||
	    !BN_mask_bits(ret, (int)bits - 1) ||
	    !BN_set_bit(ret, (int)bits - 1) ||
	    !BN_set_bit(ret, (int)bits - 2) || !BN_set_bit(ret, 0))
		return CCCD_ERR_CRYPTO_FAILED;
	for (;;) {
		if (BN_mod_word(ret, e) != 1) {
			int prime = BN_check_prime(ret, ctx, NULL);

			if (prime != 0)
				return prime > 0 ? CCCD_OK
				                 : CCCD_ERR_CRYPTO_FAILED;
		}
		if (!BN_add_word(ret, 2))
			return CCCD_ERR_CRYPTO_FAILED;
	}
}

/* d = e^-1 mod (p - 1)(q - 1) */
static bool complete(struct sim_rsa *rsa, BIGNUM *p, BIGNUM *q, BN_CTX *ctx)
{
	return BN_mul(rsa->n, p, q, ctx) && BN_sub_word(p, 1) &&
	       BN_sub_word(q, 1) && BN_mul(p, p, q, ctx) &&
	       BN_mod_inverse(rsa->d, rsa->e, p, ctx) != NULL;
}

enum cccd_err sim_rsa_make(struct sim_rng *rng, unsigned int bits,
                           unsigned int exponent, struct sim_rsa *ret)
{
	CLEANUP(sim_rsa_release)
	struct sim_rsa rsa = { BN_new(), BN_new(), BN_new(), (bits + 7) / 8 };
	CLEANUP(free_ctx) BN_CTX *ctx = BN_CTX_new();
	SIM_NUMBER *p = BN_new();
	SIM_NUMBER *q = BN_new();

	if (rsa.n == NULL || rsa.e == NULL || rsa.d == NULL || ctx == NULL ||
	    p == NULL || q == NULL || !BN_set_word(rsa.e, exponent))
		return CCCD_ERR_MEMORY;
	TRY(make_prime(rng, (bits + 1) / 2, exponent, ctx, p));
	TRY(make_prime(rng, bits / 2, exponent, ctx, q));
	if (!complete(&rsa, p, q, ctx) || BN_num_bits(rsa.n) != (int)bits)
		return CCCD_ERR_CRYPTO_FAILED;
	*ret = rsa;
	memset(&rsa, 0, sizeof(rsa));
	return CCCD_OK;
}

enum cccd_err sim_rsa_private(const struct sim_rsa *rsa, struct span block,
                              struct buf *ret)
{
	CLEANUP(free_ctx) BN_CTX *ctx = BN_CTX_new();
	SIM_NUMBER *number = BN_bin2bn(block.at, (int)block.len, NULL);

	if (ctx == NULL || number == NULL)
		return CCCD_ERR_MEMORY;
	if (BN_cmp(number, rsa->n) >= 0 ||
	    !BN_mod_exp(number, number, rsa->d, rsa->n, ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	return append_padded(number, rsa->len, ret);
}

enum cccd_err sim_rsa_public_key(const struct sim_rsa *rsa, struct sim_der *der)
{
	SIM_DER key = sim_der_make();
	BUF number = buf_make(640);
	size_t whole = sim_der_open(der, 0x30);
	size_t mark = sim_der_open(der, 0x30);

	sim_der_oid(der, "1.2.840.113549.1.1.1");
	sim_der_put(der, 0x05, span_of(NULL, 0));
	sim_der_close(der, mark);
	mark = sim_der_open(&key, 0x30);
	TRY(append_padded(rsa->n, rsa->len, &number));
	sim_der_integer(&key, buf_span(&number));
	sim_der_uint(&key, (unsigned int)BN_get_word(rsa->e));
	sim_der_close(&key, mark);
	TRY(key.err);
	sim_der_bits(der, buf_span(&key.out));
	sim_der_close(der, whole);
	return der->err;
}

/* Leftmost bits of the digest. [FIPS 186-4 6.4] */
static BIGNUM *message_number(const struct sim_group *group, struct span digest)
{
	int bits = BN_num_bits(group->order);
	BIGNUM *number = BN_bin2bn(digest.at, (int)digest.len, NULL);

	if (number != NULL && (int)digest.len * 8 > bits &&
	    !BN_rshift(number, number, (int)digest.len * 8 - bits)) {
		BN_free(number);
		return NULL;
	}
	return number;
}

/* One try: r = (k G).x, s = k^-1 (e + d r), all modulo the order. */
static enum cccd_err sign_once(const struct sim_group *group,
                               const BIGNUM *secret, struct sim_rng *rng,
                               struct span digest, BIGNUM *r, BIGNUM *s)
{
	SIM_ELEMENT base = { .point = NULL };
	SIM_ELEMENT point = { .point = NULL };
	SIM_NUMBER *k = NULL;
	SIM_NUMBER *e = message_number(group, digest);

	TRY(sim_group_private(group, rng, &k));
	TRY(sim_group_generator(group, &base));
	TRY(sim_group_power(group, &base, k, &point));
	if (e == NULL ||
	    !EC_POINT_get_affine_coordinates(group->curve, point.point, r, NULL,
	                                     group->ctx) ||
	    !BN_nnmod(r, r, group->order, group->ctx) ||
	    !BN_mod_mul(s, secret, r, group->order, group->ctx) ||
	    !BN_mod_add(s, s, e, group->order, group->ctx) ||
	    BN_mod_inverse(k, k, group->order, group->ctx) == NULL ||
	    !BN_mod_mul(s, s, k, group->order, group->ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	return CCCD_OK;
}

static bool full_length(const struct sim_group *group, const BIGNUM *number)
{
	int bits = BN_num_bits(number);
	int most = BN_num_bits(group->order);

	/* Orders of whole octets: leave the sign bit clear. */
	if (most % 8 == 0)
		most--;
	return bits <= most && bits > (int)(group->order_len - 1) * 8;
}

enum cccd_err sim_ecdsa(const struct sim_group *group, const BIGNUM *secret,
                        struct sim_rng *rng, struct span digest, bool der_form,
                        struct buf *ret)
{
	SIM_NUMBER *r = BN_new();
	SIM_NUMBER *s = BN_new();
	BUF numbers = buf_make(256);
	SIM_DER der = sim_der_make();
	size_t mark;

	if (r == NULL || s == NULL)
		return CCCD_ERR_MEMORY;
	for (int tries = 0; tries < 200; tries++) {
		TRY(sign_once(group, secret, rng, digest, r, s));
		if (full_length(group, r) && full_length(group, s))
			break;
	}
	TRY(append_padded(r, group->order_len, &numbers));
	TRY(append_padded(s, group->order_len, &numbers));
	if (!der_form)
		return buf_append(ret, buf_span(&numbers));
	mark = sim_der_open(&der, 0x30);
	sim_der_integer(&der, span_of(numbers.at, group->order_len));
	sim_der_integer(
	        &der, span_of(numbers.at + group->order_len, group->order_len));
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}
