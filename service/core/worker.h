/* SPDX-License-Identifier: Apache-2.0 */
/* One thread for one reader: jobs in, notes and answers out. */
#ifndef SERVICE_CORE_WORKER_H
#define SERVICE_CORE_WORKER_H

#include "service/core/engine.h"

struct inbox;
struct worker;

/**
 * struct worker_parts - what a worker is made of; borrowed.
 * @uri:  of its reader; copied
 * @seal: on the worker's thread, when a job ended with a verdict and before
 *        it goes back: the audit log. An error takes the verdict away
 */
struct worker_parts {
	const struct engine_ops *engine;
	const struct job_means *means;
	const char *uri;
	struct inbox *inbox;
	enum cccd_err (*seal)(void *context, struct job *job,
	                      struct cccd_error *error);
	void *context;
};

/* What follows is called by the loop's thread. */

/**
 * worker_new() - start the thread.
 *
 * All signals are blocked on it. The engine is opened by the first job, so
 * that a reader that cannot be opened costs its session, not the daemon.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY, also when there is no thread to have.
 */
CHECKED enum cccd_err worker_new(const struct worker_parts *parts,
                                 struct worker **ret);

/* Hand a job over; it begins when the one before has ended. One may wait:
 * a job that already does is wiped and never comes back. */
void worker_give(struct worker *worker, struct job *job);

/**
 * worker_cancel() - a job that waits is wiped, one that runs comes back
 * soon; any other number is none of its business.
 */
void worker_cancel(struct worker *worker, uint64_t number);

/* Cancel everything and end; the inbox rings when that is done. */
void worker_retire(struct worker *worker);

/* Retire if need be, join, free; accepts NULL. */
void worker_free(struct worker *worker);

/* Whether a retired one has ended, so that worker_free() does not wait. */
bool worker_is_gone(struct worker *worker);

#endif
