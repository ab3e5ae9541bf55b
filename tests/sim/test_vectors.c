/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated chip against the worked examples, with their randomness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "tests/sim/chip.h"
#include "tests/support/vectors.h"

enum { PROFILE_MAX = 2048 };

/* struct tape - random numbers in the order in which the chip asks. */
struct tape {
	struct span parts[4];
	size_t next;
	uint8_t reduced[64];
};

static enum cccd_err tape_fill(void *context, uint8_t *at, size_t len)
{
	struct tape *tape = context;
	struct span part = tape->parts[tape->next++];

	assert_int_equal(part.len, len);
	memcpy(at, part.at, len);
	return CCCD_OK;
}

static struct sim_card *load(const char *profile)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = NULL;

	if (sim_card_load(profile, &error, &card) != CCCD_OK)
		_fail(error.text, 0);
	sim_card_power(card, true);
	return card;
}

static void expect(struct sim_card *card, struct span command,
                   struct span response)
{
	BUF got = buf_make(CHIP_RESPONSE_MAX);
	struct sim_outcome outcome;

	assert_int_equal(sim_card_exchange(card, command, &got, &outcome),
	                 CCCD_OK);
	assert_int_equal(got.len, response.len);
	assert_memory_equal(got.at, response.at, response.len);
}

static void expect_apdu(struct sim_card *card, struct vectors *vectors,
                        const char *name)
{
	expect(card, vectors_apdu(vectors, name, "command"),
	       vectors_apdu(vectors, name, "response"));
}

static const uint8_t select_application[] = { 0x00, 0xA4, 0x04, 0x0C,
	                                      0x07, 0xA0, 0x00, 0x00,
	                                      0x02, 0x47, 0x10, 0x01 };
static const uint8_t sw_ok[] = { 0x90, 0x00 };

static void hex_of(struct span bytes, char *text)
{
	for (size_t i = 0; i < bytes.len; i++)
		(void)sprintf(text + 2 * i, "%02X", bytes.at[i]);
}

/* [9303-11 D.3, D.4] */
static void bac_gives_the_answers_of_appendix_d(void **state)
{
	struct vectors *v = vectors_open("bac_3des");
	struct tape tape = { .parts = { vectors_bytes(v, "rnd_ic"),
		                        vectors_bytes(v, "k_ic") } };
	const struct random random = { tape_fill, &tape };
	char com[512] = "";
	char profile[PROFILE_MAX];
	struct sim_card *card;

	(void)state;
	hex_of(vectors_bytes(v, "ef_com"), com);
	(void)snprintf(profile, sizeof(profile),
	               "{\"document\":{\"code\":\"I\",\"number\":\"L898902C\","
	               "\"birth\":\"690806\",\"expiry\":\"940623\"},"
	               "\"files\":{\"com\":{\"content\":\"%s\"}},"
	               "\"access\":{\"bac\":true}}",
	               com);
	card = load(profile);
	sim_card_set_random(card, &random);
	expect(card, SPAN(select_application), SPAN(sw_ok));
	expect_apdu(card, v, "get_challenge");
	expect_apdu(card, v, "external_authenticate");
	expect_apdu(card, v, "select_ef_com");
	expect_apdu(card, v, "read_binary_4");
	expect_apdu(card, v, "read_binary_18");
	sim_card_free(card);
	vectors_close(v);
}

/* A private key of the example, modulo the order and of its length. */
static struct span reduce(const struct sim_card *card, unsigned int domain,
                          struct span key, uint8_t *at)
{
	SIM_GROUP group = { .id = 0 };
	SIM_NUMBER *number = BN_bin2bn(key.at, (int)key.len, NULL);
	size_t len;

	(void)card;
	assert_int_equal(sim_group_open(domain, &group), CCCD_OK);
	assert_true(BN_nnmod(number, number, group.order, group.ctx));
	len = group.order_len;
	assert_true(BN_bn2binpad(number, at, (int)len) > 0);
	return span_of(at, len);
}

/* struct example - one PACE example and the card that plays it. */
struct example {
	const char *file;
	const char *prefix;
	const char *protocol;
	unsigned int domain;
	const char *document;
	bool integrated;
	const char *last;
};

static struct span value(struct vectors *v, const struct example *example,
                         const char *name)
{
	char whole[96];

	(void)snprintf(whole, sizeof(whole), "%s%s", example->prefix, name);
	return vectors_bytes(v, whole);
}

static void expect_step(struct sim_card *card, struct vectors *v,
                        const struct example *example, const char *name)
{
	char whole[96];

	(void)snprintf(whole, sizeof(whole), "%s%s", example->prefix, name);
	expect_apdu(card, v, whole);
}

static void fill_tape(struct vectors *v, const struct example *example,
                      const struct sim_card *card, struct tape *tape,
                      uint8_t keys[2][160])
{
	size_t next = 0;

	*tape = (struct tape){ .next = 0 };
	tape->parts[next++] = value(v, example, "nonce_s");
	if (!example->integrated)
		tape->parts[next++] =
		        reduce(card, example->domain,
		               value(v, example, "map_ic_private"), keys[0]);
	tape->parts[next] =
	        reduce(card, example->domain,
	               value(v, example, "eph_ic_private"), keys[1]);
}

static void play(const struct example *example, struct span static_key)
{
	struct vectors *v = vectors_open(example->file);
	uint8_t keys[2][160];
	struct tape tape;
	const struct random random = { tape_fill, &tape };
	char profile[PROFILE_MAX];
	struct sim_card *card;

	(void)snprintf(profile, sizeof(profile),
	               "{\"document\":{%s},\"access\":{\"pace\":[{"
	               "\"protocol\":\"%s\",\"domain\":%u}],"
	               "\"passwords\":[\"mrz\",\"can\"]},\"chip_auth\":{"
	               "\"keys\":[{\"protocol\":\"ecdh-aes-128\"}]}}",
	               example->document, example->protocol, example->domain);
	card = load(profile);
	if (static_key.len > 0)
		assert_non_null(BN_bin2bn(static_key.at, (int)static_key.len,
		                          card->ca[0].secret));
	fill_tape(v, example, card, &tape, keys);
	sim_card_set_random(card, &random);
	expect_step(card, v, example, "mse_set_at");
	expect_step(card, v, example, "general_authenticate_1");
	expect_step(card, v, example, "general_authenticate_2");
	expect_step(card, v, example, "general_authenticate_3");
	expect_step(card, v, example, example->last);
	assert_memory_equal(card->state.session.keys.enc,
	                    value(v, example, "ks_enc").at,
	                    value(v, example, "ks_enc").len);
	assert_memory_equal(card->state.session.keys.mac,
	                    value(v, example, "ks_mac").at,
	                    value(v, example, "ks_mac").len);
	sim_card_free(card);
	vectors_close(v);
}

#define GM_DOCUMENT \
	"\"number\":\"T22000129\",\"birth\":\"640812\",\"expiry\":\"101031\""
#define CAM_DOCUMENT \
	"\"number\":\"C11T002JM\",\"birth\":\"960812\",\"expiry\":\"231031\""
#define CAN_DOCUMENT                                                   \
	"\"number\":\"X\",\"birth\":\"640812\",\"expiry\":\"101031\"," \
	"\"can\":\"123456\""
#define LAST "general_authenticate_4"

/* [9303-11 G.1] */
static void pace_answers_as_appendix_g_1(void **state)
{
	const struct example example = {
		"pace_ecdh_gm", "",  "ecdh-gm-aes-128", 13, GM_DOCUMENT,
		false,          LAST
	};

	(void)state;
	play(&example, span_of(NULL, 0));
}

/* The first octet of a wrong token differs from the print, the rest not. */
static void wrong_token_is_the_printed_one_with_a_bit_off(void **state)
{
	struct vectors *v = vectors_open("pace_ecdh_gm");
	const struct example example = { .prefix = "", .domain = 13 };
	struct span want = vectors_apdu(v, LAST, "response");
	uint8_t keys[2][160];
	struct tape tape;
	const struct random random = { tape_fill, &tape };
	struct sim_card *card =
	        load("{\"document\":{" GM_DOCUMENT "},\"access\":{\"pace\":[{"
	             "\"protocol\":\"ecdh-gm-aes-128\"}]},\"faults\":[{"
	             "\"do\":\"wrong_token\"}]}");
	BUF got = buf_make(CHIP_RESPONSE_MAX);
	struct sim_outcome outcome;

	(void)state;
	fill_tape(v, &example, card, &tape, keys);
	sim_card_set_random(card, &random);
	expect_apdu(card, v, "mse_set_at");
	expect_apdu(card, v, "general_authenticate_1");
	expect_apdu(card, v, "general_authenticate_2");
	expect_apdu(card, v, "general_authenticate_3");
	assert_int_equal(sim_card_exchange(card,
	                                   vectors_apdu(v, LAST, "command"),
	                                   &got, &outcome),
	                 CCCD_OK);
	assert_int_equal(got.len, want.len);
	assert_int_equal(got.at[4], want.at[4] ^ 0x01);
	assert_memory_equal(got.at + 5, want.at + 5, want.len - 5);
	sim_card_free(card);
	vectors_close(v);
}

/* [9303-11 G.2] Without the reference to a certification authority that the
 * print has and this chip, which offers no terminal authentication, lacks. */
static void pace_answers_as_appendix_g_2(void **state)
{
	const struct example example = { "pace_dh_gm",
		                         "",
		                         "dh-gm-aes-128",
		                         0,
		                         GM_DOCUMENT,
		                         false,
		                         "general_authenticate_4_short" };

	(void)state;
	play(&example, span_of(NULL, 0));
}

/* [9303-11 H.1] */
static void pace_answers_as_appendix_h_1(void **state)
{
	const struct example example = {
		"pace_ecdh_im", "",  "ecdh-im-aes-128", 13, CAN_DOCUMENT,
		true,           LAST
	};

	(void)state;
	play(&example, span_of(NULL, 0));
}

/* [9303-11 H.2] */
static void pace_answers_as_appendix_h_2(void **state)
{
	const struct example example = {
		"pace_dh_im", "", "dh-im-aes-128", 0, CAN_DOCUMENT, true, LAST
	};

	(void)state;
	play(&example, span_of(NULL, 0));
}

/* [9303-11 appendix I] */
static void pace_answers_as_appendix_i(void **state)
{
	const struct example example = {
		"pace_ecdh_cam", "",  "ecdh-cam-aes-128", 13, CAM_DOCUMENT,
		false,           LAST
	};
	struct vectors *v = vectors_open("pace_ecdh_cam");

	(void)state;
	play(&example, vectors_bytes(v, "ic_static_private"));
	vectors_close(v);
}

static const struct generated {
	const char *alg;
	const char *protocol;
} generated[] = {
	{ "3des", "ecdh-gm-3des" },
	{ "aes128", "ecdh-gm-aes-128" },
	{ "aes192", "ecdh-gm-aes-192" },
	{ "aes256", "ecdh-gm-aes-256" },
};

static void play_generated(struct vectors *v, unsigned int set)
{
	char prefix[8];
	char document[256];
	struct example example = { .file = "pace_gm_generated",
		                   .prefix = prefix,
		                   .document = document,
		                   .last = LAST };
	char name[64];
	bool can;

	(void)snprintf(prefix, sizeof(prefix), "g%u_", set);
	(void)snprintf(name, sizeof(name), "g%u_parameter_id_text", set);
	example.domain = (unsigned int)strtoul(vectors_text(v, name), NULL, 10);
	(void)snprintf(name, sizeof(name), "g%u_alg_text", set);
	for (size_t i = 0; i < ARRAY_LEN(generated); i++) {
		if (strcmp(generated[i].alg, vectors_text(v, name)) == 0)
			example.protocol = generated[i].protocol;
	}
	(void)snprintf(name, sizeof(name), "g%u_password_reference", set);
	can = vectors_bytes(v, name).at[0] == SIM_CAN;
	(void)snprintf(name, sizeof(name), "g%u_password_text", set);
	if (can)
		(void)snprintf(document, sizeof(document),
		               "\"birth\":\"000101\",\"expiry\":\"300101\","
		               "\"number\":\"X\",\"can\":\"%s\"",
		               vectors_text(v, name));
	else
		(void)snprintf(document, sizeof(document),
		               "\"number\":\"%.9s\",\"birth\":\"%.6s\","
		               "\"expiry\":\"%.6s\"",
		               vectors_text(v, name),
		               vectors_text(v, name) + 10,
		               vectors_text(v, name) + 17);
	play(&example, span_of(NULL, 0));
}

static void pace_answers_on_other_curves_and_ciphers(void **state)
{
	struct vectors *v = vectors_open("pace_gm_generated");

	(void)state;
	for (unsigned int set = 1; set <= 9; set++)
		play_generated(v, set);
	vectors_close(v);
}

/* The whole script of a card with CAN. */
static void pace_with_can_reads_com_and_dg1(void **state)
{
	const char *const names[] = {
		"select_ef_card_access",
		"read_ef_card_access",
		"mse_set_at",
		"general_authenticate_1",
		"general_authenticate_2",
		"general_authenticate_3",
		"general_authenticate_4",
		"sm_select_application",
		"sm_select_ef_com",
		"sm_read_ef_com",
		"sm_select_dg1",
		"sm_read_dg1",
	};
	struct vectors *v = vectors_open("pace_cccd_can");
	const struct example example = { .prefix = "", .domain = 13 };
	uint8_t keys[2][160];
	struct tape tape;
	const struct random random = { tape_fill, &tape };
	char com[256] = "";
	char dg1[256] = "";
	char profile[PROFILE_MAX];
	struct sim_card *card;

	(void)state;
	hex_of(vectors_bytes(v, "ef_com"), com);
	hex_of(vectors_bytes(v, "dg1"), dg1);
	(void)snprintf(profile, sizeof(profile),
	               "{\"extends\":\"cccd-2021\",\"files\":{"
	               "\"com\":{\"content\":\"%s\"},"
	               "\"dg1\":{\"content\":\"%s\"}}}",
	               com, dg1);
	card = load(profile);
	fill_tape(v, &example, card, &tape, keys);
	sim_card_set_random(card, &random);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		expect_apdu(card, v, names[i]);
	sim_card_free(card);
	vectors_close(v);
}

/* Which keys of the file a protected command needs. */
static void set_keys(struct vectors *v, const char *name,
                     enum sim_cipher cipher, struct chip_session *session)
{
	const char *prefix = "";
	char key[64];

	if (strncmp(name, "p2_", 3) == 0)
		prefix = "ca_";
	if (strncmp(name, "aes192_", 7) == 0) {
		prefix = "aes192_";
		cipher = SIM_AES192;
	}
	if (strncmp(name, "aes256_", 7) == 0) {
		prefix = "aes256_";
		cipher = SIM_AES256;
	}
	*session = (struct chip_session){ .open = true };
	session->keys.cipher = cipher;
	(void)snprintf(key, sizeof(key), "%sks_enc", prefix);
	memcpy(session->keys.enc, vectors_bytes(v, key).at,
	       vectors_bytes(v, key).len);
	(void)snprintf(key, sizeof(key), "%sks_mac", prefix);
	memcpy(session->keys.mac, vectors_bytes(v, key).at,
	       vectors_bytes(v, key).len);
	memcpy(session->ssc, vectors_apdu(v, name, "ssc").at,
	       vectors_apdu(v, name, "ssc").len);
}

static void check_exchange(struct sim_card *card, struct vectors *v,
                           const char *name)
{
	struct span wire = vectors_apdu(v, name, "command");
	struct span clear = vectors_apdu(v, name, "plain_response");
	struct span want = vectors_apdu(v, name, "response");
	struct chip_command cmd;
	struct chip_command plain;
	BUF data = buf_make(CHIP_RESPONSE_MAX);
	BUF got = buf_make(CHIP_RESPONSE_MAX);

	assert_true(chip_command_parse(wire, &cmd));
	assert_true(chip_command_parse(vectors_apdu(v, name, "plain_command"),
	                               &plain));
	assert_int_equal(chip_session_unwrap(&card->state.session,
	                                     card->profile, wire, &cmd, &data),
	                 SW_OK);
	assert_int_equal(cmd.has_le, plain.has_le);
	assert_int_equal(cmd.ne, plain.ne);
	assert_true(span_equal(cmd.data, plain.data));
	assert_int_equal(
	        chip_session_wrap(card, &cmd, span_first(clear, clear.len - 2),
	                          (uint16_t)(clear.at[clear.len - 2] << 8 |
	                                     clear.at[clear.len - 1]),
	                          &got),
	        CCCD_OK);
	assert_true(span_equal(buf_span(&got), want));
}

static void check_file(const char *file, enum sim_cipher cipher)
{
	struct vectors *v = vectors_open(file);
	struct sim_card *card = load("cccd-2021");
	size_t checked = 0;

	for (size_t i = 0; i < vectors_apdu_count(v); i++) {
		const char *name = vectors_apdu_name(v, i);

		if (strstr(name, "_bad") != NULL)
			continue;
		set_keys(v, name, cipher, &card->state.session);
		check_exchange(card, v, name);
		checked++;
	}
	assert_true(checked >= 15);
	sim_card_free(card);
	vectors_close(v);
}

/* [9303-11 9.8.6] */
static void session_with_3des_matches_the_vectors(void **state)
{
	(void)state;
	check_file("sm_3des", SIM_3DES);
}

/* [9303-11 9.8.7] */
static void session_with_aes_matches_the_vectors(void **state)
{
	(void)state;
	check_file("sm_aes", SIM_AES128);
}

/* [9303-11 6.2.4.1] The answer under the old keys, then the new ones. */
static void chip_auth_by_kat_switches_keys(void **state)
{
	struct vectors *v = vectors_open("sm_3des");
	struct sim_card *card = load("{\"extends\":\"cccd-2021\","
	                             "\"chip_auth\":{\"keys\":[{"
	                             "\"protocol\":\"ecdh-3des\"}]}}");
	struct span key = vectors_bytes(v, "ca_ic_private");

	(void)state;
	assert_non_null(BN_bin2bn(key.at, (int)key.len, card->ca[0].secret));
	set_keys(v, "p1_ca_mse_set_kat", SIM_3DES, &card->state.session);
	expect_apdu(card, v, "p1_ca_mse_set_kat");
	assert_memory_equal(card->state.session.keys.enc,
	                    vectors_bytes(v, "ca_ks_enc").at, 16);
	assert_memory_equal(card->state.session.keys.mac,
	                    vectors_bytes(v, "ca_ks_mac").at, 16);
	sim_card_free(card);
	vectors_close(v);
}

/* [9303-11 6.2.4.2] */
static void chip_auth_by_mse_at_switches_keys(void **state)
{
	struct vectors *v = vectors_open("sm_aes");
	struct sim_card *card = load("cccd-2021");
	struct span key = vectors_bytes(v, "ca_ic_private");

	(void)state;
	assert_non_null(BN_bin2bn(key.at, (int)key.len, card->ca[0].secret));
	set_keys(v, "p1_ca_mse_set_at", SIM_AES128, &card->state.session);
	expect_apdu(card, v, "p1_ca_mse_set_at");
	expect_apdu(card, v, "p1_ca_general_authenticate");
	assert_memory_equal(card->state.session.keys.enc,
	                    vectors_bytes(v, "ca_ks_enc").at, 16);
	assert_memory_equal(card->state.session.keys.mac,
	                    vectors_bytes(v, "ca_ks_mac").at, 16);
	sim_card_free(card);
	vectors_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bac_gives_the_answers_of_appendix_d),
		cmocka_unit_test(pace_answers_as_appendix_g_1),
		cmocka_unit_test(wrong_token_is_the_printed_one_with_a_bit_off),
		cmocka_unit_test(pace_answers_as_appendix_g_2),
		cmocka_unit_test(pace_answers_as_appendix_h_1),
		cmocka_unit_test(pace_answers_as_appendix_h_2),
		cmocka_unit_test(pace_answers_as_appendix_i),
		cmocka_unit_test(pace_answers_on_other_curves_and_ciphers),
		cmocka_unit_test(pace_with_can_reads_com_and_dg1),
		cmocka_unit_test(session_with_3des_matches_the_vectors),
		cmocka_unit_test(session_with_aes_matches_the_vectors),
		cmocka_unit_test(chip_auth_by_kat_switches_keys),
		cmocka_unit_test(chip_auth_by_mse_at_switches_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
