/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to the store, and work in them. */
#include "service/gateway/store_inside.h"

#include <sys/stat.h>

#include "base/clock.h"

enum {
	/* Who refuses does so at once. */
	SILENT_MS = 1000,
	SPARED_MS = 1000,
};

bool store_pool_init(struct store_pool *pool, size_t most)
{
	if (pthread_mutex_init(&pool->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&pool->freed, NULL) != 0) {
		(void)pthread_mutex_destroy(&pool->lock);
		return false;
	}
	pool->most = most;
	return true;
}

void store_pool_release(struct store_pool *pool,
                        const struct store_engine *engine)
{
	if (pool->most == 0)
		return;
	for (size_t i = 0; i < pool->idle_count; i++)
		engine->close(pool->idle[i]);
	(void)pthread_mutex_destroy(&pool->lock);
	(void)pthread_cond_destroy(&pool->freed);
}

/* A place among the connections; @ret_handle is NULL for a new one. */
static void wait_for_place(struct store_pool *pool, void **ret_handle)
{
	(void)pthread_mutex_lock(&pool->lock);
	while (pool->idle_count == 0 && pool->open == pool->most)
		(void)pthread_cond_wait(&pool->freed, &pool->lock);
	*ret_handle = NULL;
	if (pool->idle_count > 0)
		*ret_handle = pool->idle[--pool->idle_count];
	else
		pool->open++;
	(void)pthread_mutex_unlock(&pool->lock);
}

static void drop_place(struct store_pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->open--;
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}

/* What is written to a file that was moved, nobody would find again; and the
 * files beside another one in its place are not that one's. */
static bool is_in_place(const struct store *store)
{
	struct stat file;

	return store->path == NULL ||
	       (stat(store->path, &file) == 0 && file.st_dev == store->device &&
	        file.st_ino == store->inode);
}

static bool is_spared(struct store_pool *pool, uint64_t now_ms)
{
	bool spared = false;

	(void)pthread_mutex_lock(&pool->lock);
	spared = now_ms < pool->spared_ms;
	(void)pthread_mutex_unlock(&pool->lock);
	return spared;
}

static void note(struct store_pool *pool, uint64_t began_ms, bool good)
{
	uint64_t now_ms = clock_steady_ms();

	(void)pthread_mutex_lock(&pool->lock);
	if (good) {
		pool->came_ms = now_ms;
		pool->spared_ms = 0;
	} else if (now_ms >= began_ms + SILENT_MS && pool->came_ms < began_ms) {
		pool->spared_ms = now_ms + SPARED_MS;
	}
	(void)pthread_mutex_unlock(&pool->lock);
}

/* A server that says nothing costs seconds: not each request in turn, or a
 * long queue would wait for minutes to be told the same. */
static enum cccd_err connect_anew(struct store *store, struct store_pool *pool,
                                  void **ret)
{
	const struct store_place place = { .path = store->path,
		                           .conninfo = store->conninfo,
		                           .existing = true };
	uint64_t began_ms = clock_steady_ms();
	enum cccd_err err = CCCD_OK;

	if (is_spared(pool, began_ms))
		return CCCD_ERR_STORE;
	err = store->engine->connect(&place, NULL, ret);
	note(pool, began_ms, err == CCCD_OK);
	return err;
}

/* Waits for a free connection. */
static enum cccd_err take(struct store *store, struct store_pool *pool,
                          struct store_lease *ret)
{
	void *handle = NULL;
	enum cccd_err err = CCCD_OK;

	if (!is_in_place(store))
		return CCCD_ERR_STORE;
	wait_for_place(pool, &handle);
	if (handle == NULL)
		err = connect_anew(store, pool, &handle);
	if (err != CCCD_OK) {
		drop_place(pool);
		return err == CCCD_ERR_MEMORY ? err : CCCD_ERR_STORE;
	}
	*ret = (struct store_lease){ .store = store,
		                     .pool = pool,
		                     .handle = handle };
	return CCCD_OK;
}

/* One that is dead is not kept. */
static void give(const struct store_lease *lease)
{
	const struct store_engine *engine = lease->store->engine;
	struct store_pool *pool = lease->pool;

	if (!engine->alive(lease->handle)) {
		engine->close(lease->handle);
		drop_place(pool);
		return;
	}
	(void)pthread_mutex_lock(&pool->lock);
	pool->idle[pool->idle_count++] = lease->handle;
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}

static enum cccd_err work_in(struct store *store, struct store_pool *pool,
                             store_work_fn work, void *context)
{
	enum cccd_err err = CCCD_OK;

	/* A server that was restarted leaves dead connections, and as many of
	 * them as there were. */
	for (size_t i = 0; i <= pool->most; i++) {
		struct store_lease lease = { .store = NULL };
		bool dead = false;

		TRY(take(store, pool, &lease));
		err = work(&lease, context);
		dead = !store->engine->alive(lease.handle);
		give(&lease);
		if (err != CCCD_ERR_STORE || !dead)
			break;
	}
	return err;
}

enum cccd_err store_do(struct store *store, store_work_fn work, void *context)
{
	return work_in(store, &store->writers, work, context);
}

enum cccd_err store_read(struct store *store, store_work_fn work, void *context)
{
	bool apart = store->engine->single;

	return work_in(store, apart ? &store->readers : &store->writers, work,
	               context);
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
	/* What cannot be rolled back is not kept: see give(). */
	return err != CCCD_OK ? err : after;
}
