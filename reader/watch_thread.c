/* SPDX-License-Identifier: Apache-2.0 */
/* A thread of a watch, and the bell that ends its sleep. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "reader/watch_part.h"

enum { NUDGE_MS = 20 };

/* Deadlines follow the steady clock. */
static struct timespec after(unsigned int ms)
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

static int init_sync(struct watch_thread *thread)
{
	pthread_condattr_t attr;
	int code = pthread_condattr_init(&attr);

	if (code != 0)
		return code;
	code = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (code == 0)
		code = pthread_cond_init(&thread->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	if (code != 0)
		return code;
	code = pthread_mutex_init(&thread->lock, NULL);
	if (code != 0)
		(void)pthread_cond_destroy(&thread->changed);
	return code;
}

static void release_sync(struct watch_thread *thread)
{
	(void)pthread_mutex_destroy(&thread->lock);
	(void)pthread_cond_destroy(&thread->changed);
}

/* Signals belong to the caller's threads. */
static int create(struct watch_thread *thread, void *(*main)(void *),
                  void *part)
{
	sigset_t all;
	sigset_t before;
	int code;

	(void)sigfillset(&all);
	code = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (code != 0)
		return code;
	code = pthread_create(&thread->thread, NULL, main, part);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

enum cccd_err watch_thread_start(struct watch_thread *thread,
                                 void *(*main)(void *), void *part)
{
	thread->rung = false;
	thread->stop = false;
	thread->ended = false;
	if (init_sync(thread) != 0)
		return CCCD_ERR_MEMORY;
	if (create(thread, main, part) != 0) {
		release_sync(thread);
		return CCCD_ERR_MEMORY;
	}
	return CCCD_OK;
}

void watch_thread_sleep(struct watch_thread *thread, unsigned int ms)
{
	const struct timespec until = after(ms);
	int code = 0;

	(void)pthread_mutex_lock(&thread->lock);
	while (!thread->stop && !thread->rung && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&thread->changed, &thread->lock,
		                              &until);
	thread->rung = false;
	(void)pthread_mutex_unlock(&thread->lock);
}

bool watch_thread_stopped(struct watch_thread *thread)
{
	bool stop;

	(void)pthread_mutex_lock(&thread->lock);
	stop = thread->stop;
	(void)pthread_mutex_unlock(&thread->lock);
	return stop;
}

static void raise_flag(struct watch_thread *thread, bool *flag)
{
	(void)pthread_mutex_lock(&thread->lock);
	*flag = true;
	(void)pthread_cond_broadcast(&thread->changed);
	(void)pthread_mutex_unlock(&thread->lock);
}

void watch_thread_ring(struct watch_thread *thread)
{
	raise_flag(thread, &thread->rung);
}

void watch_thread_stop(struct watch_thread *thread)
{
	raise_flag(thread, &thread->stop);
}

void watch_thread_end(struct watch_thread *thread)
{
	raise_flag(thread, &thread->ended);
}

static bool is_ended(struct watch_thread *thread, unsigned int ms)
{
	const struct timespec until = after(ms);
	bool ended;
	int code = 0;

	(void)pthread_mutex_lock(&thread->lock);
	while (!thread->ended && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&thread->changed, &thread->lock,
		                              &until);
	ended = thread->ended;
	(void)pthread_mutex_unlock(&thread->lock);
	return ended;
}

void watch_thread_join(struct watch_thread *thread, void (*nudge)(void *),
                       void *part)
{
	watch_thread_stop(thread);
	while (nudge != NULL && !is_ended(thread, NUDGE_MS))
		nudge(part);
	(void)pthread_join(thread->thread, NULL);
	release_sync(thread);
}
