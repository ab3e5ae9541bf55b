/* SPDX-License-Identifier: Apache-2.0 */
/* Readers as seats: who is there, who holds which, who comes next. */
#ifndef SERVICE_CORE_SEATS_H
#define SERVICE_CORE_SEATS_H

#include "service/core/inside.h"

/* An event of the watch. */
void seats_watch(struct sessions *sessions, const struct inbox_reader *event);

/**
 * seats_choose() - where a new session may read.
 * @wanted: id of a reader, or "any"
 * @caller: an older session of his that nobody listens to any more gives
 *          way; no other ever does
 * @ret_retry_after_s: with CCCD_ERR_READER_BUSY
 * @ret:    NULL for "any" while several are free and empty: the first one on
 *          which a card appears
 *
 * Return: CCCD_OK; CCCD_ERR_READER_NONE; CCCD_ERR_READER_SERVICE;
 * CCCD_ERR_READER_BUSY.
 */
CHECKED enum cccd_err seats_choose(struct sessions *sessions,
                                   const char *wanted,
                                   const struct caller *caller,
                                   uint32_t *ret_retry_after_s,
                                   struct seat **ret);

/* The lease begins; the seat is free. */
void seat_lease(struct seat *seat, struct session *session);

/* And ends; without one nothing happens. */
void seat_release(struct session *session);

struct seat *seats_find(const struct sessions *sessions, const char *id);

/* The worker of a seat, made when it is first needed. CCCD_ERR_MEMORY. */
CHECKED enum cccd_err seat_worker(struct sessions *sessions, struct seat *seat,
                                  struct read_worker **ret);

/* Join the workers of readers that are gone, as far as they have ended. */
void seats_reap(struct sessions *sessions);

/* Everything ends; waits for every thread. */
void seats_free(struct sessions *sessions);

#endif
