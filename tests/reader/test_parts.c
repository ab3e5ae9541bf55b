/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the PC/SC transport that need no pcscd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include <reader.h>
#include <winscard.h>

#include "base/clock.h"
#include "reader/pcsc_choose.h"
#include "reader/pcsc_error.h"
#include "reader/pcsc_features.h"
#include "reader/worker.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	SOON_MS = 50,
	LONG_MS = 2000,
	ENOUGH_MS = 30000,
};

static void pcsc_error_translates_each_phase(void **state)
{
	static const struct {
		long code;
		enum cccd_err before;
		enum cccd_err connected;
	} rows[] = {
		{ SCARD_S_SUCCESS, CCCD_OK, CCCD_OK },
		{ SCARD_E_NO_SERVICE, CCCD_ERR_READER_SERVICE,
		  CCCD_ERR_READER_SERVICE },
		{ SCARD_E_SERVICE_STOPPED, CCCD_ERR_READER_SERVICE,
		  CCCD_ERR_READER_SERVICE },
		{ SCARD_E_INVALID_HANDLE, CCCD_ERR_READER_SERVICE,
		  CCCD_ERR_READER_SERVICE },
		{ SCARD_E_NO_READERS_AVAILABLE, CCCD_ERR_READER_NONE,
		  CCCD_ERR_READER_LOST },
		{ SCARD_E_READER_UNAVAILABLE, CCCD_ERR_READER_LOST,
		  CCCD_ERR_READER_LOST },
		{ SCARD_E_SHARING_VIOLATION, CCCD_ERR_READER_BUSY,
		  CCCD_ERR_READER_BUSY },
		{ SCARD_E_NO_SMARTCARD, CCCD_ERR_READER_NO_CARD,
		  CCCD_ERR_CARD_REMOVED },
		{ SCARD_W_REMOVED_CARD, CCCD_ERR_READER_NO_CARD,
		  CCCD_ERR_CARD_REMOVED },
		{ SCARD_W_RESET_CARD, CCCD_ERR_CARD_REMOVED,
		  CCCD_ERR_CARD_REMOVED },
		{ SCARD_W_UNPOWERED_CARD, CCCD_ERR_CARD_MUTE,
		  CCCD_ERR_CARD_REMOVED },
		{ SCARD_W_UNRESPONSIVE_CARD, CCCD_ERR_CARD_MUTE,
		  CCCD_ERR_CARD_MUTE },
		{ SCARD_E_INSUFFICIENT_BUFFER, CCCD_ERR_READER_OVERSIZE,
		  CCCD_ERR_READER_OVERSIZE },
		{ SCARD_W_SECURITY_VIOLATION, CCCD_ERR_READER_PERMISSION,
		  CCCD_ERR_READER_PERMISSION },
		{ SCARD_E_NOT_TRANSACTED, CCCD_ERR_READER_IO,
		  CCCD_ERR_READER_IO },
		{ 0x12345678, CCCD_ERR_READER_IO, CCCD_ERR_READER_IO },
		/* The same code where LONG has 32 bits. */
		{ (int32_t)0x8010000BU, CCCD_ERR_READER_BUSY,
		  CCCD_ERR_READER_BUSY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(pcsc_error(rows[i].code), rows[i].before);
		assert_int_equal(pcsc_error_connected(rows[i].code),
		                 rows[i].connected);
		assert_int_equal(pcsc_error_is_service(rows[i].code),
		                 rows[i].before == CCCD_ERR_READER_SERVICE);
	}
}

static void features_find_reads_one_level(void **state)
{
	static const uint8_t list[] = { 0x06, 0x04, 0x42, 0x33, 0x00, 0x06,
		                        0x12, 0x04, 0x42, 0x33, 0x00, 0x12 };
	static const uint8_t cut[] = { 0x12, 0x04, 0x42, 0x33, 0x00 };
	static const uint8_t wide[] = { 0x12, 0x05, 1, 2, 3, 4, 5 };

	(void)state;
	assert_int_equal(features_find(SPAN(list), FEATURE_GET_TLV_PROPERTIES),
	                 0x42330012);
	assert_int_equal(features_find(SPAN(list), FEATURE_EXECUTE_PACE), 0);
	assert_int_equal(features_find(SPAN(cut), FEATURE_GET_TLV_PROPERTIES),
	                 0);
	assert_int_equal(features_find(SPAN(wide), FEATURE_GET_TLV_PROPERTIES),
	                 0);
	assert_int_equal(features_find(span_of(NULL, 0), 1), 0);
}

static void features_bound_card_follows_the_property(void **state)
{
	static const struct {
		uint8_t properties[8];
		size_t len;
		size_t command;
		size_t response;
	} rows[] = {
		/* Short APDUs only. */
		{ { 0x0A, 4, 0, 0, 0, 0 }, 6, 261, 258 },
		/* 0x0400 bytes of data, behind another property. */
		{ { 0x09, 0, 0x0A, 4, 0, 4, 0, 0 }, 8, 1034, 1026 },
		/* Everything that ISO 7816-4 knows. */
		{ { 0x0A, 4, 0, 0, 1, 0 }, 6, 65545, 65538 },
		/* Reserved values change nothing. */
		{ { 0x0A, 4, 255, 0, 0, 0 }, 6, 7, 7 },
		{ { 0x0A, 4, 1, 0, 1, 0 }, 6, 7, 7 },
		/* Neither does a malformed list. */
		{ { 0x0A, 3, 0, 0, 0, 0 }, 6, 7, 7 },
		{ { 0x0A, 5, 0, 0, 0, 0 }, 6, 7, 7 },
		{ { 0x0A }, 1, 7, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reader_card card = { .max_command = 7,
			                    .max_response = 7 };

		bool stated = features_bound_card(
		        span_of(rows[i].properties, rows[i].len), &card);

		assert_int_equal(stated, rows[i].command != 7);
		assert_int_equal(card.max_command, rows[i].command);
		assert_int_equal(card.max_response, rows[i].response);
	}
}

/* A reader as pcscd tells of it: @kind is n(one), c(ontact), p(roximity). */
static SCARD_READERSTATE reader_state_of(const char *name, char kind)
{
	SCARD_READERSTATE state = { .szReader = name };

	if (kind == 'n')
		return state;
	state.dwEventState = SCARD_STATE_PRESENT | SCARD_STATE_CHANGED;
	state.cbAtr = 5;
	memcpy(state.rgbAtr,
	       kind == 'p' ? "\x3B\x80\x80\x01\x01" : "\x3B\xDB\x96\x00\x80",
	       5);
	return state;
}

static void pcsc_choose_prefers_what_is_laid_down(void **state)
{
	static const struct {
		const char *names[3];
		const char *kinds;
		const char *want;
		const char *chosen;
	} rows[] = {
		{ { "A", "B", "C" }, "nnn", "", "A" },
		{ { "A", "B", "C" }, "ncn", "", "B" },
		{ { "A", "B", "C" }, "ncp", "", "C" },
		{ { "A", "B", "C" }, "npp", "", "B" },
		{ { "X SAM 0", "X PICC", "C" }, "pnn", "", "X PICC" },
		{ { "X [SAM Interface] 00", "B", "C" }, "pnn", "", "B" },
		{ { "SAMSUNG 00", "B", "C" }, "pnn", "", "SAMSUNG 00" },
		{ { "A", "AB", "ABC" }, "ppp", "A", "A" },
		{ { "A", "AB", "ABC" }, "nnn", "BC", "ABC" },
		{ { "A", "AB", "ABC" }, "ppp", "Z", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCARD_READERSTATE states[3];
		const SCARD_READERSTATE *chosen = NULL;

		for (size_t k = 0; k < ARRAY_LEN(states); k++)
			states[k] = reader_state_of(rows[i].names[k],
			                            rows[i].kinds[k]);
		assert_ok(pcsc_choose(states, ARRAY_LEN(states), rows[i].want,
		                      NULL, &chosen));
		if (rows[i].chosen == NULL)
			assert_null(chosen);
		else
			assert_string_equal(chosen->szReader, rows[i].chosen);
		assert_int_equal(pcsc_choose(states, 3, "B", NULL, &chosen),
		                 i >= 7 ? CCCD_ERR_USAGE_ARGUMENT : CCCD_OK);
	}
	assert_ok(pcsc_choose(NULL, 0, "", NULL,
	                      &(const SCARD_READERSTATE *){ NULL }));
}

/* What the thread is asked to do, and what it did. */
struct labour {
	atomic_int *released;
	int done;
};

static void labour_run(void *subject, int job)
{
	struct labour *labour = subject;

	clock_sleep_ms((unsigned int)job);
	labour->done += job;
}

static void labour_release(void *subject)
{
	struct labour *labour = subject;

	atomic_fetch_add(labour->released, 1);
	free(labour);
}

static const struct worker_ops labour_ops = { labour_run, labour_release };

static struct labour *hire(atomic_int *released, struct worker **ret)
{
	struct labour *labour = calloc(1, sizeof(*labour));

	assert_non_null(labour);
	labour->released = released;
	assert_ok(worker_new(&labour_ops, labour, ret));
	return labour;
}

static void worker_call_waits_for_the_job(void **state)
{
	atomic_int released = 0;
	struct worker *worker = NULL;
	struct labour *labour = hire(&released, &worker);

	(void)state;
	assert_ok(worker_call(worker, SOON_MS, ENOUGH_MS));
	assert_ok(worker_call(worker, 1, ENOUGH_MS));
	assert_int_equal(labour->done, SOON_MS + 1);
	assert_int_equal(atomic_load(&released), 0);
	worker_free(worker, ENOUGH_MS);
	assert_int_equal(atomic_load(&released), 1);
}

static void worker_call_gives_up_at_its_deadline(void **state)
{
	atomic_int released = 0;
	struct worker *worker = NULL;
	uint64_t start = clock_steady_ms();

	(void)state;
	(void)hire(&released, &worker);
	assert_int_equal(worker_call(worker, LONG_MS, SOON_MS),
	                 CCCD_ERR_READER_TIMEOUT);
	assert_true(clock_steady_ms() - start < LONG_MS);
	assert_int_equal(atomic_load(&released), 0);
	/* The thread cleans up behind itself. */
	while (atomic_load(&released) == 0) {
		assert_true(clock_steady_ms() - start < ENOUGH_MS);
		clock_sleep_ms(5);
	}
}

static void worker_free_accepts_null(void **state)
{
	(void)state;
	worker_free(NULL, ENOUGH_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcsc_error_translates_each_phase),
		cmocka_unit_test(features_find_reads_one_level),
		cmocka_unit_test(features_bound_card_follows_the_property),
		cmocka_unit_test(pcsc_choose_prefers_what_is_laid_down),
		cmocka_unit_test(worker_call_waits_for_the_job),
		cmocka_unit_test(worker_call_gives_up_at_its_deadline),
		cmocka_unit_test(worker_free_accepts_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
