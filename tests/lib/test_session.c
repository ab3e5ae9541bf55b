/* SPDX-License-Identifier: Apache-2.0 */
/* The public session over the simulated card in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cccd/cccd.h>

#include "apdu/inspection/inspection.h"
#include "base/macros.h"
#include "tests/support/sim_transport.h"

enum { EVENTS_MAX = 4096, STEP_NAME = 32 };

/* struct event - a progress report, copied. */
struct event {
	enum cccd_event event;
	char step[STEP_NAME];
	size_t done;
	size_t total;
	size_t read;
	uint32_t ms;
};

struct events {
	struct event at[EVENTS_MAX];
	size_t count;
};

/* struct bench - a card, a device and a session. */
struct bench {
	struct sim_device device;
	struct cccd_session *session;
};

static void bench_open(struct bench *bench, const char *profile,
                       const char *key)
{
	memset(bench, 0, sizeof(*bench));
	bench->device.card = sim_card_of(profile);
	bench->session = sim_session(&bench->device, key);
}

static void bench_close(struct bench *bench)
{
	cccd_session_free(bench->session);
	sim_card_free(bench->device.card);
}

static void keep_event(const struct cccd_progress *progress, void *context)
{
	struct events *events = context;
	struct event *event = &events->at[events->count];

	assert_true(events->count + 1 < EVENTS_MAX);
	events->count++;
	event->event = progress->event;
	(void)snprintf(event->step, sizeof(event->step), "%s", progress->step);
	event->done = progress->done;
	event->total = progress->total;
	event->read = progress->read;
	event->ms = progress->ms;
}

static struct events *run_with_events(const char *profile)
{
	struct bench bench;
	struct events *events = calloc(1, sizeof(*events));

	assert_non_null(events);
	bench_open(&bench, profile, "can");
	cccd_session_set_progress(bench.session, keep_event, events);
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	assert_true(events->count > 10);
	bench_close(&bench);
	return events;
}

/* The row of the table of steps; its end for an unknown name. */
static size_t row_of(const char *name)
{
	size_t row = 0;

	while (row < inspection_step_count &&
	       strcmp(inspection_steps[row].name, name) != 0)
		row++;
	return row;
}

static void events_follow_the_table_of_steps(void **state)
{
	struct events *events = run_with_events("cccd-2021");
	const char *open = "";
	size_t last_row = 0;
	size_t steps = 0;

	(void)state;
	assert_int_equal(events->at[0].event, CCCD_EVENT_CARD);
	for (size_t i = 1; i < events->count; i++) {
		const struct event *event = &events->at[i];

		if (event->event == CCCD_EVENT_STEP_STARTED) {
			size_t row = row_of(event->step);

			assert_string_equal(open, "");
			assert_true(row < inspection_step_count);
			assert_true(steps == 0 || row > last_row);
			last_row = row;
			open = event->step;
			steps++;
		} else if (event->event == CCCD_EVENT_STEP_FINISHED) {
			assert_string_equal(event->step, open);
			open = "";
		}
	}
	assert_string_equal(open, "");
	assert_true(steps > 8);
	free(events);
}

static void events_count_bytes_and_time_upwards(void **state)
{
	struct events *events = run_with_events("pn532-short");
	size_t files = 0;

	(void)state;
	for (size_t i = 1; i < events->count; i++) {
		const struct event *event = &events->at[i];

		assert_true(event->read >= events->at[i - 1].read);
		assert_true(event->ms >= events->at[i - 1].ms);
		if (event->event != CCCD_EVENT_FILE)
			continue;
		assert_true(event->done > 0);
		assert_true(event->total == 0 || event->done <= event->total);
		files++;
	}
	/* A portrait in short commands alone reports that often. */
	assert_true(files > 50);
	assert_true(events->at[events->count - 1].read > 15000);
	free(events);
}

static void events_tell_of_loss_and_return(void **state)
{
	struct events *events = run_with_events("bad-removed");
	size_t lost = 0;
	size_t resumed = 0;

	(void)state;
	for (size_t i = 0; i < events->count; i++) {
		lost += events->at[i].event == CCCD_EVENT_LOST;
		resumed += events->at[i].event == CCCD_EVENT_RESUMED;
		assert_true(resumed <= lost);
	}
	assert_true(lost >= 1);
	assert_int_equal(lost, resumed);
	free(events);
}

static void run_gives_result_document_and_person(void **state)
{
	struct bench bench;
	const struct cccd_result *result = NULL;
	const struct cccd_document *document = NULL;
	struct cccd_person *person = calloc(1, sizeof(*person));
	struct span on_card;
	struct cccd_bytes read;

	(void)state;
	assert_non_null(person);
	bench_open(&bench, "cccd-2021", "can");
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	result = cccd_session_result(bench.session);
	document = cccd_session_document(bench.session);
	/* No store: whose signature it is cannot be known. */
	assert_int_equal(result->overall, CCCD_UNDETERMINED);
	assert_false(result->specimen);
	assert_int_equal(strlen(result->transaction), 36);
	assert_string_equal(result->issuing_state, "VNM");
	assert_string_equal(result->transport.kind, "embedded");
	read = cccd_document_file(document, CCCD_FILE_DG13);
	on_card = sim_card_file(bench.device.card, "dg13");
	assert_int_equal(read.len, on_card.len);
	assert_memory_equal(read.at, on_card.at, read.len);
	assert_int_equal(cccd_document_person(document, person), CCCD_OK);
	cccd_person_wipe(person);
	free(person);
	bench_close(&bench);
}

static bool all_not_run(const struct cccd_result *result)
{
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		if (result->checks[i].verdict != CCCD_NOT_RUN)
			return false;
	return result->overall == CCCD_NOT_RUN;
}

static bool holds_no_file(const struct cccd_document *document)
{
	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++)
		if (cccd_document_file(document, (enum cccd_file)i).len != 0)
			return false;
	return true;
}

/* Words are always words: nobody must ask for NULL first. */
static bool has_every_word(const struct cccd_result *result)
{
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		if (result->checks[i].reason == NULL)
			return false;
	return result->access.password != NULL &&
	       result->access.mapping != NULL && result->access.cipher != NULL;
}

/* Zeroed memory means that nothing is proven. */
static void session_knows_nothing_before_a_run(void **state)
{
	struct cccd_session *session = NULL;
	struct cccd_evidence *evidence = NULL;

	(void)state;
	cccd_session_free(NULL);
	assert_int_equal(cccd_session_new(&session), CCCD_OK);
	assert_true(all_not_run(cccd_session_result(session)));
	assert_true(has_every_word(cccd_session_result(session)));
	cccd_session_wipe(session);
	assert_true(has_every_word(cccd_session_result(session)));
	assert_true(holds_no_file(cccd_session_document(session)));
	assert_int_equal(cccd_session_error(session)->code, CCCD_OK);
	assert_int_equal(cccd_session_evidence(session, &evidence),
	                 CCCD_ERR_USAGE_STATE);
	assert_null(evidence);
	cccd_session_free(session);
}

static void use_card(struct cccd_session *session, struct sim_device *device)
{
	const struct cccd_transport transport = sim_transport(device->card);

	assert_int_equal(
	        cccd_session_set_transport(session, &transport, device),
	        CCCD_OK);
	assert_int_equal(cccd_session_set_access_key(
	                         session, CCCD_ACCESS_KEY_CAN,
	                         sim_card_secret(device->card, "can")),
	                 CCCD_OK);
}

/* One session, several cards: nothing of one is left in the next. */
static void session_is_used_again(void **state)
{
	static const char *const cards[] = { "cccd-2021", "cancuoc-2024-adult",
		                             "cccd-2021" };
	static const char *const numbers[] = { "001199000001", "079095000003",
		                               "001199000001" };
	struct cccd_session *session = NULL;
	char transaction[CCCD_TRANSACTION_MAX] = "";

	(void)state;
	assert_int_equal(cccd_session_new(&session), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
		struct sim_device device = { .card = sim_card_of(cards[i]) };
		struct cccd_mrz mrz = { 0 };
		const struct cccd_result *result = NULL;

		use_card(session, &device);
		assert_int_equal(cccd_session_run(session), CCCD_OK);
		result = cccd_session_result(session);
		assert_string_not_equal(result->transaction, transaction);
		memcpy(transaction, result->transaction, sizeof(transaction));
		assert_int_equal(
		        cccd_document_dg1(cccd_session_document(session), &mrz),
		        CCCD_OK);
		assert_non_null(strstr(mrz.text, numbers[i]));
		/* The transport leaves before its card does. */
		assert_false(device.powered);
		sim_card_free(device.card);
	}
	cccd_session_free(session);
}

/* A run that fails leaves nothing of the one before. */
static void failed_run_forgets_the_former_card(void **state)
{
	struct bench bench;
	struct cccd_evidence *evidence = NULL;

	(void)state;
	bench_open(&bench, "cccd-2021", "can");
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	assert_int_equal(cccd_session_set_access_key(
	                         bench.session, CCCD_ACCESS_KEY_CAN, "999999"),
	                 CCCD_OK);
	assert_int_equal(cccd_session_run(bench.session),
	                 CCCD_ERR_CARD_PASSWORD);
	assert_int_equal(cccd_session_error(bench.session)->code,
	                 CCCD_ERR_CARD_PASSWORD);
	assert_int_equal(cccd_session_error(bench.session)->status_word,
	                 0x6300);
	assert_string_equal(cccd_session_error(bench.session)->step, "pace");
	assert_int_equal(
	        cccd_document_file(cccd_session_document(bench.session),
	                           CCCD_FILE_DG1)
	                .len,
	        0);
	assert_int_not_equal(cccd_session_result(bench.session)->overall,
	                     CCCD_SUCCESSFUL);
	assert_int_equal(cccd_session_evidence(bench.session, &evidence),
	                 CCCD_ERR_USAGE_STATE);
	/* And the right one works again. */
	assert_int_equal(cccd_session_set_access_key(
	                         bench.session, CCCD_ACCESS_KEY_CAN, "000001"),
	                 CCCD_OK);
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	bench_close(&bench);
}

static void wiped_session_needs_a_new_key(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "cccd-2021", "can");
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	cccd_session_wipe(bench.session);
	assert_true(all_not_run(cccd_session_result(bench.session)));
	assert_true(holds_no_file(cccd_session_document(bench.session)));
	assert_int_equal(cccd_session_run(bench.session),
	                 CCCD_ERR_USAGE_KEY_MISSING);
	bench_close(&bench);
}

static void keys_are_judged_when_they_are_given(void **state)
{
	static const struct {
		enum cccd_access_key type;
		const char *text;
		enum cccd_err err;
	} rows[] = {
		{ CCCD_ACCESS_KEY_NONE, "000001", CCCD_ERR_USAGE_ARGUMENT },
		{ (enum cccd_access_key)(CCCD_ACCESS_KEY_PUK + 1), "000001",
		  CCCD_ERR_USAGE_ARGUMENT },
		{ CCCD_ACCESS_KEY_CAN, "00001", CCCD_ERR_USAGE_KEY_MALFORMED },
		{ CCCD_ACCESS_KEY_CAN, "", CCCD_ERR_USAGE_KEY_MISSING },
		{ CCCD_ACCESS_KEY_ID_NUMBER, "00119900000a",
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ CCCD_ACCESS_KEY_MRZ, "199000001499010183901017",
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ CCCD_ACCESS_KEY_QR, "||||||", CCCD_ERR_USAGE_KEY_MALFORMED },
		{ CCCD_ACCESS_KEY_CAN, "000001", CCCD_OK },
		{ CCCD_ACCESS_KEY_ID_NUMBER, "001199000001", CCCD_OK },
		{ CCCD_ACCESS_KEY_MRZ, "199000001499010183901016", CCCD_OK },
		{ CCCD_ACCESS_KEY_PIN, "123456", CCCD_OK },
		{ CCCD_ACCESS_KEY_PUK, "9876543210", CCCD_OK },
	};
	char *long_text = calloc(1, 5000);

	(void)state;
	assert_non_null(long_text);
	memset(long_text, '1', 4999);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_session *session = NULL;
		const struct cccd_error *error = NULL;

		assert_int_equal(cccd_session_new(&session), CCCD_OK);
		assert_int_equal(cccd_session_set_access_key(
		                         session, rows[i].type, rows[i].text),
		                 rows[i].err);
		error = cccd_session_error(session);
		assert_int_equal(error->code, rows[i].err);
		if (rows[i].err != CCCD_OK && strlen(rows[i].text) > 4)
			assert_null(strstr(error->text, rows[i].text));
		assert_int_equal(cccd_session_set_access_key(session,
		                                             CCCD_ACCESS_KEY_QR,
		                                             long_text),
		                 CCCD_ERR_USAGE_KEY_MALFORMED);
		cccd_session_free(session);
	}
	free(long_text);
}

static void documents_need_three_sound_members(void **state)
{
	static const struct {
		const char *texts[3];
		enum cccd_err err;
	} rows[] = {
		{ { "199000001", "990101", "390101" }, CCCD_OK },
		{ { "001199000001", "01/01/1999", "none" }, CCCD_OK },
		{ { "199000001", "990230", "390101" },
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ { "199000001", "990101", "tomorrow" },
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ { "", "990101", "390101" }, CCCD_ERR_USAGE_KEY_MISSING },
		{ { "§9900001", "990101", "390101" },
		  CCCD_ERR_USAGE_KEY_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_session *session = NULL;

		assert_int_equal(cccd_session_new(&session), CCCD_OK);
		assert_int_equal(cccd_session_set_document(
		                         session, rows[i].texts[0],
		                         rows[i].texts[1], rows[i].texts[2]),
		                 rows[i].err);
		cccd_session_free(session);
	}
}

static void settings_out_of_range_are_refused(void **state)
{
	struct cccd_options options = cccd_options_default();
	struct cccd_transport transport = { 0 };
	struct cccd_session *session = NULL;

	(void)state;
	assert_int_equal(cccd_session_new(&session), CCCD_OK);
	assert_int_equal(cccd_session_set_options(session, &options), CCCD_OK);
	options.exchange_ms = 0;
	assert_int_equal(cccd_session_set_options(session, &options),
	                 CCCD_ERR_USAGE_ARGUMENT);
	options.exchange_ms = 600001;
	assert_int_equal(cccd_session_set_options(session, &options),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_session_set_transport(session, &transport, NULL),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_session_set_reader(session, "usb:1"),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_session_set_reader(session, ""),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(
	        cccd_session_set_reader(session, "replay:/nonexistent"),
	        CCCD_ERR_USAGE_FILE);
	assert_int_equal(cccd_session_error(session)->code,
	                 CCCD_ERR_USAGE_FILE);
	cccd_session_free(session);
}

/* Evidence that an embedder fills with numbers of its own. */
static void evidence_takes_known_files_and_states(void **state)
{
	const struct cccd_bytes none = { 0 };
	struct cccd_evidence *evidence = NULL;
	const unsigned int beyond = CCCD_FILE_ABORTED + 1;

	(void)state;
	assert_int_equal(cccd_evidence_new(&evidence), CCCD_OK);
	assert_int_equal(cccd_evidence_set_file(evidence, CCCD_FILE_DG1,
	                                        CCCD_FILE_MISSING, none),
	                 CCCD_OK);
	assert_int_equal(cccd_evidence_set_file(evidence, CCCD_FILE_DG1,
	                                        (enum cccd_file_state)beyond,
	                                        none),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_evidence_set_file(evidence, CCCD_FILE_NONE,
	                                        CCCD_FILE_MISSING, none),
	                 CCCD_ERR_USAGE_ARGUMENT);
	cccd_evidence_free(evidence);
}

static void record_twice_or_nowhere_is_refused(void **state)
{
	char path[] = "/tmp/cccd-lib-XXXXXX";
	struct bench bench;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	bench_open(&bench, "cccd-2021", "can");
	assert_int_equal(
	        cccd_session_record(bench.session, "/nonexistent/trace", false),
	        CCCD_ERR_USAGE_FILE);
	assert_int_equal(cccd_session_record(bench.session, path, false),
	                 CCCD_OK);
	assert_int_equal(cccd_session_record(bench.session, path, false),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(cccd_session_run(bench.session), CCCD_OK);
	bench_close(&bench);
	assert_int_equal(unlink(path), 0);
}

/* What the embedder's functions return comes out unchanged. */
static enum cccd_err no_reader(void *context, uint8_t *atr, size_t *ret_atr_len)
{
	(void)context;
	(void)atr;
	(void)ret_atr_len;
	return CCCD_ERR_READER_PERMISSION;
}

static void errors_of_the_device_come_through(void **state)
{
	struct bench bench;
	struct cccd_transport transport;

	(void)state;
	bench_open(&bench, "cccd-2021", "can");
	transport = sim_transport(bench.device.card);
	transport.connect = no_reader;
	assert_int_equal(cccd_session_set_transport(bench.session, &transport,
	                                            &bench.device),
	                 CCCD_OK);
	assert_int_equal(cccd_session_run(bench.session),
	                 CCCD_ERR_READER_PERMISSION);
	assert_true(holds_no_file(cccd_session_document(bench.session)));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_follow_the_table_of_steps),
		cmocka_unit_test(events_count_bytes_and_time_upwards),
		cmocka_unit_test(events_tell_of_loss_and_return),
		cmocka_unit_test(run_gives_result_document_and_person),
		cmocka_unit_test(session_knows_nothing_before_a_run),
		cmocka_unit_test(session_is_used_again),
		cmocka_unit_test(failed_run_forgets_the_former_card),
		cmocka_unit_test(wiped_session_needs_a_new_key),
		cmocka_unit_test(keys_are_judged_when_they_are_given),
		cmocka_unit_test(documents_need_three_sound_members),
		cmocka_unit_test(settings_out_of_range_are_refused),
		cmocka_unit_test(evidence_takes_known_files_and_states),
		cmocka_unit_test(record_twice_or_nowhere_is_refused),
		cmocka_unit_test(errors_of_the_device_come_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
