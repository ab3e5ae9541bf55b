/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelling from another thread, and sessions side by side. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#undef fail

#include <cccd/cccd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "tests/support/sim_transport.h"

enum {
	CANCELS = 150,
	READS = 12,
	THREADS = 4,
	SOON_MS = 20000,
	EXCHANGE_US = 200,
};

/* struct stop - a cancel that comes after so many microseconds. */
struct stop {
	struct cccd_session *session;
	long after_us;
	uint64_t at_ms;
};

static void *cancel_later(void *context)
{
	struct stop *stop = context;
	const struct timespec pause = {
		.tv_sec = stop->after_us / 1000000,
		.tv_nsec = stop->after_us % 1000000 * 1000,
	};

	(void)nanosleep(&pause, NULL);
	stop->at_ms = clock_steady_ms();
	cccd_session_cancel(stop->session);
	return NULL;
}

/* xorshift: the same moments in every run of the test. */
static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static enum cccd_err run_and_cancel(struct stop *stop)
{
	pthread_t thread;
	enum cccd_err err = CCCD_OK;

	assert_int_equal(pthread_create(&thread, NULL, cancel_later, stop), 0);
	err = cccd_session_run(stop->session);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return err;
}

/* How long a read takes on this machine, in microseconds. */
static long time_of_read(struct cccd_session *session)
{
	uint64_t start = clock_steady_us();

	assert_int_equal(cccd_session_run(session), CCCD_OK);
	return (long)(clock_steady_us() - start);
}

/* A run ends by the cancel or before it; a cancel that came too late ends
 * the next run, and no more than that. */
static void cancel_at_any_moment_ends_one_run(void **state)
{
	struct sim_device device = { .card = sim_card_of("pn532-short"),
		                     .pause_us = EXCHANGE_US };
	struct cccd_session *session = sim_session(&device, "can");
	uint32_t seed = 2463534242U;
	long whole_us = time_of_read(session);
	unsigned int ended = 0;

	(void)state;
	for (unsigned int i = 0; i < CANCELS; i++) {
		struct stop stop = {
			.session = session,
			.after_us = (long)(next_random(&seed) %
			                   (uint32_t)(whole_us + 1)),
		};
		enum cccd_err err = run_and_cancel(&stop);

		assert_true(clock_steady_ms() - stop.at_ms < SOON_MS);
		if (err == CCCD_OK)
			err = cccd_session_run(session);
		else
			ended++;
		assert_int_equal(err, CCCD_ERR_CANCELLED);
		assert_int_equal(cccd_session_error(session)->code,
		                 CCCD_ERR_CANCELLED);
		assert_int_not_equal(cccd_session_result(session)->overall,
		                     CCCD_SUCCESSFUL);
		assert_false(device.powered);
		if (i % 10 == 0)
			assert_int_equal(cccd_session_run(session), CCCD_OK);
	}
	/* Half of them and more come while something runs, fewer where the
	 * read that was timed was slower than the others. */
	assert_true(ended > 0);
	cccd_session_free(session);
	sim_card_free(device.card);
}

static bool never_there(void *context)
{
	(void)context;
	return false;
}

static void cancel_ends_a_long_wait(void **state)
{
	struct sim_device device = { .card = sim_card_of("cccd-2021") };
	struct cccd_session *session = sim_session(&device, "can");
	struct cccd_transport transport = sim_transport(device.card);
	struct cccd_options options = cccd_options_default();
	struct stop stop = { .session = session, .after_us = 100000 };

	(void)state;
	transport.present = never_there;
	options.wait_ms = 60000;
	assert_int_equal(
	        cccd_session_set_transport(session, &transport, &device),
	        CCCD_OK);
	assert_int_equal(cccd_session_set_options(session, &options), CCCD_OK);
	assert_int_equal(run_and_cancel(&stop), CCCD_ERR_CANCELLED);
	assert_true(clock_steady_ms() - stop.at_ms < SOON_MS);
	assert_int_equal(atomic_load(&device.transmits), 0);
	cccd_session_free(session);
	sim_card_free(device.card);
}

static void wait_ends_at_its_deadline(void **state)
{
	struct sim_device device = { .card = sim_card_of("cccd-2021") };
	struct cccd_session *session = sim_session(&device, "can");
	struct cccd_transport transport = sim_transport(device.card);
	struct cccd_options options = cccd_options_default();

	(void)state;
	transport.present = never_there;
	options.wait_ms = 120;
	assert_int_equal(
	        cccd_session_set_transport(session, &transport, &device),
	        CCCD_OK);
	assert_int_equal(cccd_session_set_options(session, &options), CCCD_OK);
	assert_int_equal(cccd_session_run(session), CCCD_ERR_READER_NO_CARD);
	cccd_session_free(session);
	sim_card_free(device.card);
}

static void cancel_before_a_run_ends_it(void **state)
{
	struct sim_device device = { .card = sim_card_of("cccd-2021") };
	struct cccd_session *session = sim_session(&device, "can");

	(void)state;
	cccd_session_cancel(session);
	cccd_session_cancel(session);
	assert_int_equal(cccd_session_run(session), CCCD_ERR_CANCELLED);
	assert_int_equal(cccd_session_run(session), CCCD_OK);
	cccd_session_free(session);
	sim_card_free(device.card);
}

/**
 * struct reading - what one thread reads over and over.
 * @good: reads that gave exactly its own card's bytes
 */
struct reading {
	const char *profile;
	const char *key;
	pthread_t thread;
	unsigned int good;
};

static bool is_own(const struct cccd_session *session,
                   const struct sim_device *device)
{
	static const enum cccd_file files[] = { CCCD_FILE_DG1, CCCD_FILE_DG13,
		                                CCCD_FILE_DG2, CCCD_FILE_SOD };
	static const char *const names[] = { "dg1", "dg13", "dg2", "sod" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct cccd_bytes read = cccd_document_file(
		        cccd_session_document(session), files[i]);
		struct span on_card = sim_card_file(device->card, names[i]);

		if (read.len != on_card.len || read.len == 0 ||
		    memcmp(read.at, on_card.at, read.len) != 0)
			return false;
	}
	return true;
}

static void *read_often(void *context)
{
	struct reading *reading = context;
	struct sim_device device = { .card = sim_card_of(reading->profile) };
	struct cccd_session *session = sim_session(&device, reading->key);

	for (unsigned int i = 0; i < READS; i++)
		if (cccd_session_run(session) == CCCD_OK &&
		    is_own(session, &device))
			reading->good++;
	cccd_session_free(session);
	sim_card_free(device.card);
	return NULL;
}

/* [style, State] nothing is shared: each thread reads its own card. */
static void sessions_side_by_side_do_not_mix(void **state)
{
	struct reading readings[THREADS] = {
		{ .profile = "cccd-2021", .key = "can" },
		{ .profile = "cancuoc-2024-adult", .key = "can" },
		{ .profile = "bac-only", .key = "mrz_lines" },
		{ .profile = "pace-dh", .key = "can" },
	};

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&readings[i].thread, NULL,
		                                read_often, &readings[i]),
		                 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(readings[i].thread, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(readings[i].good, READS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cancel_at_any_moment_ends_one_run),
		cmocka_unit_test(cancel_ends_a_long_wait),
		cmocka_unit_test(wait_ends_at_its_deadline),
		cmocka_unit_test(cancel_before_a_run_ends_it),
		cmocka_unit_test(sessions_side_by_side_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
