/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads, several gateways, and one that is killed. */
#include "service/gateway/store_inside.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/macros.h"
#include "tests/service/gateway/pair.h"

enum {
	THREADS = 16,
	LINES = 40,
	ALL = THREADS * LINES,
	NOW = 1000000,
	STEP_MS = 5
};

struct racer {
	struct store *store;
	char id[16];
	enum cccd_err err;
};

static void *race(void *context)
{
	struct racer *racer = context;

	racer->err =
	        pair_spend(racer->store, "contested", "desk", racer->id, NOW);
	return NULL;
}

static void nonce_is_spent_once_by_many(void **state)
{
	struct pair *pair = pair_of(state);
	struct racer racers[THREADS];
	pthread_t threads[THREADS];
	size_t won = 0;

	assert_int_equal(
	        store_nonce_issue(pair->one, "contested", "desk", NOW + 9),
	        CCCD_OK);
	for (size_t i = 0; i < THREADS; i++) {
		racers[i].store = i % 2 == 0 ? pair->one : pair->two;
		(void)snprintf(racers[i].id, sizeof(racers[i].id), "race%zu",
		               i);
		assert_int_equal(
		        pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		if (racers[i].err == CCCD_OK)
			won++;
		else
			assert_int_equal(racers[i].err, CCCD_ERR_NONCE_SPENT);
	}
	assert_int_equal(won, 1);
}

struct writer {
	struct store *store;
	size_t number;
	size_t failed;
};

static void *write_many(void *context)
{
	struct writer *writer = context;
	char id[32];

	for (size_t i = 0; i < LINES; i++) {
		(void)snprintf(id, sizeof(id), "w%zu-%zu", writer->number, i);
		if (pair_append(writer->store, id, "2026-01-01T00:00:00Z") !=
		    CCCD_OK)
			writer->failed++;
	}
	return NULL;
}

static void log_keeps_each_line_once_of_many_writers(void **state)
{
	struct pair *pair = pair_of(state);
	struct writer writers[THREADS];
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){
			.store = i % 2 == 0 ? pair->one : pair->two,
			.number = i,
		};
		assert_int_equal(pthread_create(&threads[i], NULL, write_many,
		                                &writers[i]),
		                 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(writers[i].failed, 0);
	}
	pair_assert_whole(pair->one, ALL);
	/* Once more is no more. */
	assert_int_equal(pair_append(pair->one, "w0-0", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	pair_assert_whole(pair->two, ALL);
}

/** struct spender - one of many, with nonces of its own and a shared one. */
struct spender {
	struct store *store;
	size_t number;
	size_t wrong;
	size_t won;
};

static void spend_some(struct spender *spender, size_t turn)
{
	char nonce[32];
	char id[32];
	const struct {
		const char *nonce;
		const char *caller;
		const char *id;
		int64_t now;
		enum cccd_err err;
	} rows[] = {
		{ nonce, "other", id, NOW, CCCD_ERR_ASSERTION_NONCE },
		{ nonce, "desk", id, NOW + 10, CCCD_ERR_NONCE_EXPIRED },
		{ nonce, "desk", id, NOW, CCCD_OK },
		{ nonce, "desk", id, NOW, CCCD_OK },
		{ nonce, "desk", "again", NOW, CCCD_ERR_NONCE_SPENT },
		{ "never", "desk", id, NOW, CCCD_ERR_ASSERTION_NONCE },
	};
	enum cccd_err err = CCCD_OK;

	(void)snprintf(nonce, sizeof(nonce), "n%zu-%zu", spender->number, turn);
	(void)snprintf(id, sizeof(id), "r%zu-%zu", spender->number, turn);
	if (store_nonce_issue(spender->store, nonce, "desk", NOW + 9) !=
	    CCCD_OK)
		spender->wrong++;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (pair_spend(spender->store, rows[i].nonce, rows[i].caller,
		               rows[i].id, rows[i].now) != rows[i].err)
			spender->wrong++;
	(void)snprintf(nonce, sizeof(nonce), "all-%zu", turn);
	err = pair_spend(spender->store, nonce, "desk", id, NOW);
	if (err == CCCD_OK)
		spender->won++;
	else if (err != CCCD_ERR_NONCE_SPENT)
		spender->wrong++;
}

static void *spend_many(void *context)
{
	for (size_t turn = 0; turn < LINES; turn++)
		spend_some(context, turn);
	return NULL;
}

/* Those that were written together are told apart. */
static void nonces_of_many_are_each_ones_own(void **state)
{
	struct pair *pair = pair_of(state);
	struct spender spenders[THREADS];
	pthread_t threads[THREADS];
	char nonce[32];
	size_t won = 0;

	for (size_t i = 0; i < LINES; i++) {
		(void)snprintf(nonce, sizeof(nonce), "all-%zu", i);
		assert_int_equal(
		        store_nonce_issue(pair->one, nonce, "desk", NOW + 9),
		        CCCD_OK);
	}
	for (size_t i = 0; i < THREADS; i++) {
		spenders[i] = (struct spender){
			.store = i % 2 == 0 ? pair->one : pair->two,
			.number = i,
		};
		assert_int_equal(pthread_create(&threads[i], NULL, spend_many,
		                                &spenders[i]),
		                 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(spenders[i].wrong, 0);
		won += spenders[i].won;
	}
	assert_int_equal(won, LINES);
}

static size_t write_with_many(struct store *store)
{
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	size_t failed = 0;

	for (size_t i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ .store = store, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, write_many,
		                                &writers[i]),
		                 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		failed += writers[i].failed;
	}
	return failed;
}

static void log_that_fails_fails_for_everybody(void **state)
{
	struct pair *pair = pair_of(state);
	struct store_stats stats = { .commits = 1 };

	pair_meddle(pair, "ALTER TABLE usage_log RENAME TO hidden");
	assert_int_equal(write_with_many(pair->one), ALL);
	store_stats(pair->one, &stats);
	assert_int_equal(stats.commits, 0);
	pair_meddle(pair, "ALTER TABLE hidden RENAME TO usage_log");
	assert_int_equal(write_with_many(pair->one), 0);
	pair_assert_whole(pair->two, ALL);
	store_stats(pair->one, &stats);
	assert_in_range(stats.commits, 1, ALL);
	assert_int_equal(stats.tasks, ALL);
}

/* A process that is killed between any two steps. */
static void kill_loses_nothing_and_doubles_nothing(void **state)
{
	struct pair *pair = pair_of(state);
	int told[2];
	char id[32];
	size_t count = 0;
	ssize_t got = 0;
	pid_t child = 0;
	uint64_t lines = 0;
	uint64_t bad = 1;

	assert_int_equal(pipe(told), 0);
	store_close(pair->two);
	pair->two = NULL;
	store_close(pair->one);
	pair->one = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct store *store = NULL;

		if (store_open(&pair->place, NULL, &store) != CCCD_OK)
			_exit(1);
		for (size_t i = 0;; i++) {
			(void)snprintf(id, sizeof(id), "k%zu", i);
			if (pair_append(store, id, "2026-01-01T00:00:00Z") !=
			            CCCD_OK ||
			    write(told[1], "x", 1) != 1)
				_exit(1);
		}
	}
	while (count < 50) {
		got = read(told[0], id, 1);
		assert_int_equal(got, 1);
		count++;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(told[1]);
	while (read(told[0], id, 1) == 1)
		count++;
	(void)close(told[0]);
	pair_open(pair);
	/* What was said to be written is there; one more may be. */
	assert_int_equal(store_log_verify(pair->one, &lines, &bad), CCCD_OK);
	assert_int_equal(bad, 0);
	assert_in_range(lines, count, count + 1);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(id, sizeof(id), "k%zu", i);
		assert_int_equal(
		        pair_append(pair->two, id, "2026-01-01T00:00:00Z"),
		        CCCD_OK);
	}
	pair_assert_whole(pair->two, lines);
}

/* Holds what every writer needs, and then says no more. */
static enum cccd_err fall_silent(struct store_lease *lease, void *context)
{
	const struct store_query hold = {
		.sql = "UPDATE usage_chain SET looked = looked"
		       " WHERE one = 1",
	};
	atomic_int *holds = context;

	TRY(store_run(lease, &hold, NULL));
	/* It is tried again once its connection turns out to be dead. */
	if (atomic_load(holds) == 0)
		atomic_store(holds, 1);
	while (atomic_load(holds) == 1)
		clock_sleep_ms(STEP_MS);
	return CCCD_OK;
}

static enum cccd_err fall_silent_inside(struct store_lease *lease,
                                        void *context)
{
	return store_transact(lease, false, fall_silent, context);
}

struct silence {
	struct store *store;
	atomic_int holds;
	enum cccd_err err;
};

static void *be_silent(void *context)
{
	struct silence *silence = context;

	silence->err =
	        store_do(silence->store, fall_silent_inside, &silence->holds);
	return NULL;
}

/* As by a host that lost its power within a transaction: the server lets go
 * before the others give up. */
static void log_goes_on_without_one_that_fell_silent(void **state)
{
	struct pair *pair = pair_of(state);
	struct silence silence = { .store = pair->one };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, be_silent, &silence), 0);
	while (atomic_load(&silence.holds) == 0)
		clock_sleep_ms(STEP_MS);
	assert_int_equal(pair_append(pair->two, "a", "2026-01-01T00:00:00Z"),
	                 CCCD_OK);
	atomic_store(&silence.holds, 2);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pair_assert_whole(pair->two, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(nonce_is_spent_once_by_many),
		BOTH(nonces_of_many_are_each_ones_own),
		BOTH(log_keeps_each_line_once_of_many_writers),
		ALONE(log_that_fails_fails_for_everybody),
		BOTH(kill_loses_nothing_and_doubles_nothing),
		cmocka_unit_test_setup_teardown(
		        log_goes_on_without_one_that_fell_silent,
		        pair_set_up_postgres, pair_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
