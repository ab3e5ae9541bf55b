/* SPDX-License-Identifier: Apache-2.0 */
/* How sessions end: audited, wiped, once; keys that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "service/core/audit.h"
#include "service/core/reading.h"
#include "tests/service/core/moves.h"

/* [service-api 7] one line of the log for each session, however it ends. */
static void sessions_write_one_line_for_every_end(void **state)
{
	struct house *house = *state;
	unsigned int made = 0;
	char *log = NULL;

	for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES; at++) {
		moves_clear(house, moves_bring(house, (enum session_state)at));
		made++;
	}
	log = house_log(house, false);
	assert_int_equal(house_count_text(log, "\"kind\":\"read\""), made);
	assert_int_equal(house_count_text(log, "\"outcome\":\"read\""), 2);
	assert_int_equal(house_count_text(log, "\"outcome\":\"expired\""), 1);
	assert_int_equal(house_count_text(log, "\"kind\":\"delivery\""), 1);
	assert_non_null(strstr(log, "card_removed"));
	assert_null(strstr(log, "001099012345"));
	free(log);
}

static void result_leaves_only_after_its_audit_entry(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READY);
	char *log = NULL;

	disk_is_full = true;
	assert_int_equal(moves_call(house, session, CALL_JSON), CCCD_ERR_AUDIT);
	disk_is_full = false;
	assert_int_equal(session->state, SESSION_FAILED);
	moves_assert_wiped(session);
	/* For good: space that comes back brings no result back. */
	assert_int_equal(moves_call(house, session, CALL_JSON), CCCD_ERR_AUDIT);
	assert_int_equal(moves_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_PORTRAIT);
	assert_int_equal(
	        house_count(house, "session.failed", "audit_unavailable"), 1);
	log = house_log(house, false);
	assert_int_equal(house_count_text(log, "delivery"), 0);
	free(log);
}

/* The verdict is being written while the client gives up: one line. */
static void cancel_while_the_verdict_is_written_adds_no_line(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);
	char *log = NULL;

	atomic_store(&disk_is_asked, false);
	atomic_store(&disk_is_slow, true);
	fake_end(0, CCCD_OK);
	while (!atomic_load(&disk_is_asked))
		clock_sleep_ms(1);
	sessions_cancel(house->sessions, session);
	assert_int_equal(session->state, SESSION_CANCELLED);
	atomic_store(&disk_is_slow, false);
	/* The worker is free again when the next one reads. */
	fake_card(house, 0, false);
	moves_read(house, session_id(moves_bring(house, SESSION_READING)),
	           CCCD_OK);
	log = house_log(house, false);
	assert_int_equal(house_count_text(log, session_id(session)), 1);
	assert_int_equal(house_count_text(log, "cancelled"), 0);
	free(log);
}

/* And the other way round: what the loop has told, the worker does not. */
static void verdict_of_an_ended_session_is_not_written(void **state)
{
	struct house *house = *state;
	struct cccd_error error = { .tries_left = -1 };
	struct job *job = NULL;
	char *log = NULL;

	assert_int_equal(job_new(&job), CCCD_OK);
	assert_false(atomic_flag_test_and_set(&job->claimed));
	assert_int_equal(reading_seal(house->sessions, job, &error),
	                 CCCD_ERR_CANCELLED);
	log = house_log(house, false);
	assert_string_equal(log, "");
	free(log);
	job_free(job);
}

static void verdict_is_lost_when_the_log_cannot_take_it(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);

	disk_is_full = true;
	fake_end(0, CCCD_OK);
	house_await(house, session_id(session), SESSION_FAILED);
	disk_is_full = false;
	assert_int_equal(session->error.code, CCCD_ERR_AUDIT);
	moves_assert_wiped(session);
}

static void portrait_waits_for_its_own_entry(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_DELIVERED);

	disk_is_full = true;
	assert_int_equal(moves_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_AUDIT);
	disk_is_full = false;
	assert_int_equal(session->state, SESSION_DELIVERED);
	moves_assert_wiped(session);
	assert_int_equal(moves_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_SESSION_EXPIRED);
}

static void portrait_and_result_are_given_once_in_any_order(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READY);

	assert_int_equal(moves_call(house, session, CALL_PORTRAIT), CCCD_OK);
	assert_int_equal(moves_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_RESULT_DELIVERED);
	assert_int_equal(session->state, SESSION_READY);
	assert_int_equal(moves_call(house, session, CALL_JSON), CCCD_OK);
	moves_assert_wiped(session);
	assert_int_equal(moves_call(house, session, CALL_JWT),
	                 CCCD_ERR_RESULT_DELIVERED);
	assert_int_equal(moves_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_RESULT_DELIVERED);
}

/* A card that does not answer: the caller need not wait for it, nor does
 * the next session see anything of it. */
static void cancel_wipes_while_the_card_is_deaf(void **state)
{
	struct house *house = *state;
	struct session *first = moves_bring(house, SESSION_READING);
	struct session *second = NULL;

	fake_set_deaf(0, true);
	sessions_cancel(house->sessions, first);
	assert_int_equal(first->state, SESSION_CANCELLED);
	moves_assert_wiped(first);
	fake_card(house, 0, false);
	second = moves_bring(house, SESSION_AWAITING_ACCESS_KEY);
	moves_give_key(house, second);
	assert_int_equal(second->state, SESSION_READING);
	assert_int_equal(fake_runs(0), 1);
	/* The late answer belongs to nobody. */
	fake_end(0, CCCD_OK);
	fake_set_deaf(0, false);
	for (unsigned int i = 0; fake_runs(0) < 2; i++) {
		assert_true(i < 100000);
		sessions_drain(house->sessions);
		clock_sleep_ms(1);
	}
	sessions_drain(house->sessions);
	assert_int_equal(second->state, SESSION_READING);
	moves_read(house, session_id(second), CCCD_OK);
}

/* One that waits behind a deaf card is gone before it begins. */
static void cancel_takes_back_what_has_not_begun(void **state)
{
	struct house *house = *state;
	struct session *first = moves_bring(house, SESSION_READING);
	struct session *second = NULL;

	fake_set_deaf(0, true);
	sessions_cancel(house->sessions, first);
	fake_card(house, 0, false);
	second = moves_bring(house, SESSION_AWAITING_ACCESS_KEY);
	moves_give_key(house, second);
	sessions_cancel(house->sessions, second);
	moves_assert_wiped(second);
	fake_set_deaf(0, false);
	fake_await_idle(0);
	fake_card(house, 0, false);
	moves_read(house, session_id(moves_bring(house, SESSION_READING)),
	           CCCD_OK);
	assert_int_equal(fake_runs(0), 2);
}

/* An engine's cancel that came too late must not end the next reading. */
static void stray_cancel_is_not_the_next_ones(void **state)
{
	struct house *house = *state;
	void *engine = NULL;
	struct session *session = NULL;

	assert_int_equal(fake_engine.open("fake:0", NULL, &engine), CCCD_OK);
	fake_engine.cancel(engine);
	session = moves_bring(house, SESSION_AWAITING_ACCESS_KEY);
	moves_give_key(house, session);
	while (fake_runs(0) < 2)
		clock_sleep_ms(1);
	moves_read(house, session_id(session), CCCD_OK);
}

static void wrong_keys_are_asked_for_anew_and_end_at_the_third(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);
	char *log = NULL;

	for (unsigned int i = 1; i < REFUSALS_MAX; i++) {
		fake_end(0, CCCD_ERR_CARD_PASSWORD);
		house_await(house, session_id(session),
		            SESSION_AWAITING_ACCESS_KEY);
		assert_int_equal(house_count(house, "prompt.required",
		                             "access_key_rejected"),
		                 i);
		assert_false(session->has_key);
		assert_int_equal(session->key.value[0], 0);
		moves_give_key(house, session);
		fake_await_running(0);
	}
	moves_read(house, session_id(session), CCCD_ERR_CARD_PASSWORD);
	log = house_log(house, true);
	assert_int_equal(house_count_text(log, "access_key_refused"), 1);
	assert_non_null(strstr(log, session_id(session)));
	free(log);
	assert_int_equal(moves_call(house, session, CALL_JSON),
	                 CCCD_ERR_CARD_PASSWORD);
}

static void right_key_after_a_wrong_one_reads(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);

	fake_end(0, CCCD_ERR_CARD_PASSWORD);
	house_await(house, session_id(session), SESSION_AWAITING_ACCESS_KEY);
	moves_give_key(house, session);
	moves_read(house, session_id(session), CCCD_OK);
}

/* A card that was lifted at the last moment: the key need not come again. */
static void card_taken_before_it_began_keeps_the_key(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);

	fake_card(house, 0, false);
	fake_end(0, CCCD_ERR_READER_NO_CARD);
	house_await(house, session_id(session), SESSION_AWAITING_CARD);
	fake_card(house, 0, true);
	assert_int_equal(session->state, SESSION_READING);
	moves_read(house, session_id(session), CCCD_OK);
}

static void key_may_come_before_the_card(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_AWAITING_CARD);

	moves_give_key(house, session);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	fake_card(house, 0, true);
	assert_int_equal(session->state, SESSION_READING);
	moves_read(house, session_id(session), CCCD_OK);
}

static void notes_become_events(void **state)
{
	struct house *house = *state;
	struct session *session = moves_bring(house, SESSION_READING);

	fake_note(0, JOB_STEP_STARTED, "pace");
	fake_note(0, JOB_STEP_FINISHED, "pace");
	fake_note(0, JOB_FILE, "dg1");
	fake_note(0, JOB_LOST, "");
	fake_note(0, JOB_RESUMED, "");
	moves_read(house, session_id(session), CCCD_OK);
	assert_int_equal(house_count(house, "step.started", "\"pace\""), 1);
	assert_int_equal(house_count(house, "step.finished",
	                             "\"step\":\"pace\",\"ms\":5"),
	                 1);
	assert_int_equal(house_count(house, "progress",
	                             "\"file\":\"dg1\",\"done\":10,"
	                             "\"total\":20"),
	                 1);
	assert_int_equal(house_count(house, "prompt.required", "card_removed"),
	                 1);
	assert_int_equal(house_count(house, "step.finished",
	                             "\"check\":\"passive_authentication\","
	                             "\"verdict\":\"successful\""),
	                 1);
	assert_int_equal(house_count(house, "result.ready",
	                             "\"overall\":\"successful\""),
	                 1);
	assert_int_equal(session->step_count, 1);
	for (size_t i = 0; i < house->event_count; i++) {
		if (i > 0)
			assert_int_equal(house->events[i].sequence,
			                 house->events[i - 1].sequence + 1);
	}
}

int main(void)
{
#define CASE(name)                                                \
	cmocka_unit_test_setup_teardown(name, moves_setup_reader, \
	                                moves_teardown)
	const struct CMUnitTest tests[] = {
		CASE(sessions_write_one_line_for_every_end),
		CASE(result_leaves_only_after_its_audit_entry),
		CASE(cancel_while_the_verdict_is_written_adds_no_line),
		CASE(verdict_of_an_ended_session_is_not_written),
		CASE(verdict_is_lost_when_the_log_cannot_take_it),
		CASE(portrait_waits_for_its_own_entry),
		CASE(portrait_and_result_are_given_once_in_any_order),
		CASE(cancel_wipes_while_the_card_is_deaf),
		CASE(cancel_takes_back_what_has_not_begun),
		CASE(stray_cancel_is_not_the_next_ones),
		CASE(wrong_keys_are_asked_for_anew_and_end_at_the_third),
		CASE(right_key_after_a_wrong_one_reads),
		CASE(card_taken_before_it_began_keeps_the_key),
		CASE(key_may_come_before_the_card),
		CASE(notes_become_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
