/* SPDX-License-Identifier: Apache-2.0 */
/* PACE against chips that refuse, warn, or answer nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail

#include "tests/apdu/access/pace_run.h"

struct refusal {
	size_t step;
	const char *sw;
	enum cccd_err err;
	int tries;
};

static void run_refusal(const struct refusal *row)
{
	static struct run run;

	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	add_steps(&run, row->step);
	add_randomness(&run);
	script_add(&run.rig.script,
	           apdu(&run, step_names[row->step], "command"),
	           span_of(row->sw, 2));
	assert_int_equal(start(&run), row->err);
	assert_int_equal(run.rig.error.code, row->err);
	assert_int_equal(run.rig.error.tries_left, row->tries);
	assert_int_equal(run.result.tries_left, row->tries);
	assert_int_equal(run.result.failed_step, row->step);
	assert_int_equal(run.result.status_word,
	                 (uint8_t)row->sw[0] << 8 | (uint8_t)row->sw[1]);
	assert_false(sm_is_open(&run.rig.card.sm));
	/* [pitfall 25] nothing at all is sent afterwards */
	assert_int_equal(run.rig.script.sent, row->step + 1);
	assert_true(script_done(&run.rig.script));
	close_run(&run);
}

static void pitfall_25_pace_run_stops_at_a_wrong_password(void **state)
{
	static const struct refusal rows[] = {
		{ 4, "\x63\x00", CCCD_ERR_CARD_PASSWORD, -1 },
		{ 4, "\x63\xC2", CCCD_ERR_CARD_PASSWORD, 2 },
		{ 4, "\x63\xC1", CCCD_ERR_CARD_PASSWORD, 1 },
		{ 4, "\x63\xC0", CCCD_ERR_CARD_BLOCKED, 0 },
		{ 4, "\x69\x82", CCCD_ERR_CARD_PASSWORD, -1 },
		{ 4, "\x69\x83", CCCD_ERR_CARD_BLOCKED, -1 },
		{ 0, "\x69\x83", CCCD_ERR_CARD_BLOCKED, -1 },
		{ 0, "\x63\xC0", CCCD_ERR_CARD_BLOCKED, 0 },
		{ 1, "\x69\x83", CCCD_ERR_CARD_BLOCKED, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		run_refusal(&rows[i]);
}

/* The caller records a downgrade out of these. */
static void pitfall_05_pace_run_reports_a_refusal_with_its_word(void **state)
{
	static const struct refusal rows[] = {
		{ 0, "\x6F\xFF", CCCD_ERR_CARD_REFUSED, -1 },
		{ 0, "\x6D\x00", CCCD_ERR_CARD_REFUSED, -1 },
		{ 0, "\x69\x85", CCCD_ERR_CARD_REFUSED, -1 },
		{ 1, "\x6F\xFF", CCCD_ERR_CARD_REFUSED, -1 },
		{ 2, "\x6A\x80", CCCD_ERR_CARD_REFUSED, -1 },
		{ 2, "\x63\x00", CCCD_ERR_CARD_REFUSED, -1 },
		{ 3, "\x6F\xFF", CCCD_ERR_CARD_REFUSED, -1 },
		{ 4, "\x6F\xFF", CCCD_ERR_CARD_REFUSED, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		run_refusal(&rows[i]);
}

static const uint8_t set_at_with_id[] = { 0x00, 0x22, 0xC1, 0xA4, 0x12, 0x80,
	                                  0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07,
	                                  0x02, 0x02, 0x04, 0x02, 0x02, 0x83,
	                                  0x01, 0x02, 0x84, 0x01, 0x0D };

static void add_rest(struct run *run)
{
	for (size_t i = 1; i < ARRAY_LEN(step_names); i++)
		script_add(&run->rig.script,
		           apdu(run, step_names[i], "command"),
		           apdu(run, step_names[i], "response"));
}

static void retry_after(const char *sw, bool at_step_1)
{
	static struct run run;

	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	add_randomness(&run);
	if (at_step_1) {
		add_steps(&run, 1);
		script_add(&run.rig.script,
		           apdu(&run, step_names[1], "command"),
		           span_of(sw, 2));
	} else {
		script_add(&run.rig.script,
		           apdu(&run, step_names[0], "command"),
		           span_of(sw, 2));
	}
	script_add(&run.rig.script, SPAN(set_at_with_id),
	           span_of("\x90\x00", 2));
	add_rest(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_true(script_done(&run.rig.script));
	assert_true(run.result.retried);
	assert_true(run.result.sent_parameter_id);
	close_run(&run);
}

/* [9303-11 4.4.4.1] */
static void pace_run_adds_the_parameter_id_when_refused(void **state)
{
	(void)state;
	retry_after("\x6A\x80", false);
	retry_after("\x6A\x88", false);
	retry_after("\x6A\x80", true);
	retry_after("\x6A\x88", true);
}

static void pace_run_sends_the_parameter_id_when_ambiguous(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	add_randomness(&run);
	run.options.parameter_id_ambiguous = true;
	script_add(&run.rig.script, SPAN(set_at_with_id),
	           span_of("\x90\x00", 2));
	add_rest(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_true(run.result.sent_parameter_id);
	assert_false(run.result.retried);
	close_run(&run);
}

static void pace_run_leaves_the_parameter_id_out_when_refused(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	add_randomness(&run);
	run.options.parameter_id_ambiguous = true;
	script_add(&run.rig.script, SPAN(set_at_with_id),
	           span_of("\x6A\x80", 2));
	add_steps(&run, 5);
	assert_int_equal(start(&run), CCCD_OK);
	assert_false(run.result.sent_parameter_id);
	assert_true(run.result.retried);
	close_run(&run);
}

static void pace_run_retries_only_once(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	script_add(&run.rig.script, apdu(&run, step_names[0], "command"),
	           span_of("\x6A\x88", 2));
	script_add(&run.rig.script, SPAN(set_at_with_id),
	           span_of("\x6A\x88", 2));
	assert_int_equal(start(&run), CCCD_ERR_CARD_REFUSED);
	assert_int_equal(run.rig.error.status_word, 0x6A88);
	assert_int_equal(run.rig.script.sent, 2);
	close_run(&run);
}

/* [TR-03110-3 B.14.1] 63Cx to MSE:Set AT is a warning. */
static void pace_run_goes_on_after_a_warning(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	password(&run, PASSWORD_CAN, "password_text");
	add_randomness(&run);
	script_add(&run.rig.script, apdu(&run, step_names[0], "command"),
	           span_of("\x63\xC1", 2));
	add_rest(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_int_equal(run.result.tries_left, 1);
	assert_true(sm_is_open(&run.rig.card.sm));
	close_run(&run);
}

struct bad_answer {
	const char *file;
	size_t step;
	const char *answer;
	size_t len;
	enum cccd_err err;
};

static void run_bad_answer(const struct bad_answer *row)
{
	static struct run run;
	bool cam = strcmp(row->file, "pace_ecdh_cam") == 0;
	bool can = strcmp(row->file, "pace_cccd_can") == 0;

	open_run(&run, row->file, "");
	if (can)
		password(&run, PASSWORD_CAN, "password_text");
	else if (cam)
		password(&run, PASSWORD_MRZ, "mrz_information_text");
	else
		password(&run, PASSWORD_CAN, "k_pi_password_text");
	add_steps(&run, row->step);
	add_randomness(&run);
	script_add(&run.rig.script,
	           apdu(&run, step_names[row->step], "command"),
	           span_of(row->answer, row->len));
	assert_int_equal(start(&run), row->err);
	assert_int_equal(run.rig.error.code, row->err);
	assert_false(sm_is_open(&run.rig.card.sm));
	assert_int_equal(run.rig.script.sent, row->step + 1);
	close_run(&run);
}

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct bad_answer bad_answers[] = {
	/* No template, a wrong one, something after it. */
	{ "pace_cccd_can", 1, BYTES("\x90\x00"), CCCD_ERR_DATA_MALFORMED },
	{ "pace_cccd_can", 1, BYTES("\x7D\x00\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	{ "pace_cccd_can", 1, BYTES("\x7C\x05\x80\x01\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	{ "pace_cccd_can", 1, BYTES("\x7C\x00\x90\x00"),
	  CCCD_ERR_DATA_MISSING },
	/* An encrypted nonce of no, part of a, or too many blocks. */
	{ "pace_cccd_can", 1, BYTES("\x7C\x02\x80\x00\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	{ "pace_cccd_can", 1,
	  BYTES("\x7C\x0A\x80\x08"
	        "12345678\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	{ "pace_cccd_can", 1,
	  BYTES("\x7C\x52\x80\x50"
	        "0123456789abcdef0123456789abcdef0123456789abcdef"
	        "0123456789abcdef0123456789abcdef\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	/* Integrated mapping: one block is all. */
	{ "pace_ecdh_im", 1,
	  BYTES("\x7C\x22\x80\x20"
	        "0123456789abcdef0123456789abcdef\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	{ "pace_ecdh_im", 2, BYTES("\x7C\x03\x82\x01\x00\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	/* Keys that are none. */
	{ "pace_cccd_can", 2, BYTES("\x7C\x02\x82\x00\x90\x00"),
	  CCCD_ERR_CRYPTO_KEY },
	{ "pace_cccd_can", 2, BYTES("\x7C\x03\x82\x01\x00\x90\x00"),
	  CCCD_ERR_CRYPTO_KEY },
	{ "pace_cccd_can", 3, BYTES("\x7C\x03\x84\x01\x00\x90\x00"),
	  CCCD_ERR_CRYPTO_KEY },
	{ "pace_cccd_can", 3, BYTES("\x7C\x02\x84\x00\x90\x00"),
	  CCCD_ERR_CRYPTO_KEY },
	{ "pace_cccd_can", 3, BYTES("\x7C\x02\x85\x00\x90\x00"),
	  CCCD_ERR_DATA_MISSING },
	/* Tokens. */
	{ "pace_cccd_can", 4, BYTES("\x7C\x00\x90\x00"),
	  CCCD_ERR_DATA_MISSING },
	{ "pace_cccd_can", 4, BYTES("\x7C\x02\x86\x00\x90\x00"),
	  CCCD_ERR_CRYPTO_TOKEN },
	{ "pace_cccd_can", 4,
	  BYTES("\x7C\x09\x86\x07\xA3\x56\x49\x24\x57\x8E\x36\x90\x00"),
	  CCCD_ERR_CRYPTO_TOKEN },
	{ "pace_cccd_can", 4,
	  BYTES("\x7C\x0C\x86\x08\xA3\x56\x49\x24\x57\x8E\x36\x62"
	        "\x89\x00\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
	/* Chip authentication data where none belongs. */
	{ "pace_cccd_can", 4,
	  BYTES("\x7C\x0C\x86\x08\xA3\x56\x49\x24\x57\x8E\x36\x62"
	        "\x8A\x00\x90\x00"),
	  CCCD_ERR_DATA_MALFORMED },
};

static void pace_run_refuses_malformed_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_answers); i++)
		run_bad_answer(&bad_answers[i]);
}

static void pace_run_refuses_every_flipped_token_bit(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 64; bit++) {
		uint8_t answer[14] = { 0 };
		static struct run run;
		struct span good = { 0 };

		open_run(&run, "pace_cccd_can", "");
		password(&run, PASSWORD_CAN, "password_text");
		add_steps(&run, 4);
		add_randomness(&run);
		good = apdu(&run, step_names[4], "response");
		assert_int_equal(good.len, sizeof(answer));
		memcpy(answer, good.at, sizeof(answer));
		answer[4 + bit / 8] ^= (uint8_t)(1U << (bit % 8));
		script_add(&run.rig.script,
		           apdu(&run, step_names[4], "command"), SPAN(answer));
		assert_int_equal(start(&run), CCCD_ERR_CRYPTO_TOKEN);
		assert_false(sm_is_open(&run.rig.card.sm));
		close_run(&run);
	}
}

/* [9303-11 4.4.5.6] well encrypted, but an octet short of the order. */
static void pitfall_09_pace_run_refuses_short_chip_auth_data(void **state)
{
	static struct run run;
	uint8_t answer[48] = { 0x7C, 0x2C };
	uint8_t plain[32] = { 1 };
	uint8_t iv[CIPHER_BLOCK_MAX];
	struct span key = { 0 };

	(void)state;
	open_run(&run, "pace_ecdh_cam", "");
	password(&run, PASSWORD_MRZ, "mrz_information_text");
	add_steps(&run, 4);
	add_randomness(&run);
	key = value(&run, "ks_enc");
	plain[31] = 0x80;
	memset(iv, 0xFF, sizeof(iv));
	assert_int_equal(cipher_ecb_encrypt(CIPHER_AES128, key, SPAN(iv), iv),
	                 CCCD_OK);
	memcpy(answer + 2, apdu(&run, step_names[4], "response").at + 2, 10);
	memcpy(answer + 12, "\x8A\x20", 2);
	assert_int_equal(cipher_cbc_encrypt(CIPHER_AES128, key, iv, SPAN(plain),
	                                    answer + 14),
	                 CCCD_OK);
	memcpy(answer + 46, "\x90\x00", 2);
	script_add(&run.rig.script, apdu(&run, step_names[4], "command"),
	           SPAN(answer));
	assert_int_equal(start(&run), CCCD_ERR_DATA_MALFORMED);
	assert_false(sm_is_open(&run.rig.card.sm));
	close_run(&run);
}

/* [9303-11 4.4.3.5] the data of appendix I, cut, missing or garbled. */
static void pitfall_09_pace_run_refuses_bad_chip_auth_data(void **state)
{
	(void)state;
	for (int variant = 0; variant < 3; variant++) {
		uint8_t answer[64] = { 0 };
		static struct run run;
		struct span good = { 0 };

		open_run(&run, "pace_ecdh_cam", "");
		password(&run, PASSWORD_MRZ, "mrz_information_text");
		add_steps(&run, 4);
		add_randomness(&run);
		good = apdu(&run, step_names[4], "response");
		assert_int_equal(good.len, sizeof(answer));
		memcpy(answer, good.at, sizeof(answer));
		if (variant == 0) { /* only the token */
			answer[1] = 0x0A;
			memcpy(answer + 12, "\x90\x00", 2);
			good.len = 14;
		} else if (variant == 1) { /* no padding after decryption */
			answer[61] ^= 0x01;
		} else { /* not whole blocks */
			answer[1] = 0x3B;
			answer[13] = 0x2F;
			memcpy(answer + 61, "\x90\x00", 2);
			good.len = 63;
		}
		script_add(&run.rig.script,
		           apdu(&run, step_names[4], "command"),
		           span_of(answer, good.len));
		assert_int_equal(start(&run),
		                 variant == 0 ? CCCD_ERR_DATA_MISSING
		                              : CCCD_ERR_DATA_MALFORMED);
		assert_false(sm_is_open(&run.rig.card.sm));
		close_run(&run);
	}
}

/* The right data, but in another object; and an object without any. */
static void pitfall_09_pace_run_wants_its_own_chip_auth_object(void **state)
{
	(void)state;
	for (int empty = 0; empty < 2; empty++) {
		uint8_t answer[64] = { 0 };
		static struct run run;
		struct span good = { 0 };

		open_run(&run, "pace_ecdh_cam", "");
		password(&run, PASSWORD_MRZ, "mrz_information_text");
		add_steps(&run, 4);
		add_randomness(&run);
		good = apdu(&run, step_names[4], "response");
		assert_int_equal(good.len, sizeof(answer));
		memcpy(answer, good.at, sizeof(answer));
		assert_int_equal(answer[12], 0x8A);
		answer[12] = empty ? 0x8A : 0x8B;
		if (empty) {
			answer[1] = 0x0C;
			memcpy(answer + 13, "\x00\x90\x00", 3);
			good.len = 16;
		}
		script_add(&run.rig.script,
		           apdu(&run, step_names[4], "command"),
		           span_of(answer, good.len));
		assert_int_equal(start(&run), CCCD_ERR_DATA_MALFORMED);
		assert_false(sm_is_open(&run.rig.card.sm));
		close_run(&run);
	}
}

static void refuse_info(struct run *run)
{
	assert_int_equal(start(run), CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(run->rig.script.sent, 0);
	close_run(run);
}

static void prepare(struct run *run)
{
	open_run(run, "pace_cccd_can", "");
	password(run, PASSWORD_CAN, "password_text");
}

static void pace_run_refuses_unknown_parameters(void **state)
{
	static struct run run;

	(void)state;
	prepare(&run);
	run.infos.pace[0].version = 1;
	refuse_info(&run);
	prepare(&run); /* explicit parameters are not signed */
	run.infos.pace[0].has_parameter_id = false;
	refuse_info(&run);
	prepare(&run);
	run.infos.pace[0].parameter_id = 7;
	refuse_info(&run);
	prepare(&run);
	run.infos.pace[0].parameter_id = 32;
	refuse_info(&run);
	prepare(&run); /* a group of the other kind */
	run.infos.pace[0].parameter_id = 0;
	refuse_info(&run);
	prepare(&run);
	run.infos.pace[0].cipher = CCCD_CIPHER_NONE;
	refuse_info(&run);
	prepare(&run);
	run.infos.pace[0].mapping = CCCD_PACE_MAPPING_NONE;
	refuse_info(&run);
	prepare(&run);
	run.infos.pace[0].protocol.len = 0;
	refuse_info(&run);
}

static void pitfall_33_pace_run_stops_without_randomness(void **state)
{
	(void)state;
	for (size_t have = 0; have < 64; have += 31) {
		static struct run run;

		prepare(&run);
		add_steps(&run, 5);
		add_randomness(&run);
		run.rig.tape.len = have;
		assert_int_equal(start(&run), CCCD_ERR_CRYPTO_RANDOM);
		assert_int_equal(run.rig.script.sent, have < 32 ? 2 : 3);
		assert_false(sm_is_open(&run.rig.card.sm));
		close_run(&run);
	}
}

static void pace_run_needs_a_password_and_no_channel(void **state)
{
	static struct run run;
	struct span key = { 0 };

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	assert_int_equal(start(&run), CCCD_ERR_USAGE_KEY_MISSING);
	close_run(&run);
	prepare(&run);
	card_rig_open(&run.rig, NULL);
	key = value(&run, "ks_enc");
	assert_int_equal(sm_open(&run.rig.card.sm, CIPHER_AES128, key, key,
	                         span_of(NULL, 0)),
	                 CCCD_OK);
	assert_int_equal(pace_run(&run.rig.card, &run.infos.pace[0], NULL,
	                          &run.password, &run.result),
	                 CCCD_ERR_USAGE_STATE);
	close_run(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_25_pace_run_stops_at_a_wrong_password),
		cmocka_unit_test(
		        pitfall_05_pace_run_reports_a_refusal_with_its_word),
		cmocka_unit_test(pace_run_adds_the_parameter_id_when_refused),
		cmocka_unit_test(
		        pace_run_sends_the_parameter_id_when_ambiguous),
		cmocka_unit_test(
		        pace_run_leaves_the_parameter_id_out_when_refused),
		cmocka_unit_test(pace_run_retries_only_once),
		cmocka_unit_test(pace_run_goes_on_after_a_warning),
		cmocka_unit_test(pace_run_refuses_malformed_answers),
		cmocka_unit_test(pace_run_refuses_every_flipped_token_bit),
		cmocka_unit_test(
		        pitfall_09_pace_run_refuses_bad_chip_auth_data),
		cmocka_unit_test(
		        pitfall_09_pace_run_refuses_short_chip_auth_data),
		cmocka_unit_test(
		        pitfall_09_pace_run_wants_its_own_chip_auth_object),
		cmocka_unit_test(pace_run_refuses_unknown_parameters),
		cmocka_unit_test(pitfall_33_pace_run_stops_without_randomness),
		cmocka_unit_test(pace_run_needs_a_password_and_no_channel),
	};

	return cmocka_run_group_tests_name("pace_refusal", tests, NULL, NULL);
}
