/* SPDX-License-Identifier: Apache-2.0 */
/* One contract, two databases. */
#include "service/gateway/store.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/macros.h"
#include "tests/service/gateway/postgres.h"

enum { THREADS = 16, LINES = 40, ALL = THREADS * LINES, NOW = 1000000 };

/** struct house - two gateways on one database. */
struct house {
	struct postgres *postgres;
	char dir[64];
	char path[80];
	struct store_place place;
	struct store *one;
	struct store *two;
};

static void open_both(struct house *house)
{
	struct cccd_error error = { .tries_left = -1 };

	assert_int_equal(store_open(&house->place, &error, &house->one),
	                 CCCD_OK);
	assert_int_equal(store_open(&house->place, &error, &house->two),
	                 CCCD_OK);
}

static int set_up(void **state, bool server)
{
	struct house *house = calloc(1, sizeof(*house));

	assert_non_null(house);
	*state = house;
	if (server) {
		house->postgres = postgres_start();
		if (house->postgres == NULL)
			return 0;
		house->place.conninfo = postgres_conninfo(house->postgres);
		house->place.connections = 8;
	} else {
		(void)snprintf(house->dir, sizeof(house->dir),
		               "/tmp/cccd-store-XXXXXX");
		assert_non_null(mkdtemp(house->dir));
		(void)snprintf(house->path, sizeof(house->path), "%s/store.db",
		               house->dir);
		house->place.path = house->path;
	}
	open_both(house);
	return 0;
}

static int set_up_sqlite(void **state)
{
	return set_up(state, false);
}

static int set_up_postgres(void **state)
{
	return set_up(state, true);
}

static int tear_down(void **state)
{
	struct house *house = *state;
	char path[96];

	store_close(house->one);
	store_close(house->two);
	postgres_stop(house->postgres);
	if (house->path[0] != '\0') {
		static const char *const ends[] = { "", "-wal", "-shm" };

		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			(void)snprintf(path, sizeof(path), "%s%s", house->path,
			               ends[i]);
			(void)unlink(path);
		}
		(void)rmdir(house->dir);
	}
	free(house);
	return 0;
}

/* Without a server there is nothing to be tested. */
static struct house *house_of(void **state)
{
	struct house *house = *state;

	if (house->one == NULL)
		skip();
	return house;
}

static enum cccd_err spend(struct store *store, const char *nonce,
                           const char *caller, const char *id, int64_t now)
{
	const struct store_spend what = { nonce, caller, id, now };

	return store_nonce_spend(store, &what);
}

static void nonce_is_spent_once_by_its_caller(void **state)
{
	struct house *house = house_of(state);

	assert_int_equal(store_nonce_issue(house->one, "n1", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(spend(house->two, "n0", "desk", "r0", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(spend(house->two, "n1", "other", "r0", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(spend(house->two, "n1", "desk", "r0", NOW + 10),
	                 CCCD_ERR_NONCE_EXPIRED);
	assert_int_equal(spend(house->two, "n1", "desk", "r1", NOW + 9),
	                 CCCD_OK);
	/* The same asking again, as after a lost answer. */
	assert_int_equal(spend(house->one, "n1", "desk", "r1", NOW), CCCD_OK);
	assert_int_equal(spend(house->one, "n1", "desk", "r2", NOW),
	                 CCCD_ERR_NONCE_SPENT);
	/* The right caller's secrets are not told to another one. */
	assert_int_equal(spend(house->one, "n1", "other", "r2", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
}

struct racer {
	struct store *store;
	char id[16];
	enum cccd_err err;
};

static void *race(void *context)
{
	struct racer *racer = context;

	racer->err = spend(racer->store, "contested", "desk", racer->id, NOW);
	return NULL;
}

static void nonce_is_spent_once_by_many(void **state)
{
	struct house *house = house_of(state);
	struct racer racers[THREADS];
	pthread_t threads[THREADS];
	size_t won = 0;

	assert_int_equal(
	        store_nonce_issue(house->one, "contested", "desk", NOW + 9),
	        CCCD_OK);
	for (size_t i = 0; i < THREADS; i++) {
		racers[i].store = i % 2 == 0 ? house->one : house->two;
		(void)snprintf(racers[i].id, sizeof(racers[i].id), "race%zu",
		               i);
		assert_int_equal(
		        pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		if (racers[i].err == CCCD_OK)
			won++;
		else
			assert_int_equal(racers[i].err, CCCD_ERR_NONCE_SPENT);
	}
	assert_int_equal(won, 1);
}

static bool keep_name(void *context, const struct store_device *device)
{
	(void)snprintf(context, 32, "%s/%s", device->name, device->jwk);
	return true;
}

static bool count_device(void *context, const struct store_device *device)
{
	size_t *count = context;

	(void)device;
	(*count)++;
	return true;
}

static void device_is_found_until_it_is_revoked(void **state)
{
	struct house *house = house_of(state);
	const struct store_device device = { "thumb", "desk 1", "{}",
		                             "2026-11-23T00:00:00Z", "" };
	char seen[32] = "";
	size_t count = 0;

	assert_int_equal(
	        store_device_find(house->one, "thumb", keep_name, seen),
	        CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_int_equal(store_device_add(house->one, &device), CCCD_OK);
	assert_int_equal(store_device_add(house->two, &device),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(
	        store_device_find(house->two, "thumb", keep_name, seen),
	        CCCD_OK);
	assert_string_equal(seen, "desk 1/{}");
	assert_int_equal(store_device_revoke(house->two, "nobody", "t"),
	                 CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_int_equal(store_device_revoke(house->two, "thumb", "t1"),
	                 CCCD_OK);
	assert_int_equal(store_device_revoke(house->one, "thumb", "t2"),
	                 CCCD_OK);
	seen[0] = '\0';
	assert_int_equal(
	        store_device_find(house->one, "thumb", keep_name, seen),
	        CCCD_ERR_ASSERTION_DEVICE_REVOKED);
	assert_string_equal(seen, "");
	/* A revoked key does not come back. */
	assert_int_equal(store_device_add(house->one, &device),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(store_device_list(house->one, count_device, &count),
	                 CCCD_OK);
	assert_int_equal(count, 1);
}

static enum cccd_err append(struct store *store, const char *id,
                            const char *when)
{
	struct usage_line line;

	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		line.texts[i] = "x";
	line.texts[USAGE_TIME] = when;
	line.texts[USAGE_REQUEST_ID] = id;
	return store_log_append(store, &line);
}

static void assert_whole(struct store *store, uint64_t lines)
{
	uint64_t seen = 0;
	uint64_t bad = 1;

	assert_int_equal(store_log_verify(store, &seen, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(seen, lines);
}

struct writer {
	struct store *store;
	size_t number;
	size_t failed;
};

static void *write_many(void *context)
{
	struct writer *writer = context;
	char id[32];

	for (size_t i = 0; i < LINES; i++) {
		(void)snprintf(id, sizeof(id), "w%zu-%zu", writer->number, i);
		if (append(writer->store, id, "2026-01-01T00:00:00Z") !=
		    CCCD_OK)
			writer->failed++;
	}
	return NULL;
}

static void log_keeps_each_line_once_of_many_writers(void **state)
{
	struct house *house = house_of(state);
	struct writer writers[THREADS];
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){
			.store = i % 2 == 0 ? house->one : house->two,
			.number = i,
		};
		assert_int_equal(pthread_create(&threads[i], NULL, write_many,
		                                &writers[i]),
		                 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(writers[i].failed, 0);
	}
	assert_whole(house->one, ALL);
	/* Once more is no more. */
	assert_int_equal(append(house->one, "w0-0", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_whole(house->two, ALL);
}

static bool count_row(void *context, const struct usage_row *row)
{
	size_t *count = context;

	assert_string_equal(row->line.texts[USAGE_SOURCE], "x");
	(*count)++;
	return true;
}

static void log_expires_from_its_beginning(void **state)
{
	struct house *house = house_of(state);
	size_t count = 0;

	assert_int_equal(append(house->one, "a", "2024-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(append(house->two, "b", "2025-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(append(house->one, "c", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(store_log_export(house->one, "2025-01-01T00:00:00Z",
	                                  "2026-01-01T00:00:00Z", count_row,
	                                  &count),
	                 CCCD_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_log_expire(house->one, "2025-06-01T00:00:00Z"),
	                 CCCD_OK);
	assert_whole(house->two, 1);
	assert_int_equal(store_log_expire(house->one, "2030-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_whole(house->two, 0);
	assert_int_equal(append(house->one, "d", "2031-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_whole(house->one, 1);
}

static void check_that_died_gets_a_line(void **state)
{
	struct house *house = house_of(state);

	assert_int_equal(store_nonce_issue(house->one, "n", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(store_nonce_issue(house->one, "m", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(spend(house->one, "n", "desk", "dead", NOW), CCCD_OK);
	assert_int_equal(spend(house->one, "m", "desk", "told", NOW), CCCD_OK);
	assert_int_equal(append(house->one, "told", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	/* Not yet: it may still be running. */
	assert_int_equal(store_recover(house->two, NOW), CCCD_OK);
	assert_whole(house->two, 1);
	assert_int_equal(store_nonce_sweep(house->two, NOW + 100), CCCD_OK);
	assert_int_equal(store_recover(house->two, NOW + 1), CCCD_OK);
	assert_int_equal(store_recover(house->one, NOW + 1), CCCD_OK);
	assert_whole(house->two, 2);
	/* The nonce of what was told of is forgotten, so it is unknown. */
	assert_int_equal(spend(house->one, "m", "desk", "x", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
}

/* A process that is killed between any two steps. */
static void kill_loses_nothing_and_doubles_nothing(void **state)
{
	struct house *house = house_of(state);
	int told[2];
	char id[32];
	size_t count = 0;
	ssize_t got = 0;
	pid_t child = 0;
	uint64_t lines = 0;
	uint64_t bad = 1;

	assert_int_equal(pipe(told), 0);
	store_close(house->two);
	house->two = NULL;
	store_close(house->one);
	house->one = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct store *store = NULL;

		if (store_open(&house->place, NULL, &store) != CCCD_OK)
			_exit(1);
		for (size_t i = 0;; i++) {
			(void)snprintf(id, sizeof(id), "k%zu", i);
			if (append(store, id, "2026-01-01T00:00:00Z") !=
			            CCCD_OK ||
			    write(told[1], "x", 1) != 1)
				_exit(1);
		}
	}
	while (count < 50) {
		got = read(told[0], id, 1);
		assert_int_equal(got, 1);
		count++;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(told[1]);
	while (read(told[0], id, 1) == 1)
		count++;
	(void)close(told[0]);
	open_both(house);
	/* What was said to be written is there; one more may be. */
	assert_int_equal(store_log_verify(house->one, &lines, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	assert_in_range(lines, count, count + 1);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(id, sizeof(id), "k%zu", i);
		assert_int_equal(append(house->two, id, "2026-01-01T00:00:00Z"),
		                 CCCD_OK);
	}
	assert_whole(house->two, lines);
}

static void server_that_restarts_is_found_again(void **state)
{
	struct house *house = house_of(state);

	assert_int_equal(append(house->one, "a", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_true(postgres_restart(house->postgres));
	assert_int_equal(append(house->one, "b", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_whole(house->two, 2);
}

static void log_that_was_edited_is_seen(void **state)
{
	static const struct {
		const char *sql;
		uint64_t bad;
	} edits[] = {
		{ "UPDATE usage_log SET result = 'y' WHERE seq = 2", 2 },
		{ "DELETE FROM usage_log WHERE seq = 2", 3 },
		{ "DELETE FROM usage_log WHERE seq = 3", 3 },
	};
	struct house *house = house_of(state);
	sqlite3 *db = NULL;
	char id[8];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(id, sizeof(id), "e%zu", i);
		assert_int_equal(append(house->one, id, "2026-01-01T00:00:00Z"),
		                 CCCD_OK);
	}
	assert_int_equal(sqlite3_open(house->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
	                              "CREATE TABLE kept AS"
	                              " SELECT * FROM usage_log",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		uint64_t lines = 0;
		uint64_t bad = 0;

		assert_int_equal(
		        sqlite3_exec(db, edits[i].sql, NULL, NULL, NULL),
		        SQLITE_OK);
		assert_int_equal(store_log_verify(house->two, &lines, &bad),
		                 CCCD_OK);
		assert_int_equal(bad, edits[i].bad);
		assert_int_equal(sqlite3_exec(db,
		                              "DELETE FROM usage_log;"
		                              "INSERT INTO usage_log"
		                              " SELECT * FROM kept",
		                              NULL, NULL, NULL),
		                 SQLITE_OK);
	}
	assert_whole(house->two, 3);
	(void)sqlite3_close(db);
}

static void later_version_is_refused(void **state)
{
	struct house *house = house_of(state);
	struct cccd_error error = { .tries_left = -1 };
	struct store *store = NULL;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(house->path, &db), SQLITE_OK);
	assert_int_equal(
	        sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL),
	        SQLITE_OK);
	(void)sqlite3_close(db);
	assert_int_equal(store_open(&house->place, &error, &store),
	                 CCCD_ERR_POLICY_CONFIG);
}

#define BOTH(test)                                                       \
	cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down), \
	        cmocka_unit_test_setup_teardown(test, set_up_postgres,   \
	                                        tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(nonce_is_spent_once_by_its_caller),
		BOTH(nonce_is_spent_once_by_many),
		BOTH(device_is_found_until_it_is_revoked),
		BOTH(log_keeps_each_line_once_of_many_writers),
		BOTH(log_expires_from_its_beginning),
		BOTH(check_that_died_gets_a_line),
		BOTH(kill_loses_nothing_and_doubles_nothing),
		cmocka_unit_test_setup_teardown(
		        server_that_restarts_is_found_again, set_up_postgres,
		        tear_down),
		cmocka_unit_test_setup_teardown(log_that_was_edited_is_seen,
		                                set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(later_version_is_refused,
		                                set_up_sqlite, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
