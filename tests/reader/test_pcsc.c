/* SPDX-License-Identifier: Apache-2.0 */
/* The PC/SC transport against a real pcscd with virtual readers. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "reader/reader.h"
#include "tests/reader/conformance.h"
#include "tests/reader/test_card.h"
#include "tests/support/rig.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	WAIT_MS = 30000,
	SOON_MS = 400,
	SEEN_MS = 20000,
	LISTS = 50,
};

static const char slot_0[] = "pcsc:Virtual PCD 00 00";
static const char slot_1[] = "pcsc:Virtual PCD 00 01";

/* The rig and the cards on its two slots; 0 is no card. */
struct table {
	struct rig *rig;
	pid_t cards[2];
	sem_t seen;
};

static struct cccd_error fresh(void)
{
	return (struct cccd_error){ .tries_left = -1 };
}

static void lay_kind(struct table *table, int slot, const char *kind)
{
	static const char *const ports[] = { "35963", "35964" };
	const char *const argv[] = { getenv("CCCD_VPCD_RESPONDER"), ports[slot],
		                     kind, NULL };

	assert_non_null(argv[0]);
	table->cards[slot] = rig_spawn(table->rig, argv);
}

static void lay(struct table *table, int slot)
{
	lay_kind(table, slot, NULL);
}

static void take(struct table *table, int slot)
{
	if (table->cards[slot] != 0)
		rig_kill(table->cards[slot]);
	table->cards[slot] = 0;
}

static bool is_present(const char *uri)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	bool present = false;

	assert_ok(reader_open(uri, &error, &reader));
	assert_ok(reader_present(reader, &present, &error));
	reader_close(reader);
	return present;
}

static void await(const char *uri, bool present)
{
	uint64_t start = clock_steady_ms();

	while (is_present(uri) != present) {
		assert_true(clock_steady_ms() - start < WAIT_MS);
		clock_sleep_ms(20);
	}
}

static struct reader *open_uri(const char *uri)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;

	assert_ok(reader_open(uri, &error, &reader));
	return reader;
}

static struct reader *open_connected(const char *uri)
{
	struct reader *reader = open_uri(uri);
	struct cccd_error error = fresh();

	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	return reader;
}

static enum cccd_err exchange(struct reader *reader, enum test_ins ins,
                              unsigned int number)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	uint8_t command[4];

	test_card_command(ins, number, command);
	return reader_transmit(reader, SPAN(command), &response, &error);
}

/* Between tests: pcscd runs and both slots are empty. */
static int clear(void **state)
{
	struct table *table = *state;

	take(table, 0);
	take(table, 1);
	await(slot_0, false);
	await(slot_1, false);
	return 0;
}

static void reader_list_names_both_slots(void **state)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	struct cccd_error error = fresh();

	assert_non_null(list);
	lay(*state, 1);
	await(slot_1, true);
	assert_ok(reader_list(&error, list));
	assert_int_equal(list->count, 2);
	assert_string_equal(list->readers[0].uri, slot_0);
	assert_string_equal(list->readers[0].kind, "pcsc");
	assert_false(list->readers[0].card_present);
	assert_int_equal(list->readers[0].atr_len, 0);
	assert_string_equal(list->readers[1].name, "Virtual PCD 00 01");
	assert_true(list->readers[1].card_present);
	assert_int_equal(list->readers[1].atr_len, TEST_ATR_LEN);
	assert_memory_equal(list->readers[1].atr, test_atr, TEST_ATR_LEN);
	free(list);
}

static size_t open_files(void)
{
	size_t count = 0;
	char path[64];

	for (int fd = 0; fd < 256; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		count += access(path, F_OK) == 0;
	}
	return count;
}

static void reader_list_leaks_no_file(void **state)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	struct cccd_error error = fresh();
	size_t before = open_files();

	(void)state;
	assert_non_null(list);
	for (int i = 0; i < LISTS; i++)
		assert_ok(reader_list(&error, list));
	assert_int_equal(open_files(), before);
	free(list);
}

static void open_without_name_prefers_the_slot_with_a_card(void **state)
{
	struct reader *reader = NULL;

	lay(*state, 1);
	await(slot_1, true);
	reader = open_connected("pcsc:");
	assert_int_equal(reader_card(reader)->atr_len, TEST_ATR_LEN);
	reader_close(reader);
}

/* A card dies with the thread that laid it: see PR_SET_PDEATHSIG. */
static void lay_until_seen(struct table *table)
{
	lay(table, 0);
	while (sem_wait(&table->seen) != 0)
		;
}

static void let_it_end(struct table *table, pthread_t thread)
{
	assert_int_equal(sem_post(&table->seen), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void *lay_soon(void *table)
{
	clock_sleep_ms(SOON_MS);
	lay_until_seen(table);
	return NULL;
}

/* An officer's token lies in its reader all day. */
static void wait_passes_over_a_card_with_contacts(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	pthread_t thread;

	lay_kind(*state, 1, "contact");
	await(slot_1, true);
	reader = open_uri("pcsc:");
	assert_int_equal(pthread_create(&thread, NULL, lay_soon, *state), 0);
	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	assert_memory_equal(reader_card(reader)->atr, test_atr, TEST_ATR_LEN);
	reader_close(reader);
	let_it_end(*state, thread);
}

static void wait_takes_a_card_with_contacts_at_last(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	uint64_t start = 0;

	lay_kind(*state, 1, "contact");
	await(slot_1, true);
	reader = open_uri("pcsc:");
	start = clock_steady_ms();
	assert_ok(reader_wait(reader, SOON_MS, &error));
	assert_true(clock_steady_ms() - start >= SOON_MS);
	assert_ok(reader_connect(reader, &error));
	assert_memory_equal(reader_card(reader)->atr, test_atr_contact,
	                    TEST_ATR_LEN);
	reader_close(reader);
}

static void open_takes_the_only_name_with_a_part(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;

	lay(*state, 1);
	reader_close(open_connected("pcsc:00 01"));
	reader = open_uri("pcsc:Virtual");
	assert_int_equal(reader_connect(reader, &error),
	                 CCCD_ERR_USAGE_ARGUMENT);
	reader_close(reader);
}

static void connect_names_what_is_missing(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = open_uri("pcsc:Nothing like it");

	(void)state;
	assert_int_equal(reader_connect(reader, &error), CCCD_ERR_READER_NONE);
	reader_close(reader);
	reader = open_uri(slot_0);
	error = fresh();
	assert_int_equal(reader_connect(reader, &error),
	                 CCCD_ERR_READER_NO_CARD);
	reader_close(reader);
}

static void wait_sees_a_card_that_comes_later(void **state)
{
	struct reader *reader = open_uri(slot_0);
	struct cccd_error error = fresh();
	uint64_t start = clock_steady_ms();
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, lay_soon, *state), 0);
	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_true(clock_steady_ms() - start >= SOON_MS);
	assert_true(clock_steady_ms() - start < SEEN_MS);
	assert_ok(reader_connect(reader, &error));
	assert_ok(exchange(reader, TEST_INS_BYTES, 8));
	reader_close(reader);
	let_it_end(*state, thread);
}

static void connect_of_a_second_client_finds_it_busy(void **state)
{
	struct cccd_error error = fresh();
	struct reader *first = NULL;
	struct reader *second = NULL;

	lay(*state, 0);
	first = open_connected(slot_0);
	second = open_uri(slot_0);
	assert_ok(reader_wait(second, WAIT_MS, &error));
	assert_int_equal(reader_connect(second, &error), CCCD_ERR_READER_BUSY);
	assert_int_equal((uint32_t)error.native, 0x8010000BU);
	assert_ok(exchange(first, TEST_INS_BYTES, 8));
	reader_disconnect(first);
	error = fresh();
	assert_ok(reader_connect(second, &error));
	reader_close(second);
	reader_close(first);
}

static void *let_go_soon(void *reader)
{
	clock_sleep_ms(SOON_MS);
	reader_disconnect(reader);
	return NULL;
}

static void connect_waits_briefly_for_another_client(void **state)
{
	struct cccd_error error = fresh();
	struct reader *first = NULL;
	struct reader *second = NULL;
	pthread_t thread;

	lay(*state, 0);
	first = open_connected(slot_0);
	second = open_uri(slot_0);
	assert_int_equal(pthread_create(&thread, NULL, let_go_soon, first), 0);
	assert_ok(reader_connect(second, &error));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(exchange(second, TEST_INS_BYTES, 8));
	reader_close(second);
	reader_close(first);
}

static void transmit_sees_a_card_taken_between_exchanges(void **state)
{
	struct reader *reader = NULL;

	lay(*state, 0);
	reader = open_connected(slot_0);
	assert_ok(exchange(reader, TEST_INS_BYTES, 8));
	take(*state, 0);
	assert_int_equal(exchange(reader, TEST_INS_BYTES, 8),
	                 CCCD_ERR_CARD_REMOVED);
	reader_close(reader);
}

static void read_works_again_after_a_restart_of_pcscd(void **state)
{
	struct table *table = *state;
	struct cccd_error error = fresh();
	struct reader *reader = NULL;

	lay(table, 0);
	reader = open_connected(slot_0);
	rig_command(table->rig, "stop");
	assert_int_equal(exchange(reader, TEST_INS_BYTES, 8),
	                 CCCD_ERR_READER_SERVICE);
	reader_disconnect(reader);
	assert_int_equal(reader_connect(reader, &error),
	                 CCCD_ERR_READER_SERVICE);
	take(table, 0);
	rig_command(table->rig, "start");
	lay(table, 0);
	error = fresh();
	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	assert_ok(exchange(reader, TEST_INS_BYTES, 8));
	reader_close(reader);
}

static void idle_reader_notices_no_restart(void **state)
{
	struct table *table = *state;
	struct cccd_error error = fresh();
	struct reader *reader = open_uri(slot_0);

	rig_command(table->rig, "stop");
	rig_command(table->rig, "start");
	lay(table, 0);
	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	assert_ok(exchange(reader, TEST_INS_BYTES, 8));
	reader_close(reader);
}

static void *restart_soon(void *context)
{
	struct table *table = context;

	clock_sleep_ms(SOON_MS);
	rig_command(table->rig, "stop");
	clock_sleep_ms(SOON_MS);
	rig_command(table->rig, "start");
	lay_until_seen(table);
	return NULL;
}

static void wait_outlives_a_restart_of_pcscd(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = open_uri(slot_0);
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, restart_soon, *state),
	                 0);
	/* It sees what is laid down afterwards. */
	assert_ok(reader_wait(reader, WAIT_MS, &error));
	assert_ok(reader_connect(reader, &error));
	reader_close(reader);
	let_it_end(*state, thread);
}

static void open_names_the_service_when_it_is_down(void **state)
{
	struct table *table = *state;
	struct cccd_error error = fresh();
	struct reader *reader = NULL;

	rig_command(table->rig, "stop");
	assert_int_equal(reader_open(slot_0, &error, &reader),
	                 CCCD_ERR_READER_SERVICE);
	assert_null(reader);
	assert_int_equal((uint32_t)error.native, 0x8010001DU);
	rig_command(table->rig, "start");
}

/* The conformance bed: slot 0. */
static struct reader *open_bed(struct bed *bed)
{
	struct table *table = bed->context;

	take(table, 0);
	await(slot_0, false);
	lay(table, 0);
	await(slot_0, true);
	return open_uri(slot_0);
}

static void lay_bed(struct bed *bed, struct reader *reader, bool present)
{
	struct table *table = bed->context;

	(void)reader;
	take(table, 0);
	await(slot_0, false);
	if (present)
		lay(table, 0);
}

#define TEST(function)                                        \
	{                                                     \
		.name = #function, .test_func = (function),   \
		.setup_func = clear, .initial_state = &table, \
	}

int main(void)
{
	struct table table = { .rig = rig_start() };
	const struct CMUnitTest tests[] = {
		TEST(reader_list_names_both_slots),
		TEST(reader_list_leaks_no_file),
		TEST(open_without_name_prefers_the_slot_with_a_card),
		TEST(wait_passes_over_a_card_with_contacts),
		TEST(wait_takes_a_card_with_contacts_at_last),
		TEST(open_takes_the_only_name_with_a_part),
		TEST(connect_names_what_is_missing),
		TEST(wait_sees_a_card_that_comes_later),
		TEST(connect_of_a_second_client_finds_it_busy),
		TEST(connect_waits_briefly_for_another_client),
		TEST(transmit_sees_a_card_taken_between_exchanges),
		TEST(read_works_again_after_a_restart_of_pcscd),
		TEST(idle_reader_notices_no_restart),
		TEST(wait_outlives_a_restart_of_pcscd),
		TEST(open_names_the_service_when_it_is_down),
	};
	struct bed bed = {
		.name = "pcsc",
		.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
		                READER_CAN_PRESENCE | READER_CAN_EXTENDED,
		.open = open_bed,
		.lay = lay_bed,
		.recovers_ms = CONFORMANCE_SLOW_MS,
		.context = &table,
	};
	int failed;

	if (sem_init(&table.seen, 0, 0) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += conformance_run(&bed, conformance_check);
	take(&table, 0);
	take(&table, 1);
	rig_stop(table.rig);
	return failed;
}
