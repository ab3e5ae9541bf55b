/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway's checks over a store of their own and a scripted registry. */
#include "tests/service/gateway/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "lib/json/result.h"
#include "tests/support/canary.h"

enum { BODY_MAX = 4096 };

struct house_registry registry;

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

void house_show(const char *name, const char *text)
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

void house_draw(struct house *house)
{
	char *text = NULL;
	const char *at = NULL;

	assert_int_equal(check_nonce(&house->parts, &house->caller, 60, &text),
	                 CCCD_OK);
	house_show("gateway-nonce", text);
	at = strstr(text, "\"nonce\":\"");
	assert_non_null(at);
	(void)snprintf(house->nonce, sizeof(house->nonce), "%.43s",
	               at + strlen("\"nonce\":\""));
	json_text_free(text);
}

int house_set_up(void **state)
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
		.keys = check_keys_new(),
		.ask = ask,
		.capabilities = REGISTRY_LOOKUP,
		.source = "test",
		.audience = "urn:test:gw",
		.check_ms = 5000,
	};
	assert_non_null(house->parts.keys);
	assert_int_equal(
	        secret_set(&house->parts.log_key,
	                   span_text("0123456789abcdef0123456789abcdef")),
	        CCCD_OK);
	(void)snprintf(house->caller.name, sizeof(house->caller.name), "desk");
	registry.questions = 0;
	registry.outcome = REGISTRY_FOUND;
	registry.full_name = NAME;
	enrol(house);
	house_draw(house);
	return 0;
}

static void forget(struct house *house)
{
	json_text_free(house->outcome.text);
	house->outcome = (struct check_outcome){ 0 };
	house->error = (struct cccd_error){ .tries_left = -1 };
}

int house_tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct house *house = *state;
	char path[96];

	forget(house);
	store_close(house->store);
	check_keys_free(house->parts.keys);
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

enum cccd_err house_send(struct house *house, const char *token,
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
		house_show("gateway-check-request", body);
		house_show("gateway-check", house->outcome.text);
	}
	free(body);
	return err;
}

void house_sign(struct house *house, struct desk_claims claims,
                char ret[static TOKEN_MAX])
{
	BUF token = buf_make(TOKEN_MAX - 1);

	if (claims.nonce == NULL)
		claims.nonce = house->nonce;
	assert_int_equal(desk_sign(&house->desk, &claims, &token), CCCD_OK);
	memcpy(ret, token.at, token.len);
	ret[token.len] = '\0';
}

enum cccd_err house_try(struct house *house, struct desk_claims claims)
{
	char token[TOKEN_MAX];

	house_sign(house, claims, token);
	return house_send(house, token, "");
}

uint64_t house_lines(struct house *house)
{
	uint64_t lines = 0;
	uint64_t bad = 1;

	assert_int_equal(store_log_verify(house->store, &lines, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	return lines;
}

void house_meddle(const struct house *house, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(house->path, &db), SQLITE_OK);
	(void)sqlite3_busy_timeout(db, 60000);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}
