/* SPDX-License-Identifier: Apache-2.0 */
/* The watch over a real pcscd and the real libnfc, beside sessions. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "reader/reader.h"
#include "reader/watch.h"
#include "tests/reader/chip.h"
#include "tests/reader/event_log.h"
#include "tests/reader/test_card.h"
#include "tests/support/rig.h"
#include "tests/support/self.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	WAIT_MS = 60000,
	EXCHANGES = 60,
	PCSC_CARDS = 5,
	NFC_CARDS = 50,
	SLEEP_MS = 5,
	PATH_LEN = 96,
	URI_LEN = 160,
};

static const char slot_0[] = "pcsc:Virtual PCD 00 00";

/**
 * struct scene - the rig with a card holder, and a chip behind a link.
 * @link: names the chip's line, also after it was plugged in again
 */
struct scene {
	struct rig *rig;
	pid_t card;
	struct chip *chip;
	char directory[PATH_LEN];
	char link[PATH_LEN];
	char uri[URI_LEN];
	struct event_log *log;
	struct cccd_watch *watch;
};

static struct scene scene;

static struct cccd_error fresh(void)
{
	return (struct cccd_error){ .tries_left = -1 };
}

static void plug(void)
{
	scene.chip = chip_start();
	(void)unlink(scene.link);
	assert_int_equal(
	        symlink(strchr(chip_device(scene.chip), '/'), scene.link), 0);
}

static void unplug(void)
{
	chip_unplug(scene.chip);
	chip_stop(scene.chip);
	scene.chip = NULL;
}

static void lay(void)
{
	const char *const argv[] = { getenv("CCCD_VPCD_RESPONDER"), "35963",
		                     NULL };

	assert_non_null(argv[0]);
	scene.card = rig_spawn(scene.rig, argv);
}

/* Until pcscd has seen it go: the next card is another one. */
static void take(void)
{
	struct reader *reader = NULL;
	bool present = true;

	if (scene.card == 0)
		return;
	rig_kill(scene.card);
	scene.card = 0;
	while (present) {
		assert_ok(reader_open(slot_0, NULL, &reader));
		assert_ok(reader_present(reader, &present, NULL));
		reader_close(reader);
	}
}

static void start(unsigned int worlds)
{
	const char *const uris[] = { scene.uri };
	const struct cccd_watch_options options = {
		.worlds = worlds,
		.nfc_uris = uris,
		.nfc_count = (worlds & CCCD_WATCH_NFC) != 0,
		.nfc_poll_ms = CCCD_WATCH_NFC_POLL_MIN_MS,
	};

	assert_ok(
	        watch_start(&options, event_log_add, scene.log, &scene.watch));
}

static const struct cccd_reader_info *expect(enum cccd_watch_kind kind,
                                             const char *uri)
{
	const struct cccd_reader_info *info = event_log_expect(scene.log, kind);

	assert_string_equal(info->uri, uri);
	return info;
}

static struct reader *open_uri(const char *uri)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	enum cccd_err err = reader_open(uri, &error, &reader);

	if (err != CCCD_OK)
		print_error("%s: %s %s\n", uri, cccd_err_code(err), error.text);
	assert_ok(err);
	return reader;
}

static enum cccd_err ask(struct reader *reader, enum test_ins ins,
                         unsigned int number, struct buf *response)
{
	struct cccd_error error = fresh();
	uint8_t command[4];

	test_card_command(ins, number, command);
	return reader_transmit(reader, SPAN(command), response, &error);
}

static unsigned int resets(struct reader *reader)
{
	BUF response = buf_make(READER_RESPONSE_MAX);

	assert_ok(ask(reader, TEST_INS_RESETS, 0, &response));
	return (unsigned int)response.at[2] << 8 | response.at[3];
}

/* Many exchanges in one session of the card. */
static void read_long(struct reader *reader)
{
	struct cccd_error error = fresh();
	unsigned int before;

	assert_ok(reader_wait(reader, WAIT_MS, &error));
	if (reader_connect(reader, &error) != CCCD_OK)
		print_error("%s: %s\n", reader_ops(reader)->scheme, error.text);
	assert_int_equal(error.code, CCCD_OK);
	before = resets(reader);
	for (int i = 0; i < EXCHANGES; i++) {
		BUF response = buf_make(READER_RESPONSE_MAX);

		assert_ok(ask(reader, TEST_INS_BYTES, 200, &response));
		assert_int_equal(response.len, 202);
	}
	assert_int_equal(resets(reader), before);
	reader_disconnect(reader);
}

static void expect_slots(void)
{
	(void)expect(CCCD_WATCH_READER_ADDED, slot_0);
	(void)expect(CCCD_WATCH_READER_ADDED, "pcsc:Virtual PCD 00 01");
}

static void cards_come_and_go_at_a_real_pcscd(void **state)
{
	const struct cccd_reader_info *info = NULL;
	size_t files = 0;

	(void)state;
	start(CCCD_WATCH_PCSC);
	expect_slots();
	for (int i = 0; i < PCSC_CARDS; i++) {
		lay();
		info = expect(CCCD_WATCH_CARD_PRESENT, slot_0);
		assert_int_equal(info->atr_len, TEST_ATR_LEN);
		assert_memory_equal(info->atr, test_atr, TEST_ATR_LEN);
		take();
		(void)expect(CCCD_WATCH_CARD_REMOVED, slot_0);
		if (i == 0)
			files = self_descriptors();
	}
	assert_int_equal(self_descriptors(), files);
}

static void a_real_pcscd_goes_and_comes_back(void **state)
{
	const struct cccd_reader_info *info = NULL;
	char id[CCCD_READER_ID_MAX];

	(void)state;
	start(CCCD_WATCH_PCSC);
	info = expect(CCCD_WATCH_READER_ADDED, slot_0);
	memcpy(id, info->id, sizeof(id));
	(void)expect(CCCD_WATCH_READER_ADDED, "pcsc:Virtual PCD 00 01");
	lay();
	(void)expect(CCCD_WATCH_CARD_PRESENT, slot_0);
	rig_command(scene.rig, "stop");
	(void)expect(CCCD_WATCH_CARD_REMOVED, slot_0);
	(void)expect(CCCD_WATCH_READER_REMOVED, slot_0);
	(void)expect(CCCD_WATCH_READER_REMOVED, "pcsc:Virtual PCD 00 01");
	info = event_log_expect(scene.log, CCCD_WATCH_SERVICE_LOST);
	assert_string_not_equal(info->problem.code, "");
	rig_kill(scene.card);
	scene.card = 0;
	rig_command(scene.rig, "start");
	(void)event_log_expect(scene.log, CCCD_WATCH_SERVICE_BACK);
	info = expect(CCCD_WATCH_READER_ADDED, slot_0);
	assert_string_equal(info->id, id);
}

static void a_session_of_pcscd_is_not_disturbed(void **state)
{
	struct reader *reader = NULL;

	(void)state;
	lay();
	start(CCCD_WATCH_PCSC);
	(void)expect(CCCD_WATCH_READER_ADDED, slot_0);
	reader = open_uri(slot_0);
	read_long(reader);
	reader_close(reader);
	take();
}

static void open_finds_readers_by_id(void **state)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	const struct cccd_reader_info *info = NULL;
	char uri[URI_LEN];

	(void)state;
	lay();
	start(CCCD_WATCH_NFC);
	info = expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)snprintf(uri, sizeof(uri), "id:%s", info->id);
	reader = open_uri(uri);
	assert_string_equal(reader_ops(reader)->scheme, "nfc");
	reader_close(reader);
	watch_stop(scene.watch);
	scene.watch = NULL;
	/* Nobody announces it any more. */
	assert_int_equal(reader_open(uri, &error, &reader),
	                 CCCD_ERR_READER_NONE);
	/* One of pcscd is found without a watch. */
	while (event_log_waiting(scene.log) > 0)
		(void)event_log_take(scene.log);
	start(CCCD_WATCH_PCSC);
	info = expect(CCCD_WATCH_READER_ADDED, slot_0);
	watch_stop(scene.watch);
	scene.watch = NULL;
	(void)snprintf(uri, sizeof(uri), "id:%s", info->id);
	reader = open_uri(uri);
	read_long(reader);
	reader_close(reader);
	error = fresh();
	assert_int_equal(reader_open("id:", &error, &reader),
	                 CCCD_ERR_READER_NONE);
	take();
}

static void cards_come_and_go_at_a_real_chip(void **state)
{
	size_t files = 0;

	(void)state;
	start(CCCD_WATCH_NFC);
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	for (int i = 0; i < NFC_CARDS; i++) {
		(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
		if (i == 0)
			files = self_descriptors();
		chip_lay(scene.chip, false);
		(void)expect(CCCD_WATCH_CARD_REMOVED, scene.uri);
		chip_lay(scene.chip, true);
	}
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	assert_int_equal(self_descriptors(), files);
}

static void a_chip_is_unplugged_and_plugged_in_again(void **state)
{
	const struct cccd_reader_info *info = NULL;
	char id[CCCD_READER_ID_MAX];

	(void)state;
	start(CCCD_WATCH_NFC);
	info = expect(CCCD_WATCH_READER_ADDED, scene.uri);
	assert_string_equal(info->kind, "nfc");
	assert_string_equal(info->driver, "pn532_uart");
	memcpy(id, info->id, sizeof(id));
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	unplug();
	(void)expect(CCCD_WATCH_CARD_REMOVED, scene.uri);
	(void)expect(CCCD_WATCH_READER_REMOVED, scene.uri);
	plug();
	info = expect(CCCD_WATCH_READER_ADDED, scene.uri);
	assert_string_equal(info->id, id);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
}

/* libnfc opens a device once: the watch lets go, and hears the rest. */
static void a_session_takes_the_chip_from_the_watch(void **state)
{
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();

	(void)state;
	start(CCCD_WATCH_NFC);
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	/* By another name of the same line. */
	reader = open_uri(scene.uri);
	read_long(reader);
	assert_int_equal(event_log_waiting(scene.log), 0);
	assert_ok(reader_connect(reader, &error));
	chip_lay(scene.chip, false);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1, &response),
	                 CCCD_ERR_CARD_REMOVED);
	/* Told by the session, which still has the chip. */
	(void)expect(CCCD_WATCH_CARD_REMOVED, scene.uri);
	reader_disconnect(reader);
	reader_close(reader);
	/* Seen by the watch itself. */
	chip_lay(scene.chip, true);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
}

static void sessions_and_watch_take_turns(void **state)
{
	(void)state;
	start(CCCD_WATCH_NFC);
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	for (int i = 0; i < 20; i++) {
		struct cccd_error error = fresh();
		struct reader *reader = NULL;

		clock_sleep_ms((unsigned int)i * SLEEP_MS);
		reader = open_uri(scene.uri);
		assert_ok(reader_connect(reader, &error));
		reader_close(reader);
	}
	assert_int_equal(event_log_waiting(scene.log), 0);
}

static void a_chip_is_unplugged_in_the_middle_of_a_read(void **state)
{
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();

	(void)state;
	start(CCCD_WATCH_NFC);
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	reader = open_uri(scene.uri);
	assert_ok(reader_connect(reader, &error));
	assert_ok(ask(reader, TEST_INS_BYTES, 100, &response));
	unplug();
	assert_int_equal(ask(reader, TEST_INS_BYTES, 100, &response),
	                 CCCD_ERR_READER_LOST);
	(void)expect(CCCD_WATCH_CARD_REMOVED, scene.uri);
	(void)expect(CCCD_WATCH_READER_REMOVED, scene.uri);
	plug();
	error = fresh();
	assert_ok(reader_connect(reader, &error));
	assert_ok(ask(reader, TEST_INS_BYTES, 100, &response));
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	reader_close(reader);
}

static void *read_in_thread(void *reader)
{
	read_long(reader);
	return NULL;
}

static void both_worlds_read_at_the_same_time(void **state)
{
	struct reader *nfc = NULL;
	struct reader *pcsc = NULL;
	pthread_t thread;

	(void)state;
	lay();
	start(CCCD_WATCH_PCSC | CCCD_WATCH_NFC);
	nfc = open_uri(scene.uri);
	pcsc = open_uri(slot_0);
	assert_int_equal(pthread_create(&thread, NULL, read_in_thread, nfc), 0);
	read_long(pcsc);
	assert_int_equal(pthread_join(thread, NULL), 0);
	reader_close(nfc);
	reader_close(pcsc);
	take();
}

/* A chip that never answers holds nobody up. */
static void stop_ends_a_look_at_a_wedged_chip(void **state)
{
	(void)state;
	start(CCCD_WATCH_NFC);
	(void)expect(CCCD_WATCH_READER_ADDED, scene.uri);
	(void)expect(CCCD_WATCH_CARD_PRESENT, scene.uri);
	chip_fault(scene.chip, PN532_WEDGED, 0, 0);
	watch_stop(scene.watch);
	scene.watch = NULL;
	chip_fault(scene.chip, PN532_FINE, 0, 0);
}

static int begin(void **state)
{
	(void)state;
	scene.log = event_log_new();
	plug();
	return 0;
}

static int end(void **state)
{
	(void)state;
	watch_stop(scene.watch);
	scene.watch = NULL;
	take();
	chip_stop(scene.chip);
	event_log_free(scene.log);
	return 0;
}

static int begin_all(void **state)
{
	char directory[] = "/tmp/cccd-watch-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(scene.directory, sizeof(scene.directory), "%s",
	               directory);
	(void)snprintf(scene.link, sizeof(scene.link), "%s/pn532", directory);
	(void)snprintf(scene.uri, sizeof(scene.uri), "nfc:pn532_uart:%s",
	               scene.link);
	scene.rig = rig_start();
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	(void)unlink(scene.link);
	(void)rmdir(scene.directory);
	rig_stop(scene.rig);
	/* No child stays behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cards_come_and_go_at_a_real_pcscd),
		TEST(a_real_pcscd_goes_and_comes_back),
		TEST(a_session_of_pcscd_is_not_disturbed),
		TEST(open_finds_readers_by_id),
		TEST(cards_come_and_go_at_a_real_chip),
		TEST(a_chip_is_unplugged_and_plugged_in_again),
		TEST(a_session_takes_the_chip_from_the_watch),
		TEST(sessions_and_watch_take_turns),
		TEST(a_chip_is_unplugged_in_the_middle_of_a_read),
		TEST(both_worlds_read_at_the_same_time),
		TEST(stop_ends_a_look_at_a_wedged_chip),
	};

	return cmocka_run_group_tests_name("watch_nfc", tests, begin_all,
	                                   end_all);
}
