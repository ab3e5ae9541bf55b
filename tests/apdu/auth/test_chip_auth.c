/* SPDX-License-Identifier: Apache-2.0 */
/* Chip Authentication: worked examples, a chip, and impostors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "apdu/auth/chip_auth.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/apdu/auth/ca_chip.h"
#include "tests/support/vectors.h"

static void assert_proven(struct ca_session *s)
{
	assert_int_equal(s->result.outcome, CHIP_AUTH_PROVEN);
	assert_true(s->chip.changed);
	assert_true(sm_is_open(&s->rig.card.sm));
	assert_int_equal(s->rig.card.sm.cipher, s->chip.cipher);
	assert_int_equal(s->rig.card.sm.proven, 1);
	assert_true(key_equal(public_value_span(&s->result.ic_public),
	                      public_value_span(&s->chip.pair.public_value)));
}

static void honest(unsigned int id, uint8_t cipher)
{
	static struct ca_session s;
	bool kat = cipher == 1;

	ca_prepare(&s, id, cipher);
	ca_run(&s);
	assert_proven(&s);
	assert_int_equal(s.result.used_kat, kat);
	assert_int_equal(s.result.domain_id, id);
	assert_false(s.result.inferred);
	assert_int_equal(s.result.status_word, SW_OK);
	/* The proof is the SELECT under the new keys, answered 6A82 here. */
	assert_int_equal(s.chip.commands[s.chip.sent - 1][1], 0xA4);
	ca_finish(&s);
}

/* [9303-11 tables 5, 6] */
static void chip_auth_run_proves_every_group_and_cipher(void **state)
{
	static const unsigned int ids[] = { 0,  8,  9,  10, 11, 12,
		                            13, 14, 15, 16, 17, 18 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		for (uint8_t cipher = 1; cipher <= 4; cipher++)
			honest(ids[i], cipher);
}

/* A key of 2048 bits: as a chain where APDUs are short. */
static void chip_auth_run_chains_or_extends_long_keys(void **state)
{
	static struct ca_session s;

	(void)state;
	for (unsigned int id = 1; id <= 2; id++)
		for (int extended = 0; extended < 2; extended++) {
			ca_prepare(&s, id, 2);
			s.rig.card.extended = extended != 0;
			ca_run(&s);
			assert_proven(&s);
			assert_int_equal(s.chip.sent, extended != 0 ? 3 : 4);
			if (extended == 0)
				assert_int_equal(s.chip.commands[1][0], 0x10);
			ca_finish(&s);
		}
}

static void chip_auth_run_sends_the_key_id(void **state)
{
	static const uint8_t want[] = { 0x84, 0x02, 0x01, 0x02 };
	static struct ca_session s;

	(void)state;
	for (uint8_t cipher = 1; cipher <= 2; cipher++) {
		ca_prepare(&s, 13, cipher);
		s.key.has_key_id = true;
		s.key.key_id = 0x0102;
		ca_run(&s);
		assert_proven(&s);
		assert_memory_equal(s.chip.commands[0] + s.chip.lens[0] - 4,
		                    want, 4);
		assert_true(s.result.has_key_id);
		assert_int_equal(s.result.key_id, 0x0102);
		ca_finish(&s);
	}
}

/* The very same chip and key, twice: the terminal's key lives once. */
static void chip_auth_run_draws_new_keys_each_time(void **state)
{
	static struct ca_session s;
	uint8_t first[600];
	size_t len = 0;

	(void)state;
	ca_prepare(&s, 13, 2);
	ca_run(&s);
	assert_proven(&s);
	len = s.chip.lens[1];
	assert_int_equal(s.chip.commands[1][1], 0x86);
	memcpy(first, s.chip.commands[1], len);
	/* Under the keys that the first run left. */
	s.chip.sent = 0;
	buf_reset(&s.chip.chain);
	ca_run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_PROVEN);
	assert_int_equal(s.chip.lens[1], len);
	assert_int_equal(s.chip.commands[1][1], 0x86);
	assert_memory_not_equal(first, s.chip.commands[1], len);
	ca_finish(&s);
}

/* A DG14 with a key and no ChipAuthenticationInfo: 3DES. */
static void chip_auth_run_infers_a_missing_protocol(void **state)
{
	static struct ca_session s;

	(void)state;
	ca_prepare(&s, 12, 1);
	s.key.protocol = span_of(NULL, 0);
	ca_run(&s);
	assert_proven(&s);
	assert_true(s.result.inferred);
	assert_true(s.result.used_kat);
	ca_finish(&s);
}

/* ---- Impostors ----------------------------------------------------- */

static void impostor(uint8_t cipher, enum ca_mode mode)
{
	static struct ca_session s;

	ca_prepare(&s, 13, cipher);
	s.chip.mode = mode;
	ca_run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_UNPROVEN);
	assert_false(sm_is_open(&s.rig.card.sm));
	assert_string_equal(chip_auth_outcome_name(s.result.outcome),
	                    "unproven");
	ca_finish(&s);
}

static void pitfall_08_chip_auth_run_wants_one_right_mac(void **state)
{
	(void)state;
	for (uint8_t cipher = 1; cipher <= 4; cipher++) {
		impostor(cipher, CA_NO_KEY);
		impostor(cipher, CA_KEEPS_OLD);
		impostor(cipher, CA_NAKED_AFTER);
	}
}

static void refused(uint8_t cipher, enum ca_mode mode, uint16_t sw)
{
	static struct ca_session s;
	bool naked_word = mode == CA_DROPS_MSE || mode == CA_DROPS_GA;

	ca_prepare(&s, 13, cipher);
	s.chip.mode = mode;
	s.chip.sw = sw;
	ca_run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_REFUSED);
	assert_int_equal(s.result.status_word, sw);
	/* [9303-11 6.2.2] a protected refusal leaves the old channel. */
	assert_int_equal(sm_is_open(&s.rig.card.sm), !naked_word);
	assert_int_equal(s.rig.card.sm.cipher,
	                 naked_word ? CIPHER_NONE : CIPHER_AES128);
	ca_finish(&s);
}

static void pitfall_06_chip_auth_run_reports_refusals(void **state)
{
	static const uint16_t words[] = { 0x6FFF, 0x6300, 0x6982,
		                          0x6A88, 0x6A80, 0x6D00 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		refused(1, CA_REFUSES_MSE, words[i]);
		refused(2, CA_REFUSES_MSE, words[i]);
		refused(2, CA_REFUSES_GA, words[i]);
		refused(1, CA_DROPS_MSE, words[i]);
		refused(2, CA_DROPS_MSE, words[i]);
		refused(2, CA_DROPS_GA, words[i]);
	}
}

static void bad_key(struct ca_session *s, enum chip_auth_outcome want)
{
	ca_run(s);
	assert_int_equal(s->result.outcome, want);
	assert_int_equal(s->chip.sent, 0);
	assert_true(sm_is_open(&s->rig.card.sm));
	ca_finish(s);
}

static void pitfall_35_chip_auth_run_refuses_bad_keys(void **state)
{
	static struct ca_session s;

	(void)state;
	ca_prepare(&s, 13, 2); /* off the curve */
	s.spki[s.key.spki.len - 1] ^= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	ca_prepare(&s, 0, 2); /* out of the subgroup */
	s.spki[s.key.spki.len - 1] ^= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	ca_prepare(&s, 13, 2); /* cut */
	s.key.spki.len -= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	ca_prepare(&s, 13, 2); /* a protocol for the other kind */
	s.oid[8] = 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	ca_prepare(&s, 13, 2); /* no such protocol */
	s.oid[9] = 9;
	bad_key(&s, CHIP_AUTH_UNSUPPORTED);
	ca_prepare(&s, 13, 2); /* no such group */
	s.spki[15] = 7;
	bad_key(&s, CHIP_AUTH_UNSUPPORTED);
}

static void chip_auth_run_needs_a_channel(void **state)
{
	static struct ca_session s;

	(void)state;
	ca_prepare(&s, 13, 2);
	sm_close(&s.rig.card.sm);
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_USAGE_STATE);
	ca_finish(&s);
}

static void pitfall_33_chip_auth_run_stops_without_randomness(void **state)
{
	static struct ca_session s;

	(void)state;
	ca_prepare(&s, 13, 2);
	s.rig.random = tape_random(&s.rig.tape);
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(s.rig.error.code, CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(s.chip.sent, 0);
	ca_finish(&s);
}

static enum cccd_err removed(void *context, struct span command,
                             struct buf *response)
{
	(void)context;
	(void)command;
	(void)response;
	return CCCD_ERR_CARD_REMOVED;
}

static void chip_auth_run_passes_reader_errors_on(void **state)
{
	static struct ca_session s;

	(void)state;
	ca_prepare(&s, 13, 2);
	s.rig.script.answer = removed;
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_CARD_REMOVED);
	ca_finish(&s);
}

/* ---- Worked examples ----------------------------------------------- */

struct example {
	const char *file;
	enum cipher_id cipher;
	uint8_t arc;
	const char *const *names;
	size_t count;
};

static void run_example(const struct example *row)
{
	static struct card_rig rig;
	uint8_t oid[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		          0x02, 0x02, 0x03, 0x02, row->arc };
	struct vectors *vectors = vectors_open(row->file);
	struct vectors *eac = vectors_open("eac_bsi_ecdh");
	static struct cccd_security_infos infos;
	struct chip_auth_key key = { .protocol = SPAN(oid) };
	struct chip_auth_result result = { .outcome = CHIP_AUTH_NOT_RUN };

	must(security_infos_parse(vectors_bytes(eac, "card_security_content"),
	                          &infos));
	key.spki = bytes_span(infos.chip_auth_key[0].public_key);
	card_rig_init(&rig);
	tape_add(&rig.tape, vectors_bytes(vectors, "ca_ifd_private"));
	for (size_t i = 0; i < row->count; i++)
		script_add(&rig.script,
		           vectors_apdu(vectors, row->names[i], "command"),
		           vectors_apdu(vectors, row->names[i], "response"));
	card_rig_open(&rig, NULL);
	must(sm_open(&rig.card.sm, row->cipher,
	             vectors_bytes(vectors, "ks_enc"),
	             vectors_bytes(vectors, "ks_mac"),
	             vectors_apdu(vectors, row->names[0], "ssc")));
	must(chip_auth_run(&rig.card, &key, FID_DG14, &result));
	assert_true(script_done(&rig.script));
	assert_int_equal(result.outcome, CHIP_AUTH_PROVEN);
	assert_string_equal(result.domain_name, "brainpoolP256r1");
	assert_true(span_equal(public_value_span(&result.ifd_public),
	                       vectors_bytes(vectors, "ca_ifd_public")));
	assert_true(span_equal(secret_span(&rig.card.sm.k_enc),
	                       vectors_bytes(vectors, "ca_ks_enc")));
	assert_true(span_equal(secret_span(&rig.card.sm.k_mac),
	                       vectors_bytes(vectors, "ca_ks_mac")));
	card_rig_close(&rig);
	vectors_close(vectors);
	vectors_close(eac);
}

/* [9303-11 6.2.4.1, 6.2.4.2] */
static void chip_auth_run_matches_vectors(void **state)
{
	static const char *const aes[] = { "p1_ca_mse_set_at",
		                           "p1_ca_general_authenticate",
		                           "p2_select_dg14" };
	static const char *const des[] = { "p1_ca_mse_set_kat",
		                           "p2_select_dg14" };
	static const struct example rows[] = {
		{ "sm_aes", CIPHER_AES128, 2, aes, 3 },
		{ "sm_3des", CIPHER_3DES, 1, des, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		run_example(&rows[i]);
}

/* [9303-11 4.4.3.5.2, App. I] */
static void pitfall_09_chip_auth_check_mapping_is_hard(void **state)
{
	struct vectors *vectors = vectors_open("pace_ecdh_cam");
	struct span set = vectors_bytes(vectors, "chip_auth_public_key_info");
	struct span data = vectors_bytes(vectors, "chip_auth_data_ca_ic");
	struct span map = vectors_bytes(vectors, "map_ic_public");
	struct tlv_reader reader;
	struct span value = { 0 };
	struct tlv spki = { 0 };
	uint8_t changed[32];
	enum chip_auth_outcome outcome = CHIP_AUTH_NOT_RUN;

	(void)state;
	must(tlv_only(set, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	must(tlv_expect(&reader, TAG_OID, &value));
	must(tlv_next(&reader, &spki));
	must(chip_auth_check_mapping(spki.whole, 13, data, map, &outcome));
	assert_int_equal(outcome, CHIP_AUTH_PROVEN);
	for (size_t bit = 0; bit < 256; bit++) {
		memcpy(changed, data.at, sizeof(changed));
		changed[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		must(chip_auth_check_mapping(spki.whole, 13, SPAN(changed), map,
		                             &outcome));
		assert_int_equal(outcome, CHIP_AUTH_UNPROVEN);
	}
	memset(changed, 0, sizeof(changed));
	must(chip_auth_check_mapping(spki.whole, 13, SPAN(changed), map,
	                             &outcome));
	assert_int_equal(outcome, CHIP_AUTH_UNPROVEN);
	must(chip_auth_check_mapping(spki.whole, 13, data,
	                             vectors_bytes(vectors, "eph_ic_public"),
	                             &outcome));
	assert_int_equal(outcome, CHIP_AUTH_UNPROVEN);
	must(chip_auth_check_mapping(spki.whole, 12, data, map, &outcome));
	assert_int_equal(outcome, CHIP_AUTH_KEY_INVALID);
	must(chip_auth_check_mapping(span_first(spki.whole, 20), 13, data, map,
	                             &outcome));
	assert_int_equal(outcome, CHIP_AUTH_KEY_INVALID);
	vectors_close(vectors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chip_auth_run_matches_vectors),
		cmocka_unit_test(chip_auth_run_proves_every_group_and_cipher),
		cmocka_unit_test(chip_auth_run_chains_or_extends_long_keys),
		cmocka_unit_test(chip_auth_run_sends_the_key_id),
		cmocka_unit_test(chip_auth_run_draws_new_keys_each_time),
		cmocka_unit_test(chip_auth_run_infers_a_missing_protocol),
		cmocka_unit_test(pitfall_08_chip_auth_run_wants_one_right_mac),
		cmocka_unit_test(pitfall_06_chip_auth_run_reports_refusals),
		cmocka_unit_test(pitfall_35_chip_auth_run_refuses_bad_keys),
		cmocka_unit_test(chip_auth_run_needs_a_channel),
		cmocka_unit_test(
		        pitfall_33_chip_auth_run_stops_without_randomness),
		cmocka_unit_test(chip_auth_run_passes_reader_errors_on),
		cmocka_unit_test(pitfall_09_chip_auth_check_mapping_is_hard),
	};

	return cmocka_run_group_tests_name("chip_auth", tests, NULL, NULL);
}
