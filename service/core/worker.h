/* SPDX-License-Identifier: Apache-2.0 */
/* One thread for one reader: jobs in, notes and answers out. */
#ifndef SERVICE_CORE_WORKER_H
#define SERVICE_CORE_WORKER_H

#include "service/core/engine.h"

struct inbox;
struct read_worker;

/**
 * struct read_worker_parts - what a worker is made of; borrowed.
 * @uri:  of its reader; copied
 * @seal: on the worker's thread, when a job ended with a verdict and before
 *        it goes back: the audit log. An error takes the verdict away
 */
struct read_worker_parts {
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
 * read_worker_new() - start the thread.
 *
 * All signals are blocked on it. The engine is opened by the first job, so
 * that a reader that cannot be opened costs its session, not the daemon.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY, also when there is no thread to have.
 */
CHECKED enum cccd_err read_worker_new(const struct read_worker_parts *parts,
                                      struct read_worker **ret);

/* Hand a job over; it begins when the one before has ended. One may wait:
 * a job that already does is wiped and never comes back. */
void read_worker_give(struct read_worker *worker, struct job *job);

/**
 * read_worker_cancel() - a job that waits is wiped, one that runs comes back
 * soon; any other number is none of its business.
 */
void read_worker_cancel(struct read_worker *worker, uint64_t number);

/* Cancel everything and end; the inbox rings when that is done. */
void read_worker_retire(struct read_worker *worker);

/* Retire if need be, join, free; accepts NULL. */
void read_worker_free(struct read_worker *worker);

/* Whether a retired one has ended, so that read_worker_free() does not wait. */
bool read_worker_is_gone(struct read_worker *worker);

#endif
