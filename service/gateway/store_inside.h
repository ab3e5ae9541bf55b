/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the store. */
#ifndef SERVICE_GATEWAY_STORE_INSIDE_H
#define SERVICE_GATEWAY_STORE_INSIDE_H

#include <pthread.h>
#include <sys/types.h>

#include "service/gateway/store_engine.h"

enum { STORE_IDLE_MAX = 64, STORE_BATCH_MAX = 64, STORE_NUMBER_MAX = 24 };

/**
 * struct store_pool - connections of one sort.
 * @idle: that nobody uses
 * @open: in all, never above @most
 * @came_ms: when the last new one came
 * @spared_ms: until then nobody waits for another one
 */
struct store_pool {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	void *idle[STORE_IDLE_MAX];
	size_t idle_count;
	size_t open;
	size_t most;
	uint64_t came_ms;
	uint64_t spared_ms;
};

/** struct store_lease - a connection in use. */
struct store_lease {
	struct store *store;
	struct store_pool *pool;
	void *handle;
};

/* What is done within one connection, perhaps twice: see store_do(). */
typedef enum cccd_err (*store_work_fn)(struct store_lease *lease,
                                       void *context);

/**
 * struct store_task - what one thread wants written.
 * @what: its own; outcomes that are no failure of the database stand there
 * @wake: its thread sleeps here
 */
struct store_task {
	void *what;
	struct store_task *next;
	pthread_cond_t wake;
	enum cccd_err err;
	bool done;
};

/**
 * struct store_queue - tasks of one sort, written several at a time.
 * @write:   all tasks of a list, from the first one given, in a transaction
 * @durable: it is on the disk before anybody hears of it
 * @writing: one of the waiting threads writes for many
 */
struct store_queue {
	pthread_mutex_t lock;
	struct store_task *first;
	struct store_task **last;
	store_work_fn write;
	bool durable;
	bool writing;
	struct store_stats stats;
};

/**
 * struct store - a database.
 * @device, @inode: of the file at @path
 * @readers: apart from the writers where only one may write
 * @nonces:  only there, too
 */
struct store {
	const struct store_engine *engine;
	char *path;
	dev_t device;
	ino_t inode;
	char *conninfo;
	struct store_pool writers;
	struct store_pool readers;
	struct store_queue nonces;
	struct store_queue lines;
};

CHECKED bool store_pool_init(struct store_pool *pool, size_t most);
/* Nobody uses any of it. */
void store_pool_release(struct store_pool *pool,
                        const struct store_engine *engine);

/**
 * store_do() - work in a connection; once again when it turns out to be dead.
 *
 * So work must be such that doing it twice is doing it once.
 */
CHECKED enum cccd_err store_do(struct store *store, store_work_fn work,
                               void *context);

/* The same for work that only reads; whoever writes is not waited for. */
CHECKED enum cccd_err store_read(struct store *store, store_work_fn work,
                                 void *context);

CHECKED enum cccd_err store_run(struct store_lease *lease,
                                const struct store_query *query,
                                size_t *ret_rows);

/* The same with all or nothing. */
CHECKED enum cccd_err store_transact(struct store_lease *lease, bool durable,
                                     store_work_fn work, void *context);

CHECKED bool store_queue_init(struct store_queue *queue, store_work_fn write,
                              bool durable);
void store_queue_release(struct store_queue *queue);

/**
 * store_queue_put() - have a task written, together with those that wait.
 *
 * Whoever finds nobody writing writes for all. A transaction that fails
 * fails for everybody in it.
 *
 * Return: CCCD_OK when it was committed; CCCD_ERR_STORE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err store_queue_put(struct store *store,
                                      struct store_queue *queue, void *what);

/* Of store.c and store_log.c: @context is the first struct store_task. */
enum cccd_err store_write_nonces(struct store_lease *lease, void *context);
enum cccd_err store_write_lines(struct store_lease *lease, void *context);

#endif
