/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PC/SC transport over a wrapped libpcsclite: every call fails once in
 * every way, answers lie about their lengths, and an exchange never ends.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include <winscard.h>

#include "base/clock.h"
#include "reader/reader.h"
#include "tests/reader/fake_winscard.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	SHORT_MS = 200,
	ENOUGH_MS = 5000,
	PATIENCE_MS = 30000,
	CALLS_MAX = 64,
};

static const uint8_t command[] = { 0x00, 0xB0, 0x00, 0x00, 0x00 };

/* One whole use of a reader; the first error ends it. */
static enum cccd_err use(struct cccd_error *error)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct reader *reader = NULL;
	enum cccd_err err = reader_open("pcsc:", error, &reader);

	if (err != CCCD_OK)
		return err;
	err = reader_wait(reader, ENOUGH_MS, error);
	if (err == CCCD_OK)
		err = reader_connect(reader, error);
	if (err == CCCD_OK)
		err = reader_transmit(reader, SPAN(command), &response, error);
	reader_close(reader);
	return err;
}

static void pcsc_use_gives_everything_back(void **state)
{
	struct cccd_error error = { .tries_left = -1 };

	(void)state;
	fake_reset();
	assert_ok(use(&error));
	assert_int_equal(atomic_load(&fake.contexts), 0);
	assert_int_equal(atomic_load(&fake.handles), 0);
	assert_in_range(atomic_load(&fake.calls), 12, CALLS_MAX);
}

static void pcsc_use_survives_every_failing_call(void **state)
{
	static const LONG codes[] = {
		SCARD_E_NO_SERVICE,         SCARD_E_INVALID_HANDLE,
		SCARD_E_SHARING_VIOLATION,  SCARD_W_REMOVED_CARD,
		SCARD_E_READER_UNAVAILABLE, SCARD_E_NOT_TRANSACTED,
		SCARD_E_NO_MEMORY,          (LONG)0x8010FFFF,
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
		for (int n = 1; n < CALLS_MAX; n++) {
			struct cccd_error error = { .tries_left = -1 };
			enum cccd_err err;

			fake_reset();
			fake.fail_at = n;
			fake.code = codes[c];
			err = use(&error);
			assert_int_equal(error.code, err);
			assert_int_equal(atomic_load(&fake.contexts), 0);
			assert_int_equal(atomic_load(&fake.handles), 0);
			if (atomic_load(&fake.calls) < n)
				break;
		}
	}
}

static void pcsc_connect_takes_the_stated_limit(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	(void)state;
	fake_reset();
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_ok(reader_connect(reader, &error));
	assert_int_equal(reader_card(reader)->max_command, 1034);
	assert_int_equal(reader_card(reader)->max_response, 1026);
	reader_close(reader);
}

static struct reader_card connect_to(const char *names, DWORD len,
                                     bool says_nothing)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;
	struct reader_card card;

	fake_reset();
	fake.names = names;
	fake.names_len = len;
	fake.says_nothing = says_nothing;
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_ok(reader_connect(reader, &error));
	card = *reader_card(reader);
	reader_close(reader);
	return card;
}

/* The table is a hint; what the reader says of itself counts for more. */
static void pcsc_connect_hints_at_a_known_short_reader(void **state)
{
	struct reader_card card;

	(void)state;
	card = connect_to(fake_short_reader, sizeof(fake_short_reader), true);
	assert_true(card.short_hint);
	assert_int_equal(card.max_command, READER_COMMAND_MAX);
	card = connect_to(fake_short_reader, sizeof(fake_short_reader), false);
	assert_false(card.short_hint);
	assert_int_equal(card.max_command, 1034);
	card = connect_to(fake_one_reader, sizeof(fake_one_reader), true);
	assert_false(card.short_hint);
}

/* One that dies in the handshake is gone; one that goes on refusing refuses. */
static void pcsc_list_tells_a_dead_service_from_a_refusal(void **state)
{
	static const struct {
		int refusals;
		int fail_at;
		enum cccd_err expected;
	} cases[] = {
		{ 1, 1, CCCD_ERR_READER_SERVICE },
		{ 1, 0, CCCD_OK },
		{ 2, 1, CCCD_ERR_READER_SERVICE },
		{ 3, 0, CCCD_ERR_READER_PERMISSION },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_reader_list *list = calloc(1, sizeof(*list));
		struct cccd_error error = { 0 };

		assert_non_null(list);
		fake_reset();
		fake.refusals = cases[i].refusals;
		fake.fail_at = cases[i].fail_at;
		fake.code = SCARD_E_NO_SERVICE;
		assert_int_equal(reader_list(&error, list), cases[i].expected);
		free(list);
	}
}

/*
 * A service that ends resets connections, for which pcsc-lite has the same
 * word as for a refusal, at whatever call that is.
 */
static void pcsc_use_takes_no_dead_service_for_a_refusal(void **state)
{
	(void)state;
	for (int n = 1; n < CALLS_MAX; n++) {
		struct cccd_error error = { .tries_left = -1 };
		enum cccd_err err;

		fake_reset();
		fake.fail_at = n;
		fake.code = SCARD_W_SECURITY_VIOLATION;
		fake.after = SCARD_F_COMM_ERROR;
		err = use(&error);
		if (atomic_load(&fake.calls) < n)
			return;
		/* Past the exchange nothing is left to fail. */
		if (err != CCCD_OK)
			assert_int_equal(err, CCCD_ERR_READER_SERVICE);
	}
}

/* One that refuses us the card is there to answer the next question. */
static void pcsc_connect_tells_a_refusal(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	(void)state;
	fake_reset();
	fake.refuses_card = true;
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_ok(reader_wait(reader, ENOUGH_MS, &error));
	assert_int_equal(reader_connect(reader, &error),
	                 CCCD_ERR_READER_PERMISSION);
	reader_close(reader);
}

/* pcscd has no ATR of a card that is just being laid down. */
static void pcsc_connect_bears_with_a_card_that_comes(void **state)
{
	static const struct {
		int mismatches;
		enum cccd_err expected;
	} cases[] = { { 2, CCCD_OK }, { 100, CCCD_ERR_CARD_UNSUPPORTED } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_error error = { .tries_left = -1 };
		struct reader *reader = NULL;

		fake_reset();
		fake.mismatches = cases[i].mismatches;
		assert_ok(reader_open("pcsc:", &error, &reader));
		assert_int_equal(reader_connect(reader, &error),
		                 cases[i].expected);
		reader_close(reader);
	}
}

static void pcsc_open_refuses_a_list_that_lies(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	(void)state;
	fake_reset();
	fake.names_len = 1000000;
	assert_int_equal(reader_open("pcsc:", &error, &reader),
	                 CCCD_ERR_READER_OVERSIZE);
	/* A list that is cut in a name has no reader. */
	fake_reset();
	fake.names_len = 4;
	error = (struct cccd_error){ .tries_left = -1 };
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_int_equal(reader_connect(reader, &error), CCCD_ERR_READER_NONE);
	reader_close(reader);
}

static void pcsc_transmit_refuses_an_answer_that_lies(void **state)
{
	static const DWORD lengths[] = { READER_RESPONSE_MAX + 1, 10000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct cccd_error error = { .tries_left = -1 };

		fake_reset();
		fake.response_len = lengths[i];
		assert_int_equal(use(&error), CCCD_ERR_READER_OVERSIZE);
	}
}

/* The reader hangs: the caller goes on, and later nothing is left. */
static void pcsc_transmit_leaves_a_wedged_reader(void **state)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;
	uint64_t start = 0;

	(void)state;
	fake_reset();
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_ok(reader_connect(reader, &error));
	atomic_store(&fake.blocks, true);
	reader_set_timeout(reader, SHORT_MS);
	start = clock_steady_ms();
	assert_int_equal(
	        reader_transmit(reader, SPAN(command), &response, &error),
	        CCCD_ERR_READER_TIMEOUT);
	assert_in_range(clock_steady_ms() - start, SHORT_MS, PATIENCE_MS);
	assert_true(atomic_load(&fake.inside));
	/* Another context works while the first one hangs. */
	error = (struct cccd_error){ .tries_left = -1 };
	reader_disconnect(reader);
	assert_ok(reader_connect(reader, &error));
	reader_close(reader);
	assert_int_equal(atomic_load(&fake.contexts), 1);
	atomic_store(&fake.blocks, false);
	while (atomic_load(&fake.contexts) > 0) {
		assert_true(clock_steady_ms() - start < PATIENCE_MS);
		clock_sleep_ms(1);
	}
	assert_int_equal(atomic_load(&fake.handles), 0);
}

/* What drivers call a success when the card leaves during a command. */
static void pcsc_transmit_takes_no_answer_for_a_removal(void **state)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	(void)state;
	fake_reset();
	assert_ok(reader_open("pcsc:", &error, &reader));
	assert_ok(reader_connect(reader, &error));
	fake.response_len = 0;
	assert_int_equal(
	        reader_transmit(reader, SPAN(command), &response, &error),
	        CCCD_ERR_CARD_REMOVED);
	reader_close(reader);
}

/* A failed exchange alone says little; the next look tells what has gone. */
static void pcsc_transmit_tells_what_has_gone(void **state)
{
	static const struct {
		LONG after;
		enum cccd_err expected;
	} cases[] = {
		{ SCARD_F_COMM_ERROR, CCCD_ERR_READER_SERVICE },
		{ SCARD_W_SECURITY_VIOLATION, CCCD_ERR_READER_SERVICE },
		{ SCARD_E_UNKNOWN_READER, CCCD_ERR_READER_LOST },
		{ SCARD_E_TIMEOUT, CCCD_ERR_READER_IO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		BUF response = buf_make(READER_RESPONSE_MAX);
		struct cccd_error error = { .tries_left = -1 };
		struct reader *reader = NULL;

		fake_reset();
		assert_ok(reader_open("pcsc:", &error, &reader));
		assert_ok(reader_connect(reader, &error));
		fake.code = SCARD_E_NOT_TRANSACTED;
		fake.after = cases[i].after;
		fake.fail_at = atomic_load(&fake.calls) + 1;
		assert_int_equal(reader_transmit(reader, SPAN(command),
		                                 &response, &error),
		                 cases[i].expected);
		reader_close(reader);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcsc_use_gives_everything_back),
		cmocka_unit_test(pcsc_use_survives_every_failing_call),
		cmocka_unit_test(pcsc_connect_takes_the_stated_limit),
		cmocka_unit_test(pcsc_connect_hints_at_a_known_short_reader),
		cmocka_unit_test(pcsc_list_tells_a_dead_service_from_a_refusal),
		cmocka_unit_test(pcsc_use_takes_no_dead_service_for_a_refusal),
		cmocka_unit_test(pcsc_connect_tells_a_refusal),
		cmocka_unit_test(pcsc_connect_bears_with_a_card_that_comes),
		cmocka_unit_test(pcsc_open_refuses_a_list_that_lies),
		cmocka_unit_test(pcsc_transmit_refuses_an_answer_that_lies),
		cmocka_unit_test(pcsc_transmit_takes_no_answer_for_a_removal),
		cmocka_unit_test(pcsc_transmit_tells_what_has_gone),
		cmocka_unit_test(pcsc_transmit_leaves_a_wedged_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
