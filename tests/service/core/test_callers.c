/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, keys, consent, events: who may say and hear what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "lib/json/result.h"
#include "tests/service/core/moves.h"

/* [service-api 2] bound to the origin that created it. */
static void token_opens_one_session_for_one_caller(void **state)
{
	struct house *house = *state;
	struct house_session mine = { 0 };
	struct house_session theirs = { 0 };
	struct session *found = NULL;
	const struct caller caller = house_page("desk");
	const struct caller shell = house_shell();
	char wrong[SESSION_TOKEN_MAX];

	fake_plug(house, 0, true);
	fake_plug(house, 1, true);
	assert_int_equal(moves_ask(house, "desk", "r0", &mine), CCCD_OK);
	assert_int_equal(moves_ask(house, "other", "r1", &theirs), CCCD_OK);
	assert_string_not_equal(mine.token, theirs.token);
	assert_int_equal(moves_try_token(house, "desk", mine.id, mine.token),
	                 CCCD_OK);
	memcpy(wrong, mine.token, sizeof(wrong));
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	assert_int_equal(moves_try_token(house, "desk", mine.id, wrong),
	                 CCCD_ERR_TOKEN_INVALID);
	assert_int_equal(moves_try_token(house, "desk", mine.id, ""),
	                 CCCD_ERR_TOKEN_INVALID);
	assert_int_equal(moves_try_token(house, "desk", mine.id, theirs.token),
	                 CCCD_ERR_TOKEN_INVALID);
	/* Another's session looks like none, the right token or not. */
	assert_int_equal(
	        moves_try_token(house, "desk", theirs.id, theirs.token),
	        CCCD_ERR_SESSION_NOT_FOUND);
	assert_int_equal(moves_try_token(house, "desk", theirs.id, mine.token),
	                 CCCD_ERR_SESSION_NOT_FOUND);
	assert_int_equal(sessions_find_token(house->sessions, &caller,
	                                     mine.token, &found),
	                 CCCD_OK);
	assert_string_equal(session_id(found), mine.id);
	assert_int_equal(sessions_find_token(house->sessions, &caller,
	                                     theirs.token, &found),
	                 CCCD_ERR_TOKEN_INVALID);
	assert_int_equal(sessions_find_token(house->sessions, &shell,
	                                     mine.token, &found),
	                 CCCD_ERR_TOKEN_INVALID);
}

static void idempotency_key_gives_one_session(void **state)
{
	struct house *house = *state;
	const struct caller caller = house_page("desk");
	const struct caller other = house_page("other");
	struct json_request request = { 0 };
	struct json_request theirs = { 0 };
	struct house_session first = { 0 };
	struct house_session again = { 0 };

	fake_plug(house, 0, true);
	fake_plug(house, 1, true);
	house_request("desk", "\"id\"", &request);
	house_request("other", "\"id\"", &theirs);
	assert_int_equal(house_create(house, &caller, &request, "k1", &first),
	                 CCCD_OK);
	assert_int_equal(house_create(house, &caller, &request, "k1", &again),
	                 CCCD_OK);
	assert_string_equal(first.id, again.id);
	assert_string_equal(first.token, again.token);
	/* A key is its caller's own. */
	assert_int_equal(house_create(house, &other, &theirs, "k1", &again),
	                 CCCD_OK);
	assert_string_not_equal(first.id, again.id);
	/* For another request it is a mistake. */
	request.scopes.bits |= JSON_SCOPE_DEMOGRAPHIC;
	assert_int_equal(house_create(house, &caller, &request, "k1", &again),
	                 CCCD_ERR_USAGE_STATE);
	request.scopes.bits &= ~(unsigned int)JSON_SCOPE_DEMOGRAPHIC;
	/* And when its session is over, no token is left to tell. */
	sessions_cancel(house->sessions, house_find(house, &caller, &first));
	assert_int_equal(house_create(house, &caller, &request, "k1", &again),
	                 CCCD_ERR_USAGE_STATE);
	json_request_release(&request);
	json_request_release(&theirs);
}

static void sessions_are_limited(void **state)
{
	struct house *house = *state;

	for (unsigned int i = 0; i < 2; i++)
		fake_plug(house, i, true);
	house->sessions->parts.sessions_max = 1;
	(void)moves_take(house, "desk", "r0");
	moves_refuse(house, "other", "r1", CCCD_ERR_RATE_LIMITED);
}

static void consent_comes_first_and_may_take_away(void **state)
{
	struct house *house = *state;
	struct caller caller = house_page("oper");
	struct json_request request = { 0 };
	struct house_session made = { 0 };
	struct session *session = NULL;
	struct json_consent consent = house_consent(true);
	char *view = NULL;

	fake_plug(house, 0, true);
	fake_card(house, 0, true);
	house_request("oper", "\"id\",\"portrait\"", &request);
	assert_int_equal(house_create(house, &caller, &request, "", &made),
	                 CCCD_OK);
	session = house_find(house, &caller, &made);
	assert_int_equal(session->state, SESSION_AWAITING_CONSENT);
	/* Nobody smuggles a number into the log. */
	(void)snprintf(consent.text_id, sizeof(consent.text_id),
	               "001199000001");
	assert_int_equal(
	        sessions_consent(house->sessions, session, &consent, NULL),
	        CCCD_ERR_REQUEST_MALFORMED);
	assert_int_equal(session->state, SESSION_AWAITING_CONSENT);
	consent = house_consent(true);
	assert_true(json_scopes_add(&consent.deselected, "portrait"));
	assert_int_equal(
	        sessions_consent(house->sessions, session, &consent, NULL),
	        CCCD_OK);
	assert_int_equal(session->state, SESSION_AWAITING_ACCESS_KEY);
	assert_int_equal(session_view(session, &view), CCCD_OK);
	assert_non_null(strstr(view, "\"granted\":[\"id\"]"));
	assert_non_null(strstr(view, "\"portrait\":\"none\""));
	json_text_free(view);
	json_request_release(&request);
}

static void agent_is_asked_for_consent_and_key(void **state)
{
	struct house *house = *state;
	const struct json_consent consent = house_consent(true);
	const struct json_access_key key = house_can("123456");
	struct session *session = NULL;

	fake_plug(house, 0, true);
	fake_card(house, 0, true);
	moves_refuse(house, "agent", "any", CCCD_ERR_AGENT);
	house->agent = true;
	session = moves_take(house, "agent", "any");
	assert_int_equal(house->asked, 1);
	house_print("agent-prompt", house->question);
	assert_non_null(strstr(house->question, "\"kind\":\"consent\""));
	assert_non_null(strstr(house->question, "https://agent.example"));
	/* The page cannot answer for the citizen, nor send the key. */
	assert_int_equal(
	        sessions_consent(house->sessions, session, &consent, NULL),
	        CCCD_ERR_POLICY_REFUSED);
	assert_int_equal(
	        sessions_access_key(house->sessions, session, &key, NULL),
	        CCCD_ERR_KEY_SOURCE);
	assert_int_equal(sessions_agent_consent(house->sessions,
	                                        session_id(session), &consent,
	                                        NULL),
	                 CCCD_OK);
	assert_int_equal(session->state, SESSION_AWAITING_ACCESS_KEY);
	assert_int_equal(house->asked, 2);
	assert_non_null(strstr(house->question, "\"kind\":\"access_key\""));
	assert_int_equal(sessions_agent_access_key(house->sessions,
	                                           session_id(session), &key,
	                                           NULL),
	                 CCCD_OK);
	fake_await_running(0);
	fake_end(0, CCCD_ERR_CARD_PASSWORD);
	house_await(house, session_id(session), SESSION_AWAITING_ACCESS_KEY);
	assert_int_equal(house->asked, 3);
	assert_non_null(strstr(house->question, "access_key_rejected"));
	assert_int_equal(sessions_agent_access_key(house->sessions, "no such",
	                                           &key, NULL),
	                 CCCD_ERR_SESSION_NOT_FOUND);
}

static void agent_that_left_ends_the_wait_for_its_key(void **state)
{
	struct house *house = *state;
	const struct json_consent consent = house_consent(true);
	struct session *session = NULL;

	fake_plug(house, 0, true);
	fake_card(house, 0, true);
	house->agent = true;
	session = moves_take(house, "agent", "any");
	house->agent = false;
	assert_int_equal(sessions_agent_consent(house->sessions,
	                                        session_id(session), &consent,
	                                        NULL),
	                 CCCD_OK);
	assert_int_equal(session->state, SESSION_FAILED);
	assert_int_equal(session->error.code, CCCD_ERR_AGENT);
}

/* Nobody is left to answer: that is told, not waited out. */
static void agent_that_left_ends_what_waits_for_it(void **state)
{
	struct house *house = *state;
	const struct json_consent consent = house_consent(true);
	struct session *asked = NULL;
	struct session *keyless = NULL;
	struct session *other = NULL;

	for (unsigned int i = 0; i < 3; i++) {
		fake_plug(house, i, true);
		fake_card(house, i, true);
	}
	house->agent = true;
	asked = moves_take(house, "agent", "r0");
	keyless = moves_take(house, "agent", "r1");
	assert_int_equal(sessions_agent_consent(house->sessions,
	                                        session_id(keyless), &consent,
	                                        NULL),
	                 CCCD_OK);
	other = moves_take(house, "desk", "r2");
	house->agent = false;
	sessions_agent_left(house->sessions);
	assert_int_equal(asked->state, SESSION_FAILED);
	assert_int_equal(asked->error.code, CCCD_ERR_AGENT);
	assert_int_equal(keyless->state, SESSION_FAILED);
	assert_int_equal(other->state, SESSION_AWAITING_ACCESS_KEY);
}

/* [contracts, Access keys] a PIN never comes from a page. */
static void keys_come_from_where_the_registry_says(void **state)
{
	struct house *house = *state;
	const struct caller shell = house_shell();
	const struct json_access_key key = house_can("123456");
	struct json_access_key pin = house_can("123456");
	struct json_request request = { 0 };
	struct house_session made = { 0 };
	struct session *session = NULL;

	for (unsigned int i = 0; i < 3; i++)
		fake_plug(house, i, true);
	pin.type = CCCD_ACCESS_KEY_PIN;
	session = moves_take(house, "desk", "r0");
	assert_int_equal(
	        sessions_access_key(house->sessions, session, &pin, NULL),
	        CCCD_ERR_KEY_SOURCE);
	/* A scanner is a program of the desk, not a page. */
	session = moves_take(house, "scan", "r1");
	assert_int_equal(
	        sessions_access_key(house->sessions, session, &key, NULL),
	        CCCD_ERR_KEY_SOURCE);
	house_request("shell", "\"id\"", &request);
	(void)snprintf(request.reader, sizeof(request.reader), "r2");
	assert_int_equal(house_create(house, &shell, &request, "", &made),
	                 CCCD_OK);
	session = house_find(house, &shell, &made);
	assert_int_equal(
	        sessions_access_key(house->sessions, session, &key, NULL),
	        CCCD_OK);
	json_request_release(&request);
}

struct heard {
	size_t count;
	uint64_t last;
	const char *id;
};

static void hear(void *context, const struct session_event *event)
{
	struct heard *heard = context;

	assert_true(event->sequence > heard->last);
	assert_true(event->session_id[0] == '\0' ||
	            strcmp(event->session_id, heard->id) == 0);
	heard->last = event->sequence;
	heard->count++;
}

static void events_are_told_again_to_those_who_missed_them(void **state)
{
	struct house *house = *state;
	struct heard heard = { 0 };
	struct session *mine = NULL;
	struct session *theirs = NULL;
	uint64_t since = 0;

	fake_plug(house, 0, true);
	fake_plug(house, 1, true);
	mine = moves_take(house, "desk", "r0");
	since = house->sessions->events.sequence;
	theirs = moves_take(house, "other", "r1");
	sessions_cancel(house->sessions, theirs);
	sessions_cancel(house->sessions, mine);
	moves_pass(house, HEARTBEAT_MS);
	assert_int_equal(house_count(house, "heartbeat", "\"time\":\"20"), 1);
	heard = (struct heard){ .id = session_id(mine), .last = since };
	assert_true(sessions_replay(house->sessions, since, session_id(mine),
	                            hear, &heard));
	assert_int_equal(heard.count, 1);
	/* Nobody but the owner hears of a session. */
	heard = (struct heard){ .id = "nobody" };
	assert_true(sessions_replay(house->sessions, 0, "", hear, &heard));
	assert_int_equal(heard.count, 2);
	/* Numbers of another life, and those that are gone. */
	assert_false(
	        sessions_replay(house->sessions, 999999, "", hear, &heard));
	for (size_t i = 0; i <= house->parts.kept; i++)
		fake_card(house, 0, i % 2 == 0);
	assert_false(sessions_replay(house->sessions, since, "", hear, &heard));
}

static void tick_tells_when_to_come_back(void **state)
{
	struct house *house = *state;
	uint32_t next = sessions_tick(house->sessions, house_now(house));

	assert_true(next > 0 && next <= HEARTBEAT_MS);
	fake_plug(house, 0, true);
	(void)moves_take(house, "desk", "any");
	assert_in_range(sessions_tick(house->sessions, house_now(house)), 1,
	                1000);
}

static void ring_nothing(void *context)
{
	(void)context;
}

/* A job comes after all that was told of it, however much that was. */
static void notes_come_before_their_job(void **state)
{
	const struct job_note note = { .job = 1, .kind = JOB_FILE };
	struct inbox_batch batch;
	struct inbox *inbox = NULL;
	struct job *job = NULL;
	size_t notes = 0;

	(void)state;
	assert_int_equal(inbox_new(ring_nothing, NULL, &inbox), CCCD_OK);
	assert_int_equal(job_new(&job), CCCD_OK);
	job->number = 1;
	for (unsigned int i = 0; i < 1000; i++)
		inbox_note(inbox, &note);
	inbox_job(inbox, job);
	while (inbox_take(inbox, &batch)) {
		notes += batch.note_count;
		if (batch.jobs != NULL)
			break;
		assert_int_equal(batch.note_count, INBOX_BATCH);
	}
	/* Bounded: a loop that stands still costs no more than this. */
	assert_int_equal(notes, 256);
	assert_ptr_equal(batch.jobs, job);
	assert_false(inbox_take(inbox, &batch));
	/* What nobody waits for is dropped, and only that. */
	inbox_job(inbox, job);
	inbox_drop(inbox, 2);
	assert_true(inbox_take(inbox, &batch));
	inbox_job(inbox, batch.jobs);
	inbox_drop(inbox, 1);
	assert_false(inbox_take(inbox, &batch));
	inbox_free(inbox);
}

static enum cccd_err use(struct seen *seen, const char *rp, const char *id,
                         int64_t expires, int64_t now)
{
	const struct seen_request request = { rp, id, expires };
	struct seen_row row = { 0 };
	enum cccd_err err = seen_look(seen, &request, now, &row);

	if (err == CCCD_OK)
		seen_add(seen, &row);
	return err;
}

static void signed_requests_are_used_once(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	char id[16];

	(void)state;
	assert_non_null(seen);
	assert_int_equal(use(seen, "a", "bc", 100, 50), CCCD_OK);
	assert_int_equal(use(seen, "a", "bc", 100, 99),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	assert_int_equal(use(seen, "ab", "c", 100, 99), CCCD_OK);
	/* What has expired is refused by its own date. */
	assert_int_equal(use(seen, "a", "bc", 300, 100), CCCD_OK);
	for (unsigned int i = 1; i < SEEN_MAX; i++) {
		(void)snprintf(id, sizeof(id), "%u", i);
		assert_int_equal(use(seen, "x", id, 300, 100), CCCD_OK);
	}
	assert_int_equal(use(seen, "x", "one more", 300, 100),
	                 CCCD_ERR_RATE_LIMITED);
	free(seen);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, moves_setup, moves_teardown)
	const struct CMUnitTest tests[] = {
		CASE(token_opens_one_session_for_one_caller),
		CASE(idempotency_key_gives_one_session),
		CASE(sessions_are_limited),
		CASE(consent_comes_first_and_may_take_away),
		CASE(agent_is_asked_for_consent_and_key),
		CASE(agent_that_left_ends_the_wait_for_its_key),
		CASE(agent_that_left_ends_what_waits_for_it),
		CASE(keys_come_from_where_the_registry_says),
		CASE(events_are_told_again_to_those_who_missed_them),
		CASE(tick_tells_when_to_come_back),
		CASE(notes_come_before_their_job),
		CASE(signed_requests_are_used_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
