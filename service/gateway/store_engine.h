/* SPDX-License-Identifier: Apache-2.0 */
/* The two databases behind one table; both speak the same statements. */
#ifndef SERVICE_GATEWAY_STORE_ENGINE_H
#define SERVICE_GATEWAY_STORE_ENGINE_H

#include "service/gateway/store.h"

enum { STORE_PARAMS_MAX = 24, STORE_SCHEMA_VERSION = 2 };

/* One row, "" for NULL; borrowed for the call. False ends the walk. */
typedef bool (*store_row_fn)(void *context, const char *const *values);

/**
 * struct store_query - one statement.
 * @sql:    a constant, with $1, $2 … in the order of their first use
 * @params: texts; borrowed
 * @row:    NULL when rows are only counted
 */
struct store_query {
	const char *sql;
	const char *params[STORE_PARAMS_MAX];
	size_t count;
	store_row_fn row;
	void *context;
};

/**
 * struct store_engine - a database.
 * @begin:   opens a transaction in which we are the only writer
 * @durable: said before a transaction that must be on the disk when it is
 *           committed; NULL where every one is
 * @relaxed: said after it
 * @lock:    ends the SELECT of a row that is then written
 * @single:  only one connection may write; others read meanwhile
 * @connect: and bring the tables to our version; CCCD_ERR_POLICY_CONFIG when
 *           they are of a later one
 * @run:     @ret_rows may be NULL. CCCD_ERR_STORE
 * @alive:   whether the connection is worth keeping
 */
struct store_engine {
	const char *begin;
	const char *durable;
	const char *relaxed;
	const char *lock;
	bool single;
	enum cccd_err (*connect)(const struct store_place *place,
	                         struct cccd_error *error, void **ret);
	enum cccd_err (*run)(void *handle, const struct store_query *query,
	                     size_t *ret_rows);
	bool (*alive)(void *handle);
	void (*close)(void *handle);
};

extern const struct store_engine store_sqlite;
/* NULL in a build without libpq. */
extern const struct store_engine *const store_postgresql;

/**
 * struct store_step - a statement that leads to a version.
 * @sql: NULL after the last one
 */
struct store_step {
	long version;
	const char *sql;
};

/* From nothing to STORE_SCHEMA_VERSION, in this order. */
extern const struct store_step store_steps[];

#endif
