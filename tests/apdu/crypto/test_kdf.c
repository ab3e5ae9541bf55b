/* SPDX-License-Identifier: Apache-2.0 */
/* Key derivation against Doc 9303-11 and generated vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "apdu/crypto/kdf.h"
#include "tests/support/vectors.h"

static enum cipher_id cipher_of(const char *name)
{
	static const struct {
		const char *name;
		enum cipher_id id;
	} rows[] = { { "3des", CIPHER_3DES },
		     { "aes128", CIPHER_AES128 },
		     { "aes192", CIPHER_AES192 },
		     { "aes256", CIPHER_AES256 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].id;
	fail_msg("unknown cipher %s", name);
	return CIPHER_NONE;
}

/* [9303-11 9.7.1, 9.7.2, 9.7.3, 9.7.4] */
static void kdf_derive_matches_vectors(void **state)
{
	struct vectors *v = vectors_open("kdf");
	unsigned int count = 0;

	(void)state;
	for (unsigned int i = 1; i < 200; i++) {
		SECRET key = { .len = 0 };
		char name[32];
		struct span counter = { 0 };
		struct span want = { 0 };

		(void)snprintf(name, sizeof(name), "c%02u_key", i);
		if (!vectors_has(v, name))
			break;
		want = vectors_bytes(v, name);
		(void)snprintf(name, sizeof(name), "c%02u_counter", i);
		counter = vectors_bytes(v, name);
		(void)snprintf(name, sizeof(name), "c%02u_alg_text", i);
		const char *alg = vectors_text(v, name);
		(void)snprintf(name, sizeof(name), "c%02u_seed", i);
		assert_int_equal(kdf_derive(cipher_of(alg),
		                            vectors_bytes(v, name),
		                            (enum kdf_use)counter.at[3], &key),
		                 CCCD_OK);
		assert_int_equal(key.len, want.len);
		assert_memory_equal(key.bytes, want.at, want.len);
		count++;
	}
	assert_true(count >= 24);
	vectors_close(v);
}

static void kdf_derive_gives_3des_keys_odd_parity(void **state)
{
	SECRET key = { .len = 0 };
	uint8_t seed[1] = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		seed[0] = (uint8_t)i;
		assert_int_equal(kdf_derive(CIPHER_3DES, SPAN(seed),
		                            KDF_ENCRYPTION, &key),
		                 CCCD_OK);
		for (size_t b = 0; b < key.len; b++)
			assert_int_equal(__builtin_parity(key.bytes[b]), 1);
	}
}

static void kdf_session_gives_two_keys(void **state)
{
	struct vectors *v = vectors_open("pace_ecdh_gm");
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };

	(void)state;
	assert_int_equal(kdf_session(CIPHER_AES128,
	                             vectors_bytes(v, "shared_secret"), &k_enc,
	                             &k_mac),
	                 CCCD_OK);
	assert_true(
	        span_equal(secret_span(&k_enc), vectors_bytes(v, "ks_enc")));
	assert_true(
	        span_equal(secret_span(&k_mac), vectors_bytes(v, "ks_mac")));
	vectors_close(v);
}

static void kdf_derive_refuses_nothing(void **state)
{
	SECRET key = { .len = 0 };
	const uint8_t seed[1] = { 0 };

	(void)state;
	assert_int_equal(kdf_derive(CIPHER_NONE, SPAN(seed), KDF_MAC, &key),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(
	        kdf_derive(CIPHER_AES128, span_of(NULL, 0), KDF_MAC, &key),
	        CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(key.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kdf_derive_matches_vectors),
		cmocka_unit_test(kdf_derive_gives_3des_keys_odd_parity),
		cmocka_unit_test(kdf_session_gives_two_keys),
		cmocka_unit_test(kdf_derive_refuses_nothing),
	};

	return cmocka_run_group_tests_name("kdf", tests, NULL, NULL);
}
