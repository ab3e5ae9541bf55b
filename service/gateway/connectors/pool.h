/* SPDX-License-Identifier: Apache-2.0 */
/* Handles that one thread uses at a time and that are worth keeping. */
#ifndef SERVICE_GATEWAY_CONNECTORS_POOL_H
#define SERVICE_GATEWAY_CONNECTORS_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* More than these threads make do with handles that are closed after use. */
enum { POOL_MAX = 64 };

/**
 * struct pool - idle handles, the warmest on top.
 * @close: of one handle; must not ask for the pool
 *
 * Whoever takes a handle owns it until it is given back, so nothing in a
 * handle needs a lock.
 */
struct pool {
	pthread_mutex_t lock;
	void *idle[POOL_MAX];
	size_t count;
	void (*close)(void *handle);
};

/* Whether the lock could be made. */
CHECKED bool pool_init(struct pool *pool, void (*close)(void *handle));

/* An idle handle, NULL when there is none: make one. */
void *pool_take(struct pool *pool);

/* Kept, or closed when enough are kept; accepts NULL. */
void pool_give(struct pool *pool, void *handle);

/* Every handle has been given back. */
void pool_release(struct pool *pool);

#endif
