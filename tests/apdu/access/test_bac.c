/* SPDX-License-Identifier: Apache-2.0 */
/* Basic Access Control: appendix D, and chips that do not play by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail

#include "apdu/access/bac.h"
#include "tests/support/card_rig.h"
#include "tests/support/vectors.h"

enum {
	ANSWER_LEN = 40,
	CRYPTOGRAM_LEN = 32,
};

struct fixture {
	struct vectors *vectors;
	struct password password;
	struct card_rig rig;
};

static void setup(struct fixture *fixture)
{
	fixture->vectors = vectors_open("bac_3des");
	fixture->password.type = PASSWORD_NONE;
	assert_int_equal(
	        password_set(PASSWORD_MRZ,
	                     span_text(vectors_text(fixture->vectors,
	                                            "mrz_information_text")),
	                     &fixture->password),
	        CCCD_OK);
	card_rig_init(&fixture->rig);
	tape_add(&fixture->rig.tape,
	         vectors_bytes(fixture->vectors, "rnd_ifd"));
	tape_add(&fixture->rig.tape, vectors_bytes(fixture->vectors, "k_ifd"));
}

static void teardown(struct fixture *fixture)
{
	card_rig_close(&fixture->rig);
	password_wipe(&fixture->password);
	vectors_close(fixture->vectors);
}

static struct span apdu(struct fixture *fixture, const char *name,
                        const char *field)
{
	return vectors_apdu(fixture->vectors, name, field);
}

static void add_challenge(struct fixture *fixture)
{
	script_add(&fixture->rig.script,
	           apdu(fixture, "get_challenge", "command"),
	           apdu(fixture, "get_challenge", "response"));
}

/* [9303-11 App. D.3, D.4] the dialogue and the channel after it. */
static void bac_run_matches_appendix_d(void **state)
{
	static const uint8_t aid[] = { 0x01, 0x1E };
	const struct command select = {
		.ins = 0xA4, .p1 = 0x02, .p2 = 0x0C, .data = SPAN(aid)
	};
	static struct fixture f;
	struct response response = { 0 };

	(void)state;
	setup(&f);
	add_challenge(&f);
	script_add(&f.rig.script, apdu(&f, "external_authenticate", "command"),
	           apdu(&f, "external_authenticate", "response"));
	script_add(&f.rig.script, apdu(&f, "select_ef_com", "command"),
	           apdu(&f, "select_ef_com", "response"));
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password), CCCD_OK);
	assert_int_equal(f.rig.card.sm.cipher, CIPHER_3DES);
	assert_true(span_equal(secret_span(&f.rig.card.sm.k_enc),
	                       vectors_bytes(f.vectors, "ks_enc")));
	assert_true(span_equal(secret_span(&f.rig.card.sm.k_mac),
	                       vectors_bytes(f.vectors, "ks_mac")));
	assert_memory_equal(f.rig.card.sm.ssc,
	                    vectors_bytes(f.vectors, "ssc").at, 8);
	assert_int_equal(card_exchange(&f.rig.card, &select, &response),
	                 CCCD_OK);
	assert_int_equal(response.sw, SW_OK);
	assert_int_equal(f.rig.card.sm.proven, 1);
	assert_true(script_done(&f.rig.script));
	teardown(&f);
}

/* An answer of the chip made with the right keys out of any R. */
static void make_answer(struct fixture *f, const uint8_t *r,
                        uint8_t out[static ANSWER_LEN + 2])
{
	struct span k_enc = vectors_bytes(f->vectors, "k_enc");
	struct span k_mac = vectors_bytes(f->vectors, "k_mac");

	assert_int_equal(cipher_cbc_encrypt(CIPHER_3DES, k_enc, NULL,
	                                    span_of(r, CRYPTOGRAM_LEN), out),
	                 CCCD_OK);
	assert_int_equal(mac_compute(CIPHER_3DES, k_mac,
	                             span_of(out, CRYPTOGRAM_LEN),
	                             span_of(NULL, 0), out + CRYPTOGRAM_LEN),
	                 CCCD_OK);
	out[ANSWER_LEN] = 0x90;
	out[ANSWER_LEN + 1] = 0x00;
}

static void run_with_answer(struct fixture *f, struct span answer,
                            enum cccd_err want)
{
	add_challenge(f);
	script_add(&f->rig.script, apdu(f, "external_authenticate", "command"),
	           answer);
	card_rig_open(&f->rig, NULL);
	assert_int_equal(bac_run(&f->rig.card, &f->password), want);
	assert_int_equal(f->rig.error.code, want);
	assert_false(sm_is_open(&f->rig.card.sm));
	assert_int_equal(f->rig.script.sent, 2);
	assert_true(script_done(&f->rig.script));
}

/* One byte of R is changed before the chip encrypts it. */
static void run_with_changed_r(size_t at, enum cccd_err want)
{
	uint8_t answer[ANSWER_LEN + 2];
	uint8_t r[CRYPTOGRAM_LEN];
	static struct fixture f;

	setup(&f);
	memcpy(r, vectors_bytes(f.vectors, "r").at, sizeof(r));
	r[at] ^= 0x01;
	make_answer(&f, r, answer);
	run_with_answer(&f, SPAN(answer), want);
	teardown(&f);
}

static void pitfall_02_bac_run_refuses_a_wrong_rnd_ic(void **state)
{
	(void)state;
	for (size_t at = 0; at < 8; at++)
		run_with_changed_r(at, CCCD_ERR_BAC_RND_IC);
}

static void pitfall_02_bac_run_refuses_a_wrong_rnd_ifd(void **state)
{
	(void)state;
	for (size_t at = 8; at < 16; at++)
		run_with_changed_r(at, CCCD_ERR_BAC_RND_IFD);
}

static void pitfall_02_bac_run_refuses_every_flipped_bit(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < (size_t)ANSWER_LEN * 8; bit++) {
		uint8_t answer[ANSWER_LEN + 2];
		static struct fixture f;
		struct span good = { 0 };

		setup(&f);
		good = apdu(&f, "external_authenticate", "response");
		assert_int_equal(good.len, sizeof(answer));
		memcpy(answer, good.at, sizeof(answer));
		answer[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		run_with_answer(&f, SPAN(answer), CCCD_ERR_BAC_MAC);
		teardown(&f);
	}
}

static void run_with_length(size_t len)
{
	uint8_t answer[64] = { 0 };
	static struct fixture f;

	setup(&f);
	memcpy(answer, apdu(&f, "external_authenticate", "response").at,
	       ANSWER_LEN);
	answer[len] = 0x90;
	answer[len + 1] = 0x00;
	run_with_answer(&f, span_of(answer, len + 2), CCCD_ERR_BAC_LENGTH);
	teardown(&f);
}

static void pitfall_02_bac_run_refuses_other_lengths(void **state)
{
	(void)state;
	run_with_length(0);
	run_with_length(8);
	run_with_length(32);
	run_with_length(39);
	run_with_length(41);
	run_with_length(48);
}

static void bac_run_refuses_our_own_keying_material(void **state)
{
	uint8_t answer[ANSWER_LEN + 2];
	uint8_t r[CRYPTOGRAM_LEN];
	static struct fixture f;

	(void)state;
	setup(&f);
	memcpy(r, vectors_bytes(f.vectors, "r").at, sizeof(r));
	memcpy(r + 16, vectors_bytes(f.vectors, "k_ifd").at, 16);
	make_answer(&f, r, answer);
	run_with_answer(&f, SPAN(answer), CCCD_ERR_CRYPTO_REFLECTED);
	teardown(&f);
}

static void run_refused(const char *sw, enum cccd_err want, int tries)
{
	static struct fixture f;

	setup(&f);
	add_challenge(&f);
	script_add(&f.rig.script, apdu(&f, "external_authenticate", "command"),
	           span_of(sw, 2));
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password), want);
	assert_int_equal(f.rig.error.code, want);
	assert_int_equal(f.rig.error.tries_left, tries);
	assert_false(sm_is_open(&f.rig.card.sm));
	/* Nothing is sent after a refusal. */
	assert_int_equal(f.rig.script.sent, 2);
	teardown(&f);
}

static void pitfall_25_bac_run_stops_at_a_wrong_password(void **state)
{
	(void)state;
	run_refused("\x63\x00", CCCD_ERR_CARD_PASSWORD, -1);
	run_refused("\x69\x82", CCCD_ERR_CARD_PASSWORD, -1);
	run_refused("\x69\x85", CCCD_ERR_CARD_PASSWORD, -1);
	run_refused("\x69\x88", CCCD_ERR_CARD_PASSWORD, -1);
	run_refused("\x63\xC2", CCCD_ERR_CARD_PASSWORD, 2);
	run_refused("\x63\xC0", CCCD_ERR_CARD_BLOCKED, 0);
	run_refused("\x69\x83", CCCD_ERR_CARD_BLOCKED, -1);
	run_refused("\x6F\x00", CCCD_ERR_CARD_REFUSED, -1);
}

static void run_not_offered(const char *answer, size_t len, enum cccd_err want)
{
	static struct fixture f;

	setup(&f);
	script_add(&f.rig.script, apdu(&f, "get_challenge", "command"),
	           span_of(answer, len));
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password), want);
	assert_int_equal(f.rig.script.sent, 1);
	teardown(&f);
}

static void bac_run_tells_a_pace_only_document(void **state)
{
	(void)state;
	run_not_offered("\x69\x82", 2, CCCD_ERR_CARD_BAC_NOT_OFFERED);
	run_not_offered("\x69\x85", 2, CCCD_ERR_CARD_BAC_NOT_OFFERED);
	run_not_offered("\x6D\x00", 2, CCCD_ERR_CARD_BAC_NOT_OFFERED);
	run_not_offered("\x6F\x00", 2, CCCD_ERR_CARD_REFUSED);
	run_not_offered("\x90\x00", 2, CCCD_ERR_CARD_PROTOCOL);
	run_not_offered("1234567\x90\x00", 9, CCCD_ERR_CARD_PROTOCOL);
	run_not_offered("123456789\x90\x00", 11, CCCD_ERR_CARD_PROTOCOL);
}

/* A second try with Le = 00, and a challenge that is surely not spent. */
static void bac_run_tries_again_with_le_zero(void **state)
{
	static struct fixture f;
	uint8_t command[46];
	struct span first = { 0 };

	(void)state;
	setup(&f);
	tape_add(&f.rig.tape, vectors_bytes(f.vectors, "rnd_ifd"));
	tape_add(&f.rig.tape, vectors_bytes(f.vectors, "k_ifd"));
	first = apdu(&f, "external_authenticate", "command");
	assert_int_equal(first.len, sizeof(command));
	memcpy(command, first.at, sizeof(command));
	command[sizeof(command) - 1] = 0x00;
	add_challenge(&f);
	script_add(&f.rig.script, first, span_of("\x67\x00", 2));
	add_challenge(&f);
	script_add(&f.rig.script, SPAN(command),
	           apdu(&f, "external_authenticate", "response"));
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password), CCCD_OK);
	assert_true(sm_is_open(&f.rig.card.sm));
	assert_true(script_done(&f.rig.script));
	teardown(&f);
}

static void pitfall_33_bac_run_stops_without_randomness(void **state)
{
	static struct fixture f;

	(void)state;
	setup(&f);
	f.rig.tape.used = f.rig.tape.len - 1;
	add_challenge(&f);
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password),
	                 CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(f.rig.script.sent, 1);
	teardown(&f);
}

static void bac_run_passes_reader_errors_on(void **state)
{
	static struct fixture f;

	(void)state;
	setup(&f);
	script_add_error(&f.rig.script, apdu(&f, "get_challenge", "command"),
	                 CCCD_ERR_CARD_REMOVED);
	card_rig_open(&f.rig, NULL);
	assert_int_equal(bac_run(&f.rig.card, &f.password),
	                 CCCD_ERR_CARD_REMOVED);
	teardown(&f);
}

static void bac_run_needs_an_mrz_and_no_channel(void **state)
{
	static struct fixture f;
	struct password can = { .type = PASSWORD_NONE };
	struct span key = { 0 };

	(void)state;
	setup(&f);
	card_rig_open(&f.rig, NULL);
	assert_int_equal(password_set(PASSWORD_CAN, span_text("123456"), &can),
	                 CCCD_OK);
	assert_int_equal(bac_run(&f.rig.card, &can),
	                 CCCD_ERR_USAGE_KEY_MISSING);
	key = vectors_bytes(f.vectors, "ks_enc");
	assert_int_equal(sm_open(&f.rig.card.sm, CIPHER_3DES, key, key,
	                         span_of(NULL, 0)),
	                 CCCD_OK);
	assert_int_equal(bac_run(&f.rig.card, &f.password),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(f.rig.script.sent, 0);
	password_wipe(&can);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bac_run_matches_appendix_d),
		cmocka_unit_test(pitfall_02_bac_run_refuses_a_wrong_rnd_ic),
		cmocka_unit_test(pitfall_02_bac_run_refuses_a_wrong_rnd_ifd),
		cmocka_unit_test(pitfall_02_bac_run_refuses_every_flipped_bit),
		cmocka_unit_test(pitfall_02_bac_run_refuses_other_lengths),
		cmocka_unit_test(bac_run_refuses_our_own_keying_material),
		cmocka_unit_test(pitfall_25_bac_run_stops_at_a_wrong_password),
		cmocka_unit_test(bac_run_tells_a_pace_only_document),
		cmocka_unit_test(bac_run_tries_again_with_le_zero),
		cmocka_unit_test(pitfall_33_bac_run_stops_without_randomness),
		cmocka_unit_test(bac_run_passes_reader_errors_on),
		cmocka_unit_test(bac_run_needs_an_mrz_and_no_channel),
	};

	return cmocka_run_group_tests_name("bac", tests, NULL, NULL);
}
