/* SPDX-License-Identifier: Apache-2.0 */
/* The store: its connections, nonces and devices. */
#include "service/gateway/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "service/gateway/store_inside.h"

static void number(int64_t value, char ret[static STORE_NUMBER_MAX])
{
	(void)snprintf(ret, STORE_NUMBER_MAX, "%" PRId64, value);
}

static size_t bounded(unsigned int connections)
{
	if (connections == 0)
		return 1;
	return connections < STORE_IDLE_MAX ? connections : STORE_IDLE_MAX;
}

static enum cccd_err set_up(struct store *store,
                            const struct store_place *place,
                            struct cccd_error *error)
{
	bool server = place->conninfo != NULL;
	size_t most = bounded(place->connections);

	store->engine = server ? store_postgresql : &store_sqlite;
	if (store->engine == NULL)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "built without libpq");
	/* Without attributes these only fail without memory. */
	if (!store_pool_init(&store->writers,
	                     store->engine->single ? 1 : most) ||
	    !store_pool_init(&store->readers, most) ||
	    !store_queue_init(&store->nonces, store_write_nonces, false) ||
	    !store_queue_init(&store->lines, store_write_lines, true))
		return CCCD_ERR_MEMORY;
	if (server)
		store->conninfo = strdup(place->conninfo);
	else
		store->path = strdup(place->path);
	if (store->conninfo == NULL && store->path == NULL)
		return CCCD_ERR_MEMORY;
	return CCCD_OK;
}

static enum cccd_err connect_first(struct store *store, bool existing,
                                   struct cccd_error *error)
{
	const struct store_place place = { .path = store->path,
		                           .conninfo = store->conninfo,
		                           .existing = existing };
	struct stat file;

	TRY(store->engine->connect(&place, error, &store->writers.idle[0]));
	store->writers.idle_count = 1;
	store->writers.open = 1;
	if (store->path == NULL)
		return CCCD_OK;
	if (stat(store->path, &file) != 0)
		return fail_native(error, CCCD_ERR_STORE, errno,
		                   "%.100s: it went away", store->path);
	store->device = file.st_dev;
	store->inode = file.st_ino;
	return CCCD_OK;
}

enum cccd_err store_open(const struct store_place *place,
                         struct cccd_error *error, struct store **ret)
{
	struct store *store = calloc(1, sizeof(*store));
	enum cccd_err err = CCCD_OK;

	if (store == NULL)
		return CCCD_ERR_MEMORY;
	err = set_up(store, place, error);
	if (err == CCCD_OK)
		err = connect_first(store, place->existing, error);
	if (err != CCCD_OK) {
		store_close(store);
		return err;
	}
	*ret = store;
	return CCCD_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_pool_release(&store->readers, store->engine);
	store_pool_release(&store->writers, store->engine);
	store_queue_release(&store->nonces);
	store_queue_release(&store->lines);
	if (store->conninfo != NULL)
		wipe(store->conninfo, strlen(store->conninfo));
	free(store->conninfo);
	free(store->path);
	free(store);
}

/**
 * struct nonce_work - what becomes of one nonce.
 * @work:  nonce_issue() or nonce_spend()
 * @found: what is said of a nonce that cannot be spent
 */
struct nonce_work {
	store_work_fn work;
	const struct store_spend *spend;
	char expires[STORE_NUMBER_MAX];
	char now[STORE_NUMBER_MAX];
	enum cccd_err found;
};

static enum cccd_err nonce_issue(struct store_lease *lease, void *context)
{
	const struct nonce_work *work = context;
	const struct store_query query = {
		.sql = "INSERT INTO gateway_nonces (nonce, caller, expires,"
		       " state, request_id, spent)"
		       " VALUES ($1, $2, $3, 0, '', 0)"
		       " ON CONFLICT (nonce) DO NOTHING",
		.params = { work->spend->nonce, work->spend->caller,
		            work->expires },
		.count = 3,
	};

	return store_run(lease, &query, NULL);
}

/* Columns: state, request_id, caller. */
static bool judge_nonce(void *context, const char *const *values)
{
	struct nonce_work *work = context;
	const struct store_spend *spend = work->spend;

	if (strcmp(values[2], spend->caller) != 0)
		work->found = CCCD_ERR_ASSERTION_NONCE;
	else if (strcmp(values[0], "0") == 0)
		work->found = CCCD_ERR_NONCE_EXPIRED;
	else if (strcmp(values[1], spend->request_id) == 0)
		work->found = CCCD_OK;
	else
		work->found = CCCD_ERR_NONCE_SPENT;
	return false;
}

/* A refusal is found, not failed: others stand in the same transaction. */
static enum cccd_err nonce_spend(struct store_lease *lease, void *context)
{
	struct nonce_work *work = context;
	const struct store_spend *spend = work->spend;
	const struct store_query update = {
		.sql = "UPDATE gateway_nonces SET state = 1, request_id = $1,"
		       " spent = $2, transaction_id = $3 WHERE nonce = $4"
		       " AND caller = $5 AND state = 0 AND expires >= $6"
		       " RETURNING state",
		.params = { spend->request_id, work->now, spend->transaction,
		            spend->nonce, spend->caller, work->now },
		.count = 6,
	};
	const struct store_query judge = {
		.sql = "SELECT state, request_id, caller FROM gateway_nonces"
		       " WHERE nonce = $1",
		.params = { spend->nonce },
		.count = 1,
		.row = judge_nonce,
		.context = work,
	};
	size_t rows = 0;

	work->found = CCCD_OK;
	TRY(store_run(lease, &update, &rows));
	if (rows == 1)
		return CCCD_OK;
	work->found = CCCD_ERR_ASSERTION_NONCE;
	return store_run(lease, &judge, NULL);
}

enum cccd_err store_write_nonces(struct store_lease *lease, void *context)
{
	const struct store_task *task = context;

	for (; task != NULL; task = task->next) {
		struct nonce_work *work = task->what;

		TRY(work->work(lease, work));
	}
	return CCCD_OK;
}

/* Where many connections write at once nobody waits for anybody, nor holds
 * the row of one nonce while it waits for that of another. */
static enum cccd_err work_nonce(struct store *store, struct nonce_work *work)
{
	if (store->engine->single)
		return store_queue_put(store, &store->nonces, work);
	return store_do(store, work->work, work);
}

enum cccd_err store_nonce_issue(struct store *store, const char *nonce,
                                const char *caller, int64_t expires)
{
	const struct store_spend issue = { .nonce = nonce, .caller = caller };
	struct nonce_work work = { .work = nonce_issue, .spend = &issue };

	number(expires, work.expires);
	return work_nonce(store, &work);
}

enum cccd_err store_nonce_spend(struct store *store,
                                const struct store_spend *spend)
{
	struct nonce_work work = { .work = nonce_spend, .spend = spend };

	number(spend->now, work.now);
	TRY(work_nonce(store, &work));
	return work.found;
}

/** struct counting - a statement, and how many rows it hit. */
struct counting {
	struct store_query query;
	size_t rows;
};

static enum cccd_err run_counting(struct store_lease *lease, void *context)
{
	struct counting *work = context;

	return store_run(lease, &work->query, &work->rows);
}

static enum cccd_err count_in_transaction(struct store_lease *lease,
                                          void *context)
{
	return store_transact(lease, true, run_counting, context);
}

enum cccd_err store_nonce_sweep(struct store *store, int64_t before,
                                bool *ret_more)
{
	char limit[STORE_NUMBER_MAX];
	struct counting work = {
		.query = { .sql = "DELETE FROM gateway_nonces WHERE nonce IN"
		                  " (SELECT nonce FROM gateway_nonces"
		                  " WHERE expires < $1 AND state <> 1"
		                  " LIMIT 500) RETURNING nonce",
		           .params = { limit },
		           .count = 1 },
	};

	number(before, limit);
	TRY(store_do(store, run_counting, &work));
	*ret_more = work.rows > 0;
	return CCCD_OK;
}

static enum cccd_err look(struct store_lease *lease, void *context)
{
	const struct store_query tables = {
		.sql = "SELECT nonce FROM gateway_nonces, gateway_devices,"
		       " usage_log WHERE nonce = '' AND thumbprint = ''"
		       " AND seq = 0",
	};
	const struct store_query touch = {
		/* SQLite writes nothing for what stays the same. */
		.sql = "UPDATE usage_chain SET looked = looked + 1"
		       " WHERE one = 1 RETURNING looked",
	};
	size_t rows = 0;

	(void)context;
	TRY(store_run(lease, &tables, NULL));
	TRY(store_run(lease, &touch, &rows));
	return rows == 1 ? CCCD_OK : CCCD_ERR_STORE;
}

static enum cccd_err look_durably(struct store_lease *lease, void *context)
{
	return store_transact(lease, true, look, context);
}

enum cccd_err store_look(struct store *store)
{
	return store_do(store, look_durably, NULL);
}

enum cccd_err store_device_add(struct store *store,
                               const struct store_device *device)
{
	struct counting work = {
		.query = { .sql = "INSERT INTO gateway_devices (thumbprint,"
		                  " name, jwk, added, revoked)"
		                  " VALUES ($1, $2, $3, $4, '')"
		                  " ON CONFLICT (thumbprint) DO NOTHING"
		                  " RETURNING thumbprint",
		           .params = { device->thumbprint, device->name,
		                       device->jwk, device->added },
		           .count = 4 },
	};

	TRY(store_do(store, count_in_transaction, &work));
	return work.rows == 1 ? CCCD_OK : CCCD_ERR_USAGE_STATE;
}

enum cccd_err store_device_revoke(struct store *store, const char *thumbprint,
                                  const char *when)
{
	struct counting work = {
		.query = { .sql = "UPDATE gateway_devices SET revoked ="
		                  " CASE WHEN revoked = '' THEN $1"
		                  " ELSE revoked END WHERE thumbprint = $2"
		                  " RETURNING thumbprint",
		           .params = { when, thumbprint },
		           .count = 2 },
	};

	TRY(store_do(store, count_in_transaction, &work));
	return work.rows == 1 ? CCCD_OK : CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
}

#define DEVICE_COLUMNS "thumbprint, name, jwk, added, revoked"

/** struct device_walk - who looks at devices. */
struct device_walk {
	store_device_fn visit;
	void *context;
	bool only_counting;
	bool revoked;
};

static bool show_device(void *context, const char *const *values)
{
	struct device_walk *walk = context;
	const struct store_device device = {
		.thumbprint = values[0],
		.name = values[1],
		.jwk = values[2],
		.added = values[3],
		.revoked = values[4],
	};

	walk->revoked = device.revoked[0] != '\0';
	if (walk->only_counting && walk->revoked)
		return false;
	return walk->visit(walk->context, &device);
}

enum cccd_err store_device_find(struct store *store, const char *thumbprint,
                                store_device_fn visit, void *context)
{
	struct device_walk walk = { .visit = visit,
		                    .context = context,
		                    .only_counting = true };
	struct counting work = {
		.query = { .sql = "SELECT " DEVICE_COLUMNS
		                  " FROM gateway_devices WHERE thumbprint = $1",
		           .params = { thumbprint },
		           .count = 1,
		           .row = show_device,
		           .context = &walk },
	};

	TRY(store_read(store, run_counting, &work));
	if (work.rows == 0)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	return walk.revoked ? CCCD_ERR_ASSERTION_DEVICE_REVOKED : CCCD_OK;
}

enum cccd_err store_device_list(struct store *store, store_device_fn visit,
                                void *context)
{
	struct device_walk walk = { .visit = visit, .context = context };
	struct counting work = {
		.query = { .sql = "SELECT " DEVICE_COLUMNS
		                  " FROM gateway_devices"
		                  " ORDER BY added, thumbprint",
		           .row = show_device,
		           .context = &walk },
	};

	return store_read(store, run_counting, &work);
}
