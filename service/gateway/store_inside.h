/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the store. */
#ifndef SERVICE_GATEWAY_STORE_INSIDE_H
#define SERVICE_GATEWAY_STORE_INSIDE_H

#include <pthread.h>

#include "service/gateway/store_engine.h"

enum { STORE_IDLE_MAX = 64, STORE_BATCH_MAX = 64 };

/** struct store_pending - a line on its way to the log. */
struct store_pending {
	const struct usage_line *line;
	struct store_pending *next;
	enum cccd_err err;
	bool done;
};

/**
 * struct store - connections, and the lines that wait.
 * @idle:    connections nobody uses
 * @open:    connections in all, never above @most
 * @writing: somebody writes lines for all
 */
struct store {
	const struct store_engine *engine;
	char *path;
	char *conninfo;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	void *idle[STORE_IDLE_MAX];
	size_t idle_count;
	size_t open;
	size_t most;

	pthread_mutex_t log_lock;
	pthread_cond_t written;
	struct store_pending *first;
	struct store_pending **last;
	bool writing;
};

/** struct store_lease - a connection in use. */
struct store_lease {
	struct store *store;
	void *handle;
};

/* Waits for a free connection; an idle one that is dead is replaced. */
CHECKED enum cccd_err store_take(struct store *store, struct store_lease *ret);
void store_give(struct store_lease *lease);

/* What is done within one connection, perhaps twice: see store_do(). */
typedef enum cccd_err (*store_work_fn)(struct store_lease *lease,
                                       void *context);

/**
 * store_do() - work in a connection; once again when it turns out to be dead.
 *
 * So work must be such that doing it twice is doing it once.
 */
CHECKED enum cccd_err store_do(struct store *store, store_work_fn work,
                               void *context);

CHECKED enum cccd_err store_run(struct store_lease *lease,
                                const struct store_query *query,
                                size_t *ret_rows);

/* The same with all or nothing. */
CHECKED enum cccd_err store_transact(struct store_lease *lease, bool durable,
                                     store_work_fn work, void *context);

#endif
