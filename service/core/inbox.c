/* SPDX-License-Identifier: Apache-2.0 */
/* What other threads leave for the loop: bounded, in order, with a bell. */
#include "service/core/inbox.h"

#include <pthread.h>
#include <stdlib.h>

/* As many readers as there may be, each with a card, and some more. */
enum {
	NOTES_MAX = 256,
	READERS_WAITING_MAX = 80,
};

struct inbox {
	pthread_mutex_t lock;
	pthread_cond_t room;
	bool closed;
	void (*wake)(void *context);
	void *context;
	struct job_note notes[NOTES_MAX];
	size_t note_first;
	size_t note_count;
	struct inbox_reader readers[READERS_WAITING_MAX];
	size_t reader_first;
	size_t reader_count;
	struct job *jobs;
	struct job **jobs_end;
};

enum cccd_err inbox_new(void (*wake)(void *context), void *context,
                        struct inbox **ret)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));

	if (inbox == NULL)
		return CCCD_ERR_MEMORY;
	inbox->wake = wake;
	inbox->context = context;
	inbox->jobs_end = &inbox->jobs;
	if (pthread_mutex_init(&inbox->lock, NULL) != 0) {
		free(inbox);
		return CCCD_ERR_MEMORY;
	}
	if (pthread_cond_init(&inbox->room, NULL) != 0) {
		(void)pthread_mutex_destroy(&inbox->lock);
		free(inbox);
		return CCCD_ERR_MEMORY;
	}
	*ret = inbox;
	return CCCD_OK;
}

void inbox_free(struct inbox *inbox)
{
	if (inbox == NULL)
		return;
	while (inbox->jobs != NULL) {
		struct job *job = inbox->jobs;

		inbox->jobs = job->next;
		job_free(job);
	}
	(void)pthread_cond_destroy(&inbox->room);
	(void)pthread_mutex_destroy(&inbox->lock);
	free(inbox);
}

void inbox_ring(const struct inbox *inbox)
{
	inbox->wake(inbox->context);
}

void inbox_note(struct inbox *inbox, const struct job_note *note)
{
	bool taken = false;

	(void)pthread_mutex_lock(&inbox->lock);
	if (inbox->note_count < NOTES_MAX) {
		inbox->notes[(inbox->note_first + inbox->note_count) %
		             NOTES_MAX] = *note;
		inbox->note_count++;
		taken = true;
	}
	(void)pthread_mutex_unlock(&inbox->lock);
	if (taken)
		inbox_ring(inbox);
}

void inbox_reader(struct inbox *inbox, const struct inbox_reader *reader)
{
	size_t at = 0;

	(void)pthread_mutex_lock(&inbox->lock);
	while (inbox->reader_count == READERS_WAITING_MAX && !inbox->closed)
		(void)pthread_cond_wait(&inbox->room, &inbox->lock);
	if (!inbox->closed) {
		at = (inbox->reader_first + inbox->reader_count) %
		     READERS_WAITING_MAX;
		inbox->readers[at] = *reader;
		inbox->reader_count++;
	}
	(void)pthread_mutex_unlock(&inbox->lock);
	inbox_ring(inbox);
}

void inbox_job(struct inbox *inbox, struct job *job)
{
	(void)pthread_mutex_lock(&inbox->lock);
	job->next = NULL;
	*inbox->jobs_end = job;
	inbox->jobs_end = &job->next;
	(void)pthread_mutex_unlock(&inbox->lock);
	inbox_ring(inbox);
}

void inbox_close(struct inbox *inbox)
{
	(void)pthread_mutex_lock(&inbox->lock);
	inbox->closed = true;
	(void)pthread_cond_broadcast(&inbox->room);
	(void)pthread_mutex_unlock(&inbox->lock);
}

static void take_notes(struct inbox *inbox, struct inbox_batch *ret)
{
	while (ret->note_count < INBOX_BATCH && inbox->note_count > 0) {
		ret->notes[ret->note_count++] = inbox->notes[inbox->note_first];
		inbox->note_first = (inbox->note_first + 1) % NOTES_MAX;
		inbox->note_count--;
	}
}

static void take_reader(struct inbox *inbox, struct inbox_batch *ret)
{
	if (inbox->reader_count == 0)
		return;
	ret->has_reader = true;
	ret->reader = inbox->readers[inbox->reader_first];
	inbox->reader_first = (inbox->reader_first + 1) % READERS_WAITING_MAX;
	inbox->reader_count--;
	(void)pthread_cond_signal(&inbox->room);
}

bool inbox_take(struct inbox *inbox, struct inbox_batch *ret)
{
	*ret = (struct inbox_batch){ 0 };
	(void)pthread_mutex_lock(&inbox->lock);
	take_notes(inbox, ret);
	take_reader(inbox, ret);
	/* A job comes after everything that was told of it. */
	if (inbox->note_count == 0) {
		ret->jobs = inbox->jobs;
		inbox->jobs = NULL;
		inbox->jobs_end = &inbox->jobs;
	}
	(void)pthread_mutex_unlock(&inbox->lock);
	return ret->note_count > 0 || ret->has_reader || ret->jobs != NULL;
}

void inbox_drop(struct inbox *inbox, uint64_t number)
{
	struct job *found = NULL;

	(void)pthread_mutex_lock(&inbox->lock);
	for (struct job **at = &inbox->jobs; *at != NULL; at = &(*at)->next) {
		if ((*at)->number != number)
			continue;
		found = *at;
		*at = found->next;
		if (*at == NULL)
			inbox->jobs_end = at;
		break;
	}
	(void)pthread_mutex_unlock(&inbox->lock);
	job_free(found);
}
