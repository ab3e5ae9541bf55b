/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that wait for the database and the registry. */
#include "service/gateway/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lib/json/result.h"

enum { THREADS_MAX = 64 };

/** struct line - jobs in the order in which they came. */
struct line {
	struct job *first;
	struct job **last;
	size_t count;
};

struct workers {
	struct workers_parts parts;
	pthread_mutex_t lock;
	pthread_cond_t come;
	struct line waiting;
	struct line done;
	bool ending;
	pthread_t threads[THREADS_MAX];
	unsigned int count;
};

static void line_put(struct line *line, struct job *job)
{
	job->next = NULL;
	*line->last = job;
	line->last = &job->next;
	line->count++;
}

static struct job *line_take(struct line *line)
{
	struct job *job = line->first;

	if (job == NULL)
		return NULL;
	line->first = job->next;
	line->count--;
	if (line->first == NULL)
		line->last = &line->first;
	return job;
}

struct job *job_new(enum job_kind kind, const struct gateway_caller *caller,
                    struct span body)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	job->kind = kind;
	job->caller = *caller;
	job->error.tries_left = -1;
	job->began_us = clock_steady_us();
	job->body = buf_make(body.len + 1);
	if (buf_set(&job->body, body) == CCCD_OK)
		return job;
	job_free(job);
	return NULL;
}

void job_free(struct job *job)
{
	if (job == NULL)
		return;
	buf_release(&job->body);
	if (job->outcome.text != NULL)
		wipe(job->outcome.text, strlen(job->outcome.text));
	json_text_free(job->outcome.text);
	wipe(job, sizeof(*job));
	free(job);
}

static void work(struct workers *workers, struct job *job)
{
	const struct workers_parts *parts = &workers->parts;

	if (job->kind == JOB_NONCE)
		job->err = check_nonce(parts->check, &job->caller,
		                       parts->nonce_s, &job->outcome.text);
	else
		job->err = check_run(parts->check, &job->caller,
		                     buf_span(&job->body), &job->error,
		                     &job->outcome);
	buf_release(&job->body);
}

static void *run(void *context)
{
	struct workers *workers = context;

	(void)pthread_mutex_lock(&workers->lock);
	while (!workers->ending) {
		struct job *job = line_take(&workers->waiting);

		if (job == NULL) {
			(void)pthread_cond_wait(&workers->come, &workers->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&workers->lock);
		work(workers, job);
		(void)pthread_mutex_lock(&workers->lock);
		line_put(&workers->done, job);
		workers->parts.wake(workers->parts.context);
	}
	(void)pthread_mutex_unlock(&workers->lock);
	return NULL;
}

/* Signals are the loop's. */
static bool start(struct workers *workers)
{
	sigset_t all;
	sigset_t before;
	bool good = true;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (good && workers->count < workers->parts.threads) {
		good = pthread_create(&workers->threads[workers->count], NULL,
		                      run, workers) == 0;
		if (good)
			workers->count++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return good;
}

enum cccd_err workers_new(const struct workers_parts *parts,
                          struct workers **ret)
{
	struct workers *workers = calloc(1, sizeof(*workers));

	if (workers == NULL)
		return CCCD_ERR_MEMORY;
	workers->parts = *parts;
	if (workers->parts.threads > THREADS_MAX)
		workers->parts.threads = THREADS_MAX;
	workers->waiting.last = &workers->waiting.first;
	workers->done.last = &workers->done.first;
	/* Without attributes these only fail without memory. */
	if (pthread_mutex_init(&workers->lock, NULL) != 0 ||
	    pthread_cond_init(&workers->come, NULL) != 0) {
		free(workers);
		return CCCD_ERR_MEMORY;
	}
	if (!start(workers)) {
		workers_free(workers);
		return CCCD_ERR_INTERNAL;
	}
	*ret = workers;
	return CCCD_OK;
}

static void drop(struct line *line)
{
	struct job *job = NULL;

	while ((job = line_take(line)) != NULL)
		job_free(job);
}

void workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	(void)pthread_mutex_lock(&workers->lock);
	workers->ending = true;
	(void)pthread_cond_broadcast(&workers->come);
	(void)pthread_mutex_unlock(&workers->lock);
	for (unsigned int i = 0; i < workers->count; i++)
		(void)pthread_join(workers->threads[i], NULL);
	drop(&workers->waiting);
	drop(&workers->done);
	(void)pthread_mutex_destroy(&workers->lock);
	(void)pthread_cond_destroy(&workers->come);
	free(workers);
}

enum cccd_err workers_put(struct workers *workers, struct job *job)
{
	enum cccd_err err = CCCD_ERR_RATE_LIMITED;

	(void)pthread_mutex_lock(&workers->lock);
	if (workers->waiting.count < workers->parts.queue) {
		line_put(&workers->waiting, job);
		(void)pthread_cond_signal(&workers->come);
		err = CCCD_OK;
	}
	(void)pthread_mutex_unlock(&workers->lock);
	return err;
}

struct job *workers_take(struct workers *workers)
{
	struct job *job = NULL;

	(void)pthread_mutex_lock(&workers->lock);
	job = line_take(&workers->done);
	(void)pthread_mutex_unlock(&workers->lock);
	return job;
}

size_t workers_waiting(struct workers *workers)
{
	size_t count = 0;

	(void)pthread_mutex_lock(&workers->lock);
	count = workers->waiting.count;
	(void)pthread_mutex_unlock(&workers->lock);
	return count;
}
