/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of bench_gateway. */
#ifndef TESTS_BENCH_BENCH_GATEWAY_H
#define TESTS_BENCH_BENCH_GATEWAY_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "service/gateway/check.h"
#include "tests/service/gateway/desk.h"

enum { BENCH_PATH = 512, BENCH_TOKEN = 4096 };

/**
 * struct bench - a gateway's store and directory, and a desk that signs.
 * @gateway: a running one with the same store; 0 for none
 */
struct bench {
	const char *dir;
	struct check_parts parts;
	struct gateway_caller caller;
	struct desk desk;
	pid_t gateway;
};

/**
 * struct way - how one thing is done over and over.
 * @open:  for one thread
 * @once:  whether it went well
 * @needs_body: a fresh assertion for each time
 */
struct way {
	const char *name;
	void *(*open)(struct bench *bench);
	bool (*once)(struct bench *bench, void *own, char *body);
	void (*close)(void *own);
	bool needs_body;
};

extern const struct way way_signature;
extern const struct way way_inside;
extern const struct way way_door;

/* Ends the program unless it is so. */
static inline void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "bench_gateway: %s\n", what);
	exit(1); /* NOLINT(concurrency-mt-unsafe): nothing to be kept */
}

/* A store, a directory of 10 000 people and a registered desk in @dir. */
void bench_open(struct bench *bench, const char *dir);
void bench_close(struct bench *bench);
/* Of POST /v1/checks, over a nonce that was just issued; with free(). */
char *bench_body(struct bench *bench, size_t i);

/* cccd-gateway itself, with so many workers, at a Unix socket. */
void gateway_begin(struct bench *bench, const char *program, size_t workers);
void gateway_end(struct bench *bench);

/* What the processes in question have used of the processors so far. */
double bench_cpu_s(const struct bench *bench);

#endif
