/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets which reader, who waits, who gives way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "lib/json/result.h"
#include "tests/service/core/moves.h"

static void no_reader_and_no_service_are_told_apart(void **state)
{
	struct house *house = *state;

	moves_refuse(house, "desk", "any", CCCD_ERR_READER_NONE);
	fake_service(house, false);
	moves_refuse(house, "desk", "any", CCCD_ERR_READER_SERVICE);
	moves_refuse(house, "desk", "r0", CCCD_ERR_READER_NONE);
	fake_service(house, true);
	fake_plug(house, 0, true);
	assert_string_equal(moves_seat(moves_take(house, "desk", "any")), "r0");
}

static void one_reader_is_leased_to_one_session(void **state)
{
	struct house *house = *state;
	struct session *first = NULL;

	fake_plug(house, 0, true);
	first = moves_take(house, "desk", "any");
	moves_refuse(house, "other", "any", CCCD_ERR_READER_BUSY);
	moves_refuse(house, "other", "r0", CCCD_ERR_READER_BUSY);
	/* Not even the same page while somebody listens, or may yet. */
	moves_refuse(house, "desk", "any", CCCD_ERR_READER_BUSY);
	sessions_attach(house->sessions, first);
	moves_pass(house, house->parts.grace_ms + 1);
	moves_refuse(house, "desk", "any", CCCD_ERR_READER_BUSY);
	sessions_cancel(house->sessions, first);
	assert_string_equal(moves_seat(moves_take(house, "other", "any")),
	                    "r0");
}

static void lease_runs_out_without_activity_only(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	struct session *session = NULL;

	fake_plug(house, 0, true);
	assert_int_equal(moves_ask(house, "desk", "any", &made), CCCD_OK);
	for (unsigned int i = 0; i < 4; i++) {
		moves_pass(house, house->parts.lease_ms - 1);
		session = moves_find(house, "desk", &made);
		assert_int_equal(session->state, SESSION_AWAITING_CARD);
	}
	moves_pass(house, house->parts.lease_ms);
	assert_int_equal(session->state, SESSION_EXPIRED);
	assert_string_equal(moves_seat(moves_take(house, "other", "r0")), "r0");
	/* It still answers for a while, and then is nobody. */
	moves_pass(house, ENDED_KEPT_MS + 2);
	assert_int_equal(moves_try_token(house, "desk", made.id, made.token),
	                 CCCD_ERR_SESSION_NOT_FOUND);
}

/* Activity renews a lease, not a life. */
static void sessions_have_a_last_hour(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	struct session *session = NULL;

	fake_plug(house, 0, true);
	house->sessions->parts.session_ms = house->parts.lease_ms * 2;
	assert_int_equal(moves_ask(house, "desk", "any", &made), CCCD_OK);
	session = moves_find(house, "desk", &made);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(session->state, SESSION_AWAITING_CARD);
		moves_pass(house, house->parts.lease_ms / 2);
		if (i < 3)
			session = moves_find(house, "desk", &made);
	}
	assert_int_equal(session->state, SESSION_EXPIRED);
}

static void nobody_waits_for_a_card_for_ever(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	struct session *session = NULL;

	fake_plug(house, 0, true);
	house->sessions->parts.card_wait_ms = 30000;
	assert_int_equal(moves_ask(house, "desk", "any", &made), CCCD_OK);
	moves_pass(house, 29999);
	session = moves_find(house, "desk", &made);
	/* Laid down and lifted: the wait begins anew. */
	fake_card(house, 0, true);
	fake_card(house, 0, false);
	moves_pass(house, 29999);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	moves_pass(house, 1);
	assert_int_equal(session->state, SESSION_FAILED);
	assert_int_equal(session->error.code, CCCD_ERR_READER_NO_CARD);
}

static void lost_client_has_a_grace(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	struct session *session = NULL;

	fake_plug(house, 0, true);
	assert_int_equal(moves_ask(house, "desk", "any", &made), CCCD_OK);
	session = moves_find(house, "desk", &made);
	sessions_attach(house->sessions, session);
	sessions_attach(house->sessions, session);
	sessions_detach(house->sessions, made.id);
	moves_pass(house, house->parts.grace_ms);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	sessions_detach(house->sessions, made.id);
	moves_pass(house, house->parts.grace_ms - 1);
	/* Another stream in time. */
	sessions_attach(house->sessions, session);
	moves_pass(house, house->parts.grace_ms);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	/* A request in time begins it anew. */
	sessions_detach(house->sessions, made.id);
	moves_pass(house, house->parts.grace_ms - 1);
	session = moves_find(house, "desk", &made);
	moves_pass(house, house->parts.grace_ms - 1);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	moves_pass(house, 1);
	assert_int_equal(session->state, SESSION_CANCELLED);
}

/* [contracts, Sessions] a page reload loses the token. */
static void reloaded_page_succeeds_its_own_session_only(void **state)
{
	struct house *house = *state;
	struct session *old = NULL;

	fake_plug(house, 0, true);
	old = moves_take(house, "desk", "any");
	sessions_attach(house->sessions, old);
	sessions_detach(house->sessions, session_id(old));
	moves_refuse(house, "other", "any", CCCD_ERR_READER_BUSY);
	assert_string_equal(moves_seat(moves_take(house, "desk", "any")), "r0");
	assert_int_equal(old->state, SESSION_CANCELLED);
}

static void any_takes_the_reader_with_a_card(void **state)
{
	struct house *house = *state;
	struct session *session = NULL;

	for (unsigned int i = 0; i < 3; i++)
		fake_plug(house, i, true);
	fake_card(house, 1, true);
	session = moves_take(house, "desk", "any");
	assert_string_equal(moves_seat(session), "r1");
	assert_int_equal(session->state, SESSION_AWAITING_ACCESS_KEY);
}

static void any_waits_for_the_first_card_in_order(void **state)
{
	struct house *house = *state;
	struct session *first = NULL;
	struct session *second = NULL;

	fake_plug(house, 0, true);
	fake_plug(house, 1, true);
	first = moves_take(house, "desk", "any");
	assert_string_equal(moves_seat(first), "");
	second = moves_take(house, "other", "any");
	assert_string_equal(moves_seat(second), "");
	/* Both readers are spoken for, though nobody holds one. */
	moves_refuse(house, "oper", "any", CCCD_ERR_READER_BUSY);
	moves_refuse(house, "oper", "r0", CCCD_ERR_READER_BUSY);
	fake_card(house, 1, true);
	assert_string_equal(moves_seat(first), "r1");
	assert_string_equal(moves_seat(second), "");
	fake_card(house, 0, true);
	assert_string_equal(moves_seat(second), "r0");
	assert_int_equal(first->state, SESSION_AWAITING_ACCESS_KEY);
}

static void lost_reader_ends_its_session_and_comes_back(void **state)
{
	struct house *house = *state;
	struct session *session = NULL;
	char *text = NULL;

	fake_plug(house, 0, true);
	session = moves_take(house, "desk", "any");
	fake_plug(house, 0, false);
	assert_int_equal(session->state, SESSION_FAILED);
	assert_int_equal(session->error.code, CCCD_ERR_READER_LOST);
	assert_int_equal(house_count(house, "reader.removed", "\"r0\""), 1);
	assert_int_equal(sessions_readers(house->sessions, &text), CCCD_OK);
	assert_string_equal(text, "{\"readers\":[]}");
	json_text_free(text);
	fake_plug(house, 0, true);
	assert_string_equal(moves_seat(moves_take(house, "desk", "any")), "r0");
}

static void readers_show_no_holder(void **state)
{
	struct house *house = *state;
	char *text = NULL;

	fake_plug(house, 0, true);
	fake_card(house, 0, true);
	fake_plug(house, 1, true);
	(void)moves_take(house, "desk", "r1");
	assert_int_equal(sessions_readers(house->sessions, &text), CCCD_OK);
	house_print("readers-service", text);
	assert_string_equal(
	        text,
	        "{\"readers\":[{\"id\":\"r0\",\"name\":\"Fake 0\","
	        "\"kind\":\"pcsc\",\"state\":\"idle\",\"card_present\":true,"
	        "\"lease\":\"free\"},{\"id\":\"r1\",\"name\":\"Fake 1\","
	        "\"kind\":\"pcsc\",\"state\":\"in_use\","
	        "\"card_present\":false,\"lease\":\"held\"}]}");
	json_text_free(text);
}

static void only_an_operator_breaks_a_lease(void **state)
{
	struct house *house = *state;
	const struct caller page = house_page("desk");
	const struct caller stranger = { .door = CALLER_LOCAL,
		                         .uid = geteuid() + 1000 };
	const struct caller agent = { .door = CALLER_AGENT, .uid = geteuid() };
	const struct caller operator_ = house_shell();
	struct session *session = NULL;
	char *log = NULL;

	fake_plug(house, 0, true);
	session = moves_take(house, "desk", "any");
	assert_int_equal(
	        sessions_break_lease(house->sessions, &page, "r0", NULL),
	        CCCD_ERR_POLICY_REFUSED);
	assert_int_equal(
	        sessions_break_lease(house->sessions, &stranger, "r0", NULL),
	        CCCD_ERR_POLICY_REFUSED);
	assert_int_equal(
	        sessions_break_lease(house->sessions, &agent, "r0", NULL),
	        CCCD_ERR_POLICY_REFUSED);
	assert_int_equal(
	        sessions_break_lease(house->sessions, &operator_, "r9", NULL),
	        CCCD_ERR_READER_NONE);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	assert_int_equal(
	        sessions_break_lease(house->sessions, &operator_, "r0", NULL),
	        CCCD_OK);
	assert_int_equal(session->state, SESSION_CANCELLED);
	log = house_log(house, true);
	assert_int_equal(house_count_text(log, "lease_broken"), 1);
	free(log);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, moves_setup, moves_teardown)
	const struct CMUnitTest tests[] = {
		CASE(no_reader_and_no_service_are_told_apart),
		CASE(one_reader_is_leased_to_one_session),
		CASE(lease_runs_out_without_activity_only),
		CASE(sessions_have_a_last_hour),
		CASE(nobody_waits_for_a_card_for_ever),
		CASE(lost_client_has_a_grace),
		CASE(reloaded_page_succeeds_its_own_session_only),
		CASE(any_takes_the_reader_with_a_card),
		CASE(any_waits_for_the_first_card_in_order),
		CASE(lost_reader_ends_its_session_and_comes_back),
		CASE(readers_show_no_holder),
		CASE(only_an_operator_breaks_a_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
