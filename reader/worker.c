/* SPDX-License-Identifier: Apache-2.0 */
/* Blocking calls on a thread of their own, so that the caller keeps time. */
#include "reader/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

enum worker_state {
	WORKER_IDLE = 0,
	WORKER_ASKED,
	WORKER_BUSY,
	WORKER_QUIT,
	WORKER_ENDED,
};

/* @abandoned: the caller has gone, the thread frees this structure. */
struct worker {
	const struct worker_ops *ops;
	void *subject;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum worker_state state;
	int job;
	bool abandoned;
};

static void worker_destroy(struct worker *worker)
{
	(void)pthread_cond_destroy(&worker->changed);
	(void)pthread_mutex_destroy(&worker->lock);
	free(worker);
}

static void set_state(struct worker *worker, enum worker_state state)
{
	worker->state = state;
	(void)pthread_cond_broadcast(&worker->changed);
}

/* One job after the other, until asked to quit or abandoned. */
static void serve(struct worker *worker)
{
	while (worker->state != WORKER_QUIT && !worker->abandoned) {
		if (worker->state != WORKER_ASKED) {
			(void)pthread_cond_wait(&worker->changed,
			                        &worker->lock);
			continue;
		}
		set_state(worker, WORKER_BUSY);
		(void)pthread_mutex_unlock(&worker->lock);
		worker->ops->run(worker->subject, worker->job);
		(void)pthread_mutex_lock(&worker->lock);
		set_state(worker, WORKER_IDLE);
	}
}

static void *worker_main(void *context)
{
	struct worker *worker = context;
	bool abandoned;

	(void)pthread_mutex_lock(&worker->lock);
	serve(worker);
	(void)pthread_mutex_unlock(&worker->lock);
	worker->ops->release(worker->subject);
	(void)pthread_mutex_lock(&worker->lock);
	set_state(worker, WORKER_ENDED);
	abandoned = worker->abandoned;
	(void)pthread_mutex_unlock(&worker->lock);
	if (abandoned)
		worker_destroy(worker);
	return NULL;
}

/* Deadlines follow the steady clock: a stepped wall clock moves none. */
static int init_sync(struct worker *worker)
{
	pthread_condattr_t attr;
	int err = pthread_condattr_init(&attr);

	if (err != 0)
		return err;
	err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (err == 0)
		err = pthread_cond_init(&worker->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	if (err != 0)
		return err;
	err = pthread_mutex_init(&worker->lock, NULL);
	if (err != 0)
		(void)pthread_cond_destroy(&worker->changed);
	return err;
}

/* Signals belong to the caller's threads. */
static int start_thread(struct worker *worker)
{
	sigset_t all;
	sigset_t before;
	int err;

	(void)sigfillset(&all);
	err = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (err != 0)
		return err;
	err = pthread_create(&worker->thread, NULL, worker_main, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

enum cccd_err worker_new(const struct worker_ops *ops, void *subject,
                         struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return CCCD_ERR_MEMORY;
	worker->ops = ops;
	worker->subject = subject;
	if (init_sync(worker) != 0) {
		free(worker);
		return CCCD_ERR_MEMORY;
	}
	if (start_thread(worker) != 0) {
		worker_destroy(worker);
		return CCCD_ERR_MEMORY;
	}
	*ret = worker;
	return CCCD_OK;
}

static struct timespec deadline_after(unsigned int timeout_ms)
{
	uint64_t at_us = clock_steady_us() + (uint64_t)timeout_ms * 1000U;

	return (struct timespec){
		.tv_sec = (time_t)(at_us / 1000000U),
		.tv_nsec = (long)(at_us % 1000000U) * 1000,
	};
}

/* Wait, locked, for a state; false at the deadline. */
static bool await(struct worker *worker, enum worker_state state,
                  unsigned int timeout_ms)
{
	struct timespec deadline = deadline_after(timeout_ms);
	int err = 0;

	while (worker->state != state && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&worker->changed, &worker->lock,
		                             &deadline);
	return worker->state == state;
}

/* From here on the thread is its own master. */
static void abandon(struct worker *worker)
{
	(void)pthread_detach(worker->thread);
	worker->abandoned = true;
	(void)pthread_cond_broadcast(&worker->changed);
}

enum cccd_err worker_call(struct worker *worker, int job,
                          unsigned int timeout_ms)
{
	bool done;

	(void)pthread_mutex_lock(&worker->lock);
	worker->job = job;
	set_state(worker, WORKER_ASKED);
	done = await(worker, WORKER_IDLE, timeout_ms);
	if (!done)
		abandon(worker);
	(void)pthread_mutex_unlock(&worker->lock);
	return done ? CCCD_OK : CCCD_ERR_READER_TIMEOUT;
}

void worker_free(struct worker *worker, unsigned int timeout_ms)
{
	bool done;

	if (worker == NULL)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	set_state(worker, WORKER_QUIT);
	done = await(worker, WORKER_ENDED, timeout_ms);
	if (!done)
		abandon(worker);
	(void)pthread_mutex_unlock(&worker->lock);
	if (!done)
		return;
	(void)pthread_join(worker->thread, NULL);
	worker_destroy(worker);
}
