/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that reads requests, and ends one that is aborted. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "reader/nfc_child/child.h"

enum {
	/* libnfc loses an abort that comes between two of its reads. */
	ABORT_TRIES = 40,
	ABORT_PAUSE_MS = 50,
	EXIT_STUCK = 3,
};

static struct timespec soon(unsigned int ms)
{
	struct timespec at = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)(ms / 1000U);
	at.tv_nsec += (long)(ms % 1000U) * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000L;
	}
	return at;
}

enum cccd_err child_pause(struct child *child, unsigned int ms)
{
	struct timespec until = soon(ms);
	bool aborted;
	int code = 0;

	(void)pthread_mutex_lock(&child->lock);
	while (!child->aborted && !child->quit && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&child->changed, &child->lock,
		                              &until);
	aborted = child->aborted || child->quit;
	(void)pthread_mutex_unlock(&child->lock);
	return aborted ? CCCD_ERR_CANCELLED : CCCD_OK;
}

/* Wait, locked, until the worker has done with @number. */
static bool is_done(struct child *child, uint16_t number, unsigned int ms)
{
	struct timespec until = soon(ms);
	int code = 0;

	while (child->busy && child->running == number && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&child->changed, &child->lock,
		                              &until);
	return !child->busy || child->running != number;
}

/* Locked. A call that cannot be ended takes the process with it: the other
 * side has long stopped to wait. */
static void end_running(struct child *child, uint16_t number)
{
	if (!child->busy || child->running != number)
		return;
	child->aborted = true;
	(void)pthread_cond_broadcast(&child->changed);
	for (int i = 0; i < ABORT_TRIES; i++) {
		(void)pthread_mutex_unlock(&child->lock);
		device_abort(child->device);
		(void)pthread_mutex_lock(&child->lock);
		if (is_done(child, number, ABORT_PAUSE_MS))
			return;
	}
	_exit(EXIT_STUCK);
}

/* False when the other side breaks the protocol. */
static bool obey(struct child *child, const struct wire_message *message)
{
	bool fine = child_check(message) == CCCD_OK;

	if (!fine)
		return false;
	(void)pthread_mutex_lock(&child->lock);
	if (message->type == WIRE_ABORT) {
		end_running(child, message->number);
	} else if (child->busy) {
		/* One request at a time. */
		fine = false;
	} else {
		child->request = *message;
		if (message->body.len > 0)
			memcpy(child->body, message->body.at,
			       message->body.len);
		child->request.body = span_of(child->body, message->body.len);
		child->running = message->number;
		child->aborted = false;
		child->asked = true;
		child->busy = true;
		(void)pthread_cond_broadcast(&child->changed);
	}
	(void)pthread_mutex_unlock(&child->lock);
	return fine;
}

static bool obey_all(struct child *child, struct wire_input *input)
{
	struct wire_message message;
	enum cccd_err err;

	for (;;) {
		err = wire_take(input, &message);
		if (err != CCCD_OK)
			return err == CCCD_ERR_DATA_TRUNCATED;
		if (!obey(child, &message))
			return false;
	}
}

void *child_listen(void *context)
{
	struct child *child = context;

	while (wire_receive(child->socket, &child->input) == CCCD_OK)
		if (!obey_all(child, &child->input))
			break;
	(void)pthread_mutex_lock(&child->lock);
	child->quit = true;
	(void)pthread_cond_broadcast(&child->changed);
	end_running(child, child->running);
	(void)pthread_mutex_unlock(&child->lock);
	return NULL;
}
