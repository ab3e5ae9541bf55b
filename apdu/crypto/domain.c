/* SPDX-License-Identifier: Apache-2.0 */
/* Standardized and explicit domain parameters: Doc 9303-11 9.5. */
#include "apdu/crypto/domain.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "apdu/crypto/domain_private.h"

enum {
	ORDER_BITS_MIN = 160,
	/* Proving a longer one prime would let a card keep us busy. */
	ORDER_BITS_PROVEN = 521,
};

/* [9303-11 table 12] */
struct domain_row {
	int id;
	const char *name;
	int nid;
	const char *dh_group;
};

static const struct domain_row rows[] = {
	{ 0, "dh1024-160", NID_undef, "dh_1024_160" },
	{ 1, "dh2048-224", NID_undef, "dh_2048_224" },
	{ 2, "dh2048-256", NID_undef, "dh_2048_256" },
	{ 8, "P-192", NID_X9_62_prime192v1, NULL },
	{ 9, "brainpoolP192r1", NID_brainpoolP192r1, NULL },
	{ 10, "P-224", NID_secp224r1, NULL },
	{ 11, "brainpoolP224r1", NID_brainpoolP224r1, NULL },
	{ 12, "P-256", NID_X9_62_prime256v1, NULL },
	{ 13, "brainpoolP256r1", NID_brainpoolP256r1, NULL },
	{ 14, "brainpoolP320r1", NID_brainpoolP320r1, NULL },
	{ 15, "P-384", NID_secp384r1, NULL },
	{ 16, "brainpoolP384r1", NID_brainpoolP384r1, NULL },
	{ 17, "brainpoolP512r1", NID_brainpoolP512r1, NULL },
	{ 18, "P-521", NID_secp521r1, NULL },
};

static const struct {
	const char *alias;
	const char *name;
} aliases[] = {
	{ "secp192r1", "P-192" },  { "prime192v1", "P-192" },
	{ "secp224r1", "P-224" },  { "secp256r1", "P-256" },
	{ "prime256v1", "P-256" }, { "secp384r1", "P-384" },
	{ "secp521r1", "P-521" },
};

void bn_cleanup(BIGNUM **bn)
{
	BN_clear_free(*bn);
}

void bn_ctx_cleanup(BN_CTX **ctx)
{
	BN_CTX_free(*ctx);
}

void point_cleanup(EC_POINT **point)
{
	EC_POINT_clear_free(*point);
}

void domain_free(struct domain *domain)
{
	if (domain == NULL)
		return;
	BN_free(domain->p);
	BN_free(domain->q);
	BN_clear_free(domain->g);
	EC_POINT_clear_free(domain->base);
	EC_GROUP_free(domain->group);
	free(domain);
}

void domain_cleanup(struct domain **domain)
{
	domain_free(*domain);
}

#define DOMAIN CLEANUP(domain_cleanup) struct domain

static struct domain *domain_new(const struct domain_row *row)
{
	struct domain *domain = calloc(1, sizeof(*domain));

	if (domain == NULL)
		return NULL;
	domain->kind = row->dh_group != NULL ? DOMAIN_DH : DOMAIN_EC;
	domain->id = row->id;
	domain->name = row->name;
	return domain;
}

/* Give @domain to the caller, or free it when filling it failed. */
static enum cccd_err hand_over(struct domain *domain, enum cccd_err err,
                               struct domain **ret)
{
	if (err != CCCD_OK)
		domain_free(domain);
	else
		*ret = domain;
	return err;
}

static enum cccd_err fill_curve(struct domain *domain, int nid)
{
	const EC_POINT *base = NULL;

	if (domain == NULL)
		return CCCD_ERR_MEMORY;
	domain->group = EC_GROUP_new_by_curve_name(nid);
	if (domain->group == NULL)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	/* So every point on the curve is in the group: see key_check(). */
	if (!BN_is_one(EC_GROUP_get0_cofactor(domain->group)))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	base = EC_GROUP_get0_generator(domain->group);
	domain->base = EC_POINT_dup(base, domain->group);
	domain->p = BN_dup(EC_GROUP_get0_field(domain->group));
	domain->q = BN_dup(EC_GROUP_get0_order(domain->group));
	if (domain->base == NULL || domain->p == NULL || domain->q == NULL)
		return CCCD_ERR_MEMORY;
	return CCCD_OK;
}

static void pkey_cleanup(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void pkey_ctx_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static enum cccd_err named_group(const char *name, EVP_PKEY **ret)
{
	CLEANUP(pkey_ctx_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	char text[16];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		                                 text, 0),
		OSSL_PARAM_construct_end(),
	};

	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	memcpy(text, name, strlen(name) + 1);
	params[0].data_size = strlen(name);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, ret, EVP_PKEY_KEY_PARAMETERS, params) != 1)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	return CCCD_OK;
}

static bool get_number(const EVP_PKEY *pkey, const char *name, BIGNUM **ret)
{
	return EVP_PKEY_get_bn_param(pkey, name, ret) == 1;
}

/* [RFC 5114 2.1 to 2.3] */
static enum cccd_err fill_named_dh(struct domain *domain, const char *group)
{
	CLEANUP(pkey_cleanup) EVP_PKEY *pkey = NULL;

	if (domain == NULL)
		return CCCD_ERR_MEMORY;
	TRY(named_group(group, &pkey));
	if (!get_number(pkey, OSSL_PKEY_PARAM_FFC_P, &domain->p) ||
	    !get_number(pkey, OSSL_PKEY_PARAM_FFC_Q, &domain->q) ||
	    !get_number(pkey, OSSL_PKEY_PARAM_FFC_G, &domain->g))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	return CCCD_OK;
}

static enum cccd_err new_from_row(const struct domain_row *row,
                                  struct domain **ret)
{
	struct domain *domain = domain_new(row);

	if (row->dh_group != NULL)
		return hand_over(domain, fill_named_dh(domain, row->dh_group),
		                 ret);
	return hand_over(domain, fill_curve(domain, row->nid), ret);
}

enum cccd_err domain_from_id(unsigned int id, struct domain **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((unsigned int)rows[i].id == id)
			return new_from_row(&rows[i], ret);
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

enum cccd_err domain_from_name(const char *name, struct domain **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (strcmp(aliases[i].alias, name) == 0)
			name = aliases[i].name;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].nid != NID_undef && strcmp(rows[i].name, name) == 0)
			return new_from_row(&rows[i], ret);
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

static enum cccd_err number(struct span bytes, BIGNUM **ret)
{
	if (bytes.len > DOMAIN_FIELD_MAX + 1)
		return CCCD_ERR_CRYPTO_KEY;
	*ret = BN_bin2bn(bytes.at, (int)bytes.len, NULL);
	return *ret != NULL ? CCCD_OK : CCCD_ERR_MEMORY;
}

/* 1 < @value < p - 1. */
static bool inside(const BIGNUM *value, const BIGNUM *p)
{
	BN *top = BN_dup(p);

	if (top == NULL || BN_sub_word(top, 1) != 1)
		return false;
	return BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, top) < 0;
}

/* q is a prime that divides p - 1, and g^q = 1. */
static enum cccd_err check_order(const struct domain *domain, BN_CTX *ctx)
{
	int bits = BN_num_bits(domain->q);
	BN *rest = BN_new();
	BN *less = BN_dup(domain->p);

	if (rest == NULL || less == NULL)
		return CCCD_ERR_MEMORY;
	if (bits < ORDER_BITS_MIN || BN_cmp(domain->q, domain->p) >= 0)
		return CCCD_ERR_CRYPTO_KEY;
	if (bits <= ORDER_BITS_PROVEN &&
	    BN_check_prime(domain->q, ctx, NULL) != 1)
		return CCCD_ERR_CRYPTO_KEY;
	if (BN_sub_word(less, 1) != 1 ||
	    BN_mod(rest, less, domain->q, ctx) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (!BN_is_zero(rest))
		return CCCD_ERR_CRYPTO_KEY;
	if (BN_mod_exp(rest, domain->g, domain->q, domain->p, ctx) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return BN_is_one(rest) ? CCCD_OK : CCCD_ERR_CRYPTO_KEY;
}

static enum cccd_err check_dh(const struct domain *domain)
{
	int bits = BN_num_bits(domain->p);
	BNCTX *ctx = BN_CTX_new();

	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	if (bits < DOMAIN_DH_BITS_MIN || bits > DOMAIN_DH_BITS_MAX ||
	    !BN_is_odd(domain->p) || !inside(domain->g, domain->p))
		return CCCD_ERR_CRYPTO_KEY;
	return domain->q != NULL ? check_order(domain, ctx) : CCCD_OK;
}

/* The standardized set with this p, g and (where stated) q, if any. */
static bool replace_by_standard(struct domain **domain)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		DOMAIN *known = NULL;

		if (rows[i].dh_group == NULL ||
		    new_from_row(&rows[i], &known) != CCCD_OK)
			continue;
		if (BN_cmp(known->p, (*domain)->p) != 0 ||
		    BN_cmp(known->g, (*domain)->g) != 0)
			continue;
		if ((*domain)->q != NULL && BN_cmp(known->q, (*domain)->q) != 0)
			continue;
		domain_free(*domain);
		*domain = known;
		known = NULL;
		return true;
	}
	return false;
}

static enum cccd_err fill_dh(struct domain *domain,
                             const struct dh_parameters *parameters)
{
	if (domain == NULL)
		return CCCD_ERR_MEMORY;
	TRY(number(parameters->p, &domain->p));
	TRY(number(parameters->g, &domain->g));
	if (parameters->q.len > 0)
		TRY(number(parameters->q, &domain->q));
	return CCCD_OK;
}

enum cccd_err domain_from_dh(const struct dh_parameters *parameters,
                             struct domain **ret)
{
	static const struct domain_row row = { DOMAIN_ID_NONE, "dh-explicit",
		                               NID_undef, "" };
	struct domain *domain = domain_new(&row);
	enum cccd_err err = fill_dh(domain, parameters);

	if (err == CCCD_OK && !replace_by_standard(&domain))
		err = check_dh(domain);
	return hand_over(domain, err, ret);
}

static enum cccd_err fill_copy(const struct domain *domain, struct domain *copy)
{
	if (copy == NULL)
		return CCCD_ERR_MEMORY;
	copy->kind = domain->kind;
	copy->id = domain->id;
	copy->name = domain->name;
	copy->p = BN_dup(domain->p);
	if (copy->p == NULL)
		return CCCD_ERR_MEMORY;
	if (domain->q != NULL && (copy->q = BN_dup(domain->q)) == NULL)
		return CCCD_ERR_MEMORY;
	if (domain->group != NULL &&
	    (copy->group = EC_GROUP_dup(domain->group)) == NULL)
		return CCCD_ERR_MEMORY;
	return CCCD_OK;
}

enum cccd_err domain_copy(const struct domain *domain, struct domain **ret)
{
	struct domain *copy = calloc(1, sizeof(*copy));

	return hand_over(copy, fill_copy(domain, copy), ret);
}

enum domain_kind domain_kind(const struct domain *domain)
{
	return domain->kind;
}

int domain_id(const struct domain *domain)
{
	return domain->id;
}

const char *domain_name(const struct domain *domain)
{
	return domain->name;
}

size_t domain_field_len(const struct domain *domain)
{
	return (size_t)BN_num_bytes(domain->p);
}

size_t domain_order_len(const struct domain *domain)
{
	const BIGNUM *order = domain->q != NULL ? domain->q : domain->p;

	return (size_t)BN_num_bytes(order);
}

size_t domain_bits(const struct domain *domain)
{
	return (size_t)BN_num_bits(domain->p);
}

enum cccd_err domain_generator(const struct domain *domain,
                               uint8_t out[static DOMAIN_ELEMENT_MAX],
                               size_t *ret_len)
{
	SECRET encoded = { .len = 0 };

	if (domain->kind == DOMAIN_EC)
		TRY(point_encode(domain, domain->base, &encoded));
	else
		TRY(number_encode(domain, domain->g, &encoded));
	memcpy(out, encoded.bytes, encoded.len);
	*ret_len = encoded.len;
	return CCCD_OK;
}
