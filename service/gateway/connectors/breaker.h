/* SPDX-License-Identifier: Apache-2.0 */
/* A circuit breaker: who failed often is left alone for a while. */
#ifndef SERVICE_GATEWAY_CONNECTORS_BREAKER_H
#define SERVICE_GATEWAY_CONNECTORS_BREAKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

/** enum breaker_state - closed lets through, open refuses. */
enum breaker_state {
	BREAKER_CLOSED = 0,
	BREAKER_OPEN,
	BREAKER_HALF_OPEN, /* one call is let through to see */
};

/** enum breaker_report - what a call told about the other side. */
enum breaker_report {
	BREAKER_SAYS_NOTHING = 0, /* our own failure, or a refusal */
	BREAKER_WORKS,
	BREAKER_FAILS,
};

/**
 * struct breaker - of one connector; any thread.
 * @threshold: failures in a row that open it; 0: it never opens
 * @open_ms:   time until one call is let through again
 * @era:       counts the changes of @state
 * @now_ms:    a clock that never steps
 */
struct breaker {
	pthread_mutex_t lock;
	enum breaker_state state;
	uint32_t failures;
	uint32_t threshold;
	uint64_t open_ms;
	uint64_t opened_at;
	bool probing;
	uint64_t era;
	uint64_t (*now_ms)(void);
};

/* Whether the lock could be made. */
CHECKED bool breaker_init(struct breaker *breaker, uint32_t threshold,
                          uint64_t open_ms, uint64_t (*now_ms)(void));

/**
 * breaker_enter() - whether a call may be made now.
 * @ret_era: for breaker_leave(), which tells by it who comes late
 *
 * After true comes exactly one breaker_leave(), whatever happened.
 */
CHECKED bool breaker_enter(struct breaker *breaker, uint64_t *ret_era);

/* A report about another era than the present one changes nothing. */
void breaker_leave(struct breaker *breaker, uint64_t era,
                   enum breaker_report report);

/* For health and metrics; old when it is read. */
enum breaker_state breaker_look(struct breaker *breaker);

void breaker_release(struct breaker *breaker);

#endif
