/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions over real readers: pcscd, its virtual reader, simulated cards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include <cccd/assertion.h>
#include <cccd/trust.h>

#include "base/clock.h"
#include "lib/json/result.h"
#include "tests/e2e/desk.h"
#include "tests/service/core/house.h"
#include "tests/support/rig.h"
#include "tests/support/self.h"

/* A read of a second and a half, so that it can be disturbed. */
#define SLOW_CARD                                                        \
	"{\"extends\":\"cccd-2021\",\"behaviour\":{\"extended\":false}," \
	"\"latency\":{\"bit_rate_kbps\":424,\"per_apdu_ms\":10}}"

#define EVERYTHING                                                     \
	"\"id\",\"demographic\",\"address\",\"family\",\"sensitive\"," \
	"\"portrait\",\"pairwise_id\",\"age_over_18\""

enum {
	WARM_UP = 20,
	IN_A_ROW = 200,
	/* What the allocator may still take after the first of them. */
	GROWTH_KIB = 2048,
};

static struct desk desk;
static struct house house;
static struct cccd_trust *trust;

static const char *id_of_slot(unsigned int slot)
{
	const char *uris[] = { DESK_SLOT_0, DESK_SLOT_1 };

	for (const struct seat *at = house.sessions->seats; at != NULL;
	     at = at->next)
		if (strstr(at->name, uris[slot] + strlen("pcsc:")) != NULL)
			return at->id;
	return NULL;
}

static void await_readers(void)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	while (id_of_slot(0) == NULL || id_of_slot(1) == NULL) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(5);
		sessions_drain(house.sessions);
	}
}

static int open_all(void **state)
{
	struct cccd_error error = { .tries_left = -1 };

	(void)state;
	desk_open(&desk, true);
	house_open(&house);
	assert_int_equal(
	        cccd_trust_open(desk_trust(), CCCD_TRUST_DEMO, &error, &trust),
	        CCCD_OK);
	house.parts.trust = trust;
	house.parts.demo_trust = true;
	house.parts.pcsc = true;
	house_start(&house, NULL);
	await_readers();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	house_close(&house);
	cccd_trust_close(trust);
	desk_close(&desk);
	return 0;
}

static struct session *begin(const char *scopes, unsigned int slot)
{
	const struct caller caller = house_page(slot == 0 ? "desk" : "other");
	struct json_request request = { 0 };
	struct house_session made = { 0 };

	house_forget_events(&house);
	house_request(slot == 0 ? "desk" : "other", scopes, &request);
	(void)snprintf(request.reader, sizeof(request.reader), "%s",
	               id_of_slot(slot));
	assert_int_equal(house_create(&house, &caller, &request, "", &made),
	                 CCCD_OK);
	json_request_release(&request);
	return house_find(&house, &caller, &made);
}

static void give_can(struct session *session, const char *digits)
{
	const struct json_access_key key = house_can(digits);

	assert_int_equal(
	        sessions_access_key(house.sessions, session, &key, NULL),
	        CCCD_OK);
}

static void await_ready(const struct session *session)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	while (session->state != SESSION_READY) {
		sessions_drain(house.sessions);
		if (session->state == SESSION_FAILED)
			print_error("%s: %s\n",
			            cccd_err_code(session->error.code),
			            session->error.text);
		assert_true(session->state <= SESSION_READY);
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(2);
	}
}

static char *take(struct session *session, enum session_format format)
{
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	assert_int_equal(session_take_result(house.sessions, session, format,
	                                     &error, &text),
	                 CCCD_OK);
	return text;
}

/* The overall word of what is taken. */
static void check_taken(struct session *session, const char *overall)
{
	char *text = take(session, SESSION_JSON);
	cJSON *root = cJSON_Parse(text);

	assert_non_null(root);
	assert_string_equal(json_text_at(root, "overall"), overall);
	/* One number in the log, the events and what leaves. */
	assert_string_equal(json_text_at(root, "transaction"),
	                    session_id(session));
	cJSON_Delete(root);
	json_text_free(text);
}

static void card_is_read_proven_and_delivered(void **state)
{
	struct session *session = NULL;
	BUF portrait = buf_make(JOB_PORTRAIT_MAX);
	cJSON *root = NULL;
	char *text = NULL;

	(void)state;
	desk_lay(&desk, NULL, NULL);
	session = begin(EVERYTHING, 0);
	assert_int_equal(session->state, SESSION_AWAITING_CARD);
	give_can(session, "000001");
	desk_put(&desk, 0, "cccd-2021");
	await_ready(session);
	assert_null(session->seat);
	text = take(session, SESSION_JSON);
	house_print("result", text);
	root = cJSON_Parse(text);
	assert_non_null(root);
	assert_string_equal(json_text_at(root, "overall"), "successful");
	assert_string_equal(json_text_at(root, "identity.id_number"),
	                    "001199000001");
	assert_string_equal(json_text_at(root, "identity.full_name"),
	                    "Nguyễn Thị Mẫu");
	assert_int_equal(strlen(json_text_at(root, "identity.pairwise_id")),
	                 PAIRWISE_TEXT_MAX - 1);
	cJSON_Delete(root);
	json_text_free(text);
	assert_int_equal(house_count(&house, "session.state", "verifying"), 1);
	assert_int_equal(
	        house_count(&house, "step.finished", "\"step\":\"pace\""), 1);
	assert_true(house_count(&house, "progress", "\"file\"") > 0);
	if (getenv("CCCD_RENDER_CHILD") == NULL)
		return;
	assert_int_equal(
	        session_take_portrait(house.sessions, session, NULL, &portrait),
	        CCCD_OK);
	assert_true(portrait.len > 100);
	assert_memory_equal(portrait.at, "\xFF\xD8\xFF", 3);
}

/* [service-api 7] what is not granted is not read at all. */
static void card_gives_only_what_is_granted(void **state)
{
	struct session *session = NULL;
	char *text = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	session = begin("\"age_over_18\"", 0);
	give_can(session, "000001");
	await_ready(session);
	text = take(session, SESSION_JSON);
	house_print("result", text);
	assert_non_null(strstr(text, "\"age_over_18\":true"));
	assert_null(strstr(text, "001199000001"));
	assert_null(strstr(text, "full_name"));
	assert_null(strstr(text, "\"dg1\":\"sha-256"));
	json_text_free(text);
	assert_int_equal(house_count(&house, "step.started", "\"dg1\""), 1);
	assert_int_equal(house_count(&house, "step.started", "portrait"), 0);
}

static void two_sessions_read_two_cards_at_once(void **state)
{
	struct session *first = NULL;
	struct session *second = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, SLOW_CARD);
	first = begin(EVERYTHING, 0);
	second = begin(EVERYTHING, 1);
	give_can(first, "000001");
	give_can(second, "000001");
	(void)house_await_event(&house, "step.started", session_id(first));
	(void)house_await_event(&house, "step.started", session_id(second));
	assert_int_equal(first->state, SESSION_READING);
	assert_int_equal(second->state, SESSION_READING);
	while (first->state != SESSION_READY ||
	       second->state != SESSION_READY) {
		assert_true(first->state <= SESSION_READY);
		assert_true(second->state <= SESSION_READY);
		clock_sleep_ms(2);
		sessions_drain(house.sessions);
	}
	check_taken(first, "successful");
	check_taken(second, "successful");
}

static void wrong_key_is_asked_for_again(void **state)
{
	struct session *session = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	session = begin("\"id\"", 0);
	give_can(session, "999999");
	(void)house_await_event(&house, "prompt.required",
	                        "access_key_rejected");
	assert_int_equal(session->state, SESSION_AWAITING_ACCESS_KEY);
	give_can(session, "000001");
	await_ready(session);
	check_taken(session, "successful");
}

/* A forged card is a result, not an error. */
static void forged_card_is_a_verdict(void **state)
{
	struct session *session = NULL;
	char *log = NULL;

	(void)state;
	desk_lay(&desk, "bad-dg13-edited", NULL);
	session = begin("\"id\",\"demographic\"", 0);
	give_can(session, "000001");
	await_ready(session);
	check_taken(session, "failed");
	log = house_log(&house, true);
	assert_non_null(strstr(log, session_id(session)));
	free(log);
}

static void card_lifted_and_put_back_is_read_on(void **state)
{
	struct session *session = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	session = begin(EVERYTHING, 0);
	give_can(session, "000001");
	(void)house_await_event(&house, "step.started", "portrait");
	desk_take(&desk, 0);
	(void)house_await_event(&house, "prompt.required", "card_removed");
	desk_put(&desk, 0, SLOW_CARD);
	await_ready(session);
	check_taken(session, "successful");
}

static void cancelled_read_leaves_the_reader_free(void **state)
{
	struct session *session = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	session = begin(EVERYTHING, 0);
	give_can(session, "000001");
	(void)house_await_event(&house, "progress", "\"file\"");
	sessions_cancel(house.sessions, session);
	assert_null(session->job);
	assert_false(session->has_key);
	session = begin("\"id\"", 0);
	give_can(session, "000001");
	await_ready(session);
	check_taken(session, "successful");
}

/* pcscd dies and comes back: no restart of ours. */
static void readers_come_back_with_their_service(void **state)
{
	struct session *session = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	session = begin(EVERYTHING, 0);
	give_can(session, "000001");
	(void)house_await_event(&house, "progress", "\"file\"");
	rig_command(desk.rig, "stop");
	house_await(&house, session_id(session), SESSION_FAILED);
	assert_int_equal(cccd_err_domain(session->error.code),
	                 CCCD_DOMAIN_READER);
	(void)house_await_event(&house, "reader.removed", "");
	rig_command(desk.rig, "start");
	await_readers();
	desk_lay(&desk, "cccd-2021", NULL);
	session = begin("\"id\"", 0);
	give_can(session, "000001");
	await_ready(session);
	check_taken(session, "successful");
}

/* [service-api 6] the chip's own proof, over the back end's nonce. */
static void evidence_holds_what_the_chip_signed(void **state)
{
	struct session *session = NULL;
	struct cccd_assertion *assertion = NULL;
	struct cccd_jwks *keys = NULL;
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_assertion_expected expected = { .audience = "desk" };
	struct cccd_assertion_proof *proof = calloc(1, sizeof(*proof));
	char *jwks = NULL;
	char *token = NULL;

	(void)state;
	assert_non_null(proof);
	desk_lay(&desk, "cccd-2021", NULL);
	session = begin("\"id\",\"raw\"", 0);
	expected.nonce = session->matter.grant.nonce;
	give_can(session, "000001");
	await_ready(session);
	token = take(session, SESSION_JWT);
	assert_int_equal(device_keys_jwks(house.keys, clock_wall_s(), &jwks),
	                 CCCD_OK);
	assert_int_equal(cccd_jwks_parse(jwks, strlen(jwks), &error, &keys),
	                 CCCD_OK);
	expected.keys = keys;
	assert_int_equal(cccd_assertion_verify(token, strlen(token), &expected,
	                                       &assertion, &error),
	                 CCCD_OK);
	assert_string_equal(cccd_assertion_transaction(assertion),
	                    session_id(session));
	assert_int_equal(
	        cccd_assertion_check_evidence(assertion, trust, 0, proof),
	        CCCD_OK);
	if (proof->verdict != CCCD_SUCCESSFUL)
		print_error("%s %s\n", proof->reason, proof->member);
	assert_int_equal(proof->verdict, CCCD_SUCCESSFUL);
	cccd_assertion_free(assertion);
	cccd_jwks_free(keys);
	json_text_free(jwks);
	json_text_free(token);
	free(proof);
}

static long resident_kib(void)
{
	return self_resident_pages() * (sysconf(_SC_PAGESIZE) / 1024);
}

static void read_once(void)
{
	struct session *session = begin("\"id\"", 0);

	give_can(session, "000001");
	await_ready(session);
	check_taken(session, "successful");
	(void)sessions_tick(house.sessions, clock_steady_ms());
}

static void many_reads_take_no_more_than_one(void **state)
{
	size_t descriptors = 0;
	long kib = 0;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	for (unsigned int i = 0; i < WARM_UP; i++)
		read_once();
	descriptors = self_descriptors();
	kib = resident_kib();
	for (unsigned int i = WARM_UP; i < IN_A_ROW; i++)
		read_once();
	assert_int_equal(self_descriptors(), descriptors);
	print_message("resident: %ld KiB, after %d reads %ld KiB\n", kib,
	              IN_A_ROW, resident_kib());
#ifndef CCCD_SANITIZED
	assert_true(resident_kib() - kib < GROWTH_KIB);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(card_is_read_proven_and_delivered),
		cmocka_unit_test(card_gives_only_what_is_granted),
		cmocka_unit_test(two_sessions_read_two_cards_at_once),
		cmocka_unit_test(wrong_key_is_asked_for_again),
		cmocka_unit_test(forged_card_is_a_verdict),
		cmocka_unit_test(card_lifted_and_put_back_is_read_on),
		cmocka_unit_test(cancelled_read_leaves_the_reader_free),
		cmocka_unit_test(evidence_holds_what_the_chip_signed),
		cmocka_unit_test(many_reads_take_no_more_than_one),
		cmocka_unit_test(readers_come_back_with_their_service),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
