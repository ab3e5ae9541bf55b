/* SPDX-License-Identifier: Apache-2.0 */
/* How a worker reads a card: a table of operations over libcccd. */
#ifndef SERVICE_CORE_ENGINE_H
#define SERVICE_CORE_ENGINE_H

#include "service/core/job.h"

/**
 * struct engine_ops - one reader's way to a verdict.
 * @name:      for messages
 * @check_key: whether a key has a form that may open a card; any thread
 * @open:      for one reader by its URI; *@ret is of @close
 * @run:       the whole of a job, on the worker's thread: blocks, and fills
 *             @job->answer, its error included
 * @cancel:    from another thread: make a running @run end soon with
 *             CCCD_ERR_CANCELLED, or the next one
 * @close:     after the last @run has returned; accepts NULL
 */
struct engine_ops {
	const char *name;
	enum cccd_err (*check_key)(const struct json_access_key *key,
	                           struct cccd_error *error);
	enum cccd_err (*open)(const char *uri, const struct job_means *means,
	                      void **ret);
	void (*run)(void *engine, struct job *job, job_note_fn note,
	            void *context);
	void (*cancel)(void *engine);
	void (*close)(void *engine);
};

/* The card itself. */
extern const struct engine_ops engine_card;

#endif
