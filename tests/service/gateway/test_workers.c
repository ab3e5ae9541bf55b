/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of the gateway: order, shares, hanging up, and the end. */
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

/* By another caller, who is known to the same desk. */
static struct job *check_job_of(struct house *house, const char *name,
                                char ret_token[static TOKEN_MAX])
{
	struct gateway_caller before = house->caller;
	struct job *job = NULL;

	(void)snprintf(house->caller.name, sizeof(house->caller.name), "%s",
	               name);
	job = check_job(house, ret_token);
	house->caller = before;
	return job;
}

/* The next that is done: this one, and well. */
static void take(struct workers *workers, const struct job *want)
{
	struct job *done = workers_take(workers);

	assert_ptr_equal(done, want);
	assert_int_equal(done->err, CCCD_OK);
	assert_non_null(done->outcome.text);
	job_free(done);
}

static void workers_finish_in_the_order_of_asking(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 16);
	struct job *jobs[4];
	char token[TOKEN_MAX];

	set_gate(true);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = check_job(house, token);
		put(workers, jobs[i]);
		wait_until(&gate.asked, 1);
	}
	assert_int_equal(workers_waiting(workers), 3);
	assert_null(workers_take(workers));
	set_gate(false);
	wait_until(&gate.woken, ARRAY_LEN(jobs));
	assert_int_equal(workers_waiting(workers), 0);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		take(workers, jobs[i]);
	assert_null(workers_take(workers));
	workers_free(workers);
}

/* A slow registry keeps every thread but one, and the queue is full. */
static void issue_nonces_while_checks_wait(struct house *house,
                                           unsigned int threads)
{
	struct workers *workers = workers_of(house, threads, 2);
	size_t in_hand = threads > 1 ? threads - 1 : 1;
	char token[TOKEN_MAX];

	gate.asked = 0;
	gate.woken = 0;
	set_gate(true);
	for (size_t i = 0; i < in_hand; i++) {
		put(workers, check_job(house, token));
		wait_until(&gate.asked, i + 1);
	}
	put(workers, check_job(house, token));
	put(workers, check_job_of(house, "other", token));
	for (size_t i = 1; i <= 5; i++) {
		struct job *nonce = nonce_job(house);

		put(workers, nonce);
		wait_until(&gate.woken, i);
		take(workers, nonce);
	}
	assert_int_equal(value_of(&gate.asked), in_hand);
	assert_int_equal(workers_waiting(workers), 2);
	workers_free(workers);
}

static void workers_issue_nonces_while_checks_wait(void **state)
{
	issue_nonces_while_checks_wait(*state, 1);
	issue_nonces_while_checks_wait(*state, 2);
	issue_nonces_while_checks_wait(*state, 4);
}

static void assert_refused(struct workers *workers, struct job *job)
{
	size_t waiting = workers_waiting(workers);

	assert_int_equal(workers_put(workers, job), CCCD_ERR_RATE_LIMITED);
	assert_int_equal(workers_waiting(workers), waiting);
	/* It stays ours, and waits nowhere. */
	assert_false(workers_take_back(workers, job));
}

static void workers_put_refuses_when_too_many_wait(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 2);
	char token[TOKEN_MAX];
	struct job *first = check_job(house, token);
	struct job *second = check_job_of(house, "second", token);
	struct job *third = check_job_of(house, "third", token);
	struct job *refused = check_job_of(house, "fourth", token);

	set_gate(true);
	put(workers, first);
	/* What is in hand does not wait. */
	wait_until(&gate.asked, 1);
	put(workers, second);
	put(workers, third);
	assert_refused(workers, refused);
	set_gate(false);
	wait_until(&gate.woken, 3);
	/* It may come again. */
	put(workers, refused);
	wait_until(&gate.woken, 4);
	take(workers, first);
	take(workers, second);
	take(workers, third);
	take(workers, refused);
	workers_free(workers);
}

static void workers_put_leaves_half_of_the_queue_to_others(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 5);
	char token[TOKEN_MAX];
	struct job *jobs[6];
	struct job *refused = check_job(house, token);

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		jobs[i] = i < 3 ? check_job(house, token)
		                : check_job_of(house, "other", token);
	set_gate(true);
	put(workers, jobs[0]);
	wait_until(&gate.asked, 1);
	put(workers, jobs[1]);
	put(workers, jobs[2]);
	assert_refused(workers, refused);
	put(workers, jobs[3]);
	put(workers, jobs[4]);
	assert_refused(workers, jobs[5]);
	/* What is taken back, or taken, makes room for the same caller. */
	assert_true(workers_take_back(workers, jobs[4]));
	put(workers, jobs[5]);
	assert_refused(workers, refused);
	set_gate(false);
	wait_until(&gate.woken, 5);
	put(workers, refused);
	wait_until(&gate.woken, 6);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		if (i != 4)
			take(workers, jobs[i]);
	take(workers, refused);
	job_free(jobs[4]);
	workers_free(workers);
}

/* Half of one is one. */
static void workers_put_takes_one_where_one_may_wait(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 1);
	char token[TOKEN_MAX];
	struct job *refused = check_job(house, token);

	set_gate(true);
	put(workers, check_job(house, token));
	wait_until(&gate.asked, 1);
	put(workers, check_job(house, token));
	assert_refused(workers, refused);
	job_free(refused);
	workers_free(workers);
}

/* As many callers as the list has, and those of the list before. */
static void workers_put_outlives_lists_of_callers(void **state)
{
	struct house *house = *state;
	struct workers *workers =
	        workers_of(house, 1, (size_t)4 * GATEWAY_CALLERS_MAX);
	char token[TOKEN_MAX];
	struct gateway_caller caller = house->caller;
	struct job *job = NULL;

	set_gate(true);
	put(workers, check_job(house, token));
	wait_until(&gate.asked, 1);
	for (size_t i = 0; i <= GATEWAY_CALLERS_MAX; i++) {
		(void)snprintf(caller.name, sizeof(caller.name), "c%zu", i);
		job = job_new(JOB_CHECK, &caller, span_text("{}"));
		assert_non_null(job);
		if (i < GATEWAY_CALLERS_MAX)
			put(workers, job);
	}
	assert_refused(workers, job);
	set_gate(false);
	wait_until(&gate.woken, GATEWAY_CALLERS_MAX + 1);
	put(workers, job);
	wait_until(&gate.woken, GATEWAY_CALLERS_MAX + 2);
	workers_free(workers);
}

/* First, last, between: whoever hung up, the others keep their order. */
static void workers_take_back_what_has_not_begun(void **state)
{
	struct house *house = *state;
	struct workers *workers = workers_of(house, 1, 16);
	struct job *jobs[6];
	char back[TOKEN_MAX] = "";
	char other[TOKEN_MAX] = "";

	set_gate(true);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = check_job(house, i == 1 ? back : other);
		if (i < 5)
			put(workers, jobs[i]);
		wait_until(&gate.asked, 1);
	}
	assert_false(workers_take_back(workers, jobs[0]));
	assert_true(workers_take_back(workers, jobs[1]));
	assert_true(workers_take_back(workers, jobs[3]));
	assert_true(workers_take_back(workers, jobs[4]));
	assert_false(workers_take_back(workers, jobs[4]));
	put(workers, jobs[5]);
	assert_int_equal(workers_waiting(workers), 2);
	set_gate(false);
	wait_until(&gate.woken, 3);
	/* Done is not waiting. */
	assert_false(workers_take_back(workers, jobs[2]));
	take(workers, jobs[0]);
	take(workers, jobs[2]);
	take(workers, jobs[5]);
	assert_null(workers_take(workers));
	workers_free(workers);
	assert_int_equal(value_of(&gate.asked), 3);
	assert_int_equal(house_lines(house), 3);
	/* Nothing was spent of it. */
	assert_int_equal(house_send(house, back, ""), CCCD_OK);
	assert_int_equal(house_send(house, other, ""), CCCD_ERR_NONCE_SPENT);
	job_free(jobs[1]);
	job_free(jobs[3]);
	job_free(jobs[4]);
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
		WITH(workers_issue_nonces_while_checks_wait),
		WITH(workers_put_refuses_when_too_many_wait),
		WITH(workers_put_leaves_half_of_the_queue_to_others),
		WITH(workers_put_takes_one_where_one_may_wait),
		WITH(workers_put_outlives_lists_of_callers),
		WITH(workers_take_back_what_has_not_begun),
		WITH(workers_free_drops_what_waits_and_finishes_what_is_in_hand),
		WITH(workers_free_frees_what_nobody_took),
		WITH(workers_do_each_job_once),
		WITH(workers_bring_refusals_back),
		cmocka_unit_test(job_new_copies_its_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
