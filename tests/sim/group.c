/* SPDX-License-Identifier: Apache-2.0 */
/* The standardised groups, elliptic or not, behind one set of words.
 * [9303-11 9.5.1, 9.6] */
#include "tests/sim/group.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

enum { FIRST_CURVE = 8 };

static const struct curve_row {
	int nid;
	const char *oid;
} curves[] = {
	{ NID_X9_62_prime192v1, "1.2.840.10045.3.1.1" },
	{ NID_brainpoolP192r1, "1.3.36.3.3.2.8.1.1.3" },
	{ NID_secp224r1, "1.3.132.0.33" },
	{ NID_brainpoolP224r1, "1.3.36.3.3.2.8.1.1.5" },
	{ NID_X9_62_prime256v1, "1.2.840.10045.3.1.7" },
	{ NID_brainpoolP256r1, "1.3.36.3.3.2.8.1.1.7" },
	{ NID_brainpoolP320r1, "1.3.36.3.3.2.8.1.1.9" },
	{ NID_secp384r1, "1.3.132.0.34" },
	{ NID_brainpoolP384r1, "1.3.36.3.3.2.8.1.1.11" },
	{ NID_brainpoolP512r1, "1.3.36.3.3.2.8.1.1.13" },
	{ NID_secp521r1, "1.3.132.0.35" },
};

static const char *const modp_names[] = { "dh_1024_160", "dh_2048_224",
	                                  "dh_2048_256" };

void sim_number_release(BIGNUM **number)
{
	BN_clear_free(*number);
}

void sim_group_release(struct sim_group *group)
{
	EC_GROUP_free(group->curve);
	BN_free(group->p);
	BN_free(group->order);
	BN_free(group->g);
	BN_CTX_free(group->ctx);
	*group = (struct sim_group){ .id = 0 };
}

void sim_element_release(struct sim_element *element)
{
	EC_POINT_free(element->point);
	BN_free(element->number);
	*element = (struct sim_element){ .point = NULL };
}

static enum cccd_err open_curve(struct sim_group *group)
{
	const struct curve_row *row = &curves[group->id - FIRST_CURVE];

	group->curve = EC_GROUP_new_by_curve_name(row->nid);
	group->p = BN_new();
	if (group->curve == NULL || group->p == NULL ||
	    !EC_GROUP_get_curve(group->curve, group->p, NULL, NULL, group->ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	group->order = BN_dup(EC_GROUP_get0_order(group->curve));
	return group->order == NULL ? CCCD_ERR_MEMORY : CCCD_OK;
}

static void free_pkey(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void free_pkey_context(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

static enum cccd_err open_modp(struct sim_group *group)
{
	CLEANUP(free_pkey_context)
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	CLEANUP(free_pkey) EVP_PKEY *params = NULL;
	char name[16];
	OSSL_PARAM list[2] = { OSSL_PARAM_END, OSSL_PARAM_END };

	memcpy(name, modp_names[group->id], strlen(modp_names[group->id]) + 1);
	list[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	                                           name, 0);
	if (context == NULL || EVP_PKEY_paramgen_init(context) <= 0 ||
	    EVP_PKEY_CTX_set_params(context, list) <= 0 ||
	    EVP_PKEY_paramgen(context, &params) <= 0 ||
	    !EVP_PKEY_get_bn_param(params, OSSL_PKEY_PARAM_FFC_P, &group->p) ||
	    !EVP_PKEY_get_bn_param(params, OSSL_PKEY_PARAM_FFC_Q,
	                           &group->order) ||
	    !EVP_PKEY_get_bn_param(params, OSSL_PKEY_PARAM_FFC_G, &group->g))
		return CCCD_ERR_CRYPTO_FAILED;
	return CCCD_OK;
}

enum cccd_err sim_group_open(unsigned int id, struct sim_group *ret)
{
	SIM_GROUP group = { .id = id, .ctx = BN_CTX_new() };
	bool curve = id >= FIRST_CURVE && id - FIRST_CURVE < ARRAY_LEN(curves);

	if (!curve && id >= ARRAY_LEN(modp_names))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(curve ? open_curve(&group) : open_modp(&group));
	group.field_len = (size_t)BN_num_bytes(group.p);
	group.order_len = (size_t)BN_num_bytes(group.order);
	*ret = group;
	memset(&group, 0, sizeof(group));
	return CCCD_OK;
}

static enum cccd_err make_element(const struct sim_group *group,
                                  struct sim_element *ret)
{
	sim_element_release(ret);
	if (group->curve != NULL)
		ret->point = EC_POINT_new(group->curve);
	else
		ret->number = BN_new();
	return ret->point == NULL && ret->number == NULL ? CCCD_ERR_MEMORY
	                                                 : CCCD_OK;
}

enum cccd_err sim_group_generator(const struct sim_group *group,
                                  struct sim_element *ret)
{
	bool ok;

	TRY(make_element(group, ret));
	if (group->curve != NULL)
		ok = EC_POINT_copy(ret->point,
		                   EC_GROUP_get0_generator(group->curve));
	else
		ok = BN_copy(ret->number, group->g) != NULL;
	return ok ? CCCD_OK : CCCD_ERR_CRYPTO_FAILED;
}

enum cccd_err sim_group_private(const struct sim_group *group,
                                struct sim_rng *rng, BIGNUM **ret)
{
	uint8_t bytes[128];
	int extra = (int)group->order_len * 8 - BN_num_bits(group->order);
	SIM_NUMBER *number = BN_new();

	if (number == NULL)
		return CCCD_ERR_MEMORY;
	for (int tries = 0; tries < 128; tries++) {
		TRY(sim_rng_fill(rng, bytes, group->order_len));
		bytes[0] &= (uint8_t)(0xFF >> extra);
		if (BN_bin2bn(bytes, (int)group->order_len, number) == NULL)
			return CCCD_ERR_MEMORY;
		if (BN_is_zero(number) || BN_cmp(number, group->order) >= 0)
			continue;
		BN_clear_free(*ret);
		*ret = number;
		number = NULL;
		return CCCD_OK;
	}
	return CCCD_ERR_CRYPTO_RANDOM;
}

enum cccd_err sim_group_power(const struct sim_group *group,
                              const struct sim_element *base,
                              const BIGNUM *exponent, struct sim_element *ret)
{
	SIM_ELEMENT made = { .point = NULL };
	bool ok;

	TRY(make_element(group, &made));
	if (group->curve != NULL)
		ok = EC_POINT_mul(group->curve, made.point, NULL, base->point,
		                  exponent, group->ctx);
	else
		ok = BN_mod_exp(made.number, base->number, exponent, group->p,
		                group->ctx);
	if (!ok)
		return CCCD_ERR_CRYPTO_FAILED;
	sim_element_release(ret);
	*ret = made;
	memset(&made, 0, sizeof(made));
	return CCCD_OK;
}

enum cccd_err sim_group_combine(const struct sim_group *group,
                                const struct sim_element *a,
                                const struct sim_element *b,
                                struct sim_element *ret)
{
	bool ok;

	TRY(make_element(group, ret));
	if (group->curve != NULL)
		ok = EC_POINT_add(group->curve, ret->point, a->point, b->point,
		                  group->ctx);
	else
		ok = BN_mod_mul(ret->number, a->number, b->number, group->p,
		                group->ctx);
	return ok ? CCCD_OK : CCCD_ERR_CRYPTO_FAILED;
}

/* 1 < y < p and y^q = 1. [RFC 2631 2.1.5] */
static bool in_subgroup(const struct sim_group *group, const BIGNUM *y)
{
	SIM_NUMBER *power = BN_new();

	return power != NULL && !BN_is_zero(y) && !BN_is_one(y) &&
	       BN_cmp(y, group->p) < 0 &&
	       BN_mod_exp(power, y, group->order, group->p, group->ctx) &&
	       BN_is_one(power);
}

enum cccd_err sim_group_decode(const struct sim_group *group, struct span bytes,
                               struct sim_element *ret)
{
	TRY(make_element(group, ret));
	if (group->curve == NULL) {
		if (bytes.len > group->field_len)
			return CCCD_ERR_CRYPTO_KEY;
		if (BN_bin2bn(bytes.at, (int)bytes.len, ret->number) == NULL)
			return CCCD_ERR_MEMORY;
		return in_subgroup(group, ret->number) ? CCCD_OK
		                                       : CCCD_ERR_CRYPTO_KEY;
	}
	if (bytes.len != 1 + 2 * group->field_len || bytes.at[0] != 0x04 ||
	    !EC_POINT_oct2point(group->curve, ret->point, bytes.at, bytes.len,
	                        group->ctx))
		return CCCD_ERR_CRYPTO_KEY;
	return CCCD_OK;
}

static enum cccd_err append_number(const BIGNUM *number, size_t len,
                                   struct buf *ret)
{
	uint8_t bytes[512];

	if (len > sizeof(bytes) || BN_bn2binpad(number, bytes, (int)len) < 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return buf_append(ret, span_of(bytes, len));
}

enum cccd_err sim_group_encode(const struct sim_group *group,
                               const struct sim_element *element,
                               struct buf *ret)
{
	uint8_t bytes[160];
	size_t len;

	if (group->curve == NULL)
		return append_number(element->number,
		                     (size_t)BN_num_bytes(element->number),
		                     ret);
	len = EC_POINT_point2oct(group->curve, element->point,
	                         POINT_CONVERSION_UNCOMPRESSED, bytes,
	                         sizeof(bytes), group->ctx);
	if (len == 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return buf_append(ret, span_of(bytes, len));
}

enum cccd_err sim_group_secret(const struct sim_group *group,
                               const struct sim_element *element,
                               struct buf *ret)
{
	SIM_NUMBER *x = BN_new();

	if (group->curve == NULL)
		return append_number(element->number, group->field_len, ret);
	if (x == NULL ||
	    !EC_POINT_get_affine_coordinates(group->curve, element->point, x,
	                                     NULL, group->ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	return append_number(x, group->field_len, ret);
}

void sim_group_algorithm(const struct sim_group *group, bool explicit_form,
                         struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x30);
	uint8_t *at = NULL;
	int len;

	if (group->curve == NULL) {
		size_t params;
		BUF number = buf_make(512);
		const BIGNUM *const order[] = { group->p, group->g,
			                        group->order };

		/* dhpublicnumber [9303-11 9.5.2, RFC 3279 2.3.3] */
		sim_der_oid(der, "1.2.840.10046.2.1");
		params = sim_der_open(der, 0x30);
		for (size_t i = 0; i < ARRAY_LEN(order); i++) {
			buf_reset(&number);
			if (append_number(order[i],
			                  (size_t)BN_num_bytes(order[i]),
			                  &number) != CCCD_OK)
				der->err = CCCD_ERR_CRYPTO_FAILED;
			sim_der_integer(der, buf_span(&number));
		}
		sim_der_close(der, params);
		sim_der_close(der, mark);
		return;
	}
	sim_der_oid(der, "1.2.840.10045.2.1");
	if (!explicit_form) {
		sim_der_oid(der, curves[group->id - FIRST_CURVE].oid);
		sim_der_close(der, mark);
		return;
	}
	EC_GROUP_set_asn1_flag(group->curve, OPENSSL_EC_EXPLICIT_CURVE);
	len = i2d_ECPKParameters(group->curve, &at);
	if (len > 0)
		sim_der_raw(der, span_of(at, (size_t)len));
	else
		der->err = CCCD_ERR_CRYPTO_FAILED;
	OPENSSL_free(at);
	EC_GROUP_set_asn1_flag(group->curve, OPENSSL_EC_NAMED_CURVE);
	sim_der_close(der, mark);
}

enum cccd_err sim_group_public_key(const struct sim_group *group,
                                   const struct sim_element *element,
                                   bool explicit_form, struct sim_der *der)
{
	BUF value = buf_make(512);
	SIM_DER inner = sim_der_make();
	size_t mark = sim_der_open(der, 0x30);

	sim_group_algorithm(group, explicit_form, der);
	TRY(sim_group_encode(group, element, &value));
	if (group->curve != NULL) {
		sim_der_bits(der, buf_span(&value));
	} else {
		sim_der_integer(&inner, buf_span(&value));
		sim_der_bits(der, buf_span(&inner.out));
	}
	sim_der_close(der, mark);
	return der->err;
}
