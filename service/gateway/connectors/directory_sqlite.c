/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in an SQLite file, opened for reading only. */
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "service/gateway/connectors/directory.h"

enum {
	VALUE_MAX = 16 * 1024,
	/* Steps of SQLite's machine between two looks at the clock. */
	STEPS = 1000,
};

struct connection {
	sqlite3 *db;
	sqlite3_stmt *statements[DIRECTORY_STATEMENTS];
	uint64_t deadline_ms;
};

static void close_connection(void *handle)
{
	struct connection *connection = handle;

	if (connection == NULL)
		return;
	for (size_t i = 0; i < DIRECTORY_STATEMENTS; i++)
		(void)sqlite3_finalize(connection->statements[i]);
	(void)sqlite3_close(connection->db);
	free(connection);
}

static int is_late(void *context)
{
	const struct connection *connection = context;

	return clock_steady_ms() >= connection->deadline_ms;
}

/* Somebody writes: wait in small steps until the deadline. */
static int wait_busy(void *context, int turn)
{
	(void)turn;
	if (is_late(context) != 0)
		return 0;
	clock_sleep_ms(5);
	return 1;
}

static enum registry_outcome outcome_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_CANTOPEN:
	case SQLITE_PERM: return REGISTRY_UNREACHABLE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_INTERRUPT: return REGISTRY_TIME_OUT;
	case SQLITE_TOOBIG: return REGISTRY_TOO_LARGE;
	default: return REGISTRY_DATABASE;
	}
}

static int prepare(struct connection *connection,
                   const struct directory_source *source)
{
	int code = SQLITE_OK;

	for (size_t i = 0; i < DIRECTORY_STATEMENTS && code == SQLITE_OK; i++)
		code = sqlite3_prepare_v3(connection->db, source->statements[i],
		                          -1, SQLITE_PREPARE_PERSISTENT,
		                          &connection->statements[i], NULL);
	return code;
}

static int open_up(struct connection *connection,
                   const struct directory_source *source)
{
	int code = sqlite3_open_v2(source->path, &connection->db,
	                           SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
	                           NULL);

	if (code != SQLITE_OK)
		return code;
	(void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1,
	                        (int *)NULL);
	(void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
	                        0, (int *)NULL);
	(void)sqlite3_limit(connection->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_progress_handler(connection->db, STEPS, is_late, connection);
	code = sqlite3_busy_handler(connection->db, wait_busy, connection);
	return code == SQLITE_OK ? prepare(connection, source) : code;
}

static enum registry_outcome connect_file(const struct directory_source *source,
                                          uint64_t deadline_ms, void **ret)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int code = SQLITE_NOMEM;

	if (connection != NULL) {
		connection->deadline_ms = deadline_ms;
		code = open_up(connection, source);
	}
	if (code != SQLITE_OK) {
		close_connection(connection);
		return outcome_of(code);
	}
	*ret = connection;
	return REGISTRY_NOT_ASKED;
}

/* SQLite's texts live until the next step. One with a NUL in it would be read
 * as another. */
static bool tell(sqlite3_stmt *statement, const struct directory_ask *ask)
{
	const char *values[DIRECTORY_COLUMNS];

	for (int i = 0; i < DIRECTORY_COLUMNS; i++) {
		values[i] = (const char *)sqlite3_column_text(statement, i);
		if (values[i] != NULL &&
		    strlen(values[i]) !=
		            (size_t)sqlite3_column_bytes(statement, i))
			return false;
	}
	return ask->take(ask->context, values);
}

static enum registry_outcome read_rows(sqlite3_stmt *statement,
                                       const struct directory_ask *ask,
                                       unsigned int *ret_rows)
{
	unsigned int rows = 0;
	int code = sqlite3_step(statement);

	for (; code == SQLITE_ROW; code = sqlite3_step(statement))
		if (rows++ == 0 && !tell(statement, ask))
			return REGISTRY_DATABASE;
	if (code != SQLITE_DONE)
		return outcome_of(code);
	*ret_rows = rows;
	return REGISTRY_NOT_ASKED;
}

/* Whoever puts a new file in the place of the old one wants it read. */
static bool has_moved(const struct connection *connection)
{
	int moved = 0;

	return sqlite3_file_control(connection->db, NULL,
	                            SQLITE_FCNTL_HAS_MOVED,
	                            &moved) == SQLITE_OK &&
	       moved != 0;
}

static enum registry_outcome query_file(void *handle,
                                        const struct directory_ask *ask,
                                        unsigned int *ret_rows)
{
	struct connection *connection = handle;
	sqlite3_stmt *statement = connection->statements[ask->statement];
	enum registry_outcome outcome = REGISTRY_DATABASE;

	if (has_moved(connection))
		return REGISTRY_BROKEN_OFF;
	connection->deadline_ms = ask->deadline_ms;
	if (sqlite3_bind_text(statement, 1, ask->number, -1, SQLITE_STATIC) ==
	    SQLITE_OK)
		outcome = read_rows(statement, ask, ret_rows);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return outcome;
}

const struct directory_engine directory_sqlite = {
	.placeholder = "?1",
	.connect = connect_file,
	.query = query_file,
	.close = close_connection,
};
