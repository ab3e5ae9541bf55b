/* SPDX-License-Identifier: Apache-2.0 */
/* Faults strike when and how the profile says, and the chip itself is
 * strict about what it is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "base/hex.h"
#include "tests/sim/terminal.h"

static void open_with(struct terminal *t, const char *faults)
{
	char profile[1024];

	(void)snprintf(profile, sizeof(profile),
	               "{\"extends\":\"cccd-2021\",\"faults\":[%s]}", faults);
	terminal_open(t, profile);
	assert_int_equal(terminal_bac(t), SW_OK);
}

/* What each fault on a protected read looks like from outside. */
static const struct fault_row {
	const char *fault;
	enum terminal_seal seal;
	uint16_t sw;
} fault_rows[] = {
	{ "{\"do\":\"bad_mac\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"drop_99\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"drop_8e\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"extra\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"duplicate\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"swap\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"plain\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"flip\",\"value\":40,\"step\":\"read\"}", SEAL_BROKEN,
	  0x9000 },
	{ "{\"do\":\"append\",\"bytes\":\"00\",\"step\":\"read\"}", SEAL_BROKEN,
	  0x9000 },
	{ "{\"do\":\"replay\",\"step\":\"read\"}", SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"outer_sw\",\"sw\":\"6282\",\"step\":\"read\"}",
	  SEAL_BROKEN, 0x6282 },
	{ "{\"do\":\"wire\",\"bytes\":\"DEADBEEF9000\",\"step\":\"read\"}",
	  SEAL_BROKEN, 0x9000 },
	{ "{\"do\":\"sw\",\"sw\":\"6700\",\"step\":\"read\"}", SEAL_NONE,
	  0x6700 },
	{ "{\"do\":\"sm_sw\",\"sw\":\"6A82\",\"step\":\"read\"}", SEAL_GOOD,
	  0x6A82 },
	{ "{\"do\":\"empty\",\"step\":\"read\"}", SEAL_GOOD, 0x9000 },
	{ "{\"do\":\"mute\",\"step\":\"read\"}", SEAL_MISSING, 0 },
	{ "{\"do\":\"remove\",\"step\":\"read\"}", SEAL_MISSING, 0 },
};

static void each_fault_on_a_read_shows_as_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault_rows); i++) {
		struct terminal t;

		open_with(&t, fault_rows[i].fault);
		assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
		assert_int_equal(t.seal, SEAL_GOOD);
		(void)terminal_read(&t, 0, 0, 16);
		if (t.seal != fault_rows[i].seal || t.sw != fault_rows[i].sw)
			_fail(fault_rows[i].fault, __LINE__);
		terminal_close(&t);
	}
}

static void plain_data_faults_keep_the_seal(void **state)
{
	struct terminal t;

	(void)state;
	open_with(&t, "{\"do\":\"truncate\",\"value\":3,\"step\":\"read\"},"
	              "{\"do\":\"data\",\"bytes\":\"0102\",\"nth\":2,"
	              "\"step\":\"read\"}");
	assert_int_equal(terminal_read(&t, 0x9E, 0, 16), SW_OK);
	assert_int_equal(t.data.len, 3);
	assert_int_equal(terminal_read(&t, 0x9E, 0, 16), SW_OK);
	assert_int_equal(t.data.len, 2);
	assert_int_equal(terminal_read(&t, 0x9E, 0, 16), SW_OK);
	assert_int_equal(t.data.len, 16);
	assert_int_equal(t.seal, SEAL_GOOD);
	terminal_close(&t);
}

static void fault_waits_for_its_file_and_offset(void **state)
{
	struct terminal t;

	(void)state;
	open_with(&t, "{\"do\":\"sm_sw\",\"sw\":\"6F00\",\"file\":\"dg2\","
	              "\"offset\":500}");
	assert_int_equal(terminal_read(&t, 0x81, 0, 90), SW_OK);
	assert_int_equal(terminal_read(&t, 0x82, 0, 223), SW_OK);
	assert_int_equal(terminal_read(&t, 0, 223, 223), SW_OK);
	assert_int_equal(terminal_read(&t, 1, 190, 223), 0x6F00);
	assert_int_equal(terminal_read(&t, 1, 190, 223), SW_OK);
	terminal_close(&t);
}

static void fault_waits_for_its_power_up_and_exchange(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "{\"extends\":\"cccd-2021\",\"faults\":["
	                  "{\"do\":\"sw\",\"sw\":\"6F01\",\"apdu\":2},"
	                  "{\"do\":\"sw\",\"sw\":\"6F02\",\"power\":2,"
	                  "\"ins\":\"A4\"},"
	                  "{\"do\":\"sw\",\"sw\":\"6F03\",\"received\":8}]}");
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), SW_OK);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x6F01);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), SW_OK);
	sim_card_power(t.card, true);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x6F02);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x6F03);
	terminal_close(&t);
}

/* [9303-11 9.8.3, 9.8.5] */
static void plain_command_ends_the_session(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "rig-07-strict-session");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	assert_int_equal(terminal_send(&t, "00B0000004"), 0x6985);
	(void)terminal_select(&t, 0x011E);
	assert_int_equal(t.seal, SEAL_NONE);
	assert_int_not_equal(t.sw, SW_OK);
	assert_int_equal(terminal_bac(&t), SW_OK);
	terminal_close(&t);
}

/* struct capture - the last command that a card was sent. */
struct capture {
	uint8_t bytes[64];
	size_t len;
};

static void capture_command(void *context, const struct sim_exchange *exchange,
                            struct buf *response)
{
	struct capture *capture = context;

	(void)response;
	assert_true(exchange->command.len <= sizeof(capture->bytes));
	memcpy(capture->bytes, exchange->command.at, exchange->command.len);
	capture->len = exchange->command.len;
}

/* Every byte of a protected command but Lc and Le is under the checksum:
 * [9303-11 9.8.4] */
static void changed_command_ends_the_session(void **state)
{
	struct capture good = { .len = 0 };
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	sim_card_set_tap(t.card, capture_command, &good);
	assert_int_equal(terminal_select(&t, 0x011E), SW_OK);
	terminal_close(&t);
	assert_int_equal(good.len, 27);
	for (size_t at = 1; at < good.len - 1; at++) {
		struct capture bad = good;
		char text[160];

		if (at == 4)
			continue;
		bad.bytes[at] ^= 0x40;
		hex_encode(span_of(bad.bytes, bad.len), text, sizeof(text));
		/* The seed makes the second card and its keys the same. */
		terminal_open(&t, "cccd-2021");
		assert_int_equal(terminal_bac(&t), SW_OK);
		assert_true(terminal_send(&t, text) == 0x6988 ||
		            t.sw == 0x6987);
		assert_false(t.card->state.session.open);
		assert_false(t.card->state.granted);
		terminal_close(&t);
	}
}

static void naked_errors_end_the_session(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "rig-01-naked-errors");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_select(&t, 0x010B), 0x6A82);
	assert_int_equal(t.seal, SEAL_NONE);
	assert_int_equal(terminal_select(&t, 0x011E), 0x6985);
	terminal_close(&t);
}

/* [test rig, behaviour 2] */
static void zero_le_is_answered_as_each_profile_says(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "rig-02-le-zero-empty");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x82, 0, 0), SW_OK);
	assert_int_equal(t.data.len, 0);
	terminal_close(&t);
	terminal_open(&t, "rig-02-le-zero-oversize");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x82, 0, 0), SW_OK);
	assert_int_equal(t.data.len, 256);
	assert_int_equal(t.wire.len, 283);
	terminal_close(&t);
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x82, 0, 0), SW_OK);
	assert_int_equal(t.data.len, 231);
	assert_int_equal(t.wire.len, 250);
	terminal_close(&t);
}

/* [test rig, behaviours 4, 5, 6] */
static void other_chips_differ_as_seen(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "rig-04-access-cold");
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), SW_OK);
	assert_int_equal(terminal_send(&t, "00B09C0000"), SW_OK);
	assert_int_equal(terminal_send(&t, "00A4040C07A0000002471001"), SW_OK);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x6A82);
	assert_int_equal(terminal_send(&t, "00A4000C023F00"), SW_OK);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), SW_OK);
	terminal_close(&t);
	terminal_open(&t, "rig-04-access-6986");
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x6986);
	assert_int_equal(terminal_bac(&t), SW_OK);
	terminal_close(&t);
	terminal_open(&t, "rig-05-end-9000");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x81, 90, 16), SW_OK);
	assert_int_equal(t.data.len, 5);
	assert_int_equal(terminal_read(&t, 0x81, 200, 16), 0x6F00);
	terminal_close(&t);
	terminal_open(&t, "rig-06-no-sfi");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x81, 0, 16), 0x6985);
	assert_int_equal(t.seal, SEAL_GOOD);
	assert_int_equal(terminal_select(&t, 0x0102), SW_OK);
	assert_int_equal(terminal_read(&t, 0, 0, 231), SW_OK);
	assert_int_equal(t.data.len, 224);
	assert_int_equal(terminal_read(&t, 0, 0, 1000), 0x6700);
	assert_int_equal(t.seal, SEAL_NONE);
	terminal_close(&t);
}

static void end_of_file_gives_6282_and_6b00(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_read(&t, 0x81, 90, 16), 0x6282);
	assert_int_equal(t.data.len, 5);
	assert_int_equal(terminal_read(&t, 0, 200, 16), 0x6B00);
	terminal_close(&t);
}

/* [emrtd 4, item 2] */
static void bac_answers_go_wrong_as_asked(void **state)
{
	static const struct {
		const char *profile;
		size_t len;
	} rows[] = {
		{ "bad-bac-mac", 40 },    { "bad-bac-rnd-ifd", 40 },
		{ "bad-bac-rnd-ic", 40 }, { "bad-bac-short", 39 },
		{ "bad-bac-long", 41 },
	};
	struct terminal good;
	BUF honest = buf_make(64);

	(void)state;
	terminal_open(&good, "bac-only");
	assert_int_equal(terminal_bac(&good), SW_OK);
	assert_int_equal(buf_set(&honest, buf_span(&good.data)), CCCD_OK);
	terminal_close(&good);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct terminal t;

		terminal_open(&t, rows[i].profile);
		assert_int_equal(terminal_bac(&t), SW_OK);
		assert_int_equal(t.data.len, rows[i].len);
		assert_false(span_equal(buf_span(&t.data), buf_span(&honest)));
		terminal_close(&t);
	}
}

/* [test rig, behaviour 8] */
static void wrong_mrz_then_right_mrz_works(void **state)
{
	struct terminal t;
	char command[96] = "0082000028";

	(void)state;
	terminal_open(&t, "rig-08-wrong-then-right");
	assert_int_equal(terminal_send(&t, "00A4040C07A0000002471001"), SW_OK);
	assert_int_equal(terminal_send(&t, "0084000008"), SW_OK);
	for (size_t i = 10; i < 90; i++)
		command[i] = '5';
	memcpy(command + 90, "28", 3);
	assert_int_equal(terminal_send(&t, command), 0x6982);
	/* A challenge serves once. */
	assert_int_equal(terminal_send(&t, command), 0x6985);
	assert_int_equal(terminal_bac(&t), SW_OK);
	terminal_close(&t);
}

static void command_of_point(char *text, size_t cap, const char *tag,
                             const struct sim_group *group, unsigned int times)
{
	SIM_ELEMENT base = { .point = NULL };
	SIM_ELEMENT point = { .point = NULL };
	SIM_NUMBER *number = BN_new();
	BUF bytes = buf_make(256);
	char hex[132];

	assert_true(BN_set_word(number, times));
	assert_int_equal(sim_group_generator(group, &base), CCCD_OK);
	assert_int_equal(sim_group_power(group, &base, number, &point),
	                 CCCD_OK);
	assert_int_equal(sim_group_encode(group, &point, &bytes), CCCD_OK);
	hex_encode(buf_span(&bytes), hex, sizeof(hex));
	(void)snprintf(text, cap, "10860000457C43%s41%s00", tag, hex);
}

/* PACE up to a token that cannot be right; the status word of each step. */
static uint16_t pace_with_wrong_token(struct terminal *t, const char *password)
{
	SIM_GROUP group = { .id = 0 };
	char command[256];

	(void)snprintf(command, sizeof(command),
	               "0022C1A40F800A04007F000702020402028301%s", password);
	if (terminal_send(t, command) != SW_OK)
		return t->sw;
	assert_int_equal(sim_group_open(13, &group), CCCD_OK);
	assert_int_equal(terminal_send(t, "10860000027C0000"), SW_OK);
	command_of_point(command, sizeof(command), "81", &group, 5);
	assert_int_equal(terminal_send(t, command), SW_OK);
	command_of_point(command, sizeof(command), "83", &group, 7);
	assert_int_equal(terminal_send(t, command), SW_OK);
	return terminal_send(t, "008600000C7C0A8508000102030405060700");
}

static void wrong_password_counts_down_and_blocks(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x6300);
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x6300);
	terminal_close(&t);
	terminal_open(&t, "bad-can-blocks");
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x63C2);
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x63C1);
	/* The count outlives the power. */
	sim_card_power(t.card, true);
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x63C0);
	assert_int_equal(pace_with_wrong_token(&t, "02"), 0x6983);
	/* Another password has its own. */
	assert_int_equal(pace_with_wrong_token(&t, "01"), 0x63C2);
	terminal_close(&t);
	terminal_open(&t, "id-eid-de-like");
	assert_int_equal(pace_with_wrong_token(&t, "03"), 0x63C2);
	assert_int_equal(pace_with_wrong_token(&t, "03"), 0x63C1);
	assert_int_equal(pace_with_wrong_token(&t, "03"), 0x6985);
	terminal_close(&t);
}

/* [9303-11 4.4.4.1] */
static void pace_set_at_refuses_what_is_not_offered(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	/* Another cipher; no password; PIN; another set of parameters. */
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040204830102"),
	        0x6A80);
	assert_int_equal(
	        terminal_send(&t, "0022C1A40C800A04007F00070202040202"),
	        0x6A80);
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040202830103"),
	        0x6A88);
	assert_int_equal(
	        terminal_send(&t,
	                      "0022C1A412800A04007F0007020204020283010284010C"),
	        0x6A80);
	assert_int_equal(
	        terminal_send(&t,
	                      "0022C1A412800A04007F0007020204020283010284010D"),
	        0x9000);
	terminal_close(&t);
	terminal_open(&t, "pace-many");
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040202830102"),
	        0x6A80);
	assert_int_equal(
	        terminal_send(&t,
	                      "0022C1A412800A04007F0007020204020283010284010C"),
	        0x9000);
	terminal_close(&t);
	terminal_open(&t, "pace-parameter-forbidden");
	assert_int_equal(
	        terminal_send(&t,
	                      "0022C1A412800A04007F0007020204020283010284010D"),
	        0x6A80);
	terminal_close(&t);
}

/* [9303-11 4.4.3.3.1] The chip validates what it is sent. */
static void pace_refuses_points_off_the_curve(void **state)
{
	struct terminal t;
	SIM_GROUP group = { .id = 0 };
	char command[256];

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(sim_group_open(13, &group), CCCD_OK);
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040202830102"),
	        SW_OK);
	assert_int_equal(terminal_send(&t, "10860000027C0000"), SW_OK);
	command_of_point(command, sizeof(command), "81", &group, 5);
	command[60] = command[60] == '1' ? '2' : '1';
	assert_int_equal(terminal_send(&t, command), 0x6A80);
	/* The run is over. */
	command_of_point(command, sizeof(command), "81", &group, 5);
	assert_int_equal(terminal_send(&t, command), 0x6985);
	terminal_close(&t);
}

/* [9303-11 4.4.4.3] A key of 264 bytes in short commands: the first link
 * is not whole and gets no answer, the second gets the key in pieces. */
static void pace_takes_a_long_key_in_two_links(void **state)
{
	struct terminal t;
	SIM_GROUP group = { .id = 0 };
	SIM_ELEMENT g = { .point = NULL };
	BUF key = buf_make(512);
	SIM_DER body = sim_der_make();
	char hex[600];
	char command[600];
	size_t mark;

	(void)state;
	terminal_open(&t, "pace-dh-2048-chained");
	assert_int_equal(sim_group_open(2, &group), CCCD_OK);
	assert_int_equal(sim_group_generator(&group, &g), CCCD_OK);
	assert_int_equal(sim_group_encode(&group, &g, &key), CCCD_OK);
	mark = sim_der_open(&body, 0x7C);
	sim_der_put(&body, 0x81, buf_span(&key));
	sim_der_close(&body, mark);
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040104830102"),
	        SW_OK);
	assert_int_equal(terminal_send(&t, "10860000027C0000"), SW_OK);
	hex_encode(span_first(buf_span(&body.out), 200), hex, sizeof(hex));
	(void)snprintf(command, sizeof(command), "10860000C8%.400s", hex);
	assert_int_equal(terminal_send(&t, command), SW_OK);
	assert_int_equal(t.data.len, 0);
	hex_encode(span_after(buf_span(&body.out), 200), hex, sizeof(hex));
	(void)snprintf(command, sizeof(command), "10860000%02X%.400s00",
	               (unsigned int)body.out.len - 200, hex);
	assert_int_equal(terminal_send(&t, command) & 0xFF00, 0x6100);
	assert_int_equal(t.data.len, 256);
	assert_int_equal(terminal_send(&t, "00C0000000"), SW_OK);
	assert_true(t.data.len > 0);
	terminal_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_on_a_read_shows_as_it_should),
		cmocka_unit_test(plain_data_faults_keep_the_seal),
		cmocka_unit_test(fault_waits_for_its_file_and_offset),
		cmocka_unit_test(fault_waits_for_its_power_up_and_exchange),
		cmocka_unit_test(plain_command_ends_the_session),
		cmocka_unit_test(changed_command_ends_the_session),
		cmocka_unit_test(naked_errors_end_the_session),
		cmocka_unit_test(zero_le_is_answered_as_each_profile_says),
		cmocka_unit_test(other_chips_differ_as_seen),
		cmocka_unit_test(end_of_file_gives_6282_and_6b00),
		cmocka_unit_test(bac_answers_go_wrong_as_asked),
		cmocka_unit_test(wrong_mrz_then_right_mrz_works),
		cmocka_unit_test(wrong_password_counts_down_and_blocks),
		cmocka_unit_test(pace_set_at_refuses_what_is_not_offered),
		cmocka_unit_test(pace_refuses_points_off_the_curve),
		cmocka_unit_test(pace_takes_a_long_key_in_two_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
