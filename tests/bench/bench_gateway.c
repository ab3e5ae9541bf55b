/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of the gateway with a directory in SQLite, beside the bare
 * verification of a signature, by turns:
 * bench_gateway DIR CHECKS [THREADS [ROUNDS [PROGRAM]]]
 *
 * PROGRAM is cccd-gateway, which is then asked over its door, too.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lib/json/result.h"
#include "tests/bench/bench_gateway.h"

enum {
	THREADS_MAX = 64,
	PACE_US = 2000, /* 500 a second */
};

/**
 * struct run - one way, so many times.
 * @pace_us: between two beginnings; 0 for as fast as it goes
 */
struct run {
	struct bench *bench;
	const struct way *way;
	char **bodies;
	uint64_t *took_us;
	size_t count;
	size_t threads;
	uint64_t pace_us;
	uint64_t begin_us;
	size_t next;
	size_t failed;
	pthread_mutex_t lock;
};

static void *open_signature(struct bench *bench)
{
	struct sign_verifier *verifier = NULL;

	must(sign_verifier_new(&bench->desk.jwk.key, &verifier) == CCCD_OK,
	     "a key");
	return verifier;
}

static void close_signature(void *own)
{
	sign_verifier_free(own);
}

static const char signed_text[] = "what is signed";

static bool verify(struct bench *bench, void *own, char *body)
{
	(void)bench;
	return sign_verifier_check(own, span_text(signed_text),
	                           span_of(body, SIGN_LEN)) == CCCD_OK;
}

const struct way way_signature = {
	.name = "ES256 alone",
	.open = open_signature,
	.once = verify,
	.close = close_signature,
};

static void *open_nothing(struct bench *bench)
{
	return bench;
}

static bool check(struct bench *bench, void *own, char *body)
{
	struct check_outcome outcome = { .text = NULL };
	enum cccd_err err = check_run(&bench->parts, &bench->caller,
	                              span_text(body), NULL, &outcome);

	(void)own;
	json_text_free(outcome.text);
	return err == CCCD_OK && outcome.verdict == MATCH_MATCH;
}

static void close_nothing(void *own)
{
	(void)own;
}

const struct way way_inside = {
	.name = "checks without the door",
	.open = open_nothing,
	.once = check,
	.close = close_nothing,
	.needs_body = true,
};

/* The next one; waits for its moment where there is a pace. */
static bool take(struct run *run, size_t *ret, uint64_t *ret_due)
{
	(void)pthread_mutex_lock(&run->lock);
	*ret = run->next++;
	(void)pthread_mutex_unlock(&run->lock);
	if (*ret >= run->count)
		return false;
	*ret_due = run->begin_us + *ret * run->pace_us;
	while (run->pace_us > 0 && clock_steady_us() < *ret_due)
		clock_sleep_ms(1);
	return true;
}

static void *work(void *context)
{
	struct run *run = context;
	void *own = run->way->open(run->bench);
	uint64_t due = 0;
	size_t at = 0;

	while (take(run, &at, &due)) {
		/* Late is counted from when it was due. */
		uint64_t began = run->pace_us > 0 ? due : clock_steady_us();
		bool good = run->way->once(run->bench, own, run->bodies[at]);

		run->took_us[at] = clock_steady_us() - began;
		if (!good) {
			(void)pthread_mutex_lock(&run->lock);
			run->failed++;
			(void)pthread_mutex_unlock(&run->lock);
		}
	}
	run->way->close(own);
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a;
	uint64_t second = *(const uint64_t *)b;

	return (first > second) - (first < second);
}

static char *make_signature(struct bench *bench)
{
	uint8_t *signature = malloc(SIGN_LEN);

	must(signature != NULL &&
	             sign_pair_sign(bench->desk.pair, span_text(signed_text),
	                            signature) == CCCD_OK,
	     "a signature");
	return (char *)signature;
}

static void prepare(struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		run->bodies[i] = run->way->needs_body
		                         ? bench_body(run->bench, i)
		                         : make_signature(run->bench);
	run->next = 0;
	run->failed = 0;
}

/* A second's worth. */
static double measure(struct run *run, const struct way *way, uint64_t pace_us)
{
	pthread_t ids[THREADS_MAX];
	uint64_t took = 0;
	double cpu = 0;
	double rate = 0;

	run->way = way;
	run->pace_us = pace_us;
	prepare(run);
	cpu = bench_cpu_s(run->bench);
	run->begin_us = clock_steady_us();
	for (size_t i = 0; i < run->threads; i++)
		must(pthread_create(&ids[i], NULL, work, run) == 0, "a thread");
	for (size_t i = 0; i < run->threads; i++)
		(void)pthread_join(ids[i], NULL);
	took = clock_steady_us() - run->begin_us;
	cpu = bench_cpu_s(run->bench) - cpu;
	must(run->failed == 0, "a check failed");
	qsort(run->took_us, run->count, sizeof(run->took_us[0]), by_size);
	rate = (double)run->count * 1e6 / (double)took;
	(void)printf("%s%s: %.0f/s, median %" PRIu64 " us, p99 %" PRIu64
	             " us, CPU %.0f us each\n",
	             way->name, pace_us > 0 ? ", 500/s wanted" : "", rate,
	             run->took_us[run->count / 2],
	             run->took_us[run->count * 99 / 100],
	             cpu * 1e6 / (double)run->count);
	for (size_t i = 0; i < run->count; i++)
		free(run->bodies[i]);
	return rate;
}

static size_t number(int argc, char **argv, int at, size_t usual)
{
	return argc > at ? strtoul(argv[at], NULL, 10) : usual;
}

static void begin(struct run *run, int argc, char **argv)
{
	must(argc >= 3, "DIR CHECKS [THREADS [ROUNDS [PROGRAM]]]");
	run->count = number(argc, argv, 2, 0);
	run->threads = number(argc, argv, 3, 8);
	must(run->count > 0 && run->threads > 0 && run->threads <= THREADS_MAX,
	     "1 check or more, 1 to 64 threads");
	run->bodies = calloc(run->count, sizeof(run->bodies[0]));
	run->took_us = calloc(run->count, sizeof(run->took_us[0]));
	must(run->bodies != NULL && run->took_us != NULL, "memory");
	bench_open(run->bench, argv[1]);
	if (argc > 5)
		gateway_begin(run->bench, argv[5], run->threads);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct run run = { .bench = &bench };

	must(pthread_mutex_init(&run.lock, NULL) == 0, "memory");
	begin(&run, argc, argv);
	for (size_t i = number(argc, argv, 4, 1); i > 0; i--) {
		double limit = measure(&run, &way_signature, 0);

		(void)printf("\tof the limit: %.2f\n",
		             measure(&run, &way_inside, 0) / limit);
		if (bench.gateway != 0)
			(void)printf("\tof the limit: %.2f\n",
			             measure(&run, &way_door, 0) / limit);
	}
	(void)measure(&run, &way_inside, PACE_US);
	if (bench.gateway != 0) {
		(void)measure(&run, &way_door, PACE_US);
		gateway_end(&bench);
	}
	bench_close(&bench);
	free(run.bodies);
	free(run.took_us);
	(void)pthread_mutex_destroy(&run.lock);
	return 0;
}
