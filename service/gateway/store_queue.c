/* SPDX-License-Identifier: Apache-2.0 */
/* What several threads want written, in one transaction. */
#include "base/clock.h"
#include "service/gateway/store_inside.h"

bool store_queue_init(struct store_queue *queue, store_work_fn write,
                      bool durable)
{
	queue->last = &queue->first;
	queue->write = write;
	queue->durable = durable;
	return pthread_mutex_init(&queue->lock, NULL) == 0;
}

void store_queue_release(struct store_queue *queue)
{
	if (queue->write != NULL)
		(void)pthread_mutex_destroy(&queue->lock);
}

/** struct batch - @first: NULL until there is a connection to write it. */
struct batch {
	struct store_queue *queue;
	struct store_task *first;
};

/* The first few that wait. */
static void cut(struct batch *batch)
{
	struct store_queue *queue = batch->queue;
	struct store_task *last = NULL;

	(void)pthread_mutex_lock(&queue->lock);
	last = queue->first;
	batch->first = last;
	for (size_t i = 1; i < STORE_BATCH_MAX && last->next != NULL; i++)
		last = last->next;
	queue->first = last->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	last->next = NULL;
	(void)pthread_mutex_unlock(&queue->lock);
}

/* More may have come while the connection was waited for; a second attempt
 * has the tasks of the first. */
static enum cccd_err write_batch(struct store_lease *lease, void *context)
{
	struct batch *batch = context;
	struct store_queue *queue = batch->queue;

	if (batch->first == NULL)
		cut(batch);
	return store_transact(lease, queue->durable, queue->write,
	                      batch->first);
}

static const uint64_t bounds_us[STORE_BUCKETS] = { STORE_BOUNDS_US };

/* The lock is held. */
static void count(struct store_stats *stats, uint64_t took_us, size_t tasks)
{
	stats->commits++;
	stats->tasks += tasks;
	stats->commit_us += took_us;
	for (size_t i = 0; i < STORE_BUCKETS; i++)
		if (took_us <= bounds_us[i])
			stats->buckets[i]++;
}

/* Each hears of it; the lock is held. */
static size_t tell(struct store_task *task, enum cccd_err err)
{
	size_t told = 0;

	for (; task != NULL; told++) {
		struct store_task *next = task->next;

		/* Its owner may be gone once the lock is. */
		task->err = err;
		task->done = true;
		(void)pthread_cond_signal(&task->wake);
		task = next;
	}
	return told;
}

/* For everybody who waits; the lock is held before and after. */
static void lead(struct store *store, struct store_queue *queue)
{
	struct batch batch = { .queue = queue };
	uint64_t began_us = clock_steady_us();
	enum cccd_err err = CCCD_OK;
	size_t tasks = 0;

	queue->writing = true;
	(void)pthread_mutex_unlock(&queue->lock);
	err = store_do(store, write_batch, &batch);
	if (batch.first == NULL)
		cut(&batch);
	(void)pthread_mutex_lock(&queue->lock);
	queue->writing = false;
	tasks = tell(batch.first, err);
	if (err == CCCD_OK)
		count(&queue->stats, clock_steady_us() - began_us, tasks);
	/* Whoever has waited longest writes next. */
	if (queue->first != NULL)
		(void)pthread_cond_signal(&queue->first->wake);
}

enum cccd_err store_queue_put(struct store *store, struct store_queue *queue,
                              void *what)
{
	struct store_task task = { .what = what };

	if (pthread_cond_init(&task.wake, NULL) != 0)
		return CCCD_ERR_MEMORY;
	(void)pthread_mutex_lock(&queue->lock);
	/* It is taken out again before this returns. */
	/* cppcheck-suppress autoVariables */
	*queue->last = &task;
	/* cppcheck-suppress autoVariables */
	queue->last = &task.next;
	while (!task.done) {
		if (queue->writing)
			(void)pthread_cond_wait(&task.wake, &queue->lock);
		else
			lead(store, queue);
	}
	(void)pthread_mutex_unlock(&queue->lock);
	(void)pthread_cond_destroy(&task.wake);
	return task.err;
}

/* What the log costs to write is what operators ask for. */
void store_stats(struct store *store, struct store_stats *ret)
{
	(void)pthread_mutex_lock(&store->lines.lock);
	*ret = store->lines.stats;
	(void)pthread_mutex_unlock(&store->lines.lock);
}
