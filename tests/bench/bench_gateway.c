/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of the gateway with a directory in SQLite, beside the bare
 * verification of a signature: bench_gateway DIR CHECKS [THREADS]
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"
#include "service/gateway/check.h"
#include "tests/service/gateway/desk.h"

enum {
	THREADS_MAX = 64,
	TOKEN_MAX = 4096,
	PEOPLE = 10000,
	PACE_US = 2000, /* 500 a second */
	PATH_LEN = 512,
};

struct bench {
	struct check_parts parts;
	struct gateway_caller caller;
	struct desk desk;
	char **bodies;
	uint64_t *took_us;
	size_t count;
	size_t next;
	uint64_t begin_us;
	uint64_t pace_us;
	size_t failed;
	pthread_mutex_t lock;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "bench_gateway: %s\n", what);
	exit(1); /* NOLINT(concurrency-mt-unsafe): nothing to be kept */
}

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

static char *make_body(struct bench *bench, size_t i)
{
	BUF token = buf_make(TOKEN_MAX);
	char number[16];
	char nonce[44] = "";
	struct desk_claims claims = { .nonce = nonce, .id_number = number };
	char *text = NULL;
	char *body = malloc(TOKEN_MAX);

	must(body != NULL, "memory");
	(void)snprintf(number, sizeof(number), "001190%06zu", 1 + i % PEOPLE);
	must(check_nonce(&bench->parts, &bench->caller, 900, &text) == CCCD_OK,
	     "a nonce");
	(void)snprintf(nonce, sizeof(nonce), "%.43s",
	               strstr(text, "\"nonce\":\"") + 9);
	json_text_free(text);
	must(desk_sign(&bench->desk, &claims, &token) == CCCD_OK,
	     "an assertion");
	(void)snprintf(body, TOKEN_MAX,
	               "{\"assertion\":\"%.*s\",\"officer\":{\"id\":\"o\"}}",
	               (int)token.len, (const char *)token.at);
	return body;
}

/* The next one; waits for its moment where there is a pace. */
static bool take(struct bench *bench, size_t *ret, uint64_t *ret_due)
{
	(void)pthread_mutex_lock(&bench->lock);
	*ret = bench->next++;
	(void)pthread_mutex_unlock(&bench->lock);
	if (*ret >= bench->count)
		return false;
	*ret_due = bench->begin_us + *ret * bench->pace_us;
	while (bench->pace_us > 0 && clock_steady_us() < *ret_due)
		clock_sleep_ms(1);
	return true;
}

static void *work(void *context)
{
	struct bench *bench = context;
	uint64_t due = 0;
	size_t at = 0;

	while (take(bench, &at, &due)) {
		struct check_outcome outcome = { .text = NULL };
		uint64_t began = bench->pace_us > 0 ? due : clock_steady_us();
		enum cccd_err err =
		        check_run(&bench->parts, &bench->caller,
		                  span_text(bench->bodies[at]), NULL, &outcome);

		/* Late is counted from when it was due. */
		bench->took_us[at] = clock_steady_us() - began;
		if (err != CCCD_OK || outcome.verdict != MATCH_MATCH) {
			(void)pthread_mutex_lock(&bench->lock);
			bench->failed++;
			(void)pthread_mutex_unlock(&bench->lock);
		}
		json_text_free(outcome.text);
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a;
	uint64_t second = *(const uint64_t *)b;

	return (first > second) - (first < second);
}

static void run(struct bench *bench, size_t threads, uint64_t pace_us,
                const char *name)
{
	pthread_t ids[THREADS_MAX];
	uint64_t took = 0;

	for (size_t i = 0; i < bench->count; i++)
		bench->bodies[i] = make_body(bench, i);
	bench->next = 0;
	bench->pace_us = pace_us;
	bench->begin_us = clock_steady_us();
	for (size_t i = 0; i < threads; i++)
		must(pthread_create(&ids[i], NULL, work, bench) == 0,
		     "a thread");
	for (size_t i = 0; i < threads; i++)
		(void)pthread_join(ids[i], NULL);
	took = clock_steady_us() - bench->begin_us;
	must(bench->failed == 0, "a check failed");
	qsort(bench->took_us, bench->count, sizeof(bench->took_us[0]), by_size);
	(void)printf("%s: %.0f/s, median %" PRIu64 " us, p99 %" PRIu64 " us\n",
	             name, (double)bench->count * 1e6 / (double)took,
	             bench->took_us[bench->count / 2],
	             bench->took_us[bench->count * 99 / 100]);
	for (size_t i = 0; i < bench->count; i++)
		free(bench->bodies[i]);
}

static void measure_signature(const struct bench *bench)
{
	static const char text[] = "what is signed";
	struct sign_verifier *verifier = NULL;
	uint8_t signature[SIGN_LEN];
	uint64_t begin = 0;

	must(sign_pair_sign(bench->desk.pair, span_text(text), signature) ==
	                     CCCD_OK &&
	             sign_verifier_new(&bench->desk.jwk.key, &verifier) ==
	                     CCCD_OK,
	     "a signature");
	begin = clock_steady_us();
	for (size_t i = 0; i < bench->count; i++)
		must(sign_verifier_check(verifier, span_text(text),
		                         SPAN(signature)) == CCCD_OK,
		     "it does not hold");
	(void)printf("ES256 verification, one thread: %.0f/s\n",
	             (double)bench->count * 1e6 /
	                     (double)(clock_steady_us() - begin));
	sign_verifier_free(verifier);
}

static void open_house(struct bench *bench, const char *dir)
{
	char store[PATH_LEN];
	char directory[PATH_LEN];
	const struct store_place place = { .path = store, .connections = 64 };
	const struct connector_setting settings[] = {
		{ "engine", "sqlite" },
		{ "path", directory },
	};
	const struct connector_section section = { .name = "bench",
		                                   .kind = "directory",
		                                   .settings = settings,
		                                   .count = 2 };
	struct store_device device = { .name = "", .revoked = "", .added = "" };

	(void)snprintf(store, sizeof(store), "%s/store.db", dir);
	(void)snprintf(directory, sizeof(directory), "%s/citizens.db", dir);
	(void)remove(store);
	make_directory(directory);
	must(store_open(&place, NULL, &bench->parts.store) == CCCD_OK,
	     "the store");
	must(connector_open(&section, NULL, &bench->parts.connector) == CCCD_OK,
	     "the connector");
	must(desk_make(&bench->desk) == CCCD_OK, "a desk");
	device.thumbprint = bench->desk.jwk.thumbprint;
	device.jwk = bench->desk.jwk.text;
	must(store_device_add(bench->parts.store, &device) == CCCD_OK,
	     "a device");
	must(secret_set(&bench->parts.log_key,
	                span_text("0123456789abcdef0123456789abcdef")) ==
	             CCCD_OK,
	     "a key");
	bench->parts.keys = check_keys_new();
	bench->parts.ask = connector_query;
	bench->parts.capabilities = REGISTRY_LOOKUP;
	bench->parts.source = "bench";
	bench->parts.audience = "urn:test:gw";
	bench->parts.check_ms = 10000;
}

int main(int argc, char **argv)
{
	static struct bench bench = { .lock = PTHREAD_MUTEX_INITIALIZER };
	size_t threads = 8;

	must(argc >= 3, "DIR CHECKS [THREADS]");
	bench.count = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		threads = strtoul(argv[3], NULL, 10);
	must(bench.count > 0 && threads > 0 && threads <= THREADS_MAX,
	     "1 check or more, 1 to 64 threads");
	bench.bodies = calloc(bench.count, sizeof(bench.bodies[0]));
	bench.took_us = calloc(bench.count, sizeof(bench.took_us[0]));
	must(bench.bodies != NULL && bench.took_us != NULL, "memory");
	open_house(&bench, argv[1]);
	measure_signature(&bench);
	run(&bench, threads, 0, "checks, as fast as it goes");
	run(&bench, threads, PACE_US, "checks at 500/s");
	connector_close(bench.parts.connector);
	store_close(bench.parts.store);
	check_keys_free(bench.parts.keys);
	desk_release(&bench.desk);
	free(bench.bodies);
	free(bench.took_us);
	return 0;
}
