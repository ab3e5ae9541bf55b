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

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	SHORT_MS = 200,
	ENOUGH_MS = 5000,
	PATIENCE_MS = 30000,
	CALLS_MAX = 64,
};

static const uint8_t command[] = { 0x00, 0xB0, 0x00, 0x00, 0x00 };
static const char one_reader[] = "Fake reader\0";
/* Known in udev/readers.list for short APDUs. */
static const char short_reader[] = "ACS ACR122U PICC Interface 00 00\0";

/*
 * The fake service. @fail_at: which call fails, counted from 1; 0 none.
 * @after: how every later call fails; SCARD_S_SUCCESS for not at all.
 * @refusals: handshakes that end as if we were refused, before that.
 * @open: contexts and handles not yet given back.
 */
static struct fake {
	atomic_int calls;
	int fail_at;
	int refusals;
	LONG code;
	LONG after;
	atomic_int contexts;
	atomic_int handles;
	atomic_bool blocks;
	atomic_bool inside;
	const char *names;
	DWORD names_len;
	DWORD response_len;
	bool says_nothing;
	bool refuses_card;
} fake;

static void fake_reset(void)
{
	fake = (struct fake){ .names = one_reader,
		              .names_len = sizeof(one_reader),
		              .response_len = 2 };
}

/* Whether this call is one to fail. */
static bool fails(void)
{
	int call = atomic_fetch_add(&fake.calls, 1) + 1;

	if (fake.fail_at > 0 && call > fake.fail_at)
		fake.code = fake.after;
	return fake.fail_at > 0 && call >= fake.fail_at &&
	       fake.code != SCARD_S_SUCCESS;
}

LONG __wrap_SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
                                  LPSCARDCONTEXT context);
LONG __wrap_SCardReleaseContext(SCARDCONTEXT context);
LONG __wrap_SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names,
                             LPDWORD len);
LONG __wrap_SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
                                 SCARD_READERSTATE *states, DWORD count);
LONG __wrap_SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share,
                         DWORD protocols, LPSCARDHANDLE handle,
                         LPDWORD protocol);
LONG __wrap_SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
                           DWORD how, LPDWORD protocol);
LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how);
LONG __wrap_SCardBeginTransaction(SCARDHANDLE handle);
LONG __wrap_SCardEndTransaction(SCARDHANDLE handle, DWORD how);
LONG __wrap_SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len,
                        LPDWORD state, LPDWORD protocol, LPBYTE atr,
                        LPDWORD atr_len);
LONG __wrap_SCardControl(SCARDHANDLE handle, DWORD control, LPCVOID in,
                         DWORD in_len, LPVOID out, DWORD out_max,
                         LPDWORD out_len);
LONG __wrap_SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
                          LPCBYTE in, DWORD in_len, SCARD_IO_REQUEST *got,
                          LPBYTE out, LPDWORD out_len);
LONG __wrap_SCardCancel(SCARDCONTEXT context);

LONG __wrap_SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
                                  LPSCARDCONTEXT context)
{
	(void)scope;
	(void)a;
	(void)b;
	if (fake.refusals > 0) {
		fake.refusals--;
		return SCARD_W_SECURITY_VIOLATION;
	}
	if (fails())
		return fake.code;
	atomic_fetch_add(&fake.contexts, 1);
	*context = 7;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	atomic_fetch_sub(&fake.contexts, 1);
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names,
                             LPDWORD len)
{
	(void)context;
	(void)groups;
	if (fails())
		return fake.code;
	if (names != NULL)
		memcpy(names, fake.names,
		       fake.names == one_reader ? sizeof(one_reader)
		                                : sizeof(short_reader));
	*len = fake.names_len;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
                                 SCARD_READERSTATE *states, DWORD count)
{
	(void)context;
	(void)timeout;
	if (fails())
		return fake.code;
	for (DWORD i = 0; i < count; i++)
		states[i].dwEventState = SCARD_STATE_PRESENT;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share,
                         DWORD protocols, LPSCARDHANDLE handle,
                         LPDWORD protocol)
{
	(void)context;
	(void)name;
	(void)protocols;
	assert_int_equal(share, SCARD_SHARE_EXCLUSIVE);
	if (fails())
		return fake.code;
	if (fake.refuses_card)
		return SCARD_W_SECURITY_VIOLATION;
	atomic_fetch_add(&fake.handles, 1);
	*handle = 9;
	*protocol = SCARD_PROTOCOL_T1;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
                           DWORD how, LPDWORD protocol)
{
	(void)handle;
	(void)share;
	(void)protocols;
	(void)how;
	*protocol = SCARD_PROTOCOL_T1;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how)
{
	(void)handle;
	/* No session may stay behind. */
	assert_int_equal(how, SCARD_RESET_CARD);
	atomic_fetch_sub(&fake.handles, 1);
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardBeginTransaction(SCARDHANDLE handle)
{
	(void)handle;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardEndTransaction(SCARDHANDLE handle, DWORD how)
{
	(void)handle;
	(void)how;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len,
                        LPDWORD state, LPDWORD protocol, LPBYTE atr,
                        LPDWORD atr_len)
{
	(void)handle;
	(void)name;
	(void)name_len;
	(void)state;
	(void)protocol;
	if (fails())
		return fake.code;
	memset(atr, 0x3B, 4);
	*atr_len = 4;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardControl(SCARDHANDLE handle, DWORD control, LPCVOID in,
                         DWORD in_len, LPVOID out, DWORD out_max,
                         LPDWORD out_len)
{
	static const uint8_t features[] = { 0x12, 4, 0, 0, 0, 1 };
	static const uint8_t properties[] = { 0x0A, 4, 0, 4, 0, 0 };

	(void)handle;
	(void)in;
	(void)in_len;
	(void)out_max;
	if (fails())
		return fake.code;
	if (fake.says_nothing)
		return SCARD_E_UNSUPPORTED_FEATURE;
	memcpy(out, control == 1 ? properties : features, sizeof(features));
	*out_len = sizeof(features);
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
                          LPCBYTE in, DWORD in_len, SCARD_IO_REQUEST *got,
                          LPBYTE out, LPDWORD out_len)
{
	(void)handle;
	(void)pci;
	(void)in;
	(void)in_len;
	(void)got;
	atomic_store(&fake.inside, true);
	while (atomic_load(&fake.blocks))
		clock_sleep_ms(1);
	if (fails())
		return fake.code;
	memset(out, 0x90,
	       fake.response_len < *out_len ? fake.response_len : *out_len);
	*out_len = fake.response_len;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

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
	card = connect_to(short_reader, sizeof(short_reader), true);
	assert_true(card.short_hint);
	assert_int_equal(card.max_command, READER_COMMAND_MAX);
	card = connect_to(short_reader, sizeof(short_reader), false);
	assert_false(card.short_hint);
	assert_int_equal(card.max_command, 1034);
	card = connect_to(one_reader, sizeof(one_reader), true);
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
		cmocka_unit_test(pcsc_open_refuses_a_list_that_lies),
		cmocka_unit_test(pcsc_transmit_refuses_an_answer_that_lies),
		cmocka_unit_test(pcsc_transmit_takes_no_answer_for_a_removal),
		cmocka_unit_test(pcsc_transmit_tells_what_has_gone),
		cmocka_unit_test(pcsc_transmit_leaves_a_wedged_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
