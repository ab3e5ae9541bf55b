/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused is not asked. */
#include "service/gateway/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "tests/service/gateway/house.h"

enum { DAYLONG_S = 86400 };

/* Refused, unasked, unwritten; and the nonce is still good. */
static void assert_refused(struct house *house, enum cccd_err err,
                           enum cccd_err expected)
{
	assert_string_equal(cccd_err_code(err), cccd_err_code(expected));
	assert_int_equal(house->error.code, expected);
	assert_null(house->outcome.text);
	assert_int_equal(registry.questions, 0);
	assert_int_equal(house_lines(house), 0);
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(registry.questions, 1);
}

static void replay_is_refused(void **state)
{
	struct house *house = *state;
	char token[TOKEN_MAX];

	house_sign(house, (struct desk_claims){ 0 }, token);
	assert_int_equal(house_send(house, token, ""), CCCD_OK);
	assert_int_equal(house_send(house, token, ""), CCCD_ERR_NONCE_SPENT);
	/* Nor does another assertion over the same nonce help. */
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_NONCE_SPENT);
	assert_int_equal(registry.questions, 1);
	assert_int_equal(house_lines(house), 1);
}

static void wrong_claims_are_refused(void **state)
{
	static const char foreign[] =
	        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const struct {
		struct desk_claims claims;
		enum cccd_err err;
	} rows[] = {
		{ { .audience = "urn:other" }, CCCD_ERR_ASSERTION_AUDIENCE },
		{ { .nonce = foreign }, CCCD_ERR_ASSERTION_NONCE },
		{ { .issued = 1000000 }, CCCD_ERR_ASSERTION_EXPIRED },
		{ { .overall = "failed" }, CCCD_ERR_CARD_UNPROVEN },
		{ { .overall = "undetermined" }, CCCD_ERR_CARD_UNPROVEN },
		/* A line of a log of its own. */
		{ { .transaction = "a\\nb" }, CCCD_ERR_ASSERTION_MALFORMED },
	};
	struct house *house = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum cccd_err err = house_try(house, rows[i].claims);

		assert_string_equal(cccd_err_code(err),
		                    cccd_err_code(rows[i].err));
		assert_int_equal(registry.questions, 0);
	}
	assert_refused(house, house_try(house, rows[0].claims), rows[0].err);
}

static void assertion_of_the_future_is_refused(void **state)
{
	struct house *house = *state;

	assert_refused(
	        house,
	        house_try(house,
	                  (struct desk_claims){ .issued = clock_wall_s() +
	                                                  DAYLONG_S }),
	        CCCD_ERR_ASSERTION_NOT_YET);
}

static void other_callers_nonce_is_refused(void **state)
{
	struct house *house = *state;

	(void)snprintf(house->caller.name, sizeof(house->caller.name), "other");
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(registry.questions, 0);
	(void)snprintf(house->caller.name, sizeof(house->caller.name), "desk");
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
}

static void old_nonce_is_refused(void **state)
{
	struct house *house = *state;
	static const char old[] = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

	assert_int_equal(store_nonce_issue(house->store, old, "desk",
	                                   clock_wall_s() - 1),
	                 CCCD_OK);
	assert_refused(house,
	               house_try(house, (struct desk_claims){ .nonce = old }),
	               CCCD_ERR_NONCE_EXPIRED);
}

static void unregistered_device_is_refused(void **state)
{
	struct house *house = *state;
	struct desk own = house->desk;
	struct desk stranger = { .pair = NULL };
	enum cccd_err err = CCCD_OK;

	assert_int_equal(desk_make(&stranger), CCCD_OK);
	house->desk = stranger;
	err = house_try(house, (struct desk_claims){ 0 });
	house->desk = own;
	desk_release(&stranger);
	assert_refused(house, err, CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
}

/* Another key under a registered name. */
static void forged_device_is_refused(void **state)
{
	struct house *house = *state;
	struct desk own = house->desk;
	struct desk stranger = { .pair = NULL };
	enum cccd_err err = CCCD_OK;

	assert_int_equal(desk_make(&stranger), CCCD_OK);
	house->desk.pair = stranger.pair;
	err = house_try(house, (struct desk_claims){ 0 });
	house->desk = own;
	desk_release(&stranger);
	assert_refused(house, err, CCCD_ERR_ASSERTION_SIGNATURE);
}

static void revoked_device_is_refused_at_once(void **state)
{
	struct house *house = *state;

	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	house_draw(house);
	assert_int_equal(store_device_revoke(house->store,
	                                     house->desk.jwk.thumbprint,
	                                     "2026-11-23T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_ASSERTION_DEVICE_REVOKED);
	assert_int_equal(registry.questions, 1);
}

/* The row says which key it is, not what was remembered of it. */
static void device_whose_row_changed_is_refused(void **state)
{
	struct house *house = *state;
	struct desk other = { .pair = NULL };
	char sql[512];

	assert_int_equal(house_try(house, (struct desk_claims){ 0 }), CCCD_OK);
	house_draw(house);
	assert_int_equal(desk_make(&other), CCCD_OK);
	(void)snprintf(sql, sizeof(sql),
	               "UPDATE gateway_devices SET jwk = '%s'", other.jwk.text);
	house_meddle(house, sql);
	desk_release(&other);
	assert_int_equal(house_try(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_int_equal(registry.questions, 1);
}

/* The three parts of a token, with another payload or header. */
static enum cccd_err try_edited(struct house *house, bool header,
                                const char *from, const char *to)
{
	char token[TOKEN_MAX];
	char edited[TOKEN_MAX];
	BUF part = buf_make(TOKEN_MAX);
	BUF whole = buf_make(TOKEN_MAX);
	char *begin = token;
	char *end = NULL;
	char *at = NULL;

	house_sign(house, (struct desk_claims){ 0 }, token);
	if (!header)
		begin = strchr(token, '.') + 1;
	end = strchr(begin, '.');
	assert_int_equal(
	        base64url_decode(span_of(begin, (size_t)(end - begin)), &part),
	        CCCD_OK);
	assert_int_equal(buf_append_byte(&part, '\0'), CCCD_OK);
	at = strstr((char *)part.at, from);
	assert_non_null(at);
	(void)snprintf(edited, sizeof(edited), "%.*s%s%s",
	               (int)(at - (char *)part.at), (char *)part.at, to,
	               at + strlen(from));
	assert_int_equal(
	        buf_set(&whole, span_of(token, (size_t)(begin - token))),
	        CCCD_OK);
	assert_int_equal(base64url_append(span_text(edited), &whole), CCCD_OK);
	assert_int_equal(buf_append(&whole, span_text(end)), CCCD_OK);
	assert_int_equal(buf_append_byte(&whole, '\0'), CCCD_OK);
	return house_send(house, (const char *)whole.at, "");
}

static void edited_identity_is_refused(void **state)
{
	struct house *house = *state;

	assert_refused(house, try_edited(house, false, NUMBER, "001190000002"),
	               CCCD_ERR_ASSERTION_SIGNATURE);
}

static void other_algorithm_is_refused(void **state)
{
	static const char *const words[] = { "none", "HS256", "RS256",
		                             "ES384" };
	struct house *house = *state;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		assert_int_equal(try_edited(house, true, "ES256", words[i]),
		                 CCCD_ERR_ASSERTION_ALGORITHM);
		assert_int_equal(registry.questions, 0);
	}
	assert_refused(house, try_edited(house, true, "ES256", "none"),
	               CCCD_ERR_ASSERTION_ALGORITHM);
}

static void assertion_without_its_signature_is_refused(void **state)
{
	struct house *house = *state;
	char token[TOKEN_MAX];

	house_sign(house, (struct desk_claims){ 0 }, token);
	strrchr(token, '.')[1] = '\0';
	assert_int_not_equal(house_send(house, token, ""), CCCD_OK);
	assert_int_equal(registry.questions, 0);
}

static void other_citizen_is_refused(void **state)
{
	struct house *house = *state;
	char token[TOKEN_MAX];

	house_sign(house, (struct desk_claims){ 0 }, token);
	assert_refused(
	        house,
	        house_send(house, token, ",\"id_number\":\"001190000002\""),
	        CCCD_ERR_OTHER_CITIZEN);
	house_draw(house);
	house_sign(house, (struct desk_claims){ 0 }, token);
	assert_int_equal(
	        house_send(house, token, ",\"id_number\":\"" NUMBER "\""),
	        CCCD_OK);
}

static void body_that_asks_for_more_is_refused(void **state)
{
	static const char *const more[] = {
		",\"full_name\":\"X\"",
		",\"id_number\":\"1\"",
		",\"service_code\":\"s2\"",
		",\"officer\":{\"id\":\"o-18\"}",
	};
	struct house *house = *state;
	char token[TOKEN_MAX];

	house_sign(house, (struct desk_claims){ 0 }, token);
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		assert_int_equal(house_send(house, token, more[i]),
		                 CCCD_ERR_REQUEST_MALFORMED);
		assert_int_equal(registry.questions, 0);
	}
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(replay_is_refused),
		TEST(wrong_claims_are_refused),
		TEST(assertion_of_the_future_is_refused),
		TEST(other_callers_nonce_is_refused),
		TEST(old_nonce_is_refused),
		TEST(unregistered_device_is_refused),
		TEST(forged_device_is_refused),
		TEST(revoked_device_is_refused_at_once),
		TEST(device_whose_row_changed_is_refused),
		TEST(edited_identity_is_refused),
		TEST(other_algorithm_is_refused),
		TEST(assertion_without_its_signature_is_refused),
		TEST(other_citizen_is_refused),
		TEST(body_that_asks_for_more_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
