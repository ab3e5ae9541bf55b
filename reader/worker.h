/* SPDX-License-Identifier: Apache-2.0 */
/* Blocking calls on a thread of their own, so that the caller keeps time. */
#ifndef READER_WORKER_H
#define READER_WORKER_H

#include "base/error.h"

struct worker;

/**
 * struct worker_ops - what the thread does with its subject.
 * @run:     one job; may block for ever
 * @release: frees the subject; called once, on the thread, may block
 */
struct worker_ops {
	void (*run)(void *subject, int job);
	void (*release)(void *subject);
};

/**
 * worker_new() - start the thread.
 * @ops:     borrowed for the thread's life: static
 * @subject: belongs to the worker on success; the caller may touch it only
 *           while no job runs
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY when no thread could be made.
 */
CHECKED enum cccd_err worker_new(const struct worker_ops *ops, void *subject,
                                 struct worker **ret);

/**
 * worker_call() - run one job and wait for its end.
 * @timeout_ms: how long the caller waits
 *
 * Return: CCCD_OK; CCCD_ERR_READER_TIMEOUT: the worker and its subject are
 * given up: neither may be used again. The thread releases both
 * when the blocked call comes back.
 */
CHECKED enum cccd_err worker_call(struct worker *worker, int job,
                                  unsigned int timeout_ms);

/**
 * worker_free() - release the subject and end the thread.
 * @timeout_ms: after it the thread is left to finish alone
 *
 * Accepts NULL.
 */
void worker_free(struct worker *worker, unsigned int timeout_ms);

#endif
