/* SPDX-License-Identifier: Apache-2.0 */
/* What other threads leave for the loop: bounded, in order, with a bell. */
#ifndef SERVICE_CORE_INBOX_H
#define SERVICE_CORE_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include <cccd/watch.h>

#include "service/core/job.h"

struct inbox;

enum { INBOX_BATCH = 16 };

/** struct inbox_reader - an event of the watch, as much as is needed. */
struct inbox_reader {
	enum cccd_watch_kind kind;
	char id[CCCD_READER_ID_MAX];
	char uri[CCCD_READER_NAME_MAX + 8];
	char name[CCCD_READER_NAME_MAX];
	char reader_kind[8];
};

/**
 * struct inbox_batch - what one look finds.
 * @jobs: that came back, in order; the caller owns them. Notes of a job
 *        always stand before it
 */
struct inbox_batch {
	struct job_note notes[INBOX_BATCH];
	size_t note_count;
	bool has_reader;
	struct inbox_reader reader;
	struct job *jobs;
};

/* @wake is rung, with the lock released, whenever there is something. */
CHECKED enum cccd_err inbox_new(void (*wake)(void *context), void *context,
                                struct inbox **ret);

/* Wipe and free what nobody took; no other thread may be at it. */
void inbox_free(struct inbox *inbox);

/* From any thread. Notes are dropped when the loop cannot follow; readers
 * wait for room, because each of them counts. */
void inbox_note(struct inbox *inbox, const struct job_note *note);
void inbox_reader(struct inbox *inbox, const struct inbox_reader *reader);
void inbox_job(struct inbox *inbox, struct job *job);
/* Nothing but the bell. */
void inbox_ring(const struct inbox *inbox);

/* Nobody waits for room any more: before the watch is stopped. */
void inbox_close(struct inbox *inbox);

/* False when nothing is left. */
bool inbox_take(struct inbox *inbox, struct inbox_batch *ret);

/* Wipe and free a job that is back but was not taken yet. */
void inbox_drop(struct inbox *inbox, uint64_t number);

#endif
