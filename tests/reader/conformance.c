/* SPDX-License-Identifier: Apache-2.0 */
/* What every transport owes, as one table of checks. */
#include "tests/reader/conformance.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/reader/test_card.h"

enum {
	WAIT_MS = 30000,
	DEADLINE_MS = 300,
	SLOW_MS = CONFORMANCE_SLOW_MS,
	CANCEL_AFTER_MS = 150,
	/* Less than a slice of the wait: the call itself must be woken. */
	CANCEL_SEEN_MS = 800,
	/* On a busy machine one wake-up may be late, but not all of them. */
	CANCEL_TRIES = 20,
	LONG_ANSWER = 65000,
	LONG_COMMAND = 65000,
	NAME_MAX_LEN = 96,
};

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

static struct cccd_error fresh(void)
{
	return (struct cccd_error){ .tries_left = -1 };
}

static bool can(const struct bed *bed, enum reader_capability capability)
{
	return (bed->capabilities & (unsigned int)capability) != 0;
}

static void connect_card(struct bed *bed, struct reader *reader)
{
	struct cccd_error error = fresh();

	if (can(bed, READER_CAN_WAIT))
		assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	assert_int_equal(error.code, CCCD_OK);
}

static enum cccd_err ask(struct reader *reader, enum test_ins ins,
                         unsigned int number, struct buf *response)
{
	uint8_t command[4];
	struct cccd_error error = fresh();
	enum cccd_err err;

	test_card_command(ins, number, command);
	err = reader_transmit(reader, SPAN(command), response, &error);
	/* The cause is recorded exactly when there is one. */
	assert_int_equal(error.code, err);
	return err;
}

static void expect_bytes(struct reader *reader, size_t count)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	assert_ok(ask(reader, TEST_INS_BYTES, (unsigned int)count, &response));
	assert_int_equal(response.len, count + 2);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(response.at[i], test_card_byte(i));
	assert_int_equal(response.at[count], 0x90);
	assert_int_equal(response.at[count + 1], 0x00);
}

static uint32_t number_at(const struct buf *response, size_t at)
{
	uint32_t number = 0;

	for (size_t i = at; i < at + 4; i++)
		number = number << 8 | response->at[i];
	return number;
}

static void states_its_capabilities(struct bed *bed, struct reader *reader)
{
	assert_int_equal(reader_ops(reader)->capabilities, bed->capabilities);
	assert_true(strlen(reader_ops(reader)->scheme) > 0);
}

static void gives_the_atr(struct bed *bed, struct reader *reader)
{
	assert_int_equal(reader_card(reader)->atr_len, 0);
	connect_card(bed, reader);
	assert_int_equal(reader_card(reader)->atr_len, TEST_ATR_LEN);
	assert_memory_equal(reader_card(reader)->atr, test_atr, TEST_ATR_LEN);
	reader_disconnect(reader);
	assert_int_equal(reader_card(reader)->atr_len, 0);
}

static void refuses_exchange_unconnected(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_USAGE_STATE);
	connect_card(bed, reader);
	reader_disconnect(reader);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_USAGE_STATE);
}

static void exchanges_short(struct bed *bed, struct reader *reader)
{
	connect_card(bed, reader);
	expect_bytes(reader, 0);
	expect_bytes(reader, 1);
	expect_bytes(reader, 256);
	assert_int_equal(reader_exchanges(reader), 3);
}

static void exchanges_extended(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	uint8_t *command = NULL;
	uint32_t sum;

	if (!can(bed, READER_CAN_EXTENDED))
		return;
	command = malloc(LONG_COMMAND);
	assert_non_null(command);
	for (size_t i = 0; i < LONG_COMMAND; i++)
		command[i] = test_card_byte(i + 3);
	test_card_command(TEST_INS_DIGEST, 0, command);
	sum = test_card_sum(span_of(command, LONG_COMMAND));
	connect_card(bed, reader);
	expect_bytes(reader, LONG_ANSWER);
	assert_ok(reader_transmit(reader, span_of(command, LONG_COMMAND),
	                          &response, &error));
	free(command);
	assert_int_equal(response.len, 10);
	assert_int_equal(number_at(&response, 0), LONG_COMMAND);
	assert_int_equal(number_at(&response, 4), sum);
}

static void refuses_oversize(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	size_t len = 1 + (can(bed, READER_CAN_EXTENDED)
	                          ? (size_t)READER_COMMAND_MAX
	                          : (size_t)READER_SHORT_COMMAND_MAX);
	uint8_t *command = calloc(1, len);

	assert_non_null(command);
	connect_card(bed, reader);
	assert_int_equal(reader_transmit(reader, span_of(command, len),
	                                 &response, &error),
	                 CCCD_ERR_READER_OVERSIZE);
	free(command);
	/* Nothing was sent: the connection is as it was. */
	assert_int_equal(reader_exchanges(reader), 0);
	expect_bytes(reader, 3);
}

static void refuses_a_stub_command(struct bed *bed, struct reader *reader)
{
	static const uint8_t stub[] = { 0x80, 0x10, 0x00 };
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();

	connect_card(bed, reader);
	assert_int_equal(reader_transmit(reader, SPAN(stub), &response, &error),
	                 CCCD_ERR_USAGE_ARGUMENT);
}

static void passes_the_deadline(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	uint64_t start;

	connect_card(bed, reader);
	reader_set_timeout(reader, DEADLINE_MS);
	start = clock_steady_ms();
	assert_int_equal(ask(reader, TEST_INS_SLEEP, SLOW_MS, &response),
	                 CCCD_ERR_READER_TIMEOUT);
	assert_true(clock_steady_ms() - start < SLOW_MS);
	assert_int_equal(response.len, 0);
	/* The connection has ended; nothing more is sent over it. */
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_READER_TIMEOUT);
	reader_disconnect(reader);
}

/* Until the slow card has answered, nobody else may have the reader. */
static void connects_again_after_a_deadline(struct bed *bed,
                                            struct reader *reader)
{
	passes_the_deadline(bed, reader);
	clock_sleep_ms(bed->recovers_ms);
	reader_set_timeout(reader, WAIT_MS);
	connect_card(bed, reader);
	expect_bytes(reader, 5);
}

static void reports_removal(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	connect_card(bed, reader);
	assert_int_equal(ask(reader, TEST_INS_LEAVE, 0, &response),
	                 CCCD_ERR_CARD_REMOVED);
	assert_int_equal(response.len, 0);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_CARD_REMOVED);
	reader_disconnect(reader);
	if (bed->lay != NULL) {
		bed->lay(bed, reader, false);
		bed->lay(bed, reader, true);
	}
	connect_card(bed, reader);
	expect_bytes(reader, 4);
}

static bool is_absence(enum cccd_err err)
{
	return err == CCCD_ERR_READER_NO_CARD || err == CCCD_ERR_CARD_REMOVED;
}

static void expect_absence(const struct bed *bed, struct reader *reader)
{
	struct cccd_error error = fresh();
	bool present = true;

	if (!can(bed, READER_CAN_PRESENCE))
		return;
	assert_ok(reader_present(reader, &present, &error));
	assert_false(present);
}

/* Before the connection, before the first exchange, between two, after the
 * last; reports_removal() takes it in the middle of one. */
static void reports_removal_at_every_step(struct bed *bed,
                                          struct reader *reader)
{
	if (bed->lay == NULL)
		return;
	for (unsigned int step = 0; step < 4; step++) {
		BUF response = buf_make(READER_RESPONSE_MAX);
		struct cccd_error error = fresh();

		if (step > 0)
			connect_card(bed, reader);
		if (step > 1)
			expect_bytes(reader, step);
		if (step > 2)
			reader_disconnect(reader);
		bed->lay(bed, reader, false);
		if (step == 0 || step == 3)
			assert_true(is_absence(reader_connect(reader, &error)));
		else
			assert_int_equal(
			        ask(reader, TEST_INS_BYTES, 1, &response),
			        CCCD_ERR_CARD_REMOVED);
		reader_disconnect(reader);
		expect_absence(bed, reader);
		bed->lay(bed, reader, true);
	}
	connect_card(bed, reader);
	expect_bytes(reader, 4);
}

static void waits_no_longer_than_told(struct bed *bed, struct reader *reader)
{
	struct cccd_error error = fresh();
	uint64_t start = clock_steady_ms();

	if (!can(bed, READER_CAN_WAIT) || bed->lay == NULL)
		return;
	bed->lay(bed, reader, false);
	assert_int_equal(reader_wait(reader, DEADLINE_MS, &error),
	                 CCCD_ERR_READER_NO_CARD);
	assert_true(clock_steady_ms() - start >= DEADLINE_MS);
	bed->lay(bed, reader, true);
	error = fresh();
	assert_ok(reader_wait(reader, WAIT_MS, &error));
}

static void stays_cancelled(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();

	connect_card(bed, reader);
	reader_cancel(reader);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_CANCELLED);
	assert_int_equal(reader_connect(reader, &error), CCCD_ERR_CANCELLED);
	reader_resume(reader);
	expect_bytes(reader, 6);
}

static void *cancel_soon(void *reader)
{
	clock_sleep_ms(CANCEL_AFTER_MS);
	reader_cancel(reader);
	return NULL;
}

/* How long a wait took that was cancelled, in milliseconds. */
static uint64_t cancelled_wait(struct reader *reader)
{
	struct cccd_error error = fresh();
	uint64_t start = clock_steady_ms();
	uint64_t took = 0;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, reader), 0);
	assert_int_equal(reader_wait(reader, 10 * WAIT_MS, &error),
	                 CCCD_ERR_CANCELLED);
	took = clock_steady_ms() - start;
	assert_int_equal(pthread_join(thread, NULL), 0);
	reader_resume(reader);
	return took;
}

static void wakes_from_a_wait(struct bed *bed, struct reader *reader)
{
	uint64_t fastest = UINT64_MAX;

	if (!can(bed, READER_CAN_WAIT) || bed->lay == NULL)
		return;
	bed->lay(bed, reader, false);
	for (int i = 0; i < CANCEL_TRIES && fastest >= CANCEL_SEEN_MS; i++) {
		uint64_t took = cancelled_wait(reader);

		fastest = took < fastest ? took : fastest;
	}
	assert_true(fastest < CANCEL_SEEN_MS);
	bed->lay(bed, reader, true);
	connect_card(bed, reader);
}

static void stops_after_an_exchange(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	pthread_t thread;
	enum cccd_err err;

	if (bed->instant)
		return;
	connect_card(bed, reader);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, reader), 0);
	do
		err = ask(reader, TEST_INS_SLEEP, 2, &response);
	while (err == CCCD_OK);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(err, CCCD_ERR_CANCELLED);
	assert_int_equal(response.len, 0);
}

static void refuses_what_it_lacks(struct bed *bed, struct reader *reader)
{
	struct cccd_error error = fresh();
	bool present = false;

	if (can(bed, READER_CAN_PRESENCE)) {
		assert_ok(reader_present(reader, &present, &error));
		assert_true(present);
	} else {
		assert_int_equal(reader_present(reader, &present, &error),
		                 CCCD_ERR_READER_UNSUPPORTED);
		assert_false(present);
	}
	error = fresh();
	if (!can(bed, READER_CAN_WAIT))
		assert_int_equal(reader_wait(reader, 1, &error),
		                 CCCD_ERR_READER_UNSUPPORTED);
}

static unsigned int resets(struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	assert_ok(ask(reader, TEST_INS_RESETS, 0, &response));
	assert_int_equal(response.len, 6);
	return number_at(&response, 0);
}

/* A session opened over one connection is gone in the next. */
static void resets_the_card(struct bed *bed, struct reader *reader)
{
	unsigned int before;

	connect_card(bed, reader);
	before = resets(reader);
	reader_disconnect(reader);
	connect_card(bed, reader);
	assert_true(resets(reader) > before);
}

static void refuses_a_stub_answer(struct bed *bed, struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	connect_card(bed, reader);
	assert_int_equal(ask(reader, TEST_INS_STUB, 0, &response),
	                 CCCD_ERR_CARD_PROTOCOL);
}

const struct duty duties[] = {
	{ "states_its_capabilities", states_its_capabilities },
	{ "gives_the_atr", gives_the_atr },
	{ "refuses_exchange_unconnected", refuses_exchange_unconnected },
	{ "exchanges_short", exchanges_short },
	{ "exchanges_extended", exchanges_extended },
	{ "refuses_oversize", refuses_oversize },
	{ "refuses_a_stub_command", refuses_a_stub_command },
	{ "refuses_a_stub_answer", refuses_a_stub_answer },
	{ "refuses_what_it_lacks", refuses_what_it_lacks },
	{ "resets_the_card", resets_the_card },
	{ "passes_the_deadline", passes_the_deadline },
	{ "connects_again_after_a_deadline", connects_again_after_a_deadline },
	{ "reports_removal", reports_removal },
	{ "reports_removal_at_every_step", reports_removal_at_every_step },
	{ "waits_no_longer_than_told", waits_no_longer_than_told },
	{ "stays_cancelled", stays_cancelled },
	{ "wakes_from_a_wait", wakes_from_a_wait },
	{ "stops_after_an_exchange", stops_after_an_exchange },
};

const size_t duty_count = ARRAY_LEN(duties);

void conformance_check(struct bed *bed, const struct duty *duty)
{
	struct reader *reader = bed->open(bed);

	duty->check(bed, reader);
	reader_close(reader);
}

/* What one CMocka test is told. */
struct job {
	struct bed *bed;
	const struct duty *duty;
	void (*run)(struct bed *bed, const struct duty *duty);
	char name[NAME_MAX_LEN];
};

static void run_job(void **state)
{
	struct job *job = *state;

	job->run(job->bed, job->duty);
}

int conformance_run(struct bed *bed,
                    void (*run)(struct bed *bed, const struct duty *duty))
{
	struct job jobs[ARRAY_LEN(duties)] = { 0 };
	struct CMUnitTest tests[ARRAY_LEN(duties)] = { 0 };

	for (size_t i = 0; i < duty_count; i++) {
		jobs[i] = (struct job){ bed, &duties[i], run, "" };
		(void)snprintf(jobs[i].name, sizeof(jobs[i].name), "%s_%s",
		               bed->name, duties[i].name);
		tests[i] = (struct CMUnitTest){
			.name = jobs[i].name,
			.test_func = run_job,
			.initial_state = &jobs[i],
		};
	}
	return cmocka_run_group_tests_name(bed->name, tests, NULL, NULL);
}
