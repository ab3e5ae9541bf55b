/* SPDX-License-Identifier: Apache-2.0 */
/* One thread for one reader: jobs in, notes and answers out. */
#include "service/core/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "service/core/inbox.h"

/*
 * @waiting: given, not begun
 * @running: number of the job under way, 0 for none
 * @cancelled: somebody meant to end that very job
 */
struct read_worker {
	struct read_worker_parts parts;
	char uri[CCCD_READER_NAME_MAX + 8];
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *waiting;
	uint64_t running;
	bool cancelled;
	bool retired;
	bool gone;
	void *engine;
};

static void note(void *context, const struct job_note *note)
{
	struct read_worker *worker = context;

	inbox_note(worker->parts.inbox, note);
}

/* The next job, or NULL at the end. */
static struct job *next_job(struct read_worker *worker)
{
	struct job *job = NULL;

	(void)pthread_mutex_lock(&worker->lock);
	worker->running = 0;
	while (worker->waiting == NULL && !worker->retired)
		(void)pthread_cond_wait(&worker->work, &worker->lock);
	if (!worker->retired) {
		job = worker->waiting;
		worker->waiting = NULL;
		worker->running = job->number;
		worker->cancelled = false;
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return job;
}

static bool was_cancelled(struct read_worker *worker)
{
	bool cancelled = false;

	(void)pthread_mutex_lock(&worker->lock);
	cancelled = worker->cancelled || worker->retired;
	(void)pthread_mutex_unlock(&worker->lock);
	return cancelled;
}

/* The engine is of this thread, but others cancel through the pointer. */
static enum cccd_err open_engine(struct read_worker *worker)
{
	void *engine = NULL;

	if (worker->engine != NULL)
		return CCCD_OK;
	TRY(worker->parts.engine->open(worker->uri, worker->parts.means,
	                               &engine));
	(void)pthread_mutex_lock(&worker->lock);
	worker->engine = engine;
	(void)pthread_mutex_unlock(&worker->lock);
	return CCCD_OK;
}

static void run(struct read_worker *worker, struct job *job)
{
	struct cccd_error *error = &job->answer.error;
	enum cccd_err err = open_engine(worker);

	if (err != CCCD_OK) {
		(void)fail(error, err, "the reader cannot be prepared");
		return;
	}
	if (was_cancelled(worker)) {
		(void)fail(error, CCCD_ERR_CANCELLED, "before it began");
		return;
	}
	worker->parts.engine->run(worker->engine, job, note, worker);
	/* A cancel that missed the job before ends this one by mistake. */
	if (error->code == CCCD_ERR_CANCELLED && !was_cancelled(worker)) {
		job_answer_wipe(&job->answer);
		worker->parts.engine->run(worker->engine, job, note, worker);
	}
}

static void finish(struct read_worker *worker, struct job *job)
{
	struct job_answer *answer = &job->answer;
	struct cccd_error error = { .tries_left = -1 };

	if (answer->error.code == CCCD_OK && !was_cancelled(worker) &&
	    worker->parts.seal(worker->parts.context, job, &error) != CCCD_OK) {
		job_answer_wipe(answer);
		answer->error = error;
	}
	json_access_key_wipe(&job->key);
	/* Nobody will ask for what a cancelled session has read. */
	if (was_cancelled(worker))
		job_answer_wipe(answer);
	inbox_job(worker->parts.inbox, job);
}

static void *serve(void *context)
{
	struct read_worker *worker = context;
	struct job *job = NULL;
	void *engine = NULL;

	while ((job = next_job(worker)) != NULL) {
		run(worker, job);
		finish(worker, job);
	}
	(void)pthread_mutex_lock(&worker->lock);
	engine = worker->engine;
	worker->engine = NULL;
	(void)pthread_mutex_unlock(&worker->lock);
	worker->parts.engine->close(engine);
	(void)pthread_mutex_lock(&worker->lock);
	worker->gone = true;
	(void)pthread_mutex_unlock(&worker->lock);
	inbox_ring(worker->parts.inbox);
	return NULL;
}

/* The daemon's signals are the loop's. */
static int start(struct read_worker *worker)
{
	sigset_t all;
	sigset_t before;
	int status = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&worker->thread, NULL, serve, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

enum cccd_err read_worker_new(const struct read_worker_parts *parts,
                              struct read_worker **ret)
{
	struct read_worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return CCCD_ERR_MEMORY;
	worker->parts = *parts;
	worker->parts.uri = worker->uri;
	(void)snprintf(worker->uri, sizeof(worker->uri), "%s", parts->uri);
	if (pthread_mutex_init(&worker->lock, NULL) != 0) {
		free(worker);
		return CCCD_ERR_MEMORY;
	}
	if (pthread_cond_init(&worker->work, NULL) != 0) {
		(void)pthread_mutex_destroy(&worker->lock);
		free(worker);
		return CCCD_ERR_MEMORY;
	}
	if (start(worker) != 0) {
		(void)pthread_cond_destroy(&worker->work);
		(void)pthread_mutex_destroy(&worker->lock);
		free(worker);
		return CCCD_ERR_MEMORY;
	}
	*ret = worker;
	return CCCD_OK;
}

void read_worker_give(struct read_worker *worker, struct job *job)
{
	struct job *before = NULL;

	(void)pthread_mutex_lock(&worker->lock);
	before = worker->waiting;
	worker->waiting = job;
	(void)pthread_cond_signal(&worker->work);
	(void)pthread_mutex_unlock(&worker->lock);
	job_free(before);
}

/* With the lock held: the engine stays as long as it is not NULL. */
static void cancel_running(struct read_worker *worker)
{
	worker->cancelled = true;
	if (worker->engine != NULL)
		worker->parts.engine->cancel(worker->engine);
}

void read_worker_cancel(struct read_worker *worker, uint64_t number)
{
	struct job *waiting = NULL;

	(void)pthread_mutex_lock(&worker->lock);
	if (worker->waiting != NULL && worker->waiting->number == number) {
		waiting = worker->waiting;
		worker->waiting = NULL;
	} else if (worker->running == number) {
		cancel_running(worker);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	job_free(waiting);
}

void read_worker_retire(struct read_worker *worker)
{
	struct job *waiting = NULL;

	(void)pthread_mutex_lock(&worker->lock);
	waiting = worker->waiting;
	worker->waiting = NULL;
	worker->retired = true;
	if (worker->running != 0)
		cancel_running(worker);
	(void)pthread_cond_signal(&worker->work);
	(void)pthread_mutex_unlock(&worker->lock);
	job_free(waiting);
}

void read_worker_free(struct read_worker *worker)
{
	if (worker == NULL)
		return;
	read_worker_retire(worker);
	(void)pthread_join(worker->thread, NULL);
	(void)pthread_cond_destroy(&worker->work);
	(void)pthread_mutex_destroy(&worker->lock);
	free(worker);
}

bool read_worker_is_gone(struct read_worker *worker)
{
	bool gone = false;

	(void)pthread_mutex_lock(&worker->lock);
	gone = worker->gone;
	(void)pthread_mutex_unlock(&worker->lock);
	return gone;
}
