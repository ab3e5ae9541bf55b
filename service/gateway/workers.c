/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that wait for the database and the registry. */
#include "service/gateway/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lib/json/result.h"

/* One for nonces, one for checks. */
enum { THREADS_MIN = 2, THREADS_MAX = 64 };

/** struct line - jobs in the order in which they came. */
struct line {
	struct job *first;
	struct job **last;
	size_t count;
};

/** struct share - waiting checks of one caller; free while there are none. */
struct share {
	char caller[GATEWAY_CALLER_MAX];
	size_t waiting;
};

/**
 * struct workers - threads and what they take.
 * @nonces: before @checks: they wait for the database alone, and a card
 *          cannot be read without one
 * @nonce_come: for the first thread, which takes nothing else
 * @come: for all others
 */
struct workers {
	struct workers_parts parts;
	pthread_mutex_t lock;
	pthread_cond_t come;
	pthread_cond_t nonce_come;
	struct line nonces;
	struct line checks;
	struct line done;
	struct share shares[GATEWAY_CALLERS_MAX];
	bool ending;
	pthread_t threads[THREADS_MAX];
	unsigned int count;
};

static void line_put(struct line *line, struct job *job)
{
	job->next = NULL;
	job->at = line->last;
	*line->last = job;
	line->last = &job->next;
	line->count++;
}

/* From anywhere in it. */
static void line_leave(struct line *line, struct job *job)
{
	*job->at = job->next;
	if (job->next != NULL)
		job->next->at = job->at;
	else
		line->last = job->at;
	job->next = NULL;
	job->at = NULL;
	line->count--;
}

static struct job *line_take(struct line *line)
{
	struct job *job = line->first;

	if (job != NULL)
		line_leave(line, job);
	return job;
}

/* Of this caller; NULL where so many others wait, after the list of callers
 * was replaced, that there is none left. */
static struct share *share_of(struct workers *workers, const struct job *job)
{
	struct share *unused = NULL;

	for (size_t i = 0; i < ARRAY_LEN(workers->shares); i++) {
		struct share *share = &workers->shares[i];

		if (share->waiting == 0)
			unused = share;
		else if (strcmp(share->caller, job->caller.name) == 0)
			return share;
	}
	if (unused != NULL)
		memcpy(unused->caller, job->caller.name,
		       sizeof(unused->caller));
	return unused;
}

static bool put_check(struct workers *workers, struct job *job)
{
	size_t queue = workers->parts.queue;
	size_t most = queue > 1 ? queue / 2 : 1;

	if (workers->checks.count >= queue)
		return false;
	job->share = share_of(workers, job);
	if (job->share == NULL || job->share->waiting >= most)
		return false;
	job->share->waiting++;
	line_put(&workers->checks, job);
	return true;
}

static bool put_nonce(struct workers *workers, struct job *job)
{
	if (workers->nonces.count >= workers->parts.queue)
		return false;
	line_put(&workers->nonces, job);
	(void)pthread_cond_signal(&workers->nonce_come);
	return true;
}

static void leave_line(struct workers *workers, struct job *job)
{
	job->waiting = false;
	if (job->kind == JOB_NONCE) {
		line_leave(&workers->nonces, job);
	} else {
		line_leave(&workers->checks, job);
		job->share->waiting--;
	}
}

/* The next one, NULL for none. */
static struct job *leave_first(struct workers *workers, bool nonces_only)
{
	struct job *job = workers->nonces.first;

	if (job == NULL && !nonces_only)
		job = workers->checks.first;
	if (job != NULL)
		leave_line(workers, job);
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

static void run(struct workers *workers, bool nonces_only)
{
	pthread_cond_t *come =
	        nonces_only ? &workers->nonce_come : &workers->come;

	(void)pthread_mutex_lock(&workers->lock);
	while (!workers->ending) {
		struct job *job = leave_first(workers, nonces_only);

		if (job == NULL) {
			(void)pthread_cond_wait(come, &workers->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&workers->lock);
		work(workers, job);
		(void)pthread_mutex_lock(&workers->lock);
		line_put(&workers->done, job);
		workers->parts.wake(workers->parts.context);
	}
	(void)pthread_mutex_unlock(&workers->lock);
}

/* However slow the registry is, a card can be read. */
static void *run_nonces(void *context)
{
	run(context, true);
	return NULL;
}

static void *run_all(void *context)
{
	run(context, false);
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
		                      workers->count == 0 ? run_nonces
		                                          : run_all,
		                      workers) == 0;
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
	if (workers->parts.threads < THREADS_MIN)
		workers->parts.threads = THREADS_MIN;
	workers->nonces.last = &workers->nonces.first;
	workers->checks.last = &workers->checks.first;
	workers->done.last = &workers->done.first;
	/* Without attributes these only fail without memory. */
	if (pthread_mutex_init(&workers->lock, NULL) != 0 ||
	    pthread_cond_init(&workers->come, NULL) != 0 ||
	    pthread_cond_init(&workers->nonce_come, NULL) != 0) {
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
	(void)pthread_cond_broadcast(&workers->nonce_come);
	(void)pthread_mutex_unlock(&workers->lock);
	for (unsigned int i = 0; i < workers->count; i++)
		(void)pthread_join(workers->threads[i], NULL);
	drop(&workers->nonces);
	drop(&workers->checks);
	drop(&workers->done);
	(void)pthread_mutex_destroy(&workers->lock);
	(void)pthread_cond_destroy(&workers->come);
	(void)pthread_cond_destroy(&workers->nonce_come);
	free(workers);
}

enum cccd_err workers_put(struct workers *workers, struct job *job)
{
	enum cccd_err err = CCCD_ERR_RATE_LIMITED;

	(void)pthread_mutex_lock(&workers->lock);
	job->waiting = job->kind == JOB_NONCE ? put_nonce(workers, job)
	                                      : put_check(workers, job);
	if (job->waiting) {
		(void)pthread_cond_signal(&workers->come);
		err = CCCD_OK;
	}
	(void)pthread_mutex_unlock(&workers->lock);
	return err;
}

bool workers_take_back(struct workers *workers, struct job *job)
{
	bool waited = false;

	(void)pthread_mutex_lock(&workers->lock);
	waited = job->waiting;
	if (waited)
		leave_line(workers, job);
	(void)pthread_mutex_unlock(&workers->lock);
	return waited;
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
	count = workers->nonces.count + workers->checks.count;
	(void)pthread_mutex_unlock(&workers->lock);
	return count;
}
