/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in PostgreSQL, in transactions that cannot write. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "service/gateway/connectors/directory.h"

struct connection {
	PGconn *pg;
};

static const char *const statement_names[DIRECTORY_STATEMENTS] = {
	[DIRECTORY_BY_ID] = "by_id",
	[DIRECTORY_BY_OLD] = "by_old",
	[DIRECTORY_BY_OLD_ONLY] = "by_old_only",
};

static void close_connection(void *handle)
{
	struct connection *connection = handle;

	if (connection == NULL)
		return;
	PQfinish(connection->pg);
	free(connection);
}

/* Until the socket is ready; false at the deadline. */
static bool wait_for(const PGconn *pg, short events, uint64_t deadline_ms)
{
	struct pollfd ready = { .fd = PQsocket(pg), .events = events };

	for (;;) {
		uint64_t now = clock_steady_ms();
		int step = 0;

		if (now >= deadline_ms || ready.fd < 0)
			return false;
		step = deadline_ms - now < 1000 ? (int)(deadline_ms - now)
		                                : 1000;
		if (poll(&ready, 1, step) > 0)
			return true;
	}
}

static enum registry_outcome finish_connect(PGconn *pg, uint64_t deadline_ms)
{
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	while (status != PGRES_POLLING_OK) {
		short events =
		        status == PGRES_POLLING_READING ? POLLIN : POLLOUT;

		if (status == PGRES_POLLING_FAILED)
			return REGISTRY_UNREACHABLE;
		if (!wait_for(pg, events, deadline_ms))
			return PQsocket(pg) < 0 ? REGISTRY_UNREACHABLE
			                        : REGISTRY_TIME_OUT;
		status = PQconnectPoll(pg);
	}
	return REGISTRY_NOT_ASKED;
}

/* The one result of a command; what follows it is read to the end. */
static enum registry_outcome take_result(PGconn *pg, uint64_t deadline_ms,
                                         PGresult **ret)
{
	PGresult *first = NULL;

	for (;;) {
		PGresult *result = NULL;

		while (PQisBusy(pg) != 0) {
			if (!wait_for(pg, POLLIN, deadline_ms)) {
				PQclear(first);
				return REGISTRY_TIME_OUT;
			}
			if (PQconsumeInput(pg) == 0) {
				PQclear(first);
				return REGISTRY_BROKEN_OFF;
			}
		}
		result = PQgetResult(pg);
		if (result == NULL)
			break;
		if (first == NULL)
			first = result;
		else
			PQclear(result);
	}
	if (first == NULL)
		return REGISTRY_BROKEN_OFF;
	*ret = first;
	return REGISTRY_NOT_ASKED;
}

static enum registry_outcome judge(PGconn *pg, const PGresult *result,
                                   ExecStatusType wanted)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (PQresultStatus(result) == wanted)
		return REGISTRY_NOT_ASKED;
	/* query_canceled: statement_timeout. */
	if (state != NULL && strcmp(state, "57014") == 0)
		return REGISTRY_TIME_OUT;
	return PQstatus(pg) == CONNECTION_OK ? REGISTRY_DATABASE
	                                     : REGISTRY_BROKEN_OFF;
}

static enum registry_outcome prepare_one(PGconn *pg, const char *name,
                                         const char *text, uint64_t deadline_ms)
{
	PGresult *result = NULL;
	enum registry_outcome outcome = REGISTRY_BROKEN_OFF;

	if (PQsendPrepare(pg, name, text, 1, NULL) != 0)
		outcome = take_result(pg, deadline_ms, &result);
	if (outcome == REGISTRY_NOT_ASKED)
		outcome = judge(pg, result, PGRES_COMMAND_OK);
	PQclear(result);
	return outcome;
}

static enum registry_outcome
prepare(PGconn *pg, const struct directory_source *source, uint64_t deadline_ms)
{
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;

	for (size_t i = 0;
	     i < DIRECTORY_STATEMENTS && outcome == REGISTRY_NOT_ASKED; i++)
		outcome = prepare_one(pg, statement_names[i],
		                      source->statements[i], deadline_ms);
	return outcome;
}

/* libpq would write what the server remarks to standard error. */
static void keep_quiet(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/* The name may come with settings of its own; ours come after it. */
static PGconn *begin_connect(const struct directory_source *source)
{
	char options[96];
	PGconn *pg = NULL;

	static const char *const keys[] = { "dbname", "client_encoding",
		                            "options",
		                            "fallback_application_name", NULL };
	const char *const values[] = { source->conninfo, "UTF8", options,
		                       "cccd-gateway", NULL };

	(void)snprintf(options, sizeof(options),
	               "-c default_transaction_read_only=on "
	               "-c statement_timeout=%u",
	               source->request_ms);
	pg = PQconnectStartParams(keys, values, 1);
	(void)PQsetNoticeProcessor(pg, keep_quiet, NULL);
	return pg;
}

static enum registry_outcome
connect_server(const struct directory_source *source, uint64_t deadline_ms,
               void **ret)
{
	uint64_t own = clock_steady_ms() + source->connect_ms;
	uint64_t until = own < deadline_ms ? own : deadline_ms;
	struct connection *connection = calloc(1, sizeof(*connection));
	enum registry_outcome outcome = REGISTRY_UNREACHABLE;

	if (connection == NULL)
		return REGISTRY_DATABASE;
	connection->pg = begin_connect(source);
	if (connection->pg != NULL &&
	    PQstatus(connection->pg) != CONNECTION_BAD)
		outcome = finish_connect(connection->pg, until);
	if (outcome == REGISTRY_NOT_ASKED)
		outcome = prepare(connection->pg, source, until);
	if (outcome != REGISTRY_NOT_ASKED) {
		close_connection(connection);
		return outcome;
	}
	*ret = connection;
	return REGISTRY_NOT_ASKED;
}

static bool tell(const PGresult *result, const struct directory_ask *ask)
{
	const char *values[DIRECTORY_COLUMNS];

	if (PQnfields(result) != DIRECTORY_COLUMNS)
		return false;
	for (int i = 0; i < DIRECTORY_COLUMNS; i++)
		values[i] = PQgetisnull(result, 0, i) != 0
		                    ? NULL
		                    : PQgetvalue(result, 0, i);
	return ask->take(ask->context, values);
}

/* Two rows of short texts; libpq frees them unwiped, so they are wiped. */
static void wipe_result(PGresult *result)
{
	for (int row = 0; row < PQntuples(result); row++)
		for (int i = 0; i < PQnfields(result); i++)
			wipe(PQgetvalue(result, row, i),
			     (size_t)PQgetlength(result, row, i));
	PQclear(result);
}

static enum registry_outcome query_server(void *handle,
                                          const struct directory_ask *ask,
                                          unsigned int *ret_rows)
{
	struct connection *connection = handle;
	const char *const values[] = { ask->number };
	PGresult *result = NULL;
	enum registry_outcome outcome = REGISTRY_BROKEN_OFF;

	if (PQsendQueryPrepared(connection->pg, statement_names[ask->statement],
	                        1, values, NULL, NULL, 0) != 0)
		outcome =
		        take_result(connection->pg, ask->deadline_ms, &result);
	if (outcome == REGISTRY_NOT_ASKED)
		outcome = judge(connection->pg, result, PGRES_TUPLES_OK);
	if (outcome == REGISTRY_NOT_ASKED) {
		*ret_rows = (unsigned int)PQntuples(result);
		if (*ret_rows > 0 && !tell(result, ask))
			outcome = REGISTRY_DATABASE;
	}
	if (result != NULL)
		wipe_result(result);
	return outcome;
}

static const struct directory_engine engine = {
	.placeholder = "$1",
	.connect = connect_server,
	.query = query_server,
	.close = close_connection,
};

const struct directory_engine *const directory_postgresql = &engine;
