/* SPDX-License-Identifier: Apache-2.0 */
/* Two gateways on one database of the test's own. */
#include "tests/service/gateway/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/macros.h"

void pair_open(struct pair *pair)
{
	struct cccd_error error = { .tries_left = -1 };

	assert_int_equal(store_open(&pair->place, &error, &pair->one), CCCD_OK);
	assert_int_equal(store_open(&pair->place, &error, &pair->two), CCCD_OK);
}

static int set_up(void **state, bool server)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	assert_non_null(pair);
	*state = pair;
	if (server) {
		pair->postgres = postgres_start();
		if (pair->postgres == NULL)
			return 0;
		pair->place.conninfo = postgres_conninfo(pair->postgres);
		pair->place.connections = 8;
	} else {
		(void)snprintf(pair->dir, sizeof(pair->dir),
		               "/tmp/cccd-store-XXXXXX");
		assert_non_null(mkdtemp(pair->dir));
		(void)snprintf(pair->path, sizeof(pair->path), "%s/store.db",
		               pair->dir);
		pair->place.path = pair->path;
	}
	pair_open(pair);
	return 0;
}

int pair_set_up_sqlite(void **state)
{
	return set_up(state, false);
}

int pair_set_up_postgres(void **state)
{
	return set_up(state, true);
}

int pair_tear_down(void **state)
{
	struct pair *pair = *state;
	char path[96];

	store_close(pair->one);
	store_close(pair->two);
	postgres_stop(pair->postgres);
	if (pair->path[0] != '\0') {
		static const char *const ends[] = { "", "-wal", "-shm" };

		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			(void)snprintf(path, sizeof(path), "%s%s", pair->path,
			               ends[i]);
			(void)unlink(path);
		}
		(void)rmdir(pair->dir);
	}
	free(pair);
	return 0;
}

struct pair *pair_of(void **state)
{
	struct pair *pair = *state;

	if (pair->one == NULL)
		skip();
	return pair;
}

enum cccd_err pair_spend(struct store *store, const char *nonce,
                         const char *caller, const char *id, int64_t now)
{
	const struct store_spend what = { nonce, caller, id, "t-1", now };

	return store_nonce_spend(store, &what);
}

enum cccd_err pair_append(struct store *store, const char *id, const char *when)
{
	struct usage_line line;

	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		line.texts[i] = "x";
	line.texts[USAGE_TIME] = when;
	line.texts[USAGE_REQUEST_ID] = id;
	return store_log_append(store, &line);
}

void pair_assert_whole(struct store *store, uint64_t lines)
{
	uint64_t seen = 0;
	uint64_t bad = 1;

	assert_int_equal(store_log_verify(store, &seen, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(seen, lines);
}

void pair_meddle(const struct pair *pair, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(pair->path, &db), SQLITE_OK);
	/* Somebody may be writing. */
	(void)sqlite3_busy_timeout(db, 60000);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}
