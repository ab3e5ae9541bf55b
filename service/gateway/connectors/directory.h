/* SPDX-License-Identifier: Apache-2.0 */
/* A table of one's own behind one of two engines; inside the connectors. */
#ifndef SERVICE_GATEWAY_CONNECTORS_DIRECTORY_H
#define SERVICE_GATEWAY_CONNECTORS_DIRECTORY_H

#include "service/gateway/connectors/connector.h"
#include "service/gateway/connectors/settings.h"

/** enum directory_column - in the order of directory_select. */
enum directory_column {
	COLUMN_ID_NUMBER = 0,
	COLUMN_OLD_NUMBER,
	COLUMN_FULL_NAME,
	COLUMN_DATE_OF_BIRTH,
	COLUMN_SEX,
	COLUMN_NATIONALITY,
	COLUMN_ETHNICITY,
	COLUMN_RELIGION,
	COLUMN_ORIGIN,
	COLUMN_RESIDENCE,
	COLUMN_CURRENT_RESIDENCE,
	COLUMN_FATHER_NAME,
	COLUMN_MOTHER_NAME,
	COLUMN_SPOUSE_NAME,
	DIRECTORY_COLUMNS,
};

/* Every column by its name, parted by commas. */
extern const char directory_select[];

enum { DIRECTORY_QUERY_MAX = 1024 };

/** enum directory_statement - the questions, each with one number in it. */
enum directory_statement {
	DIRECTORY_BY_ID = 0,
	DIRECTORY_BY_OLD,
	DIRECTORY_BY_OLD_ONLY, /* rows that have no number of 12 digits */
	DIRECTORY_STATEMENTS,
};

/**
 * struct directory_source - where the table is.
 * @path:     of an SQLite file
 * @conninfo: of PostgreSQL
 * @statements: with one parameter, for two rows at most
 */
struct directory_source {
	char path[SETTING_PATH_MAX];
	char conninfo[SETTING_SECRET_MAX];
	uint32_t connect_ms;
	uint32_t request_ms; /* the server ends a statement then */
	char statements[DIRECTORY_STATEMENTS][DIRECTORY_QUERY_MAX];
};

/**
 * directory_take_fn - one row.
 * @values: DIRECTORY_COLUMNS texts; NULL for SQL's null
 *
 * Return: whether the values are of the documented form.
 */
typedef bool (*directory_take_fn)(void *context, const char *const *values);

/** struct directory_ask - one look-up. */
struct directory_ask {
	enum directory_statement statement;
	const char *number;
	uint64_t deadline_ms;
	directory_take_fn take;
	void *context;
};

/**
 * struct directory_engine - reads; it has no way to write.
 * @connect: a connection of its own; REGISTRY_NOT_ASKED when there is one
 * @query:   rows to @take; REGISTRY_NOT_ASKED when it ran to its end, and then
 * @ret_rows is their number. After anything else the connection is closed
 * @close:   accepts NULL
 */
struct directory_engine {
	const char *placeholder;
	enum registry_outcome (*connect)(const struct directory_source *source,
	                                 uint64_t deadline_ms, void **ret);
	enum registry_outcome (*query)(void *connection,
	                               const struct directory_ask *ask,
	                               unsigned int *ret_rows);
	void (*close)(void *connection);
};

extern const struct directory_engine directory_sqlite;

/* NULL when this build has no libpq. */
extern const struct directory_engine *const directory_postgresql;

#endif
