/* SPDX-License-Identifier: Apache-2.0 */
/* The store in a file of one's own: SQLite with a write-ahead log. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/macros.h"
#include "service/gateway/store_engine.h"

enum {
	BUSY_MS = 10000,
	PREPARED_MAX = 32,
	VERSION_TEXT_MAX = 40,
	/* Of a row: far above any column of ours. */
	COLUMNS_MAX = 32,
	FOLDER_MAX = 512,
};

/**
 * struct connection - a file and its prepared statements.
 * @texts: constants; a statement is known by where its text stands
 */
struct connection {
	sqlite3 *db;
	const char *texts[PREPARED_MAX];
	sqlite3_stmt *statements[PREPARED_MAX];
	size_t count;
};

static void close_file(void *handle)
{
	struct connection *connection = handle;

	if (connection == NULL)
		return;
	for (size_t i = 0; i < connection->count; i++)
		(void)sqlite3_finalize(connection->statements[i]);
	(void)sqlite3_close(connection->db);
	free(connection);
}

static bool execute(struct connection *connection, const char *sql)
{
	return sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static sqlite3_stmt *prepared(struct connection *connection, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	for (size_t i = 0; i < connection->count; i++)
		if (connection->texts[i] == sql)
			return connection->statements[i];
	if (connection->count == PREPARED_MAX ||
	    sqlite3_prepare_v3(connection->db, sql, -1,
	                       SQLITE_PREPARE_PERSISTENT, &statement,
	                       NULL) != SQLITE_OK)
		return NULL;
	connection->texts[connection->count] = sql;
	connection->statements[connection->count++] = statement;
	return statement;
}

static bool bind(sqlite3_stmt *statement, const struct store_query *query)
{
	/* Columns of numbers make numbers of texts by themselves. */
	for (size_t i = 0; i < query->count; i++)
		if (sqlite3_bind_text(statement, (int)i + 1, query->params[i],
		                      -1, SQLITE_STATIC) != SQLITE_OK)
			return false;
	return true;
}

static bool tell(sqlite3_stmt *statement, const struct store_query *query)
{
	const char *values[COLUMNS_MAX];
	int columns = sqlite3_column_count(statement);

	if (query->row == NULL)
		return true;
	for (int i = 0; i < columns && i < COLUMNS_MAX; i++) {
		values[i] = (const char *)sqlite3_column_text(statement, i);
		if (values[i] == NULL)
			values[i] = "";
	}
	return query->row(query->context, values);
}

static enum cccd_err run_file(void *handle, const struct store_query *query,
                              size_t *ret_rows)
{
	struct connection *connection = handle;
	sqlite3_stmt *statement = prepared(connection, query->sql);
	size_t rows = 0;
	int code = SQLITE_ERROR;

	if (statement == NULL)
		return CCCD_ERR_STORE;
	if (bind(statement, query))
		code = sqlite3_step(statement);
	for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
		rows++;
		if (!tell(statement, query)) {
			code = SQLITE_DONE;
			break;
		}
	}
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	if (code != SQLITE_DONE)
		return CCCD_ERR_STORE;
	if (ret_rows != NULL)
		*ret_rows = rows;
	return CCCD_OK;
}

/* -1 when it cannot be told. */
static int version_of(struct connection *connection)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(connection->db, "PRAGMA user_version", -1,
	                       &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return version;
}

/* Several programs may start at once: the first to get the lock does it. */
static bool make_tables(struct connection *connection)
{
	char mark[VERSION_TEXT_MAX];
	bool good = execute(connection, "BEGIN IMMEDIATE");
	int version = -1;

	if (!good)
		return false;
	version = version_of(connection);
	good = version >= 0;
	for (const struct store_step *step = store_steps;
	     good && step->sql != NULL; step++)
		if (step->version > version)
			good = execute(connection, step->sql);
	(void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %d",
	               STORE_SCHEMA_VERSION);
	if (good && version < STORE_SCHEMA_VERSION)
		good = execute(connection, mark);
	if (!good)
		(void)execute(connection, "ROLLBACK");
	return good && execute(connection, "COMMIT");
}

/* The log is nobody else's to read; SQLite's other files take this mode.
 * One that is there is left alone: to close it would give up the locks that
 * this process has on it. */
static void make_file(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (file >= 0)
		(void)close(file);
}

/* Of the file, or of its folder where it cannot be seen; ours if neither can.
 */
static uid_t owner_of(const char *path)
{
	char folder[FOLDER_MAX];
	struct stat facts;

	if (stat(path, &facts) == 0)
		return facts.st_uid;
	(void)snprintf(folder, sizeof(folder), "%s", path);
	if (strrchr(folder, '/') != NULL)
		*strrchr(folder, '/') = '\0';
	return stat(folder, &facts) == 0 ? facts.st_uid : geteuid();
}

/* A command that another user ran is told whose it is to run. */
static enum cccd_err fail_open(const struct connection *connection,
                               const char *path, struct cccd_error *error)
{
	uid_t owner = owner_of(path);

	if (owner != geteuid() && access(path, R_OK | W_OK) != 0)
		return fail(error, CCCD_ERR_STORE,
		            "%.80s: belongs to user %lu: run as it", path,
		            (unsigned long)owner);
	return fail_native(error, CCCD_ERR_STORE,
	                   sqlite3_errcode(connection->db), "%.80s: %.60s",
	                   path, sqlite3_errmsg(connection->db));
}

static enum cccd_err open_up(struct connection *connection,
                             const struct store_place *place,
                             struct cccd_error *error)
{
	const char *path = place->path;
	bool good = false;

	if (!place->existing)
		make_file(path);
	else if (access(path, F_OK) != 0 && errno == ENOENT)
		return fail_native(error, CCCD_ERR_STORE, errno,
		                   "%.100s: no such file", path);
	good = sqlite3_open_v2(path, &connection->db,
	                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	                       NULL) == SQLITE_OK;
	if (good) {
		(void)sqlite3_busy_timeout(connection->db, BUSY_MS);
		if (place->existing && version_of(connection) == 0)
			return fail(error, CCCD_ERR_STORE,
			            "%.100s: no gateway's file", path);
		good = execute(connection, "PRAGMA journal_mode = WAL") &&
		       execute(connection, "PRAGMA synchronous = NORMAL") &&
		       execute(connection, "PRAGMA secure_delete = ON") &&
		       (version_of(connection) >= STORE_SCHEMA_VERSION ||
		        make_tables(connection));
	}
	if (!good)
		return fail_open(connection, path, error);
	if (version_of(connection) != STORE_SCHEMA_VERSION)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: of a later version", path);
	return CCCD_OK;
}

static enum cccd_err connect_file(const struct store_place *place,
                                  struct cccd_error *error, void **ret)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	enum cccd_err err = CCCD_OK;

	if (connection == NULL)
		return CCCD_ERR_MEMORY;
	err = open_up(connection, place, error);
	if (err != CCCD_OK)
		close_file(connection);
	else
		*ret = connection;
	return err;
}

/* A file does not go away while it is open; a transaction that is left
 * open would. */
static bool is_alive(void *handle)
{
	const struct connection *connection = handle;

	return sqlite3_get_autocommit(connection->db) != 0;
}

const struct store_engine store_sqlite = {
	.begin = "BEGIN IMMEDIATE",
	/* Syncing this one puts everything before it on the disk, too. */
	.durable = "PRAGMA synchronous = FULL",
	.relaxed = "PRAGMA synchronous = NORMAL",
	.lock = "",
	.single = true,
	.connect = connect_file,
	.run = run_file,
	.alive = is_alive,
	.close = close_file,
};
