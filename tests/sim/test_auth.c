/* SPDX-License-Identifier: Apache-2.0 */
/* Chip and active authentication of the simulated chip, judged by OpenSSL's
 * own key types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/sim/terminal.h"

static const uint8_t challenge[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static EVP_PKEY *dg15_key(const struct terminal *t)
{
	struct span dg15 = sim_card_file(t->card, "dg15");
	struct span value;
	const uint8_t *at;
	uint32_t tag;
	EVP_PKEY *key;

	assert_true(sim_der_next(&dg15, &tag, &value));
	assert_int_equal(tag, 0x6F);
	at = value.at;
	key = d2i_PUBKEY(NULL, &at, (long)value.len);
	assert_non_null(key);
	return key;
}

static uint16_t internal_authenticate(struct terminal *t, int le)
{
	return terminal_secure(t, "0C880000", SPAN(challenge), le);
}

/* Public operation without padding: the message representative. */
static size_t recover(EVP_PKEY *key, struct span signature, uint8_t *at,
                      size_t cap)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = cap;

	assert_true(EVP_PKEY_encrypt_init(ctx) > 0);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0);
	assert_true(EVP_PKEY_encrypt(ctx, at, &len, signature.at,
	                             signature.len) > 0);
	EVP_PKEY_CTX_free(ctx);
	return len;
}

/* 6A || M1 || hash || trailer. [9303-11 6.1.2.2] */
static void check_rsa(const char *profile, enum digest_id id, size_t trailer,
                      uint16_t tail, int le)
{
	struct terminal t;
	EVP_PKEY *key;
	uint8_t f[512];
	struct digest digest;
	size_t len;
	size_t body;

	terminal_open(&t, profile);
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, le), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	key = dg15_key(&t);
	assert_int_equal(t.data.len, EVP_PKEY_get_size(key));
	len = recover(key, buf_span(&t.data), f, sizeof(f));
	assert_int_equal(f[0], 0x6A);
	if (trailer == 2)
		assert_int_equal(f[len - 2], tail >> 8);
	assert_int_equal(f[len - 1], tail & 0xFF);
	body = len - 1 - trailer - digest_len(id);
	assert_int_equal(digest_compute_pair(id, span_of(f + 1, body),
	                                     SPAN(challenge), &digest),
	                 CCCD_OK);
	assert_memory_equal(f + 1 + body, digest.bytes, digest.len);
	EVP_PKEY_free(key);
	terminal_close(&t);
}

static void rsa_answers_recover_as_iso_9796_2(void **state)
{
	(void)state;
	check_rsa("passport-td3", DIGEST_SHA1, 1, 0xBC, 0);
	check_rsa("aa-rsa-2048", DIGEST_SHA256, 2, 0x34CC, 256 + 1);
	check_rsa("{\"extends\":\"aa-rsa-2048\",\"active_auth\":{\"bits\":1280,"
	          "\"hash\":\"sha224\"}}",
	          DIGEST_SHA224, 2, 0x38CC, 0);
	check_rsa("{\"extends\":\"passport-td3\",\"active_auth\":{"
	          "\"trailer\":\"cc\"}}",
	          DIGEST_SHA1, 2, 0x33CC, 0);
	check_rsa("{\"extends\":\"aa-rsa-3072\",\"behaviour\":{"
	          "\"more_61\":false}}",
	          DIGEST_SHA512, 2, 0x35CC, 1000);
}

/* Too long for a short answer: refused, or handed out in pieces. */
static void long_answers_are_refused_or_chained(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "aa-rsa-2048");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0), SW_LENGTH);
	terminal_close(&t);
	terminal_open(&t, "aa-rsa-3072");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0) & 0xFF00, 0x6100);
	assert_int_equal(t.wire.len, 256);
	assert_int_equal(terminal_send(&t, "00C0000000"), SW_OK);
	assert_int_equal(t.wire.len, 384 + 8 + 5 + 4 + 10 - 256);
	/* The session lives on. */
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	terminal_close(&t);
}

static int verify_ecdsa(EVP_PKEY *key, const EVP_MD *md, struct span der)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ret;

	assert_true(EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) > 0);
	ret = EVP_DigestVerify(ctx, der.at, der.len, challenge,
	                       sizeof(challenge));
	EVP_MD_CTX_free(ctx);
	return ret;
}

static int verify_plain(EVP_PKEY *key, const EVP_MD *md, struct span plain)
{
	size_t half = plain.len / 2;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int len;
	int ret;

	assert_true(
	        ECDSA_SIG_set0(sig, BN_bin2bn(plain.at, (int)half, NULL),
	                       BN_bin2bn(plain.at + half, (int)half, NULL)));
	len = i2d_ECDSA_SIG(sig, &der);
	assert_true(len > 0);
	ret = verify_ecdsa(key, md, span_of(der, (size_t)len));
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return ret;
}

/* [9303-11 6.1.2.3] */
static void ecdsa_answers_verify(void **state)
{
	struct terminal t;
	EVP_PKEY *key;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0), SW_OK);
	key = dg15_key(&t);
	assert_int_equal(t.data.len, 64);
	assert_int_equal(verify_plain(key, EVP_sha256(), buf_span(&t.data)), 1);
	EVP_PKEY_free(key);
	terminal_close(&t);
	terminal_open(&t, "aa-ecdsa-der");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0), SW_OK);
	key = dg15_key(&t);
	assert_int_equal(verify_ecdsa(key, EVP_sha256(), buf_span(&t.data)), 1);
	EVP_PKEY_free(key);
	terminal_close(&t);
	terminal_open(&t, "bad-clone-aa");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0), SW_OK);
	key = dg15_key(&t);
	assert_int_equal(verify_plain(key, EVP_sha256(), buf_span(&t.data)), 0);
	EVP_PKEY_free(key);
	terminal_close(&t);
}

static void active_auth_needs_a_session(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_send(&t, "0088000008010203040506070800"),
	                 0x6982);
	terminal_close(&t);
	terminal_open(&t, "bad-aa-refused");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(internal_authenticate(&t, 0), 0x6A88);
	terminal_close(&t);
}

/* struct pair - an ephemeral key of the terminal. */
struct pair {
	struct buf public_key;
	struct buf secret;
};

static void make_pair(const struct terminal *t, size_t index, struct pair *pair)
{
	const struct chip_ca_key *key = &t->card->ca[index];
	SIM_ELEMENT base = { .point = NULL };
	SIM_ELEMENT own = { .point = NULL };
	SIM_ELEMENT shared = { .point = NULL };
	SIM_NUMBER *number = BN_new();

	*pair = (struct pair){ .public_key = buf_make(1024),
		               .secret = buf_make(1024) };
	assert_true(BN_set_word(number, 123456789));
	assert_int_equal(sim_group_generator(&key->group, &base), CCCD_OK);
	assert_int_equal(sim_group_power(&key->group, &base, number, &own),
	                 CCCD_OK);
	assert_int_equal(
	        sim_group_power(&key->group, &key->public_key, number, &shared),
	        CCCD_OK);
	assert_int_equal(sim_group_encode(&key->group, &own, &pair->public_key),
	                 CCCD_OK);
	assert_int_equal(sim_group_secret(&key->group, &shared, &pair->secret),
	                 CCCD_OK);
}

static void free_pair(struct pair *pair)
{
	buf_release(&pair->public_key);
	buf_release(&pair->secret);
}

static void take_keys(struct terminal *t, enum sim_cipher cipher,
                      const struct pair *pair)
{
	t->session = (struct chip_session){ .open = true };
	assert_int_equal(chip_session_keys(cipher, buf_span(&pair->secret),
	                                   &t->session.keys),
	                 CCCD_OK);
}

static uint16_t set_at(struct terminal *t, const char *protocol, int id)
{
	SIM_DER body = sim_der_make();
	uint8_t number = (uint8_t)id;
	struct sim_oid oid;

	assert_int_equal(sim_oid_encode(chip_ca_oid(protocol), &oid), CCCD_OK);
	sim_der_put(&body, 0x80, span_of(oid.bytes, oid.len));
	if (id >= 0)
		sim_der_put(&body, 0x84, span_of(&number, 1));
	return terminal_secure(t, "0C2241A4", buf_span(&body.out), -1);
}

static void dynamic_data(const struct pair *pair, struct sim_der *body)
{
	size_t mark = sim_der_open(body, 0x7C);

	sim_der_put(body, 0x80, buf_span(&pair->public_key));
	sim_der_close(body, mark);
}

/* [9303-11 6.2.4.2, 9.8.2] */
static void chip_auth_restarts_secure_messaging(void **state)
{
	struct terminal t;
	struct pair pair;
	SIM_DER body = sim_der_make();

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	make_pair(&t, 0, &pair);
	dynamic_data(&pair, &body);
	assert_int_equal(set_at(&t, "ecdh-aes-128", -1), SW_OK);
	assert_int_equal(
	        terminal_secure(&t, "0C860000", buf_span(&body.out), 0), SW_OK);
	/* Still under the old keys. */
	assert_int_equal(t.seal, SEAL_GOOD);
	assert_int_equal(t.data.len, 2);
	take_keys(&t, SIM_AES128, &pair);
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	free_pair(&pair);
	terminal_close(&t);
}

/* [9303-11 9.3.2; ISO/IEC 7816-4 5.3.3] For readers of short APDUs. */
static void chip_auth_accepts_chained_commands(void **state)
{
	struct terminal t;
	struct pair pair;
	SIM_DER body = sim_der_make();
	struct span rest;

	(void)state;
	terminal_open(&t, "pace-dh-2048");
	assert_int_equal(terminal_bac(&t), SW_OK);
	make_pair(&t, 0, &pair);
	dynamic_data(&pair, &body);
	rest = buf_span(&body.out);
	assert_int_equal(set_at(&t, "dh-aes-256", -1), SW_OK);
	while (rest.len > 100) {
		assert_int_equal(terminal_secure(&t, "1C860000",
		                                 span_first(rest, 100), -1),
		                 SW_OK);
		assert_int_equal(t.seal, SEAL_GOOD);
		rest = span_after(rest, 100);
	}
	assert_int_equal(terminal_secure(&t, "0C860000", rest, 0), SW_OK);
	take_keys(&t, SIM_AES256, &pair);
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	free_pair(&pair);
	terminal_close(&t);
}

/* [9303-11 6.2.4.1] */
static void chip_auth_by_kat_restarts_secure_messaging(void **state)
{
	struct terminal t;
	struct pair pair;
	SIM_DER body = sim_der_make();

	(void)state;
	terminal_open(&t, "rig-09-kat");
	assert_int_equal(terminal_bac(&t), SW_OK);
	make_pair(&t, 0, &pair);
	sim_der_put(&body, 0x91, buf_span(&pair.public_key));
	assert_int_equal(set_at(&t, "ecdh-3des", -1), 0x6D00);
	assert_int_equal(
	        terminal_secure(&t, "0C2241A6", buf_span(&body.out), -1),
	        SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	take_keys(&t, SIM_3DES, &pair);
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	free_pair(&pair);
	terminal_close(&t);
}

static void key_id_is_needed_among_several_keys(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "ca-several-keys");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(set_at(&t, "ecdh-aes-256", 1), 0x6A88);
	assert_int_equal(set_at(&t, "ecdh-aes-256", 2), SW_OK);
	assert_int_equal(set_at(&t, "ecdh-aes-128", 1), SW_OK);
	terminal_close(&t);
}

/* [emrtd 4, items 6 and 8] */
static void clone_says_9000_and_cannot_go_on(void **state)
{
	struct terminal t;
	struct pair pair;
	SIM_DER body = sim_der_make();

	(void)state;
	terminal_open(&t, "bad-clone-ca");
	assert_int_equal(terminal_bac(&t), SW_OK);
	make_pair(&t, 0, &pair);
	dynamic_data(&pair, &body);
	assert_int_equal(set_at(&t, "ecdh-aes-128", -1), SW_OK);
	assert_int_equal(
	        terminal_secure(&t, "0C860000", buf_span(&body.out), 0), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	take_keys(&t, SIM_AES128, &pair);
	assert_int_equal(terminal_select(&t, 0x011E), 0x6988);
	assert_int_equal(t.seal, SEAL_NONE);
	free_pair(&pair);
	terminal_close(&t);
}

static void refusals_carry_their_status_word(void **state)
{
	static const struct {
		const char *profile;
		uint16_t sw;
	} rows[] = {
		{ "bad-ca-6a80", 0x6A80 }, { "bad-ca-6a88", 0x6A88 },
		{ "bad-ca-6982", 0x6982 }, { "bad-ca-6300", 0x6300 },
		{ "bad-ca-6fff", 0x6FFF },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct terminal t;

		terminal_open(&t, rows[i].profile);
		assert_int_equal(terminal_bac(&t), SW_OK);
		assert_int_equal(set_at(&t, "ecdh-aes-128", -1), rows[i].sw);
		assert_int_equal(t.seal, SEAL_GOOD);
		terminal_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_answers_recover_as_iso_9796_2),
		cmocka_unit_test(long_answers_are_refused_or_chained),
		cmocka_unit_test(ecdsa_answers_verify),
		cmocka_unit_test(active_auth_needs_a_session),
		cmocka_unit_test(chip_auth_restarts_secure_messaging),
		cmocka_unit_test(chip_auth_accepts_chained_commands),
		cmocka_unit_test(chip_auth_by_kat_restarts_secure_messaging),
		cmocka_unit_test(key_id_is_needed_among_several_keys),
		cmocka_unit_test(clone_says_9000_and_cannot_go_on),
		cmocka_unit_test(refusals_carry_their_status_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
