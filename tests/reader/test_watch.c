/* SPDX-License-Identifier: Apache-2.0 */
/* The watch over a libpcsclite at the test's word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "reader/watch.h"
#include "tests/reader/event_log.h"
#include "tests/reader/fake_host.h"
#include "tests/reader/fake_pcscd.h"
#include "tests/support/self.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum { EVENTS = 1000, RESTARTS = 20, STARTS = 50, POLL_MS = 500 };

static const char name_0[] = "Fake reader 00 00";
static const char name_1[] = "Fake reader 01 00";

/* Of this process: the watch asks the environment where its files are. */
struct scene {
	struct host host;
	struct event_log *log;
	struct cccd_watch *watch;
};

static const struct cccd_watch_options pcsc_only = {
	.worlds = CCCD_WATCH_PCSC,
	.nfc_poll_ms = POLL_MS,
};

static int begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	fake_host_make(&scene->host);
	assert_int_equal(setenv("CCCD_SYSTEM_ROOT", scene->host.root, 1), 0);
	(void)unsetenv("PCSCLITE_CSOCK_NAME");
	fake_pcscd_run(true);
	scene->log = event_log_new();
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	watch_stop(scene->watch);
	assert_int_equal(fake_pcscd_open(), 0);
	event_log_free(scene->log);
	fake_host_remove(&scene->host);
	free(scene);
	return 0;
}

static void start(struct scene *scene)
{
	assert_ok(watch_start(&pcsc_only, event_log_add, scene->log,
	                      &scene->watch));
}

static const struct cccd_reader_info *
expect(struct scene *scene, enum cccd_watch_kind kind, const char *name)
{
	const struct cccd_reader_info *info =
	        event_log_expect(scene->log, kind);

	assert_string_equal(info->name, name);
	return info;
}

static void start_tells_what_is_there(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_pcscd_plug(name_0, 0);
	fake_pcscd_plug(name_1, 0);
	fake_pcscd_lay(name_1, true);
	start(scene);
	info = expect(scene, CCCD_WATCH_READER_ADDED, name_0);
	assert_string_equal(info->uri, "pcsc:Fake reader 00 00");
	assert_string_equal(info->kind, "pcsc");
	assert_int_equal(strlen(info->id), 17);
	(void)expect(scene, CCCD_WATCH_READER_ADDED, name_1);
	info = expect(scene, CCCD_WATCH_CARD_PRESENT, name_1);
	assert_int_equal(info->atr_len, 4);
	assert_int_equal(info->atr[0], 0x3B);
}

static void readers_and_cards_come_and_go(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;
	char id[CCCD_READER_ID_MAX];

	start(scene);
	fake_pcscd_plug(name_0, 0);
	info = expect(scene, CCCD_WATCH_READER_ADDED, name_0);
	memcpy(id, info->id, sizeof(id));
	fake_pcscd_lay(name_0, true);
	(void)expect(scene, CCCD_WATCH_CARD_PRESENT, name_0);
	fake_pcscd_lay(name_0, false);
	info = expect(scene, CCCD_WATCH_CARD_REMOVED, name_0);
	assert_int_equal(info->atr_len, 0);
	fake_pcscd_plug(name_1, 0);
	(void)expect(scene, CCCD_WATCH_READER_ADDED, name_1);
	fake_pcscd_lay(name_0, true);
	(void)expect(scene, CCCD_WATCH_CARD_PRESENT, name_0);
	fake_pcscd_unplug(name_0);
	(void)expect(scene, CCCD_WATCH_CARD_REMOVED, name_0);
	info = expect(scene, CCCD_WATCH_READER_REMOVED, name_0);
	assert_string_equal(info->id, id);
	/* Nobody was connected to for all this. */
	assert_int_equal(fake_pcscd_connections(), 0);
}

static void swapped_card_is_removed_and_present(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_plug(name_0, 0);
	fake_pcscd_lay(name_0, true);
	start(scene);
	(void)expect(scene, CCCD_WATCH_READER_ADDED, name_0);
	(void)expect(scene, CCCD_WATCH_CARD_PRESENT, name_0);
	fake_pcscd_swap(name_0);
	(void)expect(scene, CCCD_WATCH_CARD_REMOVED, name_0);
	(void)expect(scene, CCCD_WATCH_CARD_PRESENT, name_0);
}

static void absent_service_is_lost_then_back(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_pcscd_run(false);
	start(scene);
	info = event_log_expect(scene->log, CCCD_WATCH_SERVICE_LOST);
	assert_string_equal(info->problem.code, "pcscd_missing");
	assert_string_equal(info->problem.mend, "sudo apt install pcscd");
	fake_pcscd_run(true);
	fake_pcscd_plug(name_0, 0);
	info = event_log_expect(scene->log, CCCD_WATCH_SERVICE_BACK);
	assert_string_equal(info->problem.code, "");
	(void)expect(scene, CCCD_WATCH_READER_ADDED, name_0);
}

/* Quietly: one event for each loss, however long it lasts. */
static void restarted_service_brings_its_readers_again(void **state)
{
	struct scene *scene = *state;
	char id[CCCD_READER_ID_MAX];

	fake_pcscd_plug(name_0, 0);
	fake_pcscd_lay(name_0, true);
	start(scene);
	for (int i = 0; i < RESTARTS; i++) {
		const struct cccd_reader_info *info =
		        expect(scene, CCCD_WATCH_READER_ADDED, name_0);

		assert_true(i == 0 || strcmp(info->id, id) == 0);
		memcpy(id, info->id, sizeof(id));
		(void)expect(scene, CCCD_WATCH_CARD_PRESENT, name_0);
		fake_pcscd_run(false);
		(void)expect(scene, CCCD_WATCH_CARD_REMOVED, name_0);
		(void)expect(scene, CCCD_WATCH_READER_REMOVED, name_0);
		(void)event_log_expect(scene->log, CCCD_WATCH_SERVICE_LOST);
		fake_pcscd_run(true);
		fake_pcscd_plug(name_0, 0);
		fake_pcscd_lay(name_0, true);
		(void)event_log_expect(scene->log, CCCD_WATCH_SERVICE_BACK);
	}
}

static void a_thousand_card_events_leak_nothing(void **state)
{
	struct scene *scene = *state;
	size_t files = 0;

	fake_pcscd_plug(name_0, 0);
	start(scene);
	(void)expect(scene, CCCD_WATCH_READER_ADDED, name_0);
	files = self_descriptors();
	for (int i = 0; i < EVENTS; i++) {
		bool present = i % 2 == 0;

		fake_pcscd_lay(name_0, present);
		(void)expect(scene,
		             present ? CCCD_WATCH_CARD_PRESENT
		                     : CCCD_WATCH_CARD_REMOVED,
		             name_0);
	}
	assert_int_equal(self_descriptors(), files);
	assert_int_equal(fake_pcscd_open(), 1);
}

/* A cancel that comes before the sleep must not be lost. */
static void stop_works_at_any_moment(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_plug(name_0, 0);
	for (int i = 0; i < STARTS; i++) {
		start(scene);
		if (i % 3 == 0)
			(void)event_log_take(scene->log);
		watch_stop(scene->watch);
		scene->watch = NULL;
		while (event_log_waiting(scene->log) > 0)
			(void)event_log_take(scene->log);
		assert_int_equal(fake_pcscd_open(), 0);
	}
	watch_stop(NULL);
}

static void start_refuses_options_out_of_bounds(void **state)
{
	static const char *const wrong[] = { "pcsc:" };
	static const char *const empty[] = { "nfc:" };
	const struct cccd_watch_options rows[] = {
		{ .worlds = 4, .nfc_poll_ms = POLL_MS },
		{ .worlds = 3, .nfc_poll_ms = 1 },
		{ .worlds = 3, .nfc_poll_ms = 60001 },
		{ 2, wrong, 1, POLL_MS },
		{ 2, empty, 1, POLL_MS },
		{ 2, wrong, CCCD_WATCH_NFC_MAX + 1, POLL_MS },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(watch_start(&rows[i], event_log_add,
		                             scene->log, &scene->watch),
		                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(watch_start(&pcsc_only, NULL, NULL, &scene->watch),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_null(scene->watch);
}

#ifdef TEST_NFC
/* No program opens it here: pcscd has it until a rule says otherwise. */
static void reader_with_two_drivers_is_told_once(void **state)
{
	static const char acr_name[] = "ACS ACR122U PICC Interface 00 00";
	const struct cccd_watch_options both = {
		.worlds = CCCD_WATCH_PCSC | CCCD_WATCH_NFC,
		.nfc_poll_ms = CCCD_WATCH_NFC_POLL_MIN_MS,
	};
	struct scene *scene = *state;

	assert_int_equal(setenv("CCCD_NFC_CHILD", "/nowhere/cccd-nfc", 1), 0);
	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_name, 0);
	assert_ok(watch_start(&both, event_log_add, scene->log, &scene->watch));
	(void)expect(scene, CCCD_WATCH_READER_ADDED, acr_name);
	fake_pcscd_lay(acr_name, true);
	(void)expect(scene, CCCD_WATCH_CARD_PRESENT, acr_name);
	assert_int_equal(event_log_waiting(scene->log), 0);
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(start_tells_what_is_there),
		TEST(readers_and_cards_come_and_go),
		TEST(swapped_card_is_removed_and_present),
		TEST(absent_service_is_lost_then_back),
		TEST(restarted_service_brings_its_readers_again),
		TEST(a_thousand_card_events_leak_nothing),
		TEST(stop_works_at_any_moment),
		TEST(start_refuses_options_out_of_bounds),
#ifdef TEST_NFC
		TEST(reader_with_two_drivers_is_told_once),
#endif
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
