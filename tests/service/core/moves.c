/* SPDX-License-Identifier: Apache-2.0 */
/* A house with fake readers, and the moves that its tests are made of. */
#include "tests/service/core/moves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "lib/json/result.h"
#include "service/core/audit.h"

static const struct sessions_seams fakes = { .engine = &fake_engine,
	                                     .now_ms = house_now };

int moves_setup(void **state)
{
	struct house *house = calloc(1, sizeof(*house));

	assert_non_null(house);
	fake_reset();
	house_open(house);
	house_start(house, &fakes);
	*state = house;
	return 0;
}

int moves_setup_reader(void **state)
{
	int status = moves_setup(state);

	fake_plug(*state, 0, true);
	return status;
}

int moves_teardown(void **state)
{
	struct house *house = *state;

	for (unsigned int i = 0; i < FAKE_READERS; i++)
		fake_set_deaf(i, false);
	house_close(house);
	free(house);
	return 0;
}

/* The audit log as it is, or full. */
atomic_bool disk_is_full;
atomic_bool disk_is_slow;
atomic_bool disk_is_asked;

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

void moves_give_key(struct house *house, struct session *session)
{
	const struct json_access_key key = house_can("123456");

	assert_int_equal(
	        sessions_access_key(house->sessions, session, &key, NULL),
	        CCCD_OK);
}

void moves_read(struct house *house, const char *id, enum cccd_err err)
{
	fake_end(0, err);
	house_await(house, id, err == CCCD_OK ? SESSION_READY : SESSION_FAILED);
}

void moves_take_json(struct house *house, struct session *session)
{
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	assert_int_equal(session_take_result(house->sessions, session,
	                                     SESSION_JSON, &error, &text),
	                 CCCD_OK);
	json_text_free(text);
}

/* A session with a portrait on its way, in any state there is. */
struct session *moves_bring(struct house *house, enum session_state state)
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
	moves_give_key(house, session);
	fake_await_running(0);
	if (state == SESSION_VERIFYING) {
		fake_note(0, JOB_VERIFYING, "");
		house_await(house, made.id, SESSION_VERIFYING);
	} else if (state == SESSION_READY || state == SESSION_DELIVERED) {
		moves_read(house, made.id, CCCD_OK);
	} else if (state == SESSION_FAILED) {
		moves_read(house, made.id, CCCD_ERR_CARD_REMOVED);
	}
	if (state == SESSION_DELIVERED)
		moves_take_json(house, session);
	return session;
}

enum cccd_err moves_call(struct house *house, struct session *session,
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

/* The next test of the loop begins where nobody holds anything. */
void moves_clear(struct house *house, struct session *session)
{
	sessions_cancel(house->sessions, session);
	fake_await_idle(0);
	fake_card(house, 0, false);
	house_forget_events(house);
}

/* Nothing of the person may be left in what the loop holds. */
void moves_assert_wiped(const struct session *session)
{
	static const struct json_access_key none;

	assert_false(session->has_key);
	assert_memory_equal(&session->key, &none, sizeof(none));
	assert_null(session->job);
	assert_null(session->seat);
	assert_int_not_equal(session->portrait, PORTRAIT_READY);
}

/* A request of @rp for @reader. */
enum cccd_err moves_ask(struct house *house, const char *rp, const char *reader,
                        struct house_session *ret)
{
	struct caller caller = house_page(rp);
	struct json_request request = { 0 };
	enum cccd_err err = CCCD_OK;

	house_request(rp, "\"id\"", &request);
	(void)snprintf(request.reader, sizeof(request.reader), "%s", reader);
	err = house_create(house, &caller, &request, "", ret);
	json_request_release(&request);
	return err;
}

struct session *moves_find(struct house *house, const char *rp,
                           const struct house_session *made)
{
	const struct caller caller = house_page(rp);

	return house_find(house, &caller, made);
}

struct session *moves_take(struct house *house, const char *rp,
                           const char *reader)
{
	struct house_session made = { 0 };

	assert_int_equal(moves_ask(house, rp, reader, &made), CCCD_OK);
	return moves_find(house, rp, &made);
}

void moves_refuse(struct house *house, const char *rp, const char *reader,
                  enum cccd_err err)
{
	struct house_session made = { 0 };

	assert_int_equal(moves_ask(house, rp, reader, &made), err);
}

enum cccd_err moves_try_token(struct house *house, const char *rp,
                              const char *id, const char *token)
{
	const struct caller caller = house_page(rp);
	struct session *found = NULL;

	return sessions_find(house->sessions, &caller, id, token, &found);
}

void moves_pass(struct house *house, uint64_t ms)
{
	atomic_fetch_add(&house->now_ms, ms);
	(void)sessions_tick(house->sessions, house_now(house));
}

const char *moves_seat(const struct session *session)
{
	return session->seat != NULL ? session->seat->id : "";
}
