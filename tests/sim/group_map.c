/* SPDX-License-Identifier: Apache-2.0 */
/* f_G of the integrated mapping. [9303-11 4.4.3.3.2, appendix B] */
#include "tests/sim/group.h"

/* The numbers of appendix B.2, in the order in which they are made. */
struct encoding {
	BN_CTX *ctx;
	const BIGNUM *p;
	const BIGNUM *t;
	BIGNUM *a;
	BIGNUM *b;
	BIGNUM *alpha;
	BIGNUM *sum;
	BIGNUM *x2;
	BIGNUM *x3;
	BIGNUM *h2;
	BIGNUM *u;
	BIGNUM *exponent;
	BIGNUM *root;
	BIGNUM *check;
};

/* alpha = -t^2; sum = alpha + alpha^2 */
static bool step_alpha(struct encoding *e)
{
	return BN_mod_sqr(e->alpha, e->t, e->p, e->ctx) &&
	       BN_sub(e->alpha, e->p, e->alpha) &&
	       BN_nnmod(e->alpha, e->alpha, e->p, e->ctx) &&
	       BN_mod_sqr(e->sum, e->alpha, e->p, e->ctx) &&
	       BN_mod_add(e->sum, e->sum, e->alpha, e->p, e->ctx);
}

/* X2 = -b a^-1 (1 + (alpha + alpha^2)^-1); X3 = alpha X2 */
static bool step_x(struct encoding *e)
{
	return BN_mod_inverse(e->x2, e->sum, e->p, e->ctx) != NULL &&
	       BN_add_word(e->x2, 1) &&
	       BN_mod_mul(e->x2, e->x2, e->b, e->p, e->ctx) &&
	       BN_mod_inverse(e->check, e->a, e->p, e->ctx) != NULL &&
	       BN_mod_mul(e->x2, e->x2, e->check, e->p, e->ctx) &&
	       BN_sub(e->x2, e->p, e->x2) &&
	       BN_nnmod(e->x2, e->x2, e->p, e->ctx) &&
	       BN_mod_mul(e->x3, e->alpha, e->x2, e->p, e->ctx);
}

/* h2 = X2^3 + a X2 + b; U = t^3 h2 */
static bool step_h(struct encoding *e)
{
	return BN_mod_sqr(e->h2, e->x2, e->p, e->ctx) &&
	       BN_mod_add(e->h2, e->h2, e->a, e->p, e->ctx) &&
	       BN_mod_mul(e->h2, e->h2, e->x2, e->p, e->ctx) &&
	       BN_mod_add(e->h2, e->h2, e->b, e->p, e->ctx) &&
	       BN_mod_sqr(e->u, e->t, e->p, e->ctx) &&
	       BN_mod_mul(e->u, e->u, e->t, e->p, e->ctx) &&
	       BN_mod_mul(e->u, e->u, e->h2, e->p, e->ctx);
}

/* A = h2^(p - 1 - (p + 1) / 4); check = A^2 h2 */
static bool step_root(struct encoding *e)
{
	return BN_copy(e->exponent, e->p) != NULL &&
	       BN_add_word(e->exponent, 1) &&
	       BN_rshift(e->exponent, e->exponent, 2) &&
	       BN_sub(e->exponent, e->p, e->exponent) &&
	       BN_sub_word(e->exponent, 1) &&
	       BN_mod_exp(e->root, e->h2, e->exponent, e->p, e->ctx) &&
	       BN_mod_sqr(e->check, e->root, e->p, e->ctx) &&
	       BN_mod_mul(e->check, e->check, e->h2, e->p, e->ctx);
}

static bool encode(struct encoding *e, const struct sim_group *group,
                   EC_POINT *ret)
{
	const BIGNUM *x = e->x2;
	const BIGNUM *times = e->h2;

	if (!EC_GROUP_get_curve(group->curve, NULL, e->a, e->b, e->ctx) ||
	    !step_alpha(e) || !step_x(e) || !step_h(e) || !step_root(e))
		return false;
	if (!BN_is_one(e->check)) {
		x = e->x3;
		times = e->u;
	}
	/* All standardised curves have the cofactor 1. */
	return BN_mod_mul(e->root, e->root, times, e->p, e->ctx) &&
	       EC_POINT_set_affine_coordinates(group->curve, ret, x, e->root,
	                                       e->ctx);
}

static enum cccd_err map_curve(const struct sim_group *group,
                               const BIGNUM *number, struct sim_element *ret)
{
	struct encoding e = { .ctx = group->ctx, .p = group->p, .t = number };
	BIGNUM **const all[] = { &e.a,        &e.b,    &e.alpha, &e.sum,
		                 &e.x2,       &e.x3,   &e.h2,    &e.u,
		                 &e.exponent, &e.root, &e.check };
	bool ok = true;

	/* Appendix B needs p = 3 mod 4: not secp224r1. [9303-11 table 12] */
	if (BN_mod_word(group->p, 4) != 3)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	BN_CTX_start(group->ctx);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		*all[i] = BN_CTX_get(group->ctx);
		ok = ok && *all[i] != NULL;
	}
	ok = ok && encode(&e, group, ret->point);
	BN_CTX_end(group->ctx);
	return ok ? CCCD_OK : CCCD_ERR_CRYPTO_FAILED;
}

/* f_g(x) = x^((p - 1) / q), never 1 */
static enum cccd_err map_modp(const struct sim_group *group,
                              const BIGNUM *number, struct sim_element *ret)
{
	SIM_NUMBER *cofactor = BN_dup(group->p);

	if (cofactor == NULL || !BN_sub_word(cofactor, 1) ||
	    !BN_div(cofactor, NULL, cofactor, group->order, group->ctx) ||
	    !BN_mod_exp(ret->number, number, cofactor, group->p, group->ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	return BN_is_one(ret->number) ? CCCD_ERR_CRYPTO_FAILED : CCCD_OK;
}

enum cccd_err sim_group_map(const struct sim_group *group, const BIGNUM *number,
                            struct sim_element *ret)
{
	/* Gives @ret the right kind of storage. */
	TRY(sim_group_generator(group, ret));
	return group->curve != NULL ? map_curve(group, number, ret)
	                            : map_modp(group, number, ret);
}
