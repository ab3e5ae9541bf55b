/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement: rare zeros, bad keys, bad randomness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>

#include <cmocka.h>
#undef fail

#include "apdu/crypto/key_agreement.h"
#include "tests/support/script_reader.h"
#include "tests/support/vectors.h"

#define DOMAIN CLEANUP(domain_cleanup) struct domain

static struct span value(struct vectors *v, const char *prefix,
                         const char *name)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "%s%s", prefix, name);
	return vectors_bytes(v, full);
}

static void generate(const struct domain *domain, struct span private_key,
                     struct key_pair *ret)
{
	static struct tape tape;
	struct random random = tape_random(&tape);

	memset(&tape, 0, sizeof(tape));
	tape_add(&tape, private_key);
	assert_int_equal(key_generate(domain, &random, ret), CCCD_OK);
	assert_int_equal(tape.used, tape.len);
}

static void check_agreement(struct vectors *v, const char *prefix)
{
	char name[64];
	DOMAIN *domain = NULL;
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	struct span peer = value(v, prefix, "peer_public");

	(void)snprintf(name, sizeof(name), "%sparameter_id_text", prefix);
	assert_int_equal(
	        domain_from_id(
	                (unsigned int)strtoul(vectors_text(v, name), NULL, 10),
	                &domain),
	        CCCD_OK);
	generate(domain, value(v, prefix, "private"), &pair);
	assert_true(span_equal(public_value_span(&pair.public_value),
	                       value(v, prefix, "public")));
	assert_int_equal(key_agree(domain, &pair, peer, &shared), CCCD_OK);
	assert_int_equal(shared.len, domain_field_len(domain));
	assert_true(
	        span_equal(secret_span(&shared), value(v, prefix, "shared_x")));
	assert_int_equal(key_agree_element(domain, &pair, peer, &shared),
	                 CCCD_OK);
	if (domain_kind(domain) == DOMAIN_EC)
		assert_memory_equal(shared.bytes + 1 + shared.len / 2,
		                    value(v, prefix, "shared_y").at,
		                    shared.len / 2);
	key_pair_wipe(&pair);
}

/* X, Y or the secret begins with 00 or 00 00, EC and DH. */
static void pitfall_03_key_agree_keeps_leading_zeros(void **state)
{
	struct vectors *v = vectors_open("key_agreement");
	char prefix[8];
	unsigned int count = 0;

	(void)state;
	for (unsigned int i = 1; i < 100; i++) {
		char name[32];

		(void)snprintf(prefix, sizeof(prefix), "c%02u_", i);
		(void)snprintf(name, sizeof(name), "%sprivate", prefix);
		if (!vectors_has(v, name))
			break;
		check_agreement(v, prefix);
		count++;
	}
	assert_int_equal(count, 20);
	vectors_close(v);
}

/* [9303-11 9.4.1] minimal and padded encoding differ: it is not used. */
static void key_generate_draws_again_for_a_short_dh_value(void **state)
{
	static struct tape tape;
	struct vectors *v = vectors_open("key_agreement");
	struct random random = tape_random(&tape);
	struct key_pair pair = { .public_value = { .len = 0 } };
	DOMAIN *domain = NULL;

	(void)state;
	assert_int_equal(vectors_bytes(v, "dh_short_public").at[0], 0);
	memset(&tape, 0, sizeof(tape));
	tape_add(&tape, vectors_bytes(v, "dh_short_private"));
	tape_add(&tape, vectors_bytes(v, "c19_private"));
	assert_int_equal(domain_from_id(0, &domain), CCCD_OK);
	assert_int_equal(key_generate(domain, &random, &pair), CCCD_OK);
	assert_true(span_equal(public_value_span(&pair.public_value),
	                       vectors_bytes(v, "c19_public")));
	vectors_close(v);
}

/* The chip may send it either way. */
static void key_check_takes_dh_values_short_and_padded(void **state)
{
	struct vectors *v = vectors_open("key_agreement");
	struct span padded = vectors_bytes(v, "dh_short_public");
	DOMAIN *domain = NULL;

	(void)state;
	assert_int_equal(domain_from_id(0, &domain), CCCD_OK);
	assert_int_equal(key_check(domain, padded), CCCD_OK);
	assert_int_equal(key_check(domain, span_after(padded, 1)), CCCD_OK);
	assert_true(key_equal(padded, span_after(padded, 1)));
	assert_false(key_equal(padded, span_first(padded, 127)));
	vectors_close(v);
}

/* [pitfall 4] the other side chose its key so that x becomes 0 */
static void pitfall_04_key_agree_refuses_a_zero_secret(void **state)
{
	static const struct {
		unsigned int id;
		const char *prefix;
	} rows[] = { { 12, "zero_p256_" }, { 15, "zero_p384_" } };
	struct vectors *v = vectors_open("key_agreement");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct key_pair pair = { .public_value = { .len = 0 } };
		SECRET shared = { .len = 0 };
		struct span peer = value(v, rows[i].prefix, "peer");
		DOMAIN *domain = NULL;

		assert_int_equal(domain_from_id(rows[i].id, &domain), CCCD_OK);
		generate(domain, value(v, rows[i].prefix, "private"), &pair);
		assert_int_equal(key_check(domain, peer), CCCD_OK);
		assert_int_equal(key_agree(domain, &pair, peer, &shared),
		                 CCCD_ERR_CRYPTO_FAILED);
		assert_int_equal(shared.len, 0);
	}
	vectors_close(v);
}

/* Without an order p - 1 cannot be told by q, but by its value. */
static void key_agree_refuses_dh_values_of_small_order(void **state)
{
	struct vectors *v = vectors_open("pace_dh_gm");
	uint8_t p[128];
	const uint8_t g[] = { 7 };
	const uint8_t one[] = { 1 };
	struct dh_parameters dh = { .g = SPAN(g) };
	DOMAIN *domain = NULL;

	(void)state;
	memcpy(p, vectors_bytes(v, "group_p").at, sizeof(p));
	dh.p = SPAN(p);
	assert_int_equal(domain_from_dh(&dh, &domain), CCCD_OK);
	assert_int_equal(domain_id(domain), DOMAIN_ID_NONE);
	assert_int_equal(key_check(domain, SPAN(one)), CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(key_check(domain, SPAN(p)), CCCD_ERR_CRYPTO_KEY);
	p[127]--;
	assert_int_equal(key_check(domain, SPAN(p)), CCCD_ERR_CRYPTO_KEY);
	p[127]--;
	assert_int_equal(key_check(domain, SPAN(p)), CCCD_OK);
	vectors_close(v);
}

/* An element of a small order r: x^((p - 1) / r); the r is returned. */
static BN_ULONG small_order(struct span p_bytes, uint8_t *out)
{
	BIGNUM *p = BN_bin2bn(p_bytes.at, (int)p_bytes.len, NULL);
	BIGNUM *less = BN_dup(p);
	BIGNUM *h = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	BN_ULONG r = 3;

	assert_int_equal(BN_sub_word(less, 1), 1);
	while (BN_mod_word(less, r) != 0)
		r += 2;
	assert_true(r < 256);
	assert_int_equal(BN_div_word(less, r), 0);
	do
		assert_int_equal(BN_add_word(h, 1), 1);
	while (BN_mod_exp(h, h, less, p, ctx) != 1 || BN_is_one(h));
	assert_int_equal(BN_bn2binpad(h, out, 128), 128);
	BN_free(p);
	BN_free(less);
	BN_free(h);
	BN_CTX_free(ctx);
	return r;
}

/* No order is stated, so only the outcome can tell: the secret is 1. */
static void pitfall_04_key_agree_refuses_a_trivial_dh_secret(void **state)
{
	struct vectors *v = vectors_open("pace_dh_gm");
	const uint8_t g[] = { 7 };
	struct dh_parameters dh = { .p = vectors_bytes(v, "group_p"),
		                    .g = SPAN(g) };
	uint8_t peer[128];
	uint8_t private_key[128] = { 0 };
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	DOMAIN *domain = NULL;
	BIGNUM *number = BN_new();

	(void)state;
	assert_int_equal(domain_from_dh(&dh, &domain), CCCD_OK);
	/* A multiple of r that gives a public value without leading zeros. */
	assert_int_equal(BN_set_word(number, small_order(dh.p, peer)), 1);
	assert_int_equal(BN_mul_word(number, 1UL << 40), 1);
	assert_int_equal(BN_bn2binpad(number, private_key, 128), 128);
	generate(domain, SPAN(private_key), &pair);
	assert_int_equal(key_check(domain, SPAN(peer)), CCCD_OK);
	assert_int_equal(key_agree(domain, &pair, SPAN(peer), &shared),
	                 CCCD_ERR_CRYPTO_FAILED);
	BN_free(number);
	vectors_close(v);
}

/* ---- Randomness ------------------------------------------------------ */

struct constant {
	uint8_t byte;
	unsigned int calls;
	size_t len;
};

static enum cccd_err constant_fill(void *context, uint8_t *at, size_t len)
{
	struct constant *constant = context;

	constant->calls++;
	constant->len = len;
	memset(at, constant->byte, len);
	return CCCD_OK;
}

static void never_in_range(unsigned int id, uint8_t byte, size_t len)
{
	struct constant constant = { .byte = byte };
	struct random random = { .fill = constant_fill, .context = &constant };
	struct key_pair pair = { .public_value = { .len = 0 } };
	DOMAIN *domain = NULL;

	assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
	assert_int_equal(key_generate(domain, &random, &pair),
	                 CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(constant.calls, 128);
	assert_int_equal(constant.len, len);
	assert_int_equal(pair.public_value.len, 0);
}

static void pitfall_33_key_generate_gives_up_on_a_stuck_source(void **state)
{
	(void)state;
	never_in_range(12, 0x00, 32); /* zero is no private key */
	never_in_range(12, 0xFF, 32); /* nor is what reaches the order */
	never_in_range(13, 0xFF, 32);
	never_in_range(18, 0x00, 66);
	never_in_range(0, 0xFF, 20);
	never_in_range(1, 0x00, 28);
}

static enum cccd_err
failing_fill(void *context,
             uint8_t *at, /* NOLINT(readability-non-const-parameter) */
             size_t len)
{
	(void)context;
	(void)at;
	(void)len;
	return CCCD_ERR_CRYPTO_RANDOM;
}

static void pitfall_33_key_generate_stops_with_its_source(void **state)
{
	const struct random random = { .fill = failing_fill };
	struct key_pair pair = { .public_value = { .len = 0 } };
	DOMAIN *domain = NULL;

	(void)state;
	assert_int_equal(domain_from_id(12, &domain), CCCD_OK);
	assert_int_equal(key_generate(domain, &random, &pair),
	                 CCCD_ERR_CRYPTO_RANDOM);
}

/* 521 bits in 66 bytes: the seven bits beyond are cleared, not refused. */
static void key_generate_masks_the_bits_beyond_the_order(void **state)
{
	static uint8_t bytes[66];
	struct key_pair pair = { .public_value = { .len = 0 } };
	DOMAIN *domain = NULL;

	(void)state;
	memset(bytes, 0x11, sizeof(bytes));
	bytes[0] = 0xFE;
	assert_int_equal(domain_from_id(18, &domain), CCCD_OK);
	generate(domain, SPAN(bytes), &pair);
	assert_int_equal(pair.private_key.bytes[0], 0x00);
	assert_int_equal(pair.private_key.bytes[1], 0x11);
	assert_int_equal(pair.public_value.len, 133);
	key_pair_wipe(&pair);
}

static void two_sides_agree(void **state)
{
	(void)state;
	for (unsigned int id = 0; id <= 18; id++) {
		struct key_pair a = { .public_value = { .len = 0 } };
		struct key_pair b = { .public_value = { .len = 0 } };
		SECRET left = { .len = 0 };
		SECRET right = { .len = 0 };
		DOMAIN *domain = NULL;

		if (id > 2 && id < 8)
			continue;
		assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
		assert_int_equal(key_generate(domain, &random_system, &a),
		                 CCCD_OK);
		assert_int_equal(key_generate(domain, &random_system, &b),
		                 CCCD_OK);
		assert_int_equal(key_agree(domain, &a,
		                           public_value_span(&b.public_value),
		                           &left),
		                 CCCD_OK);
		assert_int_equal(key_agree(domain, &b,
		                           public_value_span(&a.public_value),
		                           &right),
		                 CCCD_OK);
		assert_true(
		        secret_equal(secret_span(&left), secret_span(&right)));
		assert_int_equal(key_agree(domain, &a,
		                           public_value_span(&a.public_value),
		                           &left),
		                 CCCD_ERR_CRYPTO_REFLECTED);
	}
}

/* [9303-11 App. I] */
static void key_multiply_checks_its_scalar(void **state)
{
	struct vectors *v = vectors_open("pace_ecdh_cam");
	struct span ca = vectors_bytes(v, "chip_auth_data_ca_ic");
	struct span pk = vectors_bytes(v, "ic_static_public");
	static const uint8_t zero[32];
	uint8_t beyond[32];
	struct public_value product = { .len = 0 };
	DOMAIN *domain = NULL;

	(void)state;
	assert_int_equal(domain_from_id(13, &domain), CCCD_OK);
	assert_int_equal(key_multiply(domain, ca, pk, &product), CCCD_OK);
	assert_true(span_equal(public_value_span(&product),
	                       vectors_bytes(v, "map_ic_public")));
	memset(beyond, 0xFF, sizeof(beyond));
	assert_int_equal(key_multiply(domain, SPAN(zero), pk, &product),
	                 CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(key_multiply(domain, SPAN(beyond), pk, &product),
	                 CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(key_multiply(domain, span_of(NULL, 0), pk, &product),
	                 CCCD_ERR_CRYPTO_KEY);
	assert_int_equal(key_multiply(domain, ca, span_first(pk, 64), &product),
	                 CCCD_ERR_CRYPTO_KEY);
	vectors_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_03_key_agree_keeps_leading_zeros),
		cmocka_unit_test(key_generate_draws_again_for_a_short_dh_value),
		cmocka_unit_test(key_check_takes_dh_values_short_and_padded),
		cmocka_unit_test(pitfall_04_key_agree_refuses_a_zero_secret),
		cmocka_unit_test(key_agree_refuses_dh_values_of_small_order),
		cmocka_unit_test(
		        pitfall_04_key_agree_refuses_a_trivial_dh_secret),
		cmocka_unit_test(
		        pitfall_33_key_generate_gives_up_on_a_stuck_source),
		cmocka_unit_test(pitfall_33_key_generate_stops_with_its_source),
		cmocka_unit_test(key_generate_masks_the_bits_beyond_the_order),
		cmocka_unit_test(two_sides_agree),
		cmocka_unit_test(key_multiply_checks_its_scalar),
	};

	return cmocka_run_group_tests_name("key_agreement", tests, NULL, NULL);
}
