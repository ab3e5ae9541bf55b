/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that wait for the database and the registry. */
#ifndef SERVICE_GATEWAY_WORKERS_H
#define SERVICE_GATEWAY_WORKERS_H

#include "base/buf.h"
#include "service/gateway/check.h"

struct listen_conn;
struct share;

/** enum job_kind - what a worker does. */
enum job_kind {
	JOB_NONCE = 1,
	JOB_CHECK,
};

/**
 * struct job - one request on its way through a thread.
 * @next, @at, @waiting, @share: of the workers, under their lock
 * @conn:   the loop's; NULL once it is gone. Workers leave it alone
 * @caller: a copy: the list may be replaced meanwhile
 * @outcome: its text also of a nonce
 */
struct job {
	struct job *next;
	struct job **at;
	bool waiting;
	struct share *share;
	struct listen_conn *conn;
	enum job_kind kind;
	struct gateway_caller caller;
	struct buf body;
	uint64_t began_us;
	enum cccd_err err;
	struct cccd_error error;
	struct check_outcome outcome;
};

struct workers;

/**
 * struct workers_parts - see workers_new().
 * @threads: the first takes nonces only; one is taken for two
 * @queue: checks that may wait, half of them of one caller, and as many
 *         nonces
 * @wake: from a worker, when a job is done
 */
struct workers_parts {
	const struct check_parts *check;
	uint32_t nonce_s;
	unsigned int threads;
	size_t queue;
	void (*wake)(void *context);
	void *context;
};

CHECKED enum cccd_err workers_new(const struct workers_parts *parts,
                                  struct workers **ret);

/* Jobs in hand are finished, waiting ones dropped. Accepts NULL. */
void workers_free(struct workers *workers);

/* NULL without memory. */
struct job *job_new(enum job_kind kind, const struct gateway_caller *caller,
                    struct span body);
/* Wipes; accepts NULL. */
void job_free(struct job *job);

/* CCCD_ERR_RATE_LIMITED when too many wait, or too many checks of this
 * caller; the job stays ours. */
CHECKED enum cccd_err workers_put(struct workers *workers, struct job *job);

/*
 * Nobody waits for its answer any more. True when it had not begun: it is ours
 * again, nothing was spent, asked or written. One that has begun goes on, for
 * its question may be asked already.
 */
CHECKED bool workers_take_back(struct workers *workers, struct job *job);

/* The next one that is done; NULL for none. */
struct job *workers_take(struct workers *workers);

/* How many wait. */
size_t workers_waiting(struct workers *workers);

#endif
