/* SPDX-License-Identifier: Apache-2.0 */
/* Domain parameters: the standardized table, and DH parameters of a card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <openssl/bn.h>

#include <cmocka.h>

#include "apdu/crypto/domain.h"
#include "tests/support/vectors.h"

#define DOMAIN CLEANUP(domain_cleanup) struct domain

/* [9303-11 table 12] */
static const struct {
	unsigned int id;
	const char *name;
	enum domain_kind kind;
	size_t bits;
	size_t order_len;
} table[] = {
	{ 0, "dh1024-160", DOMAIN_DH, 1024, 20 },
	{ 1, "dh2048-224", DOMAIN_DH, 2048, 28 },
	{ 2, "dh2048-256", DOMAIN_DH, 2048, 32 },
	{ 8, "P-192", DOMAIN_EC, 192, 24 },
	{ 9, "brainpoolP192r1", DOMAIN_EC, 192, 24 },
	{ 10, "P-224", DOMAIN_EC, 224, 28 },
	{ 11, "brainpoolP224r1", DOMAIN_EC, 224, 28 },
	{ 12, "P-256", DOMAIN_EC, 256, 32 },
	{ 13, "brainpoolP256r1", DOMAIN_EC, 256, 32 },
	{ 14, "brainpoolP320r1", DOMAIN_EC, 320, 40 },
	{ 15, "P-384", DOMAIN_EC, 384, 48 },
	{ 16, "brainpoolP384r1", DOMAIN_EC, 384, 48 },
	{ 17, "brainpoolP512r1", DOMAIN_EC, 512, 64 },
	{ 18, "P-521", DOMAIN_EC, 521, 66 },
};

static void domain_from_id_knows_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		DOMAIN *domain = NULL;

		assert_int_equal(domain_from_id(table[i].id, &domain), CCCD_OK);
		assert_int_equal(domain_id(domain), table[i].id);
		assert_string_equal(domain_name(domain), table[i].name);
		assert_int_equal(domain_kind(domain), table[i].kind);
		assert_int_equal(domain_bits(domain), table[i].bits);
		assert_int_equal(domain_field_len(domain),
		                 (table[i].bits + 7) / 8);
		assert_int_equal(domain_order_len(domain), table[i].order_len);
	}
}

static void domain_from_id_refuses_the_rest(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < 300; id++) {
		DOMAIN *domain = NULL;
		bool known = id <= 2 || (id >= 8 && id <= 18);

		assert_int_equal(domain_from_id(id, &domain),
		                 known ? CCCD_OK : CCCD_ERR_CRYPTO_UNSUPPORTED);
	}
}

static void domain_from_name_knows_every_spelling(void **state)
{
	static const struct {
		const char *name;
		int id;
	} rows[] = {
		{ "prime192v1", 8 },  { "secp224r1", 10 },
		{ "prime256v1", 12 }, { "secp256r1", 12 },
		{ "P-256", 12 },      { "brainpoolP256r1", 13 },
		{ "secp384r1", 15 },  { "secp521r1", 18 },
	};
	DOMAIN *other = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		DOMAIN *domain = NULL;

		assert_int_equal(domain_from_name(rows[i].name, &domain),
		                 CCCD_OK);
		assert_int_equal(domain_id(domain), rows[i].id);
	}
	assert_int_equal(domain_from_name("secp256k1", &other),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(domain_from_name("dh1024-160", &other),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(domain_from_name("", &other),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
}

static struct dh_parameters group_0(struct vectors *v)
{
	return (struct dh_parameters){ .p = vectors_bytes(v, "group_p"),
		                       .g = vectors_bytes(v, "group_g"),
		                       .q = vectors_bytes(v, "group_q") };
}

/* [RFC 5114 2.1] the printed group is the one of identifier 0 */
static void domain_from_dh_recognises_a_standard_group(void **state)
{
	struct vectors *v = vectors_open("pace_dh_gm");
	struct dh_parameters dh = group_0(v);
	DOMAIN *with_order = NULL;
	DOMAIN *without = NULL;
	uint8_t g[DOMAIN_ELEMENT_MAX];
	size_t len = 0;

	(void)state;
	assert_int_equal(domain_from_dh(&dh, &with_order), CCCD_OK);
	assert_int_equal(domain_id(with_order), 0);
	dh.q = span_of(NULL, 0);
	assert_int_equal(domain_from_dh(&dh, &without), CCCD_OK);
	assert_int_equal(domain_id(without), 0);
	assert_int_equal(domain_order_len(without), 20);
	assert_int_equal(domain_generator(without, g, &len), CCCD_OK);
	assert_true(span_equal(span_of(g, len), dh.g));
	vectors_close(v);
}

/* A safe prime of 1024 bits [RFC 2409 6.2], no order stated. */
static const char oakley_2[] =
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
        "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
        "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF";

static size_t number(const char *hex, uint8_t *out, size_t cap)
{
	BIGNUM *bn = NULL;
	size_t len = 0;

	assert_true(BN_hex2bn(&bn, hex) > 0);
	len = (size_t)BN_num_bytes(bn);
	assert_true(len <= cap);
	(void)BN_bn2bin(bn, out);
	BN_free(bn);
	return len;
}

static void domain_from_dh_takes_explicit_parameters(void **state)
{
	uint8_t p[128];
	const uint8_t g[] = { 2 };
	struct dh_parameters dh = { .g = SPAN(g) };
	DOMAIN *domain = NULL;

	(void)state;
	dh.p = span_of(p, number(oakley_2, p, sizeof(p)));
	assert_int_equal(domain_from_dh(&dh, &domain), CCCD_OK);
	assert_int_equal(domain_id(domain), DOMAIN_ID_NONE);
	assert_int_equal(domain_bits(domain), 1024);
	/* No order: the private key is drawn below p. */
	assert_int_equal(domain_order_len(domain), 128);
}

static enum cccd_err try_dh(struct span p, struct span g, struct span q)
{
	const struct dh_parameters dh = { .p = p, .g = g, .q = q };
	DOMAIN *domain = NULL;

	return domain_from_dh(&dh, &domain);
}

/* [pitfall 35] */
static void pitfall_35_domain_from_dh_refuses_unsound_groups(void **state)
{
	static uint8_t long_p[600];
	struct vectors *v = vectors_open("pace_dh_gm");
	struct dh_parameters dh = group_0(v);
	const uint8_t one[] = { 1 };
	const uint8_t two[] = { 2 };
	uint8_t p[128];
	uint8_t q[20];
	struct span none = { 0 };

	(void)state;
	memcpy(p, dh.p.at, sizeof(p));
	memcpy(q, dh.q.at, sizeof(q));
	/* Sizes. */
	assert_int_equal(try_dh(none, dh.g, none), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(span_first(dh.p, 127), SPAN(two), none),
	                 CCCD_ERR_CRYPTO_KEY);
	memset(long_p, 0xFF, sizeof(long_p));
	assert_int_equal(try_dh(span_of(long_p, 513), SPAN(two), none),
	                 CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(SPAN(long_p), SPAN(two), none),
	                 CCCD_ERR_CRYPTO_KEY);
	/* Generators. */
	assert_int_equal(try_dh(dh.p, none, none), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(dh.p, SPAN(one), none), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(dh.p, dh.p, none), CCCD_ERR_CRYPTO_KEY);
	p[127]--;
	assert_int_equal(try_dh(dh.p, SPAN(p), none), CCCD_ERR_CRYPTO_KEY);
	/* An even modulus. */
	assert_int_equal(try_dh(SPAN(p), SPAN(two), none), CCCD_ERR_CRYPTO_KEY);
	/* Orders: not prime, not a divisor, too short, beyond p, not g's. */
	q[19]++;
	assert_int_equal(try_dh(dh.p, dh.g, SPAN(q)), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(dh.p, dh.g, SPAN(two)), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(dh.p, dh.g, dh.p), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(try_dh(dh.p, SPAN(two), dh.q), CCCD_ERR_CRYPTO_KEY);
	vectors_close(v);
}

/* n times the order, as bytes. */
static struct span multiple(struct span q, const char *n, uint8_t *out,
                            size_t cap)
{
	BIGNUM *order = BN_bin2bn(q.at, (int)q.len, NULL);
	BIGNUM *factor = NULL;
	BN_CTX *ctx = BN_CTX_new();
	size_t len = 0;

	assert_true(BN_hex2bn(&factor, n) > 0);
	assert_int_equal(BN_mul(order, order, factor, ctx), 1);
	len = (size_t)BN_num_bytes(order);
	assert_true(len <= cap);
	(void)BN_bn2bin(order, out);
	BN_free(order);
	BN_free(factor);
	BN_CTX_free(ctx);
	return span_of(out, len);
}

/* g has "order" n * q in a sense: g^(n * q) = 1 all the same. */
static void domain_from_dh_wants_the_very_order(void **state)
{
	static const char *const factors[] = {
		"2",
		"10000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000007"
	};
	struct vectors *v = vectors_open("pace_dh_gm");
	struct dh_parameters dh = group_0(v);
	uint8_t bytes[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(factors); i++)
		assert_int_equal(try_dh(dh.p, dh.g,
		                        multiple(dh.q, factors[i], bytes,
		                                 sizeof(bytes))),
		                 CCCD_ERR_CRYPTO_KEY);
	vectors_close(v);
}

static void domain_free_accepts_null(void **state)
{
	(void)state;
	domain_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domain_from_id_knows_the_table),
		cmocka_unit_test(domain_from_id_refuses_the_rest),
		cmocka_unit_test(domain_from_name_knows_every_spelling),
		cmocka_unit_test(domain_from_dh_recognises_a_standard_group),
		cmocka_unit_test(domain_from_dh_takes_explicit_parameters),
		cmocka_unit_test(
		        pitfall_35_domain_from_dh_refuses_unsound_groups),
		cmocka_unit_test(domain_from_dh_wants_the_very_order),
		cmocka_unit_test(domain_free_accepts_null),
	};

	return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
