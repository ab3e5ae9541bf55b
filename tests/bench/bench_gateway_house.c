/* SPDX-License-Identifier: Apache-2.0 */
/* What bench_gateway asks: a store, a directory, a desk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/json/result.h"
#include "tests/bench/bench_gateway.h"

enum { PEOPLE = 10000, CONNECTIONS = 64 };

static void make_directory(const char *path)
{
	static const char sql[] =
	        "DROP TABLE IF EXISTS citizens;"
	        "CREATE TABLE citizens (id_number TEXT PRIMARY KEY,"
	        " old_number TEXT, full_name TEXT, date_of_birth TEXT,"
	        " sex TEXT, nationality TEXT, ethnicity TEXT, religion TEXT,"
	        " origin TEXT, residence TEXT, current_residence TEXT,"
	        " father_name TEXT, mother_name TEXT, spouse_name TEXT);"
	        "CREATE INDEX old ON citizens (old_number);"
	        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	        " FROM n WHERE i < 10000)"
	        "INSERT INTO citizens (id_number, full_name, date_of_birth,"
	        " sex) SELECT printf('001190%06d', i), 'Nguyễn Thị Mẫu',"
	        " '1990-01-01', 'female' FROM n";
	sqlite3 *db = NULL;

	must(sqlite3_open(path, &db) == SQLITE_OK &&
	             sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK,
	     "the directory");
	(void)sqlite3_close(db);
}

char *bench_body(struct bench *bench, size_t i)
{
	BUF token = buf_make(BENCH_TOKEN);
	char number[16];
	char nonce[44] = "";
	struct desk_claims claims = { .nonce = nonce, .id_number = number };
	char *text = NULL;
	char *body = malloc(BENCH_TOKEN);

	must(body != NULL, "memory");
	(void)snprintf(number, sizeof(number), "001190%06zu", 1 + i % PEOPLE);
	must(check_nonce(&bench->parts, &bench->caller, 900, &text) == CCCD_OK,
	     "a nonce");
	(void)snprintf(nonce, sizeof(nonce), "%.43s",
	               strstr(text, "\"nonce\":\"") + 9);
	json_text_free(text);
	must(desk_sign(&bench->desk, &claims, &token) == CCCD_OK,
	     "an assertion");
	(void)snprintf(body, BENCH_TOKEN,
	               "{\"assertion\":\"%.*s\",\"officer\":{\"id\":\"o\"}}",
	               (int)token.len, (const char *)token.at);
	return body;
}

/* BENCH_CONNINFO: a store in PostgreSQL in place of a file. */
static void open_store(struct bench *bench, const char *path)
{
	const struct store_place place = {
		.path = path,
		.conninfo = getenv("BENCH_CONNINFO"), /* NOLINT: one thread */
		.connections = CONNECTIONS,
	};
	static const char *const ends[] = { "", "-wal", "-shm" };
	char file[BENCH_PATH + 8];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", path, ends[i]);
		(void)remove(file);
	}
	must(store_open(&place, NULL, &bench->parts.store) == CCCD_OK,
	     "the store");
}

static void open_connector(struct bench *bench, const char *path)
{
	const struct connector_setting settings[] = {
		{ "engine", "sqlite" },
		{ "path", path },
	};
	const struct connector_section section = { .name = "bench",
		                                   .kind = "directory",
		                                   .settings = settings,
		                                   .count = 2 };

	make_directory(path);
	must(connector_open(&section, NULL, &bench->parts.connector) == CCCD_OK,
	     "the connector: is DIR an absolute path?");
}

void bench_open(struct bench *bench, const char *dir)
{
	char path[BENCH_PATH];
	struct store_device device = { .name = "", .revoked = "", .added = "" };

	bench->dir = dir;
	(void)snprintf(path, sizeof(path), "%s/store.db", dir);
	open_store(bench, path);
	(void)snprintf(path, sizeof(path), "%s/citizens.db", dir);
	open_connector(bench, path);
	must(desk_make(&bench->desk) == CCCD_OK, "a desk");
	device.thumbprint = bench->desk.jwk.thumbprint;
	device.jwk = bench->desk.jwk.text;
	must(store_device_add(bench->parts.store, &device) == CCCD_OK,
	     "a device");
	must(secret_set(&bench->parts.log_key,
	                span_text("0123456789abcdef0123456789abcdef")) ==
	             CCCD_OK,
	     "a key");
	(void)snprintf(bench->caller.name, sizeof(bench->caller.name), "bench");
	bench->parts.keys = check_keys_new();
	bench->parts.ask = connector_query;
	bench->parts.capabilities = REGISTRY_LOOKUP;
	bench->parts.source = "bench";
	bench->parts.audience = "urn:test:gw";
	bench->parts.check_ms = 10000;
}

void bench_close(struct bench *bench)
{
	connector_close(bench->parts.connector);
	store_close(bench->parts.store);
	check_keys_free(bench->parts.keys);
	desk_release(&bench->desk);
}
