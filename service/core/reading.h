/* SPDX-License-Identifier: Apache-2.0 */
/* A session's reading: to its worker, and what comes back. */
#ifndef SERVICE_CORE_READING_H
#define SERVICE_CORE_READING_H

#include "service/core/inside.h"

/* Give the job to the worker of the session's reader; the session fails
 * when that cannot be done. */
void reading_begin(struct sessions *sessions, struct session *session);

/* End @job of @session, which is no longer wanted; it may be freed here. */
void reading_cancel(struct sessions *sessions, struct session *session,
                    const struct job *job);

/* What a worker tells; words about sessions that are over are passed by. */
void reading_note(struct sessions *sessions, const struct job_note *note);

/* A job came back; takes it over. */
void reading_back(struct sessions *sessions, struct job *job);

/* On the worker's thread: no verdict goes back that the audit log has not
 * taken. @context is the struct sessions; see struct read_worker_parts. */
CHECKED enum cccd_err reading_seal(void *context, struct job *job,
                                   struct cccd_error *error);

#endif
