/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of the gateway: order, a full queue, and the end. */
#include "service/gateway/workers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "lib/json/result.h"
#include "tests/service/gateway/house.h"

enum { WAIT_S = 60, MANY = 100, JOB_BODY_MAX = 2048 };

/**
 * struct gate - holds a question of the registry, and counts the done.
 * @shut: questions wait for it to open
 * @asked: questions that began
 * @woken: how often a worker said that one is done
 */
static struct gate {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool shut;
	size_t asked;
	size_t woken;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER,
	   .moved = PTHREAD_COND_INITIALIZER };

static struct timespec limit(void)
{
	struct timespec at = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += WAIT_S;
	return at;
}

/* No assertion of cmocka may fail on another thread than its own. */
static enum cccd_err ask_at_the_gate(struct connector *connector,
                                     const struct registry_question *question,
                                     uint64_t deadline_ms,
                                     struct registry_answer *ret)
{
	struct timespec end = limit();
	int late = 0;

	(void)connector;
	(void)question;
	(void)deadline_ms;
	(void)pthread_mutex_lock(&gate.lock);
	gate.asked++;
	(void)pthread_cond_broadcast(&gate.moved);
	while (gate.shut && late == 0)
		late = pthread_cond_timedwait(&gate.moved, &gate.lock, &end);
	(void)pthread_mutex_unlock(&gate.lock);
	ret->outcome = late == 0 ? REGISTRY_NOT_FOUND : REGISTRY_FAULT;
	return CCCD_OK;
}

static void set_gate(bool shut)
{
	(void)pthread_mutex_lock(&gate.lock);
	gate.shut = shut;
	(void)pthread_cond_broadcast(&gate.moved);
	(void)pthread_mutex_unlock(&gate.lock);
}

static void on_wake(void *context)
{
	(void)context;
	(void)pthread_mutex_lock(&gate.lock);
	gate.woken++;
	(void)pthread_cond_broadcast(&gate.moved);
	(void)pthread_mutex_unlock(&gate.lock);
}

static size_t value_of(const size_t *number)
{
	size_t value = 0;

	(void)pthread_mutex_lock(&gate.lock);
	value = *number;
	(void)pthread_mutex_unlock(&gate.lock);
	return value;
}

static void wait_until(const size_t *number, size_t least)
{
	struct timespec end = limit();
	int late = 0;

	(void)pthread_mutex_lock(&gate.lock);
	while (*number < least && late == 0)
		late = pthread_cond_timedwait(&gate.moved, &gate.lock, &end);
	(void)pthread_mutex_unlock(&gate.lock);
	assert_int_equal(late, 0);
}

/* workers_free() has said the end by now: those in hand may go on. */
int __real_pthread_join(pthread_t thread, void **ret);
int __wrap_pthread_join(pthread_t thread, void **ret);

int __wrap_pthread_join(pthread_t thread, void **ret)
{
	set_gate(false);
	return __real_pthread_join(thread, ret);
}

static int set_up(void **state)
{
	struct house *house = NULL;

	if (house_set_up(state) != 0)
		return -1;
	house = *state;
	house->parts.ask = ask_at_the_gate;
	gate.shut = false;
	gate.asked = 0;
	gate.woken = 0;
	return 0;
}

static struct workers *workers_of(struct house *house, unsigned int threads,
                                  size_t queue)
{
	const struct workers_parts parts = {
		.check = &house->parts,
		.nonce_s = 60,
		.threads = threads,
		.queue = queue,
		.wake = on_wake,
	};
	struct workers *workers = NULL;

	assert_int_equal(workers_new(&parts, &workers), CCCD_OK);
	return workers;
}

/* A check that asks the registry; its token goes to @ret_token. */
static struct job *check_job(struct house *house,
                             char ret_token[static TOKEN_MAX])
{
	char body[JOB_BODY_MAX];
	struct job *job = NULL;
	int len = 0;

	house_draw(house);
	house_sign(house, (struct desk_claims){ 0 }, ret_token);
	len = snprintf(body, sizeof(body),
	               "{\"assertion\":\"%s\",\"officer\":{\"id\":\"o-17\"}}",
	               ret_token);
	assert_in_range(len, 1, JOB_BODY_MAX - 1);
	job = job_new(JOB_CHECK, &house->caller, span_of(body, (size_t)len));
	assert_non_null(job);
	/* The job has its own. */
	memset(body, 'x', sizeof(body));
	return job;
}

static struct job *nonce_job(struct house *house)
{
	struct job *job = job_new(JOB_NONCE, &house->caller, span_text("{}"));

	assert_non_null(job);
	return job;
}

static void put(struct workers *workers, struct job *job)
{
	assert_int_equal(workers_put(workers, job), CCCD_OK);
}

static void workers_finish_in_the_order_of_asking(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 16);
	struct job *jobs[4];
	char token[TOKEN_MAX];

	set_gate(true);
	jobs[0] = check_job(house, token);
	put(workers, jobs[0]);
	wait_until(&gate.asked, 1);
	for (size_t i = 1; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = i == 2 ? check_job(house, token) : nonce_job(house);
		put(workers, jobs[i]);
	}
	assert_int_equal(workers_waiting(workers), 3);
	assert_null(workers_take(workers));
	set_gate(false);
	wait_until(&gate.woken, ARRAY_LEN(jobs));
	assert_int_equal(workers_waiting(workers), 0);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		struct job *done = workers_take(workers);

		assert_ptr_equal(done, jobs[i]);
		assert_int_equal(done->err, CCCD_OK);
		assert_non_null(done->outcome.text);
		job_free(done);
	}
	assert_null(workers_take(workers));
	workers_free(workers);
}

static void workers_put_refuses_when_too_many_wait(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 2);
	struct job *refused = nonce_job(house);
	char token[TOKEN_MAX];

	set_gate(true);
	put(workers, check_job(house, token));
	/* What is in hand does not wait. */
	wait_until(&gate.asked, 1);
	put(workers, nonce_job(house));
	put(workers, nonce_job(house));
	assert_int_equal(workers_put(workers, refused), CCCD_ERR_RATE_LIMITED);
	assert_int_equal(workers_waiting(workers), 2);
	set_gate(false);
	wait_until(&gate.woken, 3);
	/* It stayed ours, and may come again. */
	put(workers, refused);
	wait_until(&gate.woken, 4);
	for (size_t i = 0; i < 4; i++) {
		struct job *done = workers_take(workers);

		assert_non_null(done);
		assert_int_equal(done == refused, i == 3);
		job_free(done);
	}
	workers_free(workers);
}

static void
workers_free_drops_what_waits_and_finishes_what_is_in_hand(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 16);
	char first[TOKEN_MAX];
	char second[TOKEN_MAX];

	set_gate(true);
	put(workers, check_job(house, first));
	wait_until(&gate.asked, 1);
	put(workers, check_job(house, second));
	put(workers, nonce_job(house));
	/* The gate opens once the end was said. */
	workers_free(workers);
	assert_int_equal(value_of(&gate.asked), 1);
	/* What was in hand has its line; the other's nonce is still good. */
	assert_int_equal(house_lines(house), 1);
	assert_int_equal(house_send(house, first, ""), CCCD_ERR_NONCE_SPENT);
	assert_int_equal(house_send(house, second, ""), CCCD_OK);
	assert_int_equal(house_lines(house), 2);
}

static void workers_free_frees_what_nobody_took(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 2, 16);

	put(workers, nonce_job(house));
	put(workers, nonce_job(house));
	wait_until(&gate.woken, 2);
	workers_free(workers);
	workers_free(NULL);
}

/* Whether none of the texts before it is the same. */
static bool is_new(struct job *const *jobs, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (jobs[i] == jobs[at] ||
		    strcmp(jobs[i]->outcome.text, jobs[at]->outcome.text) == 0)
			return false;
	return true;
}

static void workers_do_each_job_once(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 4, MANY);
	struct job *done[MANY];

	for (size_t i = 0; i < MANY; i++)
		put(workers, nonce_job(house));
	wait_until(&gate.woken, MANY);
	for (size_t i = 0; i < MANY; i++) {
		done[i] = workers_take(workers);
		assert_non_null(done[i]);
		assert_int_equal(done[i]->err, CCCD_OK);
		assert_true(is_new(done, i));
	}
	assert_null(workers_take(workers));
	for (size_t i = 0; i < MANY; i++)
		job_free(done[i]);
	workers_free(workers);
}

/* Refusals come back as jobs, too. */
static void workers_bring_refusals_back(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 1);
	struct job *job = job_new(JOB_CHECK, &house->caller, span_text("{}"));

	assert_non_null(job);
	assert_true(job->began_us <= clock_steady_us());
	put(workers, job);
	wait_until(&gate.woken, 1);
	assert_ptr_equal(workers_take(workers), job);
	assert_int_equal(job->err, CCCD_ERR_REQUEST_MALFORMED);
	assert_null(job->outcome.text);
	assert_int_equal(value_of(&gate.asked), 0);
	job_free(job);
	workers_free(workers);
}

/* The list of callers may be replaced while a job waits. */
static void job_new_copies_its_caller(void **state)
{
	struct gateway_caller caller = { .name = "desk", .per_minute = 7 };
	struct job *job = job_new(JOB_CHECK, &caller, span_text(""));

	(void)state;
	assert_non_null(job);
	memset(&caller, 0, sizeof(caller));
	assert_string_equal(job->caller.name, "desk");
	assert_int_equal(job->caller.per_minute, 7);
	assert_int_equal(job->kind, JOB_CHECK);
	assert_null(job->conn);
	job_free(job);
	job_free(NULL);
}

#define WITH(test) \
	cmocka_unit_test_setup_teardown(test, set_up, house_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(workers_finish_in_the_order_of_asking),
		WITH(workers_put_refuses_when_too_many_wait),
		WITH(workers_free_drops_what_waits_and_finishes_what_is_in_hand),
		WITH(workers_free_frees_what_nobody_took),
		WITH(workers_do_each_job_once),
		WITH(workers_bring_refusals_back),
		cmocka_unit_test(job_new_copies_its_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
