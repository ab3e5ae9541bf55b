/* SPDX-License-Identifier: Apache-2.0 */
/* One contract, two databases. */
#include "service/gateway/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cccd/export.h>
#include <cmocka.h>

#include "base/macros.h"
#include "tests/service/gateway/pair.h"

enum { NOW = 1000000 };

/* In place of the C library's: SQLite's files are flushed here. */
static atomic_uint flushes;

CCCD_EXPORT int fsync(int file)
{
	(void)file;
	atomic_fetch_add(&flushes, 1);
	return 0;
}

CCCD_EXPORT int fdatasync(int file)
{
	return fsync(file);
}

static void nonce_is_spent_once_by_its_caller(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(store_nonce_issue(pair->one, "n1", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->two, "n0", "desk", "r0", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(pair_spend(pair->two, "n1", "other", "r0", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
	assert_int_equal(pair_spend(pair->two, "n1", "desk", "r0", NOW + 10),
	                 CCCD_ERR_NONCE_EXPIRED);
	assert_int_equal(pair_spend(pair->two, "n1", "desk", "r1", NOW + 9),
	                 CCCD_OK);
	/* The same asking again, as after a lost answer. */
	assert_int_equal(pair_spend(pair->one, "n1", "desk", "r1", NOW),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->one, "n1", "desk", "r2", NOW),
	                 CCCD_ERR_NONCE_SPENT);
	/* The right caller's secrets are not told to another one. */
	assert_int_equal(pair_spend(pair->one, "n1", "other", "r2", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
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
	struct pair *pair = pair_of(state);
	const struct store_device device = { "thumb", "desk 1", "{}",
		                             "2026-11-23T00:00:00Z", "" };
	char seen[32] = "";
	size_t count = 0;

	assert_int_equal(store_device_find(pair->one, "thumb", keep_name, seen),
	                 CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_int_equal(store_device_add(pair->one, &device), CCCD_OK);
	assert_int_equal(store_device_add(pair->two, &device),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(store_device_find(pair->two, "thumb", keep_name, seen),
	                 CCCD_OK);
	assert_string_equal(seen, "desk 1/{}");
	assert_int_equal(store_device_revoke(pair->two, "nobody", "t"),
	                 CCCD_ERR_ASSERTION_DEVICE_UNKNOWN);
	assert_int_equal(store_device_revoke(pair->two, "thumb", "t1"),
	                 CCCD_OK);
	assert_int_equal(store_device_revoke(pair->one, "thumb", "t2"),
	                 CCCD_OK);
	seen[0] = '\0';
	assert_int_equal(store_device_find(pair->one, "thumb", keep_name, seen),
	                 CCCD_ERR_ASSERTION_DEVICE_REVOKED);
	assert_string_equal(seen, "");
	/* A revoked key does not come back. */
	assert_int_equal(store_device_add(pair->one, &device),
	                 CCCD_ERR_USAGE_STATE);
	assert_int_equal(store_device_list(pair->one, count_device, &count),
	                 CCCD_OK);
	assert_int_equal(count, 1);
}

static bool count_row(void *context, const struct usage_row *row)
{
	size_t *count = context;

	assert_string_equal(row->line.texts[USAGE_SOURCE], "x");
	(*count)++;
	return true;
}

static void expire(struct store *store, const char *before)
{
	bool more = true;

	while (more)
		assert_int_equal(store_log_expire(store, before, &more),
		                 CCCD_OK);
}

static void sweep(struct store *store, int64_t before)
{
	bool more = true;

	while (more)
		assert_int_equal(store_nonce_sweep(store, before, &more),
		                 CCCD_OK);
}

static void log_expires_from_its_beginning(void **state)
{
	struct pair *pair = pair_of(state);
	size_t count = 0;

	assert_int_equal(pair_append(pair->one, "a", "2024-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->two, "b", "2025-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->one, "c", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(store_log_export(pair->one, "2025-01-01T00:00:00Z",
	                                  "2026-01-01T00:00:00Z", count_row,
	                                  &count),
	                 CCCD_OK);
	assert_int_equal(count, 1);
	expire(pair->one, "2025-06-01T00:00:00Z");
	pair_assert_whole(pair->two, 1);
	expire(pair->one, "2030-01-01T00:00:00Z");
	pair_assert_whole(pair->two, 0);
	assert_int_equal(pair_append(pair->one, "d", "2031-01-01T00:00:00Z"),
	                 CCCD_OK);
	pair_assert_whole(pair->one, 1);
}

static void check_that_died_gets_a_line(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(store_nonce_issue(pair->one, "n", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(store_nonce_issue(pair->one, "m", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->one, "n", "desk", "dead", NOW),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->one, "m", "desk", "told", NOW),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->one, "told", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	/* Not yet: it may still be running. */
	assert_int_equal(store_recover(pair->two, NOW), CCCD_OK);
	pair_assert_whole(pair->two, 1);
	sweep(pair->two, NOW + 100);
	assert_int_equal(store_recover(pair->two, NOW + 1), CCCD_OK);
	assert_int_equal(store_recover(pair->one, NOW + 1), CCCD_OK);
	pair_assert_whole(pair->two, 2);
	/* The nonce of what was told of is forgotten, so it is unknown. */
	assert_int_equal(pair_spend(pair->one, "m", "desk", "x", NOW),
	                 CCCD_ERR_ASSERTION_NONCE);
}

/* Taken for dead, it was only late: what it found is not told. */
static void check_that_was_late_is_refused(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(store_nonce_issue(pair->one, "n", "desk", NOW + 9),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->one, "n", "desk", "late", NOW),
	                 CCCD_OK);
	assert_int_equal(store_recover(pair->two, NOW + 1), CCCD_OK);
	assert_int_equal(pair_append(pair->one, "late", "2026-01-01T00:00:00Z"),
	                 CCCD_ERR_AUDIT);
	pair_assert_whole(pair->one, 1);
	assert_int_equal(
	        pair_append(pair->one, "other", "2026-01-01T00:00:00Z"),
	        CCCD_OK);
	assert_int_equal(
	        pair_append(pair->one, "other", "2026-01-01T00:00:00Z"),
	        CCCD_OK);
	pair_assert_whole(pair->one, 2);
}

static void line_is_flushed_before_it_is_told_of(void **state)
{
	struct pair *pair = pair_of(state);
	char id[8];

	for (size_t i = 0; i < 9; i++) {
		unsigned int before = atomic_load(&flushes);

		(void)snprintf(id, sizeof(id), "f%zu", i);
		assert_int_equal(pair_append(i % 2 == 0 ? pair->one : pair->two,
		                             id, "2026-01-01T00:00:00Z"),
		                 CCCD_OK);
		assert_true(atomic_load(&flushes) > before);
	}
}

static void server_that_restarts_is_found_again(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(pair_append(pair->one, "a", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_true(postgres_restart(pair->postgres));
	assert_int_equal(pair_append(pair->one, "b", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	pair_assert_whole(pair->two, 2);
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
	struct pair *pair = pair_of(state);
	char id[8];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(id, sizeof(id), "e%zu", i);
		assert_int_equal(
		        pair_append(pair->one, id, "2026-01-01T00:00:00Z"),
		        CCCD_OK);
	}
	pair_meddle(pair, "CREATE TABLE kept AS SELECT * FROM usage_log");
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		uint64_t lines = 0;
		uint64_t bad = 0;

		pair_meddle(pair, edits[i].sql);
		assert_int_equal(store_log_verify(pair->two, &lines, &bad),
		                 CCCD_OK);
		assert_int_equal(bad, edits[i].bad);
		pair_meddle(pair, "DELETE FROM usage_log;"
		                  "INSERT INTO usage_log"
		                  " SELECT * FROM kept");
	}
	pair_assert_whole(pair->two, 3);
}

static void later_version_is_refused(void **state)
{
	struct pair *pair = pair_of(state);
	struct cccd_error error = { .tries_left = -1 };
	struct store *store = NULL;

	pair_meddle(pair, "PRAGMA user_version = 3");
	assert_int_equal(store_open(&pair->place, &error, &store),
	                 CCCD_ERR_POLICY_CONFIG);
}

/* What is seen holds for readings, writings and the disk alike. */
static void store_that_lost_a_table_is_seen(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(store_look(pair->one), CCCD_OK);
	pair_meddle(pair, "ALTER TABLE usage_log RENAME TO hidden");
	assert_int_equal(store_look(pair->one), CCCD_ERR_STORE);
	pair_meddle(pair, "ALTER TABLE hidden RENAME TO usage_log");
	assert_int_equal(store_look(pair->one), CCCD_OK);
	pair_meddle(pair, "DELETE FROM usage_chain");
	assert_int_equal(store_look(pair->one), CCCD_ERR_STORE);
}

static void store_that_is_sound_is_seen(void **state)
{
	struct pair *pair = pair_of(state);

	assert_int_equal(pair_append(pair->one, "a", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(store_look(pair->two), CCCD_OK);
	pair_assert_whole(pair->one, 1);
}

/* No file grows any more: what a full disk is to SQLite. */
static void store_on_a_full_disk_is_seen(void **state)
{
	struct pair *pair = pair_of(state);
	char path[96];
	struct stat log;
	struct rlimit before;
	struct rlimit full;
	enum cccd_err err = CCCD_OK;

	(void)snprintf(path, sizeof(path), "%s-wal", pair->path);
	assert_int_equal(store_look(pair->one), CCCD_OK);
	assert_int_equal(stat(path, &log), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	full = before;
	full.rlim_cur = (rlim_t)log.st_size;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	err = store_look(pair->one);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(err, CCCD_ERR_STORE);
	assert_int_equal(store_look(pair->one), CCCD_OK);
}

/* Lines in a file that nobody knows are no log; nor is an empty one in its
 * place the one that was there. */
static void file_that_moves_is_not_written(void **state)
{
	struct pair *pair = pair_of(state);
	char away[96];

	(void)snprintf(away, sizeof(away), "%s-away", pair->path);
	assert_int_equal(rename(pair->path, away), 0);
	assert_int_equal(store_look(pair->one), CCCD_ERR_STORE);
	assert_int_equal(pair_append(pair->one, "a", "2026-01-01T00:00:00Z"),
	                 CCCD_ERR_STORE);
	assert_int_not_equal(access(pair->path, F_OK), 0);
	assert_int_equal(close(open(pair->path, O_WRONLY | O_CREAT, 0600)), 0);
	assert_int_equal(store_look(pair->one), CCCD_ERR_STORE);
	assert_int_equal(rename(away, pair->path), 0);
	assert_int_equal(store_look(pair->one), CCCD_OK);
	pair_assert_whole(pair->one, 0);
}

static void opens_nowhere(const struct store_place *place)
{
	struct cccd_error error = { .tries_left = -1 };
	struct store *store = NULL;

	assert_int_equal(store_open(place, &error, &store), CCCD_ERR_STORE);
	if (place->path != NULL)
		assert_non_null(strstr(error.text, place->path));
}

static void tables_of_a_server_are_only_made_when_wanted(void **state)
{
	const struct pair *pair = pair_of(state);
	struct store_place place = pair->place;
	struct store *store = NULL;
	char conninfo[256];

	/* Another database, as a slip of the pen names one. */
	(void)snprintf(conninfo, sizeof(conninfo), "%s dbname=template1",
	               place.conninfo);
	place.conninfo = conninfo;
	place.existing = true;
	opens_nowhere(&place);
	place.existing = false;
	assert_int_equal(store_open(&place, NULL, &store), CCCD_OK);
	store_close(store);
	place.existing = true;
	assert_int_equal(store_open(&place, NULL, &store), CCCD_OK);
	store_close(store);
}

static void what_is_not_there_is_only_made_when_wanted(void **state)
{
	const struct pair *pair = pair_of(state);
	struct store_place place = pair->place;
	struct store *store = NULL;
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/typo.db", pair->dir);
	place.path = path;
	place.existing = true;
	opens_nowhere(&place);
	assert_int_not_equal(access(path, F_OK), 0);
	/* Nor is any other program's file taken for an empty one. */
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	opens_nowhere(&place);
	place.existing = false;
	assert_int_equal(store_open(&place, NULL, &store), CCCD_OK);
	store_close(store);
	place.existing = true;
	assert_int_equal(store_open(&place, NULL, &store), CCCD_OK);
	store_close(store);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(nonce_is_spent_once_by_its_caller),
		BOTH(device_is_found_until_it_is_revoked),
		BOTH(log_expires_from_its_beginning),
		BOTH(check_that_died_gets_a_line),
		BOTH(check_that_was_late_is_refused),
		BOTH(store_that_is_sound_is_seen),
		cmocka_unit_test_setup_teardown(
		        server_that_restarts_is_found_again,
		        pair_set_up_postgres, pair_tear_down),
		cmocka_unit_test_setup_teardown(
		        tables_of_a_server_are_only_made_when_wanted,
		        pair_set_up_postgres, pair_tear_down),
		ALONE(line_is_flushed_before_it_is_told_of),
		ALONE(log_that_was_edited_is_seen),
		ALONE(store_that_lost_a_table_is_seen),
		ALONE(later_version_is_refused),
		ALONE(store_on_a_full_disk_is_seen),
		ALONE(file_that_moves_is_not_written),
		ALONE(what_is_not_there_is_only_made_when_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
