/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused is not asked; what is asked is written down. */
#include "service/gateway/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "lib/json/gateway_reply.h"
#include "lib/json/result.h"
#include "tests/service/gateway/desk.h"
#include "tests/support/canary.h"

#define NUMBER "001190000001"
#define NAME   "Nguyễn Thị Mẫu"

enum { TOKEN_MAX = 1600, BODY_MAX = 4096, DAYLONG_S = 86400 };

/** struct house - a gateway whose registry counts its questions. */
struct house {
	char dir[64];
	char path[80];
	struct store *store;
	struct desk desk;
	struct check_parts parts;
	struct gateway_caller caller;
	char nonce[64];
	struct cccd_error error;
	struct check_outcome outcome;
};

/* The scripted registry; one thread. */
static struct {
	size_t questions;
	enum registry_outcome outcome;
	const char *full_name;
} registry;

static enum cccd_err ask(struct connector *connector,
                         const struct registry_question *question,
                         uint64_t deadline_ms, struct registry_answer *ret)
{
	struct citizen *citizen = &ret->citizen;

	(void)connector;
	assert_true(deadline_ms > clock_steady_ms());
	assert_string_equal(question->officer_id, "o-17");
	registry.questions++;
	ret->outcome = registry.outcome;
	if (ret->outcome != REGISTRY_FOUND)
		return CCCD_OK;
	(void)snprintf(citizen->id_number, sizeof(citizen->id_number), "%s",
	               question->id_number);
	(void)snprintf(citizen->full_name, sizeof(citizen->full_name), "%s",
	               registry.full_name);
	(void)snprintf(citizen->date_of_birth, sizeof(citizen->date_of_birth),
	               "1990-01-01");
	(void)snprintf(citizen->sex, sizeof(citizen->sex), "female");
	return CCCD_OK;
}

/* For the check of docs/api: what was really said. */
static void show(const char *name, const char *text)
{
	/* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const char *path = getenv("CCCD_DOCUMENTS");
	FILE *file = path != NULL ? fopen(path, "a") : NULL;

	if (file == NULL)
		return;
	(void)fprintf(file, "%s %s\n", name, text);
	(void)fclose(file);
}

static void enrol(struct house *house)
{
	const struct store_device device = {
		.thumbprint = house->desk.jwk.thumbprint,
		.name = "desk-1",
		.jwk = house->desk.jwk.text,
		.added = "2026-11-23T00:00:00Z",
		.revoked = "",
	};

	assert_int_equal(store_device_add(house->store, &device), CCCD_OK);
}

/* A fresh nonce, as the reply to POST /v1/nonces has it. */
static void draw(struct house *house)
{
	char *text = NULL;
	const char *at = NULL;

	assert_int_equal(check_nonce(&house->parts, &house->caller, 60, &text),
	                 CCCD_OK);
	show("gateway-nonce", text);
	at = strstr(text, "\"nonce\":\"");
	assert_non_null(at);
	(void)snprintf(house->nonce, sizeof(house->nonce), "%.43s",
	               at + strlen("\"nonce\":\""));
	json_text_free(text);
}

static int set_up(void **state)
{
	struct house *house = calloc(1, sizeof(*house));
	struct store_place place = { .path = NULL };

	assert_non_null(house);
	*state = house;
	(void)snprintf(house->dir, sizeof(house->dir),
	               "/tmp/cccd-check-XXXXXX");
	assert_non_null(mkdtemp(house->dir));
	(void)snprintf(house->path, sizeof(house->path), "%s/store.db",
	               house->dir);
	place.path = house->path;
	assert_int_equal(store_open(&place, NULL, &house->store), CCCD_OK);
	assert_int_equal(desk_make(&house->desk), CCCD_OK);
	house->parts = (struct check_parts){
		.store = house->store,
		.ask = ask,
		.capabilities = REGISTRY_LOOKUP,
		.source = "test",
		.audience = "urn:test:gw",
		.check_ms = 5000,
	};
	assert_int_equal(
	        secret_set(&house->parts.log_key,
	                   span_text("0123456789abcdef0123456789abcdef")),
	        CCCD_OK);
	(void)snprintf(house->caller.name, sizeof(house->caller.name), "desk");
	registry.questions = 0;
	registry.outcome = REGISTRY_FOUND;
	registry.full_name = NAME;
	enrol(house);
	draw(house);
	return 0;
}

static void forget(struct house *house)
{
	json_text_free(house->outcome.text);
	house->outcome = (struct check_outcome){ 0 };
	house->error = (struct cccd_error){ .tries_left = -1 };
}

static int tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct house *house = *state;
	char path[96];

	forget(house);
	store_close(house->store);
	desk_release(&house->desk);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", house->path,
		               ends[i]);
		(void)unlink(path);
	}
	(void)rmdir(house->dir);
	free(house);
	return 0;
}

static enum cccd_err send_token(struct house *house, const char *token,
                                const char *more)
{
	char *body = malloc(BODY_MAX);
	enum cccd_err err = CCCD_OK;
	int len = 0;

	assert_non_null(body);
	forget(house);
	len = snprintf(body, BODY_MAX,
	               "{\"assertion\":\"%s\",\"officer\":{\"id\":\"o-17\","
	               "\"name\":\"Trần Văn Cán Bộ\"},\"service_code\":\"s1\","
	               "\"procedure_code\":\"p1\"%s}",
	               token, more);
	assert_in_range(len, 1, BODY_MAX - 1);
	err = check_run(&house->parts, &house->caller,
	                span_of(body, (size_t)len), &house->error,
	                &house->outcome);
	/* Nothing of a person stands in an error. */
	assert_null(canary_sings(SPAN(house->error.text), span_text(NUMBER)));
	if (err == CCCD_OK) {
		show("gateway-check-request", body);
		show("gateway-check", house->outcome.text);
	}
	free(body);
	return err;
}

static void sign(struct house *house, struct desk_claims claims,
                 char ret[static TOKEN_MAX])
{
	BUF token = buf_make(TOKEN_MAX - 1);

	if (claims.nonce == NULL)
		claims.nonce = house->nonce;
	assert_int_equal(desk_sign(&house->desk, &claims, &token), CCCD_OK);
	memcpy(ret, token.at, token.len);
	ret[token.len] = '\0';
}

static enum cccd_err try_claims(struct house *house, struct desk_claims claims)
{
	char token[TOKEN_MAX];

	sign(house, claims, token);
	return send_token(house, token, "");
}

static uint64_t lines_of(struct house *house)
{
	uint64_t lines = 0;
	uint64_t bad = 1;

	assert_int_equal(store_log_verify(house->store, &lines, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	return lines;
}

/* Refused, unasked, unwritten; and the nonce is still good. */
static void assert_refused(struct house *house, enum cccd_err err,
                           enum cccd_err expected)
{
	assert_string_equal(cccd_err_code(err), cccd_err_code(expected));
	assert_int_equal(house->error.code, expected);
	assert_null(house->outcome.text);
	assert_int_equal(registry.questions, 0);
	assert_int_equal(lines_of(house), 0);
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(registry.questions, 1);
}

static void check_of_a_good_assertion_matches(void **state)
{
	struct house *house = *state;

	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(registry.questions, 1);
	assert_int_equal(house->outcome.verdict, MATCH_MATCH);
	assert_non_null(strstr(house->outcome.text, "\"registry\":\"match\""));
	assert_non_null(strstr(house->outcome.text, "\"name\":\"match\""));
	assert_non_null(
	        strstr(house->outcome.text, "\"overall\":\"successful\""));
	assert_non_null(strstr(house->outcome.text, "\"source\":\"test\""));
	/* No scope, no value. */
	assert_null(strstr(house->outcome.text, "values"));
	assert_null(strstr(house->outcome.text, NUMBER));
	assert_int_equal(lines_of(house), 1);
}

static void values_go_back_by_scope_alone(void **state)
{
	struct house *house = *state;

	assert_true(json_scopes_add(&house->caller.scopes, "demographic"));
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_non_null(
	        strstr(house->outcome.text, "\"full_name\":\"" NAME "\""));
	assert_null(strstr(house->outcome.text, NUMBER));
}

static void replay_is_refused(void **state)
{
	struct house *house = *state;
	char token[TOKEN_MAX];

	sign(house, (struct desk_claims){ 0 }, token);
	assert_int_equal(send_token(house, token, ""), CCCD_OK);
	assert_int_equal(send_token(house, token, ""), CCCD_ERR_NONCE_SPENT);
	/* Nor does another assertion over the same nonce help. */
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_NONCE_SPENT);
	assert_int_equal(registry.questions, 1);
	assert_int_equal(lines_of(house), 1);
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
		enum cccd_err err = try_claims(house, rows[i].claims);

		assert_string_equal(cccd_err_code(err),
		                    cccd_err_code(rows[i].err));
		assert_int_equal(registry.questions, 0);
	}
	assert_refused(house, try_claims(house, rows[0].claims), rows[0].err);
}

static void assertion_of_the_future_is_refused(void **state)
{
	struct house *house = *state;

	assert_refused(
	        house,
	        try_claims(house,
	                   (struct desk_claims){ .issued = clock_wall_s() +
	                                                   DAYLONG_S }),
	        CCCD_ERR_ASSERTION_NOT_YET);
}

static void other_callers_nonce_is_refused(void **state)
{
	struct house *house = *state;

	(void)snprintf(house->caller.name, sizeof(house->caller.name), "other");
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(registry.questions, 0);
	(void)snprintf(house->caller.name, sizeof(house->caller.name), "desk");
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
}

static void old_nonce_is_refused(void **state)
{
	struct house *house = *state;
	static const char old[] = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

	assert_int_equal(store_nonce_issue(house->store, old, "desk",
	                                   clock_wall_s() - 1),
	                 CCCD_OK);
	assert_refused(house,
	               try_claims(house, (struct desk_claims){ .nonce = old }),
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
	err = try_claims(house, (struct desk_claims){ 0 });
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
	err = try_claims(house, (struct desk_claims){ 0 });
	house->desk = own;
	desk_release(&stranger);
	assert_refused(house, err, CCCD_ERR_ASSERTION_SIGNATURE);
}

static void revoked_device_is_refused_at_once(void **state)
{
	struct house *house = *state;

	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	draw(house);
	assert_int_equal(store_device_revoke(house->store,
	                                     house->desk.jwk.thumbprint,
	                                     "2026-11-23T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_ASSERTION_DEVICE_REVOKED);
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

	sign(house, (struct desk_claims){ 0 }, token);
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
	return send_token(house, (const char *)whole.at, "");
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

	sign(house, (struct desk_claims){ 0 }, token);
	strrchr(token, '.')[1] = '\0';
	assert_int_not_equal(send_token(house, token, ""), CCCD_OK);
	assert_int_equal(registry.questions, 0);
}

static void other_citizen_is_refused(void **state)
{
	struct house *house = *state;
	char token[TOKEN_MAX];

	sign(house, (struct desk_claims){ 0 }, token);
	assert_refused(
	        house,
	        send_token(house, token, ",\"id_number\":\"001190000002\""),
	        CCCD_ERR_OTHER_CITIZEN);
	draw(house);
	sign(house, (struct desk_claims){ 0 }, token);
	assert_int_equal(
	        send_token(house, token, ",\"id_number\":\"" NUMBER "\""),
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

	sign(house, (struct desk_claims){ 0 }, token);
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		assert_int_equal(send_token(house, token, more[i]),
		                 CCCD_ERR_REQUEST_MALFORMED);
		assert_int_equal(registry.questions, 0);
	}
}

static void unproven_card_goes_only_by_the_callers_entry(void **state)
{
	struct house *house = *state;

	house->caller.allow_unproven = true;
	assert_int_equal(
	        try_claims(house, (struct desk_claims){ .overall = "failed" }),
	        CCCD_OK);
	/* And the reply says so again. */
	assert_non_null(strstr(house->outcome.text, "\"overall\":\"failed\""));
}

static void silent_registry_is_no_pass(void **state)
{
	struct house *house = *state;

	registry.outcome = REGISTRY_TIME_OUT;
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_non_null(
	        strstr(house->outcome.text, "\"registry\":\"undetermined\""));
	assert_non_null(strstr(house->outcome.text, "\"reason\":\"time_out\""));
	assert_int_equal(lines_of(house), 1);
}

/* A log that cannot be written: nothing leaves. */
static void answer_without_its_line_stays(void **state)
{
	struct house *house = *state;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(house->path, &db), SQLITE_OK);
	assert_int_equal(
	        sqlite3_exec(db, "DROP TABLE usage_log", NULL, NULL, NULL),
	        SQLITE_OK);
	(void)sqlite3_close(db);
	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }),
	                 CCCD_ERR_AUDIT);
	assert_null(house->outcome.text);
}

static bool sing_row(void *context, const struct usage_row *row)
{
	bool *hashed = context;

	for (size_t i = 0; i < USAGE_COLUMNS; i++) {
		struct span text = span_text(row->line.texts[i]);

		assert_null(canary_sings(text, span_text(NUMBER)));
		assert_null(canary_sings(text, span_text(NAME)));
		assert_null(canary_sings(text, span_text("Trần Văn Cán Bộ")));
	}
	*hashed = strncmp(row->line.texts[USAGE_SUBJECT],
	                  "hmac-sha-256:", 13) == 0;
	assert_string_equal(row->line.texts[USAGE_OFFICER_ID], "o-17");
	assert_string_equal(row->line.texts[USAGE_RESULT], "match");
	assert_string_equal(row->line.texts[USAGE_PURPOSE], "counter");
	assert_string_equal(row->line.texts[USAGE_ORIGIN],
	                    "https://desk.example");
	return true;
}

static void log_holds_nobody(void **state)
{
	struct house *house = *state;
	bool hashed = false;

	assert_int_equal(try_claims(house, (struct desk_claims){ 0 }), CCCD_OK);
	assert_int_equal(
	        store_log_export(house->store, "", "", sing_row, &hashed),
	        CCCD_OK);
	assert_true(hashed);
}

static void health_is_told(void **state)
{
	const struct gateway_health health = { "ok", "1.0", "ok", "closed" };
	char *text = NULL;

	(void)state;
	assert_int_equal(gateway_health_text(&health, &text), CCCD_OK);
	assert_non_null(strstr(text, "\"registry_circuit\":\"closed\""));
	show("gateway-health", text);
	json_text_free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(check_of_a_good_assertion_matches),
		TEST(values_go_back_by_scope_alone),
		TEST(replay_is_refused),
		TEST(wrong_claims_are_refused),
		TEST(assertion_of_the_future_is_refused),
		TEST(other_callers_nonce_is_refused),
		TEST(old_nonce_is_refused),
		TEST(unregistered_device_is_refused),
		TEST(forged_device_is_refused),
		TEST(revoked_device_is_refused_at_once),
		TEST(edited_identity_is_refused),
		TEST(other_algorithm_is_refused),
		TEST(assertion_without_its_signature_is_refused),
		TEST(other_citizen_is_refused),
		TEST(body_that_asks_for_more_is_refused),
		TEST(unproven_card_goes_only_by_the_callers_entry),
		TEST(silent_registry_is_no_pass),
		TEST(answer_without_its_line_stays),
		TEST(log_holds_nobody),
		cmocka_unit_test(health_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
