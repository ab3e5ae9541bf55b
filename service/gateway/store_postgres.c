/* SPDX-License-Identifier: Apache-2.0 */
/* The store in PostgreSQL, for several gateways behind one address. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/macros.h"
#include "service/gateway/store_engine.h"

enum {
	COLUMNS_MAX = 32,
	PREPARED_MAX = 32,
	PREPARED_NAME = 8,
	VERSION_MAX = 12
};

static void keep_quiet(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/**
 * struct connection - of libpq.
 * @texts:  constants that were prepared; known by where they stand
 * @broken: an answer ended without the server's word: libpq itself may
 *          still take the connection for a good one
 */
struct connection {
	PGconn *pg;
	const char *texts[PREPARED_MAX];
	size_t count;
	bool broken;
};

static void close_connection(void *handle)
{
	struct connection *connection = handle;

	PQfinish(connection->pg);
	free(connection);
}

static bool is_alive(void *handle)
{
	const struct connection *connection = handle;

	return !connection->broken &&
	       PQstatus(connection->pg) == CONNECTION_OK &&
	       PQtransactionStatus(connection->pg) == PQTRANS_IDLE;
}

static void tell(const PGresult *result, const struct store_query *query)
{
	const char *values[COLUMNS_MAX];
	int columns = PQnfields(result);

	for (int row = 0; row < PQntuples(result); row++) {
		for (int i = 0; i < columns && i < COLUMNS_MAX; i++)
			values[i] = PQgetvalue(result, row, i);
		if (!query->row(query->context, values))
			return;
	}
}

static size_t number_of(const struct connection *connection, const char *sql)
{
	size_t i = 0;

	while (i < connection->count && connection->texts[i] != sql)
		i++;
	return i;
}

/* Parsed and planned once; a statement without parameters says only where a
 * transaction begins or ends. */
static PGresult *execute(struct connection *connection,
                         const struct store_query *query)
{
	size_t at = number_of(connection, query->sql);
	char name[PREPARED_NAME];
	PGresult *result = NULL;

	if (query->count == 0 || at == PREPARED_MAX)
		return PQexecParams(connection->pg, query->sql,
		                    (int)query->count, NULL, query->params,
		                    NULL, NULL, 0);
	(void)snprintf(name, sizeof(name), "s%zu", at);
	if (at == connection->count) {
		result = PQprepare(connection->pg, name, query->sql, 0, NULL);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			return result;
		PQclear(result);
		connection->texts[connection->count++] = query->sql;
	}
	return PQexecPrepared(connection->pg, name, (int)query->count,
	                      query->params, NULL, NULL, 0);
}

static enum cccd_err run_query(void *handle, const struct store_query *query,
                               size_t *ret_rows)
{
	struct connection *connection = handle;
	PGresult *result = execute(connection, query);
	ExecStatusType status = PQresultStatus(result);
	enum cccd_err err = CCCD_ERR_STORE;

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		err = CCCD_OK;
		if (query->row != NULL)
			tell(result, query);
		if (ret_rows != NULL)
			*ret_rows = (size_t)PQntuples(result);
	} else {
		connection->broken =
		        PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL;
	}
	PQclear(result);
	return err;
}

static enum cccd_err say(struct connection *connection, const char *sql)
{
	const struct store_query query = { .sql = sql };

	return run_query(connection, &query, NULL);
}

static bool take_version(void *context, const char *const *values)
{
	long *version = context;

	*version = strtol(values[0], NULL, 10);
	return true;
}

static enum cccd_err make_tables(struct connection *connection, bool existing,
                                 long *ret_version)
{
	const struct store_query ask = {
		.sql = "SELECT version FROM gateway_schema",
		.row = take_version,
		.context = ret_version,
	};
	char version[VERSION_MAX];
	const struct store_query mark = {
		.sql = "INSERT INTO gateway_schema (version) VALUES ($1)",
		.params = { version },
		.count = 1,
	};

	/* One number for every gateway of every version, whoever is first. */
	TRY(say(connection, "SELECT pg_advisory_xact_lock(720150317)"));
	TRY(say(connection, "CREATE TABLE IF NOT EXISTS gateway_schema"
	                    " (version BIGINT NOT NULL)"));
	TRY(run_query(connection, &ask, NULL));
	if (*ret_version >= STORE_SCHEMA_VERSION)
		return CCCD_OK;
	if (existing && *ret_version == 0)
		return CCCD_ERR_STORE;
	/* An index of a log of years takes its time. */
	TRY(say(connection, "SET LOCAL statement_timeout = 0"));
	for (const struct store_step *step = store_steps; step->sql != NULL;
	     step++)
		if (step->version > *ret_version)
			TRY(say(connection, step->sql));
	(void)snprintf(version, sizeof(version), "%d", STORE_SCHEMA_VERSION);
	TRY(say(connection, "DELETE FROM gateway_schema"));
	TRY(run_query(connection, &mark, NULL));
	*ret_version = STORE_SCHEMA_VERSION;
	return CCCD_OK;
}

static enum cccd_err bring_up(struct connection *connection, bool existing,
                              struct cccd_error *error)
{
	/* Whoever vanishes in a transaction holds the others up for less than
	 * they wait; a line is on the disk whatever the server's habit. */
	static const char *const manners[] = {
		"SET statement_timeout = '10s'",
		"SET idle_in_transaction_session_timeout = '5s'",
		"SET tcp_keepalives_idle = 5",
		"SET tcp_keepalives_interval = 5",
		"SET tcp_keepalives_count = 3",
		"SET synchronous_commit = on",
	};
	long version = 0;
	enum cccd_err err = CCCD_OK;

	for (size_t i = 0; err == CCCD_OK && i < ARRAY_LEN(manners); i++)
		err = say(connection, manners[i]);
	if (err == CCCD_OK)
		err = say(connection, "BEGIN");
	if (err == CCCD_OK)
		err = make_tables(connection, existing, &version);
	if (err == CCCD_OK)
		err = say(connection, "COMMIT");
	if (err != CCCD_OK)
		return fail(error, err, "the tables cannot be made or read");
	if (version != STORE_SCHEMA_VERSION)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the tables are of a later version");
	return CCCD_OK;
}

/* Which kind of failure it was; the message of libpq may hold the user, the
 * host, the password's source. */
static enum cccd_err judge_failure(const char *conninfo,
                                   const char *const *names,
                                   const char *const *values,
                                   struct cccd_error *error)
{
	PQconninfoOption *words = NULL;

	if (error == NULL)
		return CCCD_ERR_STORE;
	words = PQconninfoParse(conninfo, NULL);
	if (words == NULL)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "store_conninfo_file: these are not libpq's "
		            "words");
	PQconninfoFree(words);
	switch (PQpingParams(names, values, 1)) {
	case PQPING_OK:
		return fail(error, CCCD_ERR_STORE,
		            "the database server answers, and refuses this "
		            "user, password or database");
	case PQPING_REJECT:
		return fail(error, CCCD_ERR_STORE,
		            "the database server takes nobody now");
	case PQPING_NO_RESPONSE:
		return fail(error, CCCD_ERR_STORE,
		            "no database server answers at the place of "
		            "store_conninfo_file");
	case PQPING_NO_ATTEMPT:
	default:
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "store_conninfo_file: a value is not valid");
	}
}

static enum cccd_err connect_server(const struct store_place *place,
                                    struct cccd_error *error, void **ret)
{
	/* What stands later overrules, and the first one is expanded. A
	 * server that is gone without a word is noticed after 20 s, while we
	 * send by the first setting, while we wait for it by the others. */
	const char *const names[] = {
		"tcp_user_timeout", "keepalives_idle",  "keepalives_interval",
		"keepalives_count", "dbname",           "client_encoding",
		"connect_timeout",  "application_name", NULL
	};
	const char *const values[] = {
		"20000",        "5", "5", "3", place->conninfo, "UTF8", "5",
		"cccd-gateway", NULL
	};
	struct connection *connection = calloc(1, sizeof(*connection));
	enum cccd_err err = CCCD_OK;

	if (connection == NULL)
		return CCCD_ERR_MEMORY;
	connection->pg = PQconnectdbParams(names, values, 1);
	(void)PQsetNoticeProcessor(connection->pg, keep_quiet, NULL);
	if (PQstatus(connection->pg) != CONNECTION_OK)
		err = judge_failure(place->conninfo, names, values, error);
	else
		err = bring_up(connection, place->existing, error);
	if (err != CCCD_OK)
		close_connection(connection);
	else
		*ret = connection;
	return err;
}

static const struct store_engine engine = {
	.begin = "BEGIN",
	.lock = " FOR UPDATE",
	.connect = connect_server,
	.run = run_query,
	.alive = is_alive,
	.close = close_connection,
};

const struct store_engine *const store_postgresql = &engine;
