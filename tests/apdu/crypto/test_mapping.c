/* SPDX-License-Identifier: Apache-2.0 */
/* Generic and integrated mapping against appendices G, H and I. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <openssl/bn.h>

#include <cmocka.h>

#include "apdu/crypto/mapping.h"
#include "tests/support/vectors.h"

#define DOMAIN CLEANUP(domain_cleanup) struct domain

static void assert_generator(const struct domain *domain, struct span want)
{
	uint8_t bytes[DOMAIN_ELEMENT_MAX];
	size_t len = 0;

	assert_int_equal(domain_generator(domain, bytes, &len), CCCD_OK);
	assert_true(span_equal(span_of(bytes, len), want));
}

static void generic(const char *file, unsigned int id, const char *element)
{
	struct vectors *v = vectors_open(file);
	DOMAIN *domain = NULL;
	DOMAIN *mapped = NULL;

	assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
	assert_int_equal(mapping_generic(domain, vectors_bytes(v, "nonce_s"),
	                                 vectors_bytes(v, element), &mapped),
	                 CCCD_OK);
	assert_generator(mapped, vectors_bytes(v, "mapped_generator"));
	assert_int_equal(domain_id(mapped), id);
	vectors_close(v);
}

/* [9303-11 4.4.3.3.1, App. G, I] */
static void mapping_generic_matches_vectors(void **state)
{
	(void)state;
	generic("pace_ecdh_gm", 13, "map_shared_point_h");
	generic("pace_ecdh_cam", 13, "map_shared_point_h");
	generic("pace_dh_gm", 0, "map_shared_secret_h");
}

static void integrated(const char *file, unsigned int id)
{
	struct vectors *v = vectors_open(file);
	SECRET random = { .len = 0 };
	DOMAIN *domain = NULL;
	DOMAIN *mapped = NULL;

	assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
	assert_int_equal(mapping_pseudo_random(CIPHER_AES128,
	                                       vectors_bytes(v, "nonce_s"),
	                                       vectors_bytes(v, "nonce_t"),
	                                       domain_bits(domain), &random),
	                 CCCD_OK);
	assert_true(
	        span_equal(secret_span(&random), vectors_bytes(v, "prf_r")));
	assert_int_equal(mapping_integrated(domain, CIPHER_AES128,
	                                    vectors_bytes(v, "nonce_s"),
	                                    vectors_bytes(v, "nonce_t"),
	                                    &mapped),
	                 CCCD_OK);
	assert_generator(mapped, vectors_bytes(v, "mapped_generator"));
	vectors_close(v);
}

/* [9303-11 4.4.3.3.2, App. B, H] */
static void mapping_integrated_matches_vectors(void **state)
{
	(void)state;
	integrated("pace_ecdh_im", 13);
	integrated("pace_dh_im", 0);
}

/* n is the smallest with n * l >= bits of p + 64. */
static void mapping_pseudo_random_has_the_right_length(void **state)
{
	static const struct {
		enum cipher_id cipher;
		size_t bits;
		size_t len;
	} rows[] = {
		{ CIPHER_3DES, 192, 32 },     { CIPHER_AES128, 256, 48 },
		{ CIPHER_AES128, 320, 48 },   { CIPHER_AES128, 521, 80 },
		{ CIPHER_AES192, 192, 32 },   { CIPHER_AES192, 256, 64 },
		{ CIPHER_AES256, 384, 64 },   { CIPHER_AES256, 512, 96 },
		{ CIPHER_AES128, 1024, 144 }, { CIPHER_AES256, 2048, 288 },
	};
	static const uint8_t nonce[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SECRET random = { .len = 0 };
		enum cipher_id c = rows[i].cipher;

		assert_int_equal(mapping_pseudo_random(
		                         c,
		                         span_of(nonce, mapping_nonce_len(c)),
		                         span_of(nonce, cipher_key_len(c)),
		                         rows[i].bits, &random),
		                 CCCD_OK);
		assert_int_equal(random.len, rows[i].len);
	}
}

static void mapping_integrated_refuses_wrong_nonces(void **state)
{
	static const uint8_t nonce[64];
	DOMAIN *domain = NULL;
	DOMAIN *mapped = NULL;

	(void)state;
	assert_int_equal(domain_from_id(13, &domain), CCCD_OK);
	assert_int_equal(mapping_integrated(domain, CIPHER_AES128,
	                                    span_of(nonce, 32),
	                                    span_of(nonce, 16), &mapped),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mapping_integrated(domain, CIPHER_AES256,
	                                    span_of(nonce, 16),
	                                    span_of(nonce, 32), &mapped),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mapping_integrated(domain, CIPHER_NONE,
	                                    span_of(nonce, 16),
	                                    span_of(nonce, 16), &mapped),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mapping_generic(domain, span_of(nonce, 0),
	                                 span_of(nonce, 64), &mapped),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mapping_generic(domain, span_of(nonce, 16),
	                                 span_of(nonce, 64), &mapped),
	                 CCCD_ERR_CRYPTO_KEY);
	assert_null(mapped);
}

/* [9303-11 B.1] */
static void mapping_integrated_refuses_p224(void **state)
{
	static const uint8_t nonce[16] = { 1 };
	DOMAIN *domain = NULL;
	DOMAIN *mapped = NULL;

	(void)state;
	assert_int_equal(domain_from_id(10, &domain), CCCD_OK);
	assert_int_equal(mapping_integrated(domain, CIPHER_AES128, SPAN(nonce),
	                                    SPAN(nonce), &mapped),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
}

/* s x G + H with H = -s x G: no generator. */
static void mapping_generic_refuses_the_neutral_element(void **state)
{
	static const uint8_t one[] = { 1 };
	struct vectors *v = vectors_open("pace_dh_gm");
	struct span p_bytes = vectors_bytes(v, "group_p");
	uint8_t element[DOMAIN_ELEMENT_MAX];
	size_t len = 0;
	DOMAIN *curve = NULL;
	DOMAIN *group = NULL;
	DOMAIN *mapped = NULL;
	BIGNUM *p = BN_bin2bn(p_bytes.at, (int)p_bytes.len, NULL);
	BIGNUM *h = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	(void)state;
	/* DH: h is the inverse of g. */
	assert_int_equal(domain_from_id(0, &group), CCCD_OK);
	assert_int_equal(domain_generator(group, element, &len), CCCD_OK);
	(void)BN_bin2bn(element, (int)len, h);
	assert_non_null(BN_mod_inverse(h, h, p, ctx));
	assert_int_equal(BN_bn2binpad(h, element, 128), 128);
	assert_int_equal(mapping_generic(group, SPAN(one),
	                                 span_of(element, 128), &mapped),
	                 CCCD_ERR_CRYPTO_FAILED);
	/* EC: H is the mirror image of G. */
	assert_int_equal(domain_from_id(12, &curve), CCCD_OK);
	assert_int_equal(domain_generator(curve, element, &len), CCCD_OK);
	assert_true(BN_hex2bn(&p, "FFFFFFFF00000001000000000000000000000000"
	                          "FFFFFFFFFFFFFFFFFFFFFFFF") > 0);
	(void)BN_bin2bn(element + 33, 32, h);
	assert_int_equal(BN_sub(h, p, h), 1);
	assert_int_equal(BN_bn2binpad(h, element + 33, 32), 32);
	assert_int_equal(mapping_generic(curve, SPAN(one),
	                                 span_of(element, len), &mapped),
	                 CCCD_ERR_CRYPTO_FAILED);
	assert_null(mapped);
	BN_free(p);
	BN_free(h);
	BN_CTX_free(ctx);
	vectors_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mapping_generic_matches_vectors),
		cmocka_unit_test(mapping_integrated_matches_vectors),
		cmocka_unit_test(mapping_pseudo_random_has_the_right_length),
		cmocka_unit_test(mapping_integrated_refuses_wrong_nonces),
		cmocka_unit_test(mapping_integrated_refuses_p224),
		cmocka_unit_test(mapping_generic_refuses_the_neutral_element),
	};

	return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
