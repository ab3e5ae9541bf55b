/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of commands, and exchanges with chaining and GET RESPONSE. */
#include "apdu/iso7816/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "tests/support/script_reader.h"

static void expect_encoding(const struct command *command, bool extended,
                            struct span expected)
{
	BUF apdu = buf_make(READER_COMMAND_MAX);

	assert_int_equal(command_encode(command, extended, &apdu), CCCD_OK);
	assert_int_equal(apdu.len, expected.len);
	assert_memory_equal(apdu.at, expected.at, expected.len);
}

/* [7816-4 5.2] the four cases, short. */
static void command_encode_builds_short_cases(void **state)
{
	const uint8_t data[] = { 0x01, 0x1C };
	struct command command = {
		.cla = 0x00, .ins = 0xA4, .p1 = 2, .p2 = 0x0C
	};
	const uint8_t case_1[] = { 0x00, 0xA4, 2, 0x0C };
	const uint8_t case_2[] = { 0x00, 0xA4, 2, 0x0C, 0xDF };
	const uint8_t case_2_all[] = { 0x00, 0xA4, 2, 0x0C, 0x00 };
	const uint8_t case_3[] = { 0x00, 0xA4, 2, 0x0C, 2, 0x01, 0x1C };
	const uint8_t case_4[] = { 0x00, 0xA4, 2, 0x0C, 2, 0x01, 0x1C, 8 };

	(void)state;
	expect_encoding(&command, false, SPAN(case_1));
	command.le = 223;
	expect_encoding(&command, false, SPAN(case_2));
	command.le = LE_MAX_SHORT;
	expect_encoding(&command, false, SPAN(case_2_all));
	command.le = LE_NONE;
	command.data = SPAN(data);
	expect_encoding(&command, false, SPAN(case_3));
	command.le = 8;
	expect_encoding(&command, false, SPAN(case_4));
}

/* [7816-4 5.2] the same, extended; the leading 00 stands once. */
static void command_encode_builds_extended_cases(void **state)
{
	uint8_t data[256] = { 0 };
	struct command command = { .ins = 0xB0, .le = 65536 };
	const uint8_t case_2[] = { 0x00, 0xB0, 0, 0, 0, 0, 0 };
	const uint8_t case_2_4096[] = { 0x00, 0xB0, 0, 0, 0, 0x10, 0 };
	const uint8_t forced_4[] = { 0x00, 0xB0, 0, 0, 0, 0, 1, 0, 0, 5 };
	BUF apdu = buf_make(READER_COMMAND_MAX);

	(void)state;
	expect_encoding(&command, false, SPAN(case_2));
	command.le = 4096;
	expect_encoding(&command, false, SPAN(case_2_4096));
	command.le = 5;
	command.data = span_of(data, 1);
	expect_encoding(&command, true, SPAN(forced_4));
	command.data = SPAN(data);
	command.le = 300;
	assert_int_equal(command_encode(&command, false, &apdu), CCCD_OK);
	assert_int_equal(apdu.len, 4 + 3 + 256 + 2);
	assert_int_equal(apdu.at[4], 0);
	assert_int_equal(apdu.at[5], 1);
	assert_int_equal(apdu.at[6], 0);
	assert_int_equal(apdu.at[apdu.len - 2], 1);
	assert_int_equal(apdu.at[apdu.len - 1], 44);
}

static void command_encode_refuses_what_no_form_holds(void **state)
{
	static uint8_t data[65536];
	struct command command = { .ins = 0xB0, .le = 65537 };
	BUF apdu = buf_make(READER_COMMAND_MAX);

	(void)state;
	assert_int_equal(command_encode(&command, false, &apdu),
	                 CCCD_ERR_DATA_TOO_LARGE);
	command.le = 0;
	command.data = SPAN(data);
	assert_int_equal(command_encode(&command, false, &apdu),
	                 CCCD_ERR_DATA_TOO_LARGE);
}

static void response_decode_refuses_a_missing_status_word(void **state)
{
	const uint8_t bytes[] = { 0xAA, 0x90, 0x00 };
	struct response response = { 0 };

	(void)state;
	assert_int_equal(response_decode(span_of(bytes, 1), &response),
	                 CCCD_ERR_CARD_PROTOCOL);
	assert_int_equal(response_decode(SPAN(bytes), &response), CCCD_OK);
	assert_int_equal(response.sw, SW_OK);
	assert_int_equal(response.data.len, 1);
}

/* A card over a script, for one test. */
struct rig {
	struct script script;
	struct cccd_error error;
	struct card card;
	struct reader *reader;
};

static int rig_open(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	error_reset(&rig->error);
	rig->reader = script_open(&rig->script);
	card_init(&rig->card, rig->reader, &random_system, &rig->error);
	*state = rig;
	return 0;
}

static int rig_close(void **state)
{
	struct rig *rig = *state;

	card_release(&rig->card);
	reader_close(rig->reader);
	free(rig);
	return 0;
}

/* [7816-4 5.3.4] 61xx: GET RESPONSE until the end, in one piece. */
static void card_exchange_follows_61xx(void **state)
{
	struct rig *rig = *state;
	const struct command read = { .ins = 0xB0, .le = 256 };
	const uint8_t first[] = { 1, 2, 0x61, 0x02 };
	const uint8_t more[] = { 0x00, 0xC0, 0, 0, 0x02 };
	const uint8_t second[] = { 3, 0x61, 0x01 };
	const uint8_t last_more[] = { 0x00, 0xC0, 0, 0, 0x01 };
	const uint8_t last[] = { 4, 0x90, 0x00 };
	const uint8_t whole[] = { 1, 2, 3, 4 };
	struct response response = { 0 };

	script_add(&rig->script, span_of(NULL, 0), SPAN(first));
	script_add(&rig->script, SPAN(more), SPAN(second));
	script_add(&rig->script, SPAN(last_more), SPAN(last));
	assert_int_equal(card_exchange(&rig->card, &read, &response), CCCD_OK);
	assert_true(script_done(&rig->script));
	assert_int_equal(response.sw, SW_OK);
	assert_true(span_equal(response.data, SPAN(whole)));
}

static void card_exchange_stops_an_endless_61xx(void **state)
{
	struct rig *rig = *state;
	const struct command read = { .ins = 0xB0, .le = 256 };
	const uint8_t more[] = { 0x61, 0x10 };
	struct response response = { 0 };

	script_add(&rig->script, span_of(NULL, 0), SPAN(more));
	script_add(&rig->script, span_of(NULL, 0), SPAN(more));
	assert_int_equal(card_exchange(&rig->card, &read, &response),
	                 CCCD_ERR_CARD_PROTOCOL);
	assert_int_equal(rig->script.sent, 2);
}

/* One byte and the promise of more, for ever. */
static enum cccd_err crumb(void *context, struct span command,
                           struct buf *response)
{
	const uint8_t bytes[] = { 0xAA, 0x61, 0x01 };

	(void)command;
	if (context != NULL)
		clock_sleep_ms(*(const unsigned int *)context);
	return buf_append(response, SPAN(bytes));
}

/* [pitfall 27] the length of an answer bounds its parts. */
static void pitfall_27_card_exchange_stops_crumbs_after_61xx(void **state)
{
	struct rig *rig = *state;
	const struct command read = { .ins = 0xB0, .le = 256 };
	struct response response = { 0 };

	rig->script.answer = crumb;
	assert_int_equal(card_exchange(&rig->card, &read, &response),
	                 CCCD_ERR_CARD_PROTOCOL);
	assert_true(rig->script.sent < 200);
	assert_int_equal(rig->card.exchanges, rig->script.sent);
}

/* [pitfall 27] the deadline of the read holds within one answer too. */
static void pitfall_27_card_exchange_ends_61xx_at_the_deadline(void **state)
{
	struct rig *rig = *state;
	const struct command read = { .ins = 0xB0, .le = 256 };
	unsigned int pause_ms = 20;
	struct response response = { 0 };

	rig->script.answer = crumb;
	rig->script.context = &pause_ms;
	rig->card.deadline_ms = clock_steady_ms() + 50;
	assert_int_equal(card_exchange(&rig->card, &read, &response),
	                 CCCD_ERR_READER_TIMEOUT);
	assert_true(rig->script.sent < 10);
}

/* [7816-4 5.6] 6Cxx: the same command with the right Le, once. */
static void card_exchange_repeats_with_the_right_le(void **state)
{
	struct rig *rig = *state;
	const struct command read = { .ins = 0xB0, .le = 256 };
	const uint8_t wrong[] = { 0x6C, 0x02 };
	const uint8_t again[] = { 0x00, 0xB0, 0, 0, 0x02 };
	struct response response = { 0 };

	script_add(&rig->script, span_of(NULL, 0), SPAN(wrong));
	script_add(&rig->script, SPAN(again), SPAN(wrong));
	assert_int_equal(card_exchange(&rig->card, &read, &response), CCCD_OK);
	assert_int_equal(response.sw, 0x6C02);
	assert_int_equal(rig->script.sent, 2);
}

/* [7816-4 5.3.3] long data on a short card: links, the last unmarked. */
static void card_exchange_chains_long_data(void **state)
{
	struct rig *rig = *state;
	static uint8_t data[300];
	const struct command command = { .ins = 0x86,
		                         .data = SPAN(data),
		                         .le = 256 };
	uint8_t first[5 + 255] = { 0x10, 0x86, 0, 0, 255 };
	uint8_t second[5 + 45 + 1] = { 0x00, 0x86, 0, 0, 45 };
	const uint8_t good[] = { 0x90, 0x00 };
	struct response response = { 0 };

	script_add(&rig->script, SPAN(first), SPAN(good));
	script_add(&rig->script, SPAN(second), SPAN(good));
	assert_int_equal(card_exchange(&rig->card, &command, &response),
	                 CCCD_OK);
	assert_true(script_done(&rig->script));
}

static void card_exchange_stops_a_refused_chain(void **state)
{
	struct rig *rig = *state;
	static uint8_t data[300];
	const struct command command = { .ins = 0x86, .data = SPAN(data) };
	const uint8_t refused[] = { 0x68, 0x84 };
	struct response response = { 0 };

	script_add(&rig->script, span_of(NULL, 0), SPAN(refused));
	assert_int_equal(card_exchange(&rig->card, &command, &response),
	                 CCCD_OK);
	assert_int_equal(response.sw, SW_CHAINING_UNSUPPORTED);
	assert_int_equal(rig->script.sent, 1);
}

/* [pitfall 24] a naked status word ends the session. */
static void pitfall_24_naked_status_word_ends_the_channel(void **state)
{
	struct rig *rig = *state;
	const uint8_t key[16] = { 1 };
	const uint8_t naked[] = { 0x67, 0x00 };
	const struct command read = { .ins = 0xB0, .le = 8 };
	struct response response = { 0 };

	assert_int_equal(sm_open(&rig->card.sm, CIPHER_AES128, SPAN(key),
	                         SPAN(key), span_of(NULL, 0)),
	                 CCCD_OK);
	script_add(&rig->script, span_of(NULL, 0), SPAN(naked));
	assert_int_equal(card_exchange(&rig->card, &read, &response),
	                 CCCD_ERR_SM_BROKEN);
	assert_false(sm_is_open(&rig->card.sm));
	assert_int_equal(rig->error.status_word, SW_WRONG_LENGTH);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_encode_builds_short_cases),
		cmocka_unit_test(command_encode_builds_extended_cases),
		cmocka_unit_test(command_encode_refuses_what_no_form_holds),
		cmocka_unit_test(response_decode_refuses_a_missing_status_word),
		RIGGED(card_exchange_follows_61xx),
		RIGGED(card_exchange_stops_an_endless_61xx),
		RIGGED(pitfall_27_card_exchange_stops_crumbs_after_61xx),
		RIGGED(pitfall_27_card_exchange_ends_61xx_at_the_deadline),
		RIGGED(card_exchange_repeats_with_the_right_le),
		RIGGED(card_exchange_chains_long_data),
		RIGGED(card_exchange_stops_a_refused_chain),
		RIGGED(pitfall_24_naked_status_word_ends_the_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
