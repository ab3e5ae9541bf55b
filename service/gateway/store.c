/* SPDX-License-Identifier: Apache-2.0 */
/* The store: its connections, nonces and devices. */
#include "service/gateway/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "service/gateway/store_inside.h"

enum { NUMBER_MAX = 24 };

static void number(int64_t value, char ret[static NUMBER_MAX])
{
	(void)snprintf(ret, NUMBER_MAX, "%" PRId64, value);
}

static enum cccd_err set_up(struct store *store,
                            const struct store_place *place,
                            struct cccd_error *error)
{
	bool server = place->conninfo != NULL;

	store->engine = server ? store_postgresql : &store_sqlite;
	if (store->engine == NULL)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "built without libpq");
	store->most = store->engine->single ? 1 : place->connections;
	if (store->most == 0)
		store->most = 1;
	if (store->most > STORE_IDLE_MAX)
		store->most = STORE_IDLE_MAX;
	store->last = &store->first;
	if (server)
		store->conninfo = strdup(place->conninfo);
	else
		store->path = strdup(place->path);
	if (store->conninfo == NULL && store->path == NULL)
		return CCCD_ERR_MEMORY;
	return CCCD_OK;
}

enum cccd_err store_open(const struct store_place *place,
                         struct cccd_error *error, struct store **ret)
{
	struct store *store = calloc(1, sizeof(*store));
	struct store_place own;
	enum cccd_err err = CCCD_OK;

	if (store == NULL)
		return CCCD_ERR_MEMORY;
	/* Without attributes these only fail without memory. */
	if (pthread_mutex_init(&store->lock, NULL) != 0 ||
	    pthread_cond_init(&store->freed, NULL) != 0 ||
	    pthread_mutex_init(&store->log_lock, NULL) != 0 ||
	    pthread_cond_init(&store->written, NULL) != 0) {
		free(store);
		return CCCD_ERR_MEMORY;
	}
	err = set_up(store, place, error);
	own = (struct store_place){ .path = store->path,
		                    .conninfo = store->conninfo };
	if (err == CCCD_OK)
		err = store->engine->connect(&own, error, &store->idle[0]);
	if (err != CCCD_OK) {
		store_close(store);
		return err;
	}
	store->idle_count = 1;
	store->open = 1;
	*ret = store;
	return CCCD_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->idle_count; i++)
		store->engine->close(store->idle[i]);
	if (store->conninfo != NULL)
		wipe(store->conninfo, strlen(store->conninfo));
	free(store->conninfo);
	free(store->path);
	(void)pthread_mutex_destroy(&store->lock);
	(void)pthread_cond_destroy(&store->freed);
	(void)pthread_mutex_destroy(&store->log_lock);
	(void)pthread_cond_destroy(&store->written);
	free(store);
}

/* A place among the connections; @ret_handle is NULL for a new one. */
static void wait_for_place(struct store *store, void **ret_handle)
{
	(void)pthread_mutex_lock(&store->lock);
	while (store->idle_count == 0 && store->open == store->most)
		(void)pthread_cond_wait(&store->freed, &store->lock);
	*ret_handle = NULL;
	if (store->idle_count > 0)
		*ret_handle = store->idle[--store->idle_count];
	else
		store->open++;
	(void)pthread_mutex_unlock(&store->lock);
}

static void drop_place(struct store *store)
{
	(void)pthread_mutex_lock(&store->lock);
	store->open--;
	(void)pthread_cond_signal(&store->freed);
	(void)pthread_mutex_unlock(&store->lock);
}

enum cccd_err store_take(struct store *store, struct store_lease *ret)
{
	const struct store_place place = { .path = store->path,
		                           .conninfo = store->conninfo };
	void *handle = NULL;
	enum cccd_err err = CCCD_OK;

	wait_for_place(store, &handle);
	if (handle == NULL)
		err = store->engine->connect(&place, NULL, &handle);
	if (err != CCCD_OK) {
		drop_place(store);
		return err == CCCD_ERR_MEMORY ? err : CCCD_ERR_STORE;
	}
	*ret = (struct store_lease){ .store = store, .handle = handle };
	return CCCD_OK;
}

void store_give(struct store_lease *lease)
{
	struct store *store = lease->store;

	if (!store->engine->alive(lease->handle)) {
		store->engine->close(lease->handle);
		drop_place(store);
		return;
	}
	(void)pthread_mutex_lock(&store->lock);
	store->idle[store->idle_count++] = lease->handle;
	(void)pthread_cond_signal(&store->freed);
	(void)pthread_mutex_unlock(&store->lock);
}

enum cccd_err store_do(struct store *store, store_work_fn work, void *context)
{
	enum cccd_err err = CCCD_OK;

	/* A server that was restarted leaves dead connections, and as many of
	 * them as there were. */
	for (size_t i = 0; i <= store->most; i++) {
		struct store_lease lease = { .store = NULL };
		bool dead = false;

		TRY(store_take(store, &lease));
		err = work(&lease, context);
		dead = !store->engine->alive(lease.handle);
		store_give(&lease);
		if (err != CCCD_ERR_STORE || !dead)
			break;
	}
	return err;
}

enum cccd_err store_run(struct store_lease *lease,
                        const struct store_query *query, size_t *ret_rows)
{
	return lease->store->engine->run(lease->handle, query, ret_rows);
}

static enum cccd_err say(struct store_lease *lease, const char *sql)
{
	const struct store_query query = { .sql = sql };

	return sql == NULL ? CCCD_OK : store_run(lease, &query, NULL);
}

enum cccd_err store_transact(struct store_lease *lease, bool durable,
                             store_work_fn work, void *context)
{
	const struct store_engine *engine = lease->store->engine;
	enum cccd_err err = CCCD_OK;
	enum cccd_err after = CCCD_OK;

	if (durable)
		TRY(say(lease, engine->durable));
	err = say(lease, engine->begin);
	if (err == CCCD_OK) {
		err = work(lease, context);
		if (err == CCCD_OK)
			err = say(lease, "COMMIT");
		if (err != CCCD_OK)
			after = say(lease, "ROLLBACK");
	}
	if (durable && after == CCCD_OK)
		after = say(lease, engine->relaxed);
	/* What cannot be rolled back is not kept: see store_give(). */
	return err != CCCD_OK ? err : after;
}

static enum cccd_err run_once(struct store_lease *lease, void *context)
{
	return store_run(lease, context, NULL);
}

enum cccd_err store_nonce_issue(struct store *store, const char *nonce,
                                const char *caller, int64_t expires)
{
	char until[NUMBER_MAX];
	struct store_query query = {
		.sql = "INSERT INTO gateway_nonces (nonce, caller, expires,"
		       " state, request_id, spent)"
		       " VALUES ($1, $2, $3, 0, '', 0)"
		       " ON CONFLICT (nonce) DO NOTHING",
		.params = { nonce, caller, until },
		.count = 3,
	};

	number(expires, until);
	return store_do(store, run_once, &query);
}

/** struct spending - a nonce, and what is found where it cannot be spent. */
struct spending {
	const struct store_spend *spend;
	char now[NUMBER_MAX];
	enum cccd_err found;
};

/* Columns: state, request_id, caller, and whether it has expired. */
static bool judge_nonce(void *context, const char *const *values)
{
	struct spending *spending = context;
	const struct store_spend *spend = spending->spend;

	if (strcmp(values[2], spend->caller) != 0)
		spending->found = CCCD_ERR_ASSERTION_NONCE;
	else if (strcmp(values[0], "0") == 0)
		spending->found = CCCD_ERR_NONCE_EXPIRED;
	else if (strcmp(values[1], spend->request_id) == 0)
		spending->found = CCCD_OK;
	else
		spending->found = CCCD_ERR_NONCE_SPENT;
	return false;
}

static enum cccd_err spend_nonce(struct store_lease *lease, void *context)
{
	struct spending *spending = context;
	const struct store_spend *spend = spending->spend;
	const struct store_query update = {
		.sql = "UPDATE gateway_nonces SET state = 1, request_id = $1,"
		       " spent = $2 WHERE nonce = $3 AND caller = $4"
		       " AND state = 0 AND expires >= $5 RETURNING state",
		.params = { spend->request_id, spending->now, spend->nonce,
		            spend->caller, spending->now },
		.count = 5,
	};
	const struct store_query look = {
		.sql = "SELECT state, request_id, caller FROM gateway_nonces"
		       " WHERE nonce = $1",
		.params = { spend->nonce },
		.count = 1,
		.row = judge_nonce,
		.context = spending,
	};
	size_t rows = 0;

	spending->found = CCCD_ERR_ASSERTION_NONCE;
	TRY(store_run(lease, &update, &rows));
	if (rows == 1)
		return CCCD_OK;
	TRY(store_run(lease, &look, NULL));
	return spending->found;
}

enum cccd_err store_nonce_spend(struct store *store,
                                const struct store_spend *spend)
{
	struct spending spending = { .spend = spend };

	number(spend->now, spending.now);
	return store_do(store, spend_nonce, &spending);
}

enum cccd_err store_nonce_sweep(struct store *store, int64_t before)
{
	char limit[NUMBER_MAX];
	struct store_query query = {
		.sql = "DELETE FROM gateway_nonces WHERE expires < $1"
		       " AND state <> 1",
		.params = { limit },
		.count = 1,
	};

	number(before, limit);
	return store_do(store, run_once, &query);
}

/** struct device_work - a statement about a device, and how many it hit. */
struct device_work {
	struct store_query query;
	size_t rows;
};

static enum cccd_err work_device(struct store_lease *lease, void *context)
{
	struct device_work *work = context;

	return store_run(lease, &work->query, &work->rows);
}

enum cccd_err store_device_add(struct store *store,
                               const struct store_device *device)
{
	struct device_work work = {
		.query = { .sql = "INSERT INTO gateway_devices (thumbprint,"
		                  " name, jwk, added, revoked)"
		                  " VALUES ($1, $2, $3, $4, '')"
		                  " ON CONFLICT (thumbprint) DO NOTHING"
		                  " RETURNING thumbprint",
		           .params = { device->thumbprint, device->name,
		                       device->jwk, device->added },
		           .count = 4 },
	};

	TRY(store_do(store, work_device, &work));
	return work.rows == 1 ? CCCD_OK : CCCD_ERR_USAGE_STATE;
}

enum cccd_err store_device_revoke(struct store *store, const char *thumbprint,
                                  const char *when)
{
	struct device_work work = {
		.query = { .sql = "UPDATE gateway_devices SET revoked ="
		                  " CASE WHEN revoked = '' THEN $1"
		                  " ELSE revoked END WHERE thumbprint = $2"
		                  " RETURNING thumbprint",
		           .params = { when, thumbprint },
		           .count = 2 },
	};

	TRY(store_do(store, work_device, &work));
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
	struct device_work work = {
		.query = { .sql = "SELECT " DEVICE_COLUMNS
		                  " FROM gateway_devices WHERE thumbprint = $1",
		           .params = { thumbprint },
		           .count = 1,
		           .row = show_device,
		           .context = &walk },
	};

	TRY(store_do(store, work_device, &work));
	if (work.rows == 0)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	return walk.revoked ? CCCD_ERR_ASSERTION_DEVICE_REVOKED : CCCD_OK;
}

enum cccd_err store_device_list(struct store *store, store_device_fn visit,
                                void *context)
{
	struct device_walk walk = { .visit = visit, .context = context };
	struct device_work work = {
		.query = { .sql = "SELECT " DEVICE_COLUMNS
		                  " FROM gateway_devices"
		                  " ORDER BY added, thumbprint",
		           .row = show_device,
		           .context = &walk },
	};

	return store_do(store, work_device, &work);
}
