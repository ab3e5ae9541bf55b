/* SPDX-License-Identifier: Apache-2.0 */
/* Block ciphers, MACs and padding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/crypto/cipher.h"
#include "base/hex.h"
#include "tests/support/vectors.h"

static const struct span none = { .len = 0 };

/* [9303-11 App. D.3] E_IFD and M_IFD */
static void cipher_and_mac_match_appendix_d(void **state)
{
	struct vectors *v = vectors_open("bac_3des");
	struct span s = vectors_bytes(v, "s");
	struct span want = vectors_bytes(v, "e_ifd");
	uint8_t out[32];
	uint8_t mac[MAC_LEN];

	(void)state;
	assert_int_equal(cipher_cbc_encrypt(CIPHER_3DES,
	                                    vectors_bytes(v, "k_enc"), NULL, s,
	                                    out),
	                 CCCD_OK);
	assert_memory_equal(out, want.at, sizeof(out));
	assert_int_equal(cipher_cbc_decrypt(CIPHER_3DES,
	                                    vectors_bytes(v, "k_enc"), NULL,
	                                    want, out),
	                 CCCD_OK);
	assert_memory_equal(out, s.at, sizeof(out));
	assert_int_equal(mac_compute(CIPHER_3DES, vectors_bytes(v, "k_mac"),
	                             want, none, mac),
	                 CCCD_OK);
	assert_memory_equal(mac, vectors_bytes(v, "m_ifd").at, MAC_LEN);
	vectors_close(v);
}

/* The message may come in two pieces, cut anywhere. */
static void mac_compute_does_not_see_the_cut(void **state)
{
	static const enum cipher_id ids[] = { CIPHER_3DES, CIPHER_AES128,
		                              CIPHER_AES192, CIPHER_AES256 };
	uint8_t key[CIPHER_KEY_MAX] = { 7 };
	uint8_t text[1100];
	uint8_t whole[MAC_LEN];
	uint8_t parts[MAC_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	for (size_t c = 0; c < ARRAY_LEN(ids); c++) {
		struct span k = span_of(key, cipher_key_len(ids[c]));

		for (size_t len = 0; len < 40; len++)
			for (size_t cut = 0; cut <= len; cut++) {
				assert_int_equal(mac_compute(ids[c], k,
				                             span_of(text, len),
				                             none, whole),
				                 CCCD_OK);
				assert_int_equal(mac_compute(ids[c], k,
				                             span_of(text, cut),
				                             span_of(text + cut,
				                                     len - cut),
				                             parts),
				                 CCCD_OK);
				assert_memory_equal(whole, parts, MAC_LEN);
			}
		assert_int_equal(
		        mac_compute(ids[c], k, SPAN(text), none, whole),
		        CCCD_OK);
		assert_int_equal(mac_compute(ids[c], k, span_of(text, 515),
		                             span_of(text + 515, 585), parts),
		                 CCCD_OK);
		assert_memory_equal(whole, parts, MAC_LEN);
	}
}

/* [SP 800-38B D.1 to D.3] examples 1 to 4, cut to 8 bytes */
static void mac_compute_matches_cmac_examples(void **state)
{
	static const struct {
		enum cipher_id id;
		const char *key;
		size_t len;
		const char *mac;
	} rows[] = {
		{ CIPHER_AES128, "2B7E151628AED2A6ABF7158809CF4F3C", 0,
		  "BB1D6929E9593728" },
		{ CIPHER_AES128, "2B7E151628AED2A6ABF7158809CF4F3C", 16,
		  "070A16B46B4D4144" },
		{ CIPHER_AES128, "2B7E151628AED2A6ABF7158809CF4F3C", 40,
		  "DFA66747DE9AE630" },
		{ CIPHER_AES128, "2B7E151628AED2A6ABF7158809CF4F3C", 64,
		  "51F0BEBF7E3B9D92" },
		{ CIPHER_AES192,
		  "8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B", 40,
		  "8A1DE5BE2EB31AAD" },
		{ CIPHER_AES256,
		  "603DEB1015CA71BE2B73AEF0857D7781"
		  "1F352C073B6108D72D9810A30914DFF4",
		  40, "AAF3D8F1DE5640C2" },
	};
	static const char message[] = "6BC1BEE22E409F96E93D7E117393172AAE2D8A57"
	                              "1E03AC9C9EB76FAC45AF8E51"
	                              "30C81C46A35CE411E5FBC1191A0A52EFF69F2445"
	                              "DF4F9B17AD2B417BE66C3710";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		BUF text = buf_make(64);
		BUF key = buf_make(32);
		BUF want = buf_make(8);
		uint8_t mac[MAC_LEN];

		assert_int_equal(hex_decode(message, &text), CCCD_OK);
		assert_int_equal(hex_decode(rows[i].key, &key), CCCD_OK);
		assert_int_equal(hex_decode(rows[i].mac, &want), CCCD_OK);
		assert_int_equal(mac_compute(rows[i].id, buf_span(&key),
		                             span_of(text.at, rows[i].len),
		                             none, mac),
		                 CCCD_OK);
		assert_memory_equal(mac, want.at, MAC_LEN);
	}
}

/* [FIPS 197 appendix C] */
static void cipher_ecb_encrypt_matches_fips_197(void **state)
{
	static const struct {
		enum cipher_id id;
		const char *out;
	} rows[] = {
		{ CIPHER_AES128, "69C4E0D86A7B0430D8CDB78070B4C55A" },
		{ CIPHER_AES192, "DDA97CA4864CDFE06EAF70A0EC0D7191" },
		{ CIPHER_AES256, "8EA2B7CA516745BFEAFC49904B496089" },
	};
	uint8_t key[32];
	uint8_t in[16];
	uint8_t out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 0x11);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		BUF want = buf_make(16);
		struct span k = span_of(key, cipher_key_len(rows[i].id));

		assert_int_equal(hex_decode(rows[i].out, &want), CCCD_OK);
		assert_int_equal(
		        cipher_ecb_encrypt(rows[i].id, k, SPAN(in), out),
		        CCCD_OK);
		assert_memory_equal(out, want.at, sizeof(out));
	}
}

static void cipher_cbc_works_in_place_and_over_many_blocks(void **state)
{
	static uint8_t data[65536];
	uint8_t key[16] = { 1 };
	uint8_t iv[16] = { 2 };

	(void)state;
	assert_int_equal(cipher_cbc_encrypt(CIPHER_AES128, SPAN(key), iv,
	                                    SPAN(data), data),
	                 CCCD_OK);
	assert_int_not_equal(data[0], 0);
	assert_int_equal(cipher_cbc_decrypt(CIPHER_AES128, SPAN(key), iv,
	                                    SPAN(data), data),
	                 CCCD_OK);
	for (size_t i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], 0);
}

static void cipher_refuses_wrong_lengths(void **state)
{
	uint8_t key[32] = { 0 };
	uint8_t data[32] = { 0 };

	(void)state;
	assert_int_equal(cipher_cbc_encrypt(CIPHER_AES128, span_of(key, 15),
	                                    NULL, SPAN(data), data),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cipher_cbc_encrypt(CIPHER_AES128, span_of(key, 16),
	                                    NULL, span_of(data, 17), data),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cipher_cbc_decrypt(CIPHER_AES128, span_of(key, 16),
	                                    NULL, none, data),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cipher_cbc_decrypt(CIPHER_NONE, span_of(key, 16), NULL,
	                                    SPAN(data), data),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mac_compute(CIPHER_NONE, none, SPAN(data), none, data),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(mac_compute(CIPHER_3DES, span_of(key, 24), SPAN(data),
	                             none, data),
	                 CCCD_ERR_USAGE_ARGUMENT);
}

static void pad_append_and_strip_are_inverse(void **state)
{
	(void)state;
	for (size_t block = 8; block <= 16; block += 8)
		for (size_t len = 0; len < 40; len++) {
			BUF buf = buf_make(64);
			size_t stripped = 99;

			for (size_t i = 0; i < len; i++)
				assert_int_equal(buf_append_byte(&buf, 0x80),
				                 CCCD_OK);
			assert_int_equal(pad_append(&buf, block), CCCD_OK);
			assert_true(buf.len > len && buf.len <= len + block);
			assert_int_equal(buf.len % block, 0);
			assert_int_equal(pad_strip(buf_span(&buf), &stripped),
			                 CCCD_OK);
			assert_int_equal(stripped, len);
		}
}

static void pad_strip_refuses_what_is_no_padding(void **state)
{
	static const uint8_t zeros[16];
	static const uint8_t text[] = { 0x80, 0x01, 0x00 };
	size_t len = 0;
	BUF buf = buf_make(8);

	(void)state;
	assert_int_equal(pad_strip(none, &len), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(pad_strip(SPAN(zeros), &len), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(pad_strip(SPAN(text), &len), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(pad_append(&buf, 0), CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(pad_append(&buf, 17), CCCD_ERR_USAGE_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cipher_and_mac_match_appendix_d),
		cmocka_unit_test(mac_compute_does_not_see_the_cut),
		cmocka_unit_test(mac_compute_matches_cmac_examples),
		cmocka_unit_test(cipher_ecb_encrypt_matches_fips_197),
		cmocka_unit_test(
		        cipher_cbc_works_in_place_and_over_many_blocks),
		cmocka_unit_test(cipher_refuses_wrong_lengths),
		cmocka_unit_test(pad_append_and_strip_are_inverse),
		cmocka_unit_test(pad_strip_refuses_what_is_no_padding),
	};

	return cmocka_run_group_tests_name("cipher", tests, NULL, NULL);
}
