/* SPDX-License-Identifier: Apache-2.0 */
/* Handles that one thread uses at a time and that are worth keeping. */
#include "service/gateway/connectors/pool.h"

bool pool_init(struct pool *pool, void (*close)(void *handle))
{
	pool->count = 0;
	pool->close = close;
	return pthread_mutex_init(&pool->lock, NULL) == 0;
}

void *pool_take(struct pool *pool)
{
	void *handle = NULL;

	(void)pthread_mutex_lock(&pool->lock);
	if (pool->count > 0)
		handle = pool->idle[--pool->count];
	(void)pthread_mutex_unlock(&pool->lock);
	return handle;
}

void pool_give(struct pool *pool, void *handle)
{
	if (handle == NULL)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	if (pool->count < POOL_MAX) {
		pool->idle[pool->count++] = handle;
		handle = NULL;
	}
	(void)pthread_mutex_unlock(&pool->lock);
	if (handle != NULL)
		pool->close(handle);
}

void pool_release(struct pool *pool)
{
	while (pool->count > 0)
		pool->close(pool->idle[--pool->count]);
	(void)pthread_mutex_destroy(&pool->lock);
}
