/* SPDX-License-Identifier: Apache-2.0 */
/* Generic and integrated mapping: Doc 9303-11 4.4.3.3, appendix B. */
#include "apdu/crypto/mapping.h"

#include "apdu/crypto/domain_private.h"

enum {
	NONCE_MAX = 64,
	PRF_BLOCK_MAX = 32,
	/* Bits of R beyond p, against the bias of the reduction. */
	PRF_EXCESS_BITS = 64,
};

/* Take over @base as the generator of a copy. */
static enum cccd_err with_point(const struct domain *domain, EC_POINT **base,
                                struct domain **ret)
{
	if (EC_POINT_is_at_infinity(domain->group, *base) ||
	    EC_POINT_is_on_curve(domain->group, *base, NULL) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	TRY(domain_copy(domain, ret));
	(*ret)->base = *base;
	*base = NULL;
	return CCCD_OK;
}

/* [9303-11 4.4.3.3.2] ĝ must not be 1. */
static enum cccd_err with_number(const struct domain *domain, BIGNUM **g,
                                 struct domain **ret)
{
	if (BN_is_zero(*g) || BN_is_one(*g))
		return CCCD_ERR_CRYPTO_FAILED;
	TRY(domain_copy(domain, ret));
	(*ret)->g = *g;
	*g = NULL;
	return CCCD_OK;
}

static enum cccd_err generic_curve(const struct domain *domain,
                                   const BIGNUM *nonce, struct span element,
                                   struct domain **ret)
{
	ECPOINT *shared = NULL;
	ECPOINT *base = EC_POINT_new(domain->group);

	if (base == NULL)
		return CCCD_ERR_MEMORY;
	TRY(point_decode(domain, element, &shared));
	if (EC_POINT_mul(domain->group, base, NULL, domain->base, nonce,
	                 NULL) != 1 ||
	    EC_POINT_add(domain->group, base, base, shared, NULL) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return with_point(domain, &base, ret);
}

static enum cccd_err generic_number(const struct domain *domain,
                                    const BIGNUM *nonce, struct span element,
                                    struct domain **ret)
{
	BNCTX *ctx = BN_CTX_new();
	BN *shared = NULL;
	BN *g = BN_secure_new();

	if (ctx == NULL || g == NULL)
		return CCCD_ERR_MEMORY;
	TRY(bn_secret(element, &shared));
	if (BN_mod_exp_mont_consttime(g, domain->g, nonce, domain->p, ctx,
	                              NULL) != 1 ||
	    BN_mod_mul(g, g, shared, domain->p, ctx) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return with_number(domain, &g, ret);
}

enum cccd_err mapping_generic(const struct domain *domain, struct span nonce,
                              struct span element, struct domain **ret)
{
	BN *number = NULL;

	if (nonce.len == 0 || nonce.len > NONCE_MAX)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(bn_secret(nonce, &number));
	if (domain->kind == DOMAIN_EC)
		return generic_curve(domain, number, element, ret);
	return generic_number(domain, number, element, ret);
}

/* c0 and c1 for l = 128 and l = 256 [9303-11 4.4.3.3.2]. */
static const uint8_t c0_short[] = { 0xA6, 0x68, 0x89, 0x2A, 0x7C, 0x41,
	                            0xE3, 0xCA, 0x73, 0x9F, 0x40, 0xB0,
	                            0x57, 0xD8, 0x59, 0x04 };
static const uint8_t c1_short[] = { 0xA4, 0xE1, 0x36, 0xAC, 0x72, 0x5F,
	                            0x73, 0x8B, 0x01, 0xC1, 0xF6, 0x02,
	                            0x17, 0xC1, 0x88, 0xAD };
static const uint8_t c0_long[] = { 0xD4, 0x63, 0xD6, 0x52, 0x34, 0x12, 0x4E,
	                           0xF7, 0x89, 0x70, 0x54, 0x98, 0x6D, 0xCA,
	                           0x0A, 0x17, 0x4E, 0x28, 0xDF, 0x75, 0x8C,
	                           0xBA, 0xA0, 0x3F, 0x24, 0x06, 0x16, 0x41,
	                           0x4D, 0x5A, 0x16, 0x76 };
static const uint8_t c1_long[] = { 0x54, 0xBD, 0x72, 0x55, 0xF0, 0xAA, 0xF8,
	                           0x31, 0xBE, 0xC3, 0x42, 0x3F, 0xCF, 0x39,
	                           0xD6, 0x9B, 0x6C, 0xBF, 0x06, 0x66, 0x77,
	                           0xD0, 0xFA, 0xAE, 0x5A, 0xAD, 0xD9, 0x9D,
	                           0xF8, 0xE5, 0x35, 0x17 };

size_t mapping_nonce_len(enum cipher_id cipher)
{
	size_t block_len = cipher_block_len(cipher);
	size_t key_len = cipher_key_len(cipher);

	if (block_len == 0)
		return 0;
	return (key_len + block_len - 1) / block_len * block_len;
}

struct prf {
	enum cipher_id cipher;
	size_t len;
	uint8_t key[PRF_BLOCK_MAX];
};

static void prf_wipe(struct prf *prf)
{
	wipe(prf, sizeof(*prf));
}

/* CBC under the current key; of k_i only a key's length is used. */
static enum cccd_err prf_step(struct prf *prf, const uint8_t *in, uint8_t *out)
{
	struct span key = span_of(prf->key, cipher_key_len(prf->cipher));

	return cipher_cbc_encrypt(prf->cipher, key, NULL, span_of(in, prf->len),
	                          out);
}

static enum cccd_err prf_init(struct prf *prf, struct span nonce_s,
                              struct span nonce_t)
{
	if (prf->len == 0 || nonce_s.len != prf->len ||
	    nonce_t.len != cipher_key_len(prf->cipher))
		return CCCD_ERR_USAGE_ARGUMENT;
	memcpy(prf->key, nonce_t.at, nonce_t.len);
	return prf_step(prf, nonce_s.at, prf->key);
}

enum cccd_err mapping_pseudo_random(enum cipher_id cipher, struct span nonce_s,
                                    struct span nonce_t, size_t bits,
                                    struct secret *ret)
{
	CLEANUP(prf_wipe) struct prf prf = { .cipher = cipher };
	SECRET out = { .len = 0 };
	const uint8_t *c0 = c0_short;
	const uint8_t *c1 = c1_short;

	prf.len = mapping_nonce_len(cipher);
	if (prf.len == sizeof(c0_long)) {
		c0 = c0_long;
		c1 = c1_long;
	}
	TRY(prf_init(&prf, nonce_s, nonce_t));
	while (out.len * 8 < bits + PRF_EXCESS_BITS) {
		if (out.len + prf.len > sizeof(out.bytes))
			return CCCD_ERR_CRYPTO_UNSUPPORTED;
		TRY(prf_step(&prf, c1, out.bytes + out.len));
		out.len += prf.len;
		TRY(prf_step(&prf, c0, prf.key));
	}
	return secret_set(ret, secret_span(&out));
}

/* The numbers of appendix B.2, named as there. */
struct encoding {
	BIGNUM *p;
	BIGNUM *a;
	BIGNUM *b;
	BIGNUM *t;
	BIGNUM *alpha;
	BIGNUM *x2;
	BIGNUM *x3;
	BIGNUM *h2;
	BIGNUM *tmp;
	BIGNUM *root;
	BIGNUM *y2;
	BIGNUM *y3;
	BN_CTX *ctx;
};

static bool encoding_new(struct encoding *e, const struct domain *domain,
                         const BIGNUM *t, BN_CTX *ctx)
{
	BIGNUM **const all[] = { &e->p,     &e->a,    &e->b,  &e->t,
		                 &e->alpha, &e->x2,   &e->x3, &e->h2,
		                 &e->tmp,   &e->root, &e->y2, &e->y3 };

	e->ctx = ctx;
	BN_CTX_start(ctx);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		*all[i] = BN_CTX_get(ctx);
		if (*all[i] == NULL)
			return false;
	}
	return BN_copy(e->t, t) != NULL &&
	       EC_GROUP_get_curve(domain->group, e->p, e->a, e->b, ctx) == 1;
}

static void encoding_end(struct encoding *e)
{
	BN_CTX_end(e->ctx);
}

/* Steps 1 to 3: alpha, X2 = -b(1+alpha+alpha^2) / a(alpha+alpha^2), X3. */
static bool encode_abscissae(struct encoding *e)
{
	return BN_mod_sqr(e->alpha, e->t, e->p, e->ctx) &&
	       BN_sub(e->alpha, e->p, e->alpha) &&
	       BN_mod_sqr(e->tmp, e->alpha, e->p, e->ctx) &&
	       BN_mod_add(e->tmp, e->tmp, e->alpha, e->p, e->ctx) &&
	       BN_copy(e->x2, e->tmp) != NULL && BN_add_word(e->x2, 1) &&
	       BN_mod_mul(e->x2, e->x2, e->b, e->p, e->ctx) &&
	       BN_mod_mul(e->tmp, e->tmp, e->a, e->p, e->ctx) &&
	       BN_mod_inverse(e->tmp, e->tmp, e->p, e->ctx) != NULL &&
	       BN_mod_mul(e->x2, e->x2, e->tmp, e->p, e->ctx) &&
	       BN_sub(e->x2, e->p, e->x2) &&
	       BN_mod_mul(e->x3, e->alpha, e->x2, e->p, e->ctx);
}

/* Steps 4 and 7: h2 = X2^3 + a X2 + b, A = h2^(p-1-(p+1)/4). */
static bool encode_root(struct encoding *e)
{
	return BN_mod_sqr(e->h2, e->x2, e->p, e->ctx) &&
	       BN_mod_add(e->h2, e->h2, e->a, e->p, e->ctx) &&
	       BN_mod_mul(e->h2, e->h2, e->x2, e->p, e->ctx) &&
	       BN_mod_add(e->h2, e->h2, e->b, e->p, e->ctx) &&
	       BN_copy(e->tmp, e->p) != NULL && BN_add_word(e->tmp, 1) &&
	       BN_rshift(e->tmp, e->tmp, 2) && BN_sub(e->tmp, e->p, e->tmp) &&
	       BN_sub_word(e->tmp, 1) &&
	       BN_mod_exp_mont_consttime(e->root, e->h2, e->tmp, e->p, e->ctx,
	                                 NULL);
}

/* Steps 6, 8, 9: y2 = A h2, y3 = A t^3 h2; which one, A^2 h2 says. */
static bool encode_ordinates(struct encoding *e)
{
	return BN_mod_mul(e->y2, e->root, e->h2, e->p, e->ctx) &&
	       BN_mod_sqr(e->tmp, e->t, e->p, e->ctx) &&
	       BN_mod_mul(e->tmp, e->tmp, e->t, e->p, e->ctx) &&
	       BN_mod_mul(e->y3, e->y2, e->tmp, e->p, e->ctx) &&
	       BN_mod_mul(e->tmp, e->y2, e->root, e->p, e->ctx);
}

static enum cccd_err encode_point(const struct domain *domain, const BIGNUM *t,
                                  BN_CTX *ctx, EC_POINT *point)
{
	struct encoding e = { .ctx = ctx };
	enum cccd_err err = CCCD_ERR_CRYPTO_FAILED;

	if (encoding_new(&e, domain, t, ctx) && encode_abscissae(&e) &&
	    encode_root(&e) && encode_ordinates(&e)) {
		bool second = BN_is_one(e.tmp);

		if (EC_POINT_set_affine_coordinates(
		            domain->group, point, second ? e.x2 : e.x3,
		            second ? e.y2 : e.y3, ctx) == 1)
			err = CCCD_OK;
	}
	encoding_end(&e);
	return err;
}

/* [9303-11 B.2] */
static enum cccd_err integrated_curve(const struct domain *domain,
                                      const BIGNUM *t, BN_CTX *ctx,
                                      struct domain **ret)
{
	ECPOINT *base = EC_POINT_new(domain->group);

	if (base == NULL)
		return CCCD_ERR_MEMORY;
	/* [9303-11 B.1] p = 3 mod 4, which excludes P-224. */
	if (BN_mod_word(domain->p, 4) != 3)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (BN_is_zero(t))
		return CCCD_ERR_CRYPTO_FAILED;
	TRY(encode_point(domain, t, ctx, base));
	/* Step 10 multiplies by the cofactor, which is one. */
	return with_point(domain, &base, ret);
}

/* f(x) = x^((p-1)/q) mod p. */
static enum cccd_err integrated_number(const struct domain *domain,
                                       const BIGNUM *x, BN_CTX *ctx,
                                       struct domain **ret)
{
	BN *cofactor = BN_dup(domain->p);
	BN *g = BN_secure_new();

	if (cofactor == NULL || g == NULL)
		return CCCD_ERR_MEMORY;
	if (domain->q == NULL)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (BN_sub_word(cofactor, 1) != 1 ||
	    BN_div(cofactor, NULL, cofactor, domain->q, ctx) != 1 ||
	    BN_mod_exp_mont_consttime(g, x, cofactor, domain->p, ctx, NULL) !=
	            1)
		return CCCD_ERR_CRYPTO_FAILED;
	return with_number(domain, &g, ret);
}

enum cccd_err mapping_integrated(const struct domain *domain,
                                 enum cipher_id cipher, struct span nonce_s,
                                 struct span nonce_t, struct domain **ret)
{
	SECRET random = { .len = 0 };
	BNCTX *ctx = BN_CTX_secure_new();
	BN *number = NULL;
	BN *reduced = BN_secure_new();

	if (ctx == NULL || reduced == NULL)
		return CCCD_ERR_MEMORY;
	TRY(mapping_pseudo_random(cipher, nonce_s, nonce_t, domain_bits(domain),
	                          &random));
	TRY(bn_secret(secret_span(&random), &number));
	if (BN_mod(reduced, number, domain->p, ctx) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (domain->kind == DOMAIN_EC)
		return integrated_curve(domain, reduced, ctx, ret);
	return integrated_number(domain, reduced, ctx, ret);
}
