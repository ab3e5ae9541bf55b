/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a session and what moves it from one to the next. */
#ifndef SERVICE_CORE_STATE_H
#define SERVICE_CORE_STATE_H

#include "service/core/inside.h"

/* Note the state and tell the event; the same state again is not told. */
void session_enter(struct sessions *sessions, struct session *session,
                   enum session_state state);

/**
 * session_proceed() - before the reading: wait for what is missing, or read.
 *
 * Consent comes first, then the card, then the key; a key that came early
 * waits. Called after anything that may have changed one of them.
 */
void session_proceed(struct sessions *sessions, struct session *session);

/**
 * session_end() - failed, cancelled or expired.
 * @error: why it failed; NULL otherwise
 *
 * Everything of the person is wiped when this returns. A session that has
 * been delivered keeps its state and loses what was left of it.
 */
void session_end(struct sessions *sessions, struct session *session,
                 enum session_state state, const struct cccd_error *error);

/* Key, job, answer: wiped; a reading under way is cancelled. */
void session_wipe(struct sessions *sessions, struct session *session);

/* A sign of life: the lease begins anew, and a grace that runs. */
void session_touch(const struct sessions *sessions, struct session *session);

/* Milliseconds until it expires. */
uint64_t session_remaining(const struct sessions *sessions,
                           const struct session *session);

/* Its client is gone, as far as one can tell: the last stream was lost, or
 * there never was one and nothing came for as long as a grace. */
bool session_is_forsaken(const struct sessions *sessions,
                         const struct session *session);

/* Something is wanted of a person: "consent", "card", "access_key". */
void session_prompt(struct sessions *sessions, struct session *session,
                    const char *kind, const struct cccd_error *problem);

/* The same question for the agent. CCCD_ERR_AGENT when none is there. */
CHECKED enum cccd_err session_ask(struct sessions *sessions,
                                  const struct session *session,
                                  const char *kind,
                                  const struct cccd_error *problem);

/* Free one that nothing points to any more. */
void session_free(struct session *session);

#endif
