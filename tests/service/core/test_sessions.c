/* SPDX-License-Identifier: Apache-2.0 */
/* Every call and every happening in every state of a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "lib/json/result.h"
#include "service/core/audit.h"
#include "service/core/reading.h"
#include "tests/service/core/fake_engine.h"

enum { STATES = SESSION_EXPIRED + 1 };

static const struct sessions_seams fakes = { .engine = &fake_engine,
	                                     .now_ms = house_now };

/* One of each reader, all free and empty. */
static int setup(void **state)
{
	struct house *house = calloc(1, sizeof(*house));

	assert_non_null(house);
	fake_reset();
	house_open(house);
	house_start(house, &fakes);
	fake_plug(house, 0, true);
	*state = house;
	return 0;
}

static int teardown(void **state)
{
	struct house *house = *state;

	for (unsigned int i = 0; i < FAKE_READERS; i++)
		fake_set_deaf(i, false);
	house_close(house);
	free(house);
	return 0;
}

/* The audit log as it is, or full. */
static atomic_bool disk_is_full;
static atomic_bool disk_is_slow;
static atomic_bool disk_is_asked;

enum cccd_err __real_audit_append(struct audit *audit,
                                  const struct audit_entry *entry,
                                  struct cccd_error *error);
enum cccd_err __wrap_audit_append(struct audit *audit,
                                  const struct audit_entry *entry,
                                  struct cccd_error *error);

enum cccd_err __wrap_audit_append(struct audit *audit,
                                  const struct audit_entry *entry,
                                  struct cccd_error *error)
{
	/* A disk that takes its time, on the worker's thread. */
	if (entry->kind == AUDIT_READ && entry->outcome == AUDIT_ENDED_READ &&
	    atomic_load(&disk_is_slow)) {
		atomic_store(&disk_is_asked, true);
		while (atomic_load(&disk_is_slow))
			clock_sleep_ms(1);
	}
	if (disk_is_full)
		return fail(error, CCCD_ERR_AUDIT, "no space");
	return __real_audit_append(audit, entry, error);
}

static const char *party_for(enum session_state state)
{
	return state == SESSION_AWAITING_CONSENT ? "oper" : "desk";
}

static void give_key(struct house *house, struct session *session)
{
	const struct json_access_key key = house_can("123456");

	assert_int_equal(
	        sessions_access_key(house->sessions, session, &key, NULL),
	        CCCD_OK);
}

static void read_to_the_end(struct house *house, const char *id,
                            enum cccd_err err)
{
	fake_end(0, err);
	house_await(house, id, err == CCCD_OK ? SESSION_READY : SESSION_FAILED);
}

static void take_json(struct house *house, struct session *session)
{
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	assert_int_equal(session_take_result(house->sessions, session,
	                                     SESSION_JSON, &error, &text),
	                 CCCD_OK);
	json_text_free(text);
}

/* A session with a portrait on its way, in any state there is. */
static struct session *bring(struct house *house, enum session_state state)
{
	struct caller caller = house_page(party_for(state));
	struct json_request request = { 0 };
	struct house_session made = { 0 };
	struct session *session = NULL;

	house_request(party_for(state), "\"id\",\"portrait\"", &request);
	assert_int_equal(house_create(house, &caller, &request, "", &made),
	                 CCCD_OK);
	json_request_release(&request);
	session = house_find(house, &caller, &made);
	if (state == SESSION_AWAITING_CONSENT || state == SESSION_AWAITING_CARD)
		return session;
	fake_card(house, 0, true);
	assert_int_equal(session->state, SESSION_AWAITING_ACCESS_KEY);
	if (state == SESSION_AWAITING_ACCESS_KEY)
		return session;
	if (state == SESSION_CANCELLED) {
		sessions_cancel(house->sessions, session);
		return session;
	}
	if (state == SESSION_EXPIRED) {
		atomic_fetch_add(&house->now_ms, house->parts.lease_ms);
		(void)sessions_tick(house->sessions, house_now(house));
		return session;
	}
	give_key(house, session);
	fake_await_running(0);
	if (state == SESSION_VERIFYING) {
		fake_note(0, JOB_VERIFYING, "");
		house_await(house, made.id, SESSION_VERIFYING);
	} else if (state == SESSION_READY || state == SESSION_DELIVERED) {
		read_to_the_end(house, made.id, CCCD_OK);
	} else if (state == SESSION_FAILED) {
		read_to_the_end(house, made.id, CCCD_ERR_CARD_REMOVED);
	}
	if (state == SESSION_DELIVERED)
		take_json(house, session);
	return session;
}

enum call {
	CALL_KEY,
	CALL_BAD_KEY,
	CALL_CONSENT,
	CALL_REFUSAL,
	CALL_AGENT_CONSENT,
	CALL_AGENT_KEY,
	CALL_JSON,
	CALL_JWT,
	CALL_PORTRAIT,
	CALL_VIEW,
	CALLS,
};

static enum cccd_err make_call(struct house *house, struct session *session,
                               enum call call)
{
	struct sessions *sessions = house->sessions;
	struct cccd_error error = { .tries_left = -1 };
	const struct json_access_key key = house_can("123456");
	const struct json_access_key bad = house_can("12345");
	const struct json_consent yes = house_consent(true);
	const struct json_consent no = house_consent(false);
	BUF portrait = buf_make(JOB_PORTRAIT_MAX);
	enum cccd_err err = CCCD_ERR_INTERNAL;
	char *text = NULL;

	switch (call) {
	case CALL_KEY:
		return sessions_access_key(sessions, session, &key, &error);
	case CALL_BAD_KEY:
		return sessions_access_key(sessions, session, &bad, &error);
	case CALL_CONSENT:
		return sessions_consent(sessions, session, &yes, &error);
	case CALL_REFUSAL:
		return sessions_consent(sessions, session, &no, &error);
	case CALL_AGENT_CONSENT:
		return sessions_agent_consent(sessions, session_id(session),
		                              &yes, &error);
	case CALL_AGENT_KEY:
		return sessions_agent_access_key(sessions, session_id(session),
		                                 &key, &error);
	case CALL_JSON:
	case CALL_JWT:
		err = session_take_result(sessions, session,
		                          call == CALL_JWT ? SESSION_JWT
		                                           : SESSION_JSON,
		                          &error, &text);
		break;
	case CALL_PORTRAIT:
		err = session_take_portrait(sessions, session, &error,
		                            &portrait);
		break;
	case CALL_VIEW:
		err = session_view(session, &text);
		if (err == CCCD_OK)
			house_print("session", text);
		break;
	case CALLS: break;
	}
	json_text_free(text);
	return err;
}

#define STATE_ CCCD_ERR_USAGE_STATE
#define OVER_  CCCD_ERR_CANCELLED
#define LATE_  CCCD_ERR_SESSION_EXPIRED
#define SOURCE CCCD_ERR_KEY_SOURCE
#define MALFOR CCCD_ERR_USAGE_KEY_MALFORMED
#define REFUSE CCCD_ERR_CONSENT_REFUSED
#define GIVEN_ CCCD_ERR_RESULT_DELIVERED
#define CARD__ CCCD_ERR_CARD_REMOVED
#define NOPIC_ CCCD_ERR_PORTRAIT
#define OK____ CCCD_OK

/*
 * By call and state: consent, card, key, reading, verifying, ready,
 * delivered, failed, cancelled, expired.
 */
static const enum cccd_err answers[CALLS][STATES - 2] = {
	[CALL_KEY] = { OK____, OK____, OK____, STATE_, STATE_, STATE_, STATE_,
	               STATE_, OVER_, LATE_ },
	[CALL_BAD_KEY] = { MALFOR, MALFOR, MALFOR, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_CONSENT] = { OK____, STATE_, STATE_, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_REFUSAL] = { REFUSE, STATE_, STATE_, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_AGENT_CONSENT] = { STATE_, STATE_, STATE_, STATE_, STATE_, STATE_,
	                         STATE_, STATE_, OVER_, LATE_ },
	[CALL_AGENT_KEY] = { SOURCE, SOURCE, SOURCE, STATE_, STATE_, STATE_,
	                     STATE_, STATE_, OVER_, LATE_ },
	[CALL_JSON] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____, GIVEN_,
	                CARD__, OVER_, LATE_ },
	[CALL_JWT] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____, GIVEN_,
	               CARD__, OVER_, LATE_ },
	[CALL_PORTRAIT] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____,
	                    OK____, NOPIC_, OVER_, LATE_ },
	[CALL_VIEW] = { OK____, OK____, OK____, OK____, OK____, OK____, OK____,
	                OK____, OK____, OK____ },
};

/* What a call leaves behind; 0 where it changes nothing. */
static const unsigned int moves[CALLS][STATES - 2] = {
	[CALL_KEY] = { 0, 0, SESSION_READING },
	[CALL_CONSENT] = { SESSION_AWAITING_CARD },
	[CALL_REFUSAL] = { SESSION_FAILED },
	[CALL_JSON] = { [5] = SESSION_DELIVERED },
	[CALL_JWT] = { [5] = SESSION_DELIVERED },
};

/* The next test of the loop begins where nobody holds anything. */
static void clear(struct house *house, struct session *session)
{
	sessions_cancel(house->sessions, session);
	fake_await_idle(0);
	fake_card(house, 0, false);
	house_forget_events(house);
}

static void sessions_answer_every_call_in_every_state(void **state)
{
	struct house *house = *state;

	for (unsigned int call = 0; call < CALLS; call++) {
		for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES;
		     at++) {
			struct session *session =
			        bring(house, (enum session_state)at);
			unsigned int after = moves[call][at - 2];

			assert_int_equal(session->state, at);
			assert_int_equal(
			        make_call(house, session, (enum call)call),
			        answers[call][at - 2]);
			assert_int_equal(session->state,
			                 after != 0 ? after : at);
			clear(house, session);
		}
	}
}

enum happening {
	HAPPENS_CANCEL,
	HAPPENS_LEASE_OVER,
	HAPPENS_CLIENT_LOST,
	HAPPENS_READER_LOST,
	HAPPENS_CARD_TAKEN,
	HAPPENS_LEASE_BROKEN,
	HAPPENINGS,
};

static void lose_client(struct house *house, struct session *session)
{
	sessions_attach(house->sessions, session);
	sessions_detach(house->sessions, session_id(session));
	(void)sessions_tick(house->sessions, house_now(house));
	atomic_fetch_add(&house->now_ms, house->parts.grace_ms);
	(void)sessions_tick(house->sessions, house_now(house));
}

static void happen(struct house *house, struct session *session,
                   enum happening happening)
{
	const struct caller operator_ = house_shell();

	switch (happening) {
	case HAPPENS_CANCEL: sessions_cancel(house->sessions, session); return;
	case HAPPENS_LEASE_OVER:
		atomic_fetch_add(&house->now_ms, house->parts.lease_ms);
		(void)sessions_tick(house->sessions, house_now(house));
		return;
	case HAPPENS_CLIENT_LOST: lose_client(house, session); return;
	case HAPPENS_READER_LOST:
		fake_plug(house, 0, false);
		fake_plug(house, 0, true);
		return;
	case HAPPENS_CARD_TAKEN: fake_card(house, 0, false); return;
	case HAPPENS_LEASE_BROKEN:
		assert_int_equal(sessions_break_lease(house->sessions,
		                                      &operator_, "r0", NULL),
		                 CCCD_OK);
		return;
	case HAPPENINGS: return;
	}
}

#define CANCEL SESSION_CANCELLED
#define EXPIRE SESSION_EXPIRED
#define FAILED SESSION_FAILED
#define NOCARD SESSION_AWAITING_CARD

/* The state after; 0 where nothing changes. Ended ones never do. */
static const unsigned int after_all[HAPPENINGS][STATES - 2] = {
	[HAPPENS_CANCEL] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL, CANCEL },
	[HAPPENS_LEASE_OVER] = { EXPIRE, EXPIRE, EXPIRE, EXPIRE, EXPIRE,
	                         EXPIRE },
	[HAPPENS_CLIENT_LOST] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL,
	                          CANCEL },
	[HAPPENS_READER_LOST] = { FAILED, FAILED, FAILED, FAILED, FAILED },
	[HAPPENS_CARD_TAKEN] = { 0, 0, NOCARD },
	[HAPPENS_LEASE_BROKEN] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL },
};

/* Nothing of the person may be left in what the loop holds. */
static void assert_wiped(const struct session *session)
{
	static const struct json_access_key none;

	assert_false(session->has_key);
	assert_memory_equal(&session->key, &none, sizeof(none));
	assert_null(session->job);
	assert_null(session->seat);
	assert_int_not_equal(session->portrait, PORTRAIT_READY);
}

static void sessions_survive_every_happening_in_every_state(void **state)
{
	struct house *house = *state;

	for (unsigned int what = 0; what < HAPPENINGS; what++) {
		for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES;
		     at++) {
			struct session *session =
			        bring(house, (enum session_state)at);
			unsigned int after = after_all[what][at - 2];

			happen(house, session, (enum happening)what);
			assert_int_equal(session->state,
			                 after != 0 ? after : at);
			if (after >= SESSION_DELIVERED)
				assert_wiped(session);
			clear(house, session);
			assert_wiped(session);
		}
	}
}

/* [service-api 7] one line of the log for each session, however it ends. */
static void sessions_write_one_line_for_every_end(void **state)
{
	struct house *house = *state;
	unsigned int made = 0;
	char *log = NULL;

	for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES; at++) {
		clear(house, bring(house, (enum session_state)at));
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
	struct session *session = bring(house, SESSION_READY);
	char *log = NULL;

	disk_is_full = true;
	assert_int_equal(make_call(house, session, CALL_JSON), CCCD_ERR_AUDIT);
	disk_is_full = false;
	assert_int_equal(session->state, SESSION_FAILED);
	assert_wiped(session);
	/* For good: space that comes back brings no result back. */
	assert_int_equal(make_call(house, session, CALL_JSON), CCCD_ERR_AUDIT);
	assert_int_equal(make_call(house, session, CALL_PORTRAIT),
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
	struct session *session = bring(house, SESSION_READING);
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
	read_to_the_end(house, session_id(bring(house, SESSION_READING)),
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
	struct session *session = bring(house, SESSION_READING);

	disk_is_full = true;
	fake_end(0, CCCD_OK);
	house_await(house, session_id(session), SESSION_FAILED);
	disk_is_full = false;
	assert_int_equal(session->error.code, CCCD_ERR_AUDIT);
	assert_wiped(session);
}

static void portrait_waits_for_its_own_entry(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_DELIVERED);

	disk_is_full = true;
	assert_int_equal(make_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_AUDIT);
	disk_is_full = false;
	assert_int_equal(session->state, SESSION_DELIVERED);
	assert_wiped(session);
	assert_int_equal(make_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_SESSION_EXPIRED);
}

static void portrait_and_result_are_given_once_in_any_order(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_READY);

	assert_int_equal(make_call(house, session, CALL_PORTRAIT), CCCD_OK);
	assert_int_equal(make_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_RESULT_DELIVERED);
	assert_int_equal(session->state, SESSION_READY);
	assert_int_equal(make_call(house, session, CALL_JSON), CCCD_OK);
	assert_wiped(session);
	assert_int_equal(make_call(house, session, CALL_JWT),
	                 CCCD_ERR_RESULT_DELIVERED);
	assert_int_equal(make_call(house, session, CALL_PORTRAIT),
	                 CCCD_ERR_RESULT_DELIVERED);
}

/* A card that does not answer: the caller need not wait for it, nor does
 * the next session see anything of it. */
static void cancel_wipes_while_the_card_is_deaf(void **state)
{
	struct house *house = *state;
	struct session *first = bring(house, SESSION_READING);
	struct session *second = NULL;

	fake_set_deaf(0, true);
	sessions_cancel(house->sessions, first);
	assert_int_equal(first->state, SESSION_CANCELLED);
	assert_wiped(first);
	fake_card(house, 0, false);
	second = bring(house, SESSION_AWAITING_ACCESS_KEY);
	give_key(house, second);
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
	read_to_the_end(house, session_id(second), CCCD_OK);
}

/* One that waits behind a deaf card is gone before it begins. */
static void cancel_takes_back_what_has_not_begun(void **state)
{
	struct house *house = *state;
	struct session *first = bring(house, SESSION_READING);
	struct session *second = NULL;

	fake_set_deaf(0, true);
	sessions_cancel(house->sessions, first);
	fake_card(house, 0, false);
	second = bring(house, SESSION_AWAITING_ACCESS_KEY);
	give_key(house, second);
	sessions_cancel(house->sessions, second);
	assert_wiped(second);
	fake_set_deaf(0, false);
	fake_await_idle(0);
	fake_card(house, 0, false);
	read_to_the_end(house, session_id(bring(house, SESSION_READING)),
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
	session = bring(house, SESSION_AWAITING_ACCESS_KEY);
	give_key(house, session);
	while (fake_runs(0) < 2)
		clock_sleep_ms(1);
	read_to_the_end(house, session_id(session), CCCD_OK);
}

static void wrong_keys_are_asked_for_anew_and_end_at_the_third(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_READING);
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
		give_key(house, session);
		fake_await_running(0);
	}
	read_to_the_end(house, session_id(session), CCCD_ERR_CARD_PASSWORD);
	log = house_log(house, true);
	assert_int_equal(house_count_text(log, "access_key_refused"), 1);
	assert_non_null(strstr(log, session_id(session)));
	free(log);
	assert_int_equal(make_call(house, session, CALL_JSON),
	                 CCCD_ERR_CARD_PASSWORD);
}

static void right_key_after_a_wrong_one_reads(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_READING);

	fake_end(0, CCCD_ERR_CARD_PASSWORD);
	house_await(house, session_id(session), SESSION_AWAITING_ACCESS_KEY);
	give_key(house, session);
	read_to_the_end(house, session_id(session), CCCD_OK);
}

/* A card that was lifted at the last moment: the key need not come again. */
static void card_taken_before_it_began_keeps_the_key(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_READING);

	fake_card(house, 0, false);
	fake_end(0, CCCD_ERR_READER_NO_CARD);
	house_await(house, session_id(session), SESSION_AWAITING_CARD);
	fake_card(house, 0, true);
	assert_int_equal(session->state, SESSION_READING);
	read_to_the_end(house, session_id(session), CCCD_OK);
}

static void key_may_come_before_the_card(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_AWAITING_CARD);

	give_key(house, session);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	fake_card(house, 0, true);
	assert_int_equal(session->state, SESSION_READING);
	read_to_the_end(house, session_id(session), CCCD_OK);
}

static void notes_become_events(void **state)
{
	struct house *house = *state;
	struct session *session = bring(house, SESSION_READING);

	fake_note(0, JOB_STEP_STARTED, "pace");
	fake_note(0, JOB_STEP_FINISHED, "pace");
	fake_note(0, JOB_FILE, "dg1");
	fake_note(0, JOB_LOST, "");
	fake_note(0, JOB_RESUMED, "");
	read_to_the_end(house, session_id(session), CCCD_OK);
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
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(sessions_answer_every_call_in_every_state),
		CASE(sessions_survive_every_happening_in_every_state),
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
