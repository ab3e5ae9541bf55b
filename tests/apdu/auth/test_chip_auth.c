/* SPDX-License-Identifier: Apache-2.0 */
/* Chip Authentication: worked examples, a chip, and impostors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "apdu/auth/chip_auth.h"
#include "apdu/crypto/kdf.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/card_rig.h"
#include "tests/support/sm_card.h"
#include "tests/support/vectors.h"

enum {
	FID_DG14 = 0x010E,
	SPKI_MAX = 700,
};

static const uint8_t session_key[CIPHER_KEY_MAX] = { 1, 2, 4, 7, 8, 11, 13 };

/* ---- A chip with a static key ------------------------------------- */

enum ca_mode {
	CA_HONEST = 0,
	CA_NO_KEY,      /* says 9000, but keeps no private key */
	CA_KEEPS_OLD,   /* says 9000 and stays under the old keys */
	CA_REFUSES_MSE, /* with @sw, protected */
	CA_REFUSES_GA,
	CA_DROPS_MSE, /* with @sw, naked */
	CA_DROPS_GA,
	CA_NAKED_AFTER, /* 9000, then a naked word */
};

/**
 * struct ca_chip - one chip.
 * @kat: MSE:Set KAT is understood
 */
struct ca_chip {
	struct domain *domain;
	struct key_pair pair;
	enum cipher_id cipher;
	enum ca_mode mode;
	uint16_t sw;
	size_t sent;
	uint8_t commands[8][600];
	size_t lens[8];
	bool changed;
	struct sm_card sm;
	struct buf chain;
};

static void must(enum cccd_err err)
{
	assert_int_equal(err, CCCD_OK);
}

static enum cccd_err naked(struct buf *response, uint16_t sw)
{
	const uint8_t bytes[] = { (uint8_t)(sw >> 8), (uint8_t)sw };

	return buf_append(response, SPAN(bytes));
}

static void change_keys(struct ca_chip *chip, struct span theirs)
{
	SECRET shared = { .len = 0 };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };

	if (chip->mode == CA_KEEPS_OLD)
		return;
	must(key_agree(chip->domain, &chip->pair, theirs, &shared));
	if (chip->mode == CA_NO_KEY)
		shared.bytes[0] ^= 1;
	must(kdf_session(chip->cipher, secret_span(&shared), &k_enc, &k_mac));
	sm_card_open(&chip->sm, chip->cipher, secret_span(&k_enc),
	             secret_span(&k_mac));
	chip->changed = true;
}

static enum cccd_err answer(struct ca_chip *chip, const char *data, size_t len,
                            uint16_t sw, struct buf *response)
{
	sm_card_answer(&chip->sm, span_of(data, len), sw, response);
	return CCCD_OK;
}

static enum cccd_err manage(struct ca_chip *chip, struct span plain,
                            struct buf *response)
{
	struct tlv_reader reader = tlv_open(span_after(plain, 4));
	struct span key = { 0 };

	if (chip->mode == CA_REFUSES_MSE)
		return answer(chip, NULL, 0, chip->sw, response);
	if (chip->mode == CA_DROPS_MSE)
		return naked(response, chip->sw);
	(void)answer(chip, NULL, 0, 0x9000, response);
	if (plain.at[3] == 0xA6) {
		must(tlv_expect(&reader, 0x91, &key));
		change_keys(chip, key);
	}
	return CCCD_OK;
}

static enum cccd_err authenticate(struct ca_chip *chip, struct span plain,
                                  struct buf *response)
{
	struct span inner = { 0 };
	struct span key = { 0 };

	must(buf_append(&chip->chain, span_after(plain, 4)));
	if ((plain.at[0] & 0x10) != 0)
		return answer(chip, NULL, 0, 0x9000, response);
	if (chip->mode == CA_REFUSES_GA)
		return answer(chip, NULL, 0, chip->sw, response);
	if (chip->mode == CA_DROPS_GA)
		return naked(response, chip->sw);
	must(tlv_only(buf_span(&chip->chain), 0x7C, &inner));
	must(tlv_only(inner, 0x80, &key));
	(void)answer(chip, "\x7C\x00", 2, 0x9000, response);
	change_keys(chip, key);
	return CCCD_OK;
}

static enum cccd_err ca_answer(void *context, struct span command,
                               struct buf *response)
{
	struct ca_chip *chip = context;
	BUF plain = buf_make(70000);

	if (!sm_card_receive(&chip->sm, command, &plain))
		return naked(response, 0x6988);
	assert_true(chip->sent < 8 && plain.len <= 600);
	memcpy(chip->commands[chip->sent], plain.at, plain.len);
	chip->lens[chip->sent++] = plain.len;
	if (plain.at[1] == 0x22)
		return manage(chip, buf_span(&plain), response);
	if (plain.at[1] == 0x86)
		return authenticate(chip, buf_span(&plain), response);
	if (chip->mode == CA_NAKED_AFTER)
		return naked(response, 0x6988);
	return answer(chip, NULL, 0, 0x6A82, response);
}

/* ---- Sessions ------------------------------------------------------ */

struct session {
	uint8_t spki[SPKI_MAX];
	uint8_t oid[10];
	struct chip_auth_key key;
	struct chip_auth_result result;
	struct ca_chip chip;
	struct card_rig rig;
};

/* SubjectPublicKeyInfo with standardizedDomainParameters [9303-11 9.5.1]. */
static void make_spki(struct session *s, unsigned int id)
{
	static const uint8_t oid[] = {
		0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02
	};
	const uint8_t parameter = (uint8_t)id;
	struct tlv_writer writer = tlv_writer(s->spki, sizeof(s->spki));
	size_t whole = tlv_begin(&writer, TAG_SEQUENCE);
	size_t algorithm = tlv_begin(&writer, TAG_SEQUENCE);
	size_t bits = 0;
	struct span key = public_value_span(&s->chip.pair.public_value);

	tlv_put(&writer, TAG_OID, SPAN(oid));
	tlv_put(&writer, TAG_INTEGER, span_of(&parameter, 1));
	tlv_finish(&writer, algorithm);
	bits = tlv_begin(&writer, TAG_BIT_STRING);
	tlv_put_raw(&writer, span_of("\0", 1));
	if (id <= 2) {
		tlv_put_head(&writer, TAG_INTEGER, key.len + 1);
		tlv_put_raw(&writer, span_of("\0", 1));
	}
	tlv_put_raw(&writer, key);
	tlv_finish(&writer, bits);
	tlv_finish(&writer, whole);
	must(tlv_written(&writer, &s->key.spki));
}

static void prepare(struct session *s, unsigned int id, uint8_t cipher)
{
	static const uint8_t stem[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		                        0x02, 0x02, 0x03, 0x00, 0x00 };
	struct span old = span_first(SPAN(session_key), 16);

	memset(s, 0, sizeof(*s));
	memcpy(s->oid, stem, sizeof(stem));
	s->oid[8] = id <= 2 ? 1 : 2;
	s->oid[9] = cipher;
	s->key.protocol = SPAN(s->oid);
	s->chip.cipher = (enum cipher_id)cipher;
	s->chip.chain = buf_make(4096);
	must(domain_from_id(id, &s->chip.domain));
	must(key_generate(s->chip.domain, &random_system, &s->chip.pair));
	make_spki(s, id);
	sm_card_open(&s->chip.sm, CIPHER_AES128, old, old);
	card_rig_init(&s->rig);
	s->rig.script.answer = ca_answer;
	s->rig.script.context = &s->chip;
	card_rig_open(&s->rig, &random_system);
	must(sm_open(&s->rig.card.sm, CIPHER_AES128, old, old,
	             span_of(NULL, 0)));
}

static void run(struct session *s)
{
	must(chip_auth_run(&s->rig.card, &s->key, FID_DG14, &s->result));
	/* A refusal is a fact; it is not the session's error. */
	assert_int_equal(s->rig.error.code, CCCD_OK);
}

static void finish(struct session *s)
{
	card_rig_close(&s->rig);
	domain_free(s->chip.domain);
	buf_release(&s->chip.chain);
}

static void assert_proven(struct session *s)
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
	static struct session s;
	bool kat = cipher == 1;

	prepare(&s, id, cipher);
	run(&s);
	assert_proven(&s);
	assert_int_equal(s.result.used_kat, kat);
	assert_int_equal(s.result.domain_id, id);
	assert_false(s.result.inferred);
	assert_int_equal(s.result.status_word, SW_OK);
	/* The proof is the SELECT under the new keys, answered 6A82 here. */
	assert_int_equal(s.chip.commands[s.chip.sent - 1][1], 0xA4);
	finish(&s);
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
	static struct session s;

	(void)state;
	for (unsigned int id = 1; id <= 2; id++)
		for (int extended = 0; extended < 2; extended++) {
			prepare(&s, id, 2);
			s.rig.card.extended = extended != 0;
			run(&s);
			assert_proven(&s);
			assert_int_equal(s.chip.sent, extended != 0 ? 3 : 4);
			if (extended == 0)
				assert_int_equal(s.chip.commands[1][0], 0x10);
			finish(&s);
		}
}

static void chip_auth_run_sends_the_key_id(void **state)
{
	static const uint8_t want[] = { 0x84, 0x02, 0x01, 0x02 };
	static struct session s;

	(void)state;
	for (uint8_t cipher = 1; cipher <= 2; cipher++) {
		prepare(&s, 13, cipher);
		s.key.has_key_id = true;
		s.key.key_id = 0x0102;
		run(&s);
		assert_proven(&s);
		assert_memory_equal(s.chip.commands[0] + s.chip.lens[0] - 4,
		                    want, 4);
		assert_true(s.result.has_key_id);
		assert_int_equal(s.result.key_id, 0x0102);
		finish(&s);
	}
}

/* The very same chip and key, twice: the terminal's key lives once. */
static void chip_auth_run_draws_new_keys_each_time(void **state)
{
	static struct session s;
	uint8_t first[600];
	size_t len = 0;

	(void)state;
	prepare(&s, 13, 2);
	run(&s);
	assert_proven(&s);
	len = s.chip.lens[1];
	assert_int_equal(s.chip.commands[1][1], 0x86);
	memcpy(first, s.chip.commands[1], len);
	/* Under the keys that the first run left. */
	s.chip.sent = 0;
	buf_reset(&s.chip.chain);
	run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_PROVEN);
	assert_int_equal(s.chip.lens[1], len);
	assert_int_equal(s.chip.commands[1][1], 0x86);
	assert_memory_not_equal(first, s.chip.commands[1], len);
	finish(&s);
}

/* A DG14 with a key and no ChipAuthenticationInfo: 3DES. */
static void chip_auth_run_infers_a_missing_protocol(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, 12, 1);
	s.key.protocol = span_of(NULL, 0);
	run(&s);
	assert_proven(&s);
	assert_true(s.result.inferred);
	assert_true(s.result.used_kat);
	finish(&s);
}

/* ---- Impostors ----------------------------------------------------- */

static void impostor(uint8_t cipher, enum ca_mode mode)
{
	static struct session s;

	prepare(&s, 13, cipher);
	s.chip.mode = mode;
	run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_UNPROVEN);
	assert_false(sm_is_open(&s.rig.card.sm));
	assert_string_equal(chip_auth_outcome_name(s.result.outcome),
	                    "unproven");
	finish(&s);
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
	static struct session s;
	bool naked_word = mode == CA_DROPS_MSE || mode == CA_DROPS_GA;

	prepare(&s, 13, cipher);
	s.chip.mode = mode;
	s.chip.sw = sw;
	run(&s);
	assert_int_equal(s.result.outcome, CHIP_AUTH_REFUSED);
	assert_int_equal(s.result.status_word, sw);
	/* [9303-11 6.2.2] a protected refusal leaves the old channel. */
	assert_int_equal(sm_is_open(&s.rig.card.sm), !naked_word);
	assert_int_equal(s.rig.card.sm.cipher,
	                 naked_word ? CIPHER_NONE : CIPHER_AES128);
	finish(&s);
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

static void bad_key(struct session *s, enum chip_auth_outcome want)
{
	run(s);
	assert_int_equal(s->result.outcome, want);
	assert_int_equal(s->chip.sent, 0);
	assert_true(sm_is_open(&s->rig.card.sm));
	finish(s);
}

static void pitfall_35_chip_auth_run_refuses_bad_keys(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, 13, 2); /* off the curve */
	s.spki[s.key.spki.len - 1] ^= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	prepare(&s, 0, 2); /* out of the subgroup */
	s.spki[s.key.spki.len - 1] ^= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	prepare(&s, 13, 2); /* cut */
	s.key.spki.len -= 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	prepare(&s, 13, 2); /* a protocol for the other kind */
	s.oid[8] = 1;
	bad_key(&s, CHIP_AUTH_KEY_INVALID);
	prepare(&s, 13, 2); /* no such protocol */
	s.oid[9] = 9;
	bad_key(&s, CHIP_AUTH_UNSUPPORTED);
	prepare(&s, 13, 2); /* no such group */
	s.spki[15] = 7;
	bad_key(&s, CHIP_AUTH_UNSUPPORTED);
}

static void chip_auth_run_needs_a_channel(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, 13, 2);
	sm_close(&s.rig.card.sm);
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_USAGE_STATE);
	finish(&s);
}

static void pitfall_33_chip_auth_run_stops_without_randomness(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, 13, 2);
	s.rig.random = tape_random(&s.rig.tape);
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(s.rig.error.code, CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(s.chip.sent, 0);
	finish(&s);
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
	static struct session s;

	(void)state;
	prepare(&s, 13, 2);
	s.rig.script.answer = removed;
	assert_int_equal(
	        chip_auth_run(&s.rig.card, &s.key, FID_DG14, &s.result),
	        CCCD_ERR_CARD_REMOVED);
	finish(&s);
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
