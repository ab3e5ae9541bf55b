/* SPDX-License-Identifier: Apache-2.0 */
/* A desk of its own: a real pcscd, two readers, simulated cards. */
#ifndef TESTS_E2E_DESK_H
#define TESTS_E2E_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/e2e/call.h"

#define DESK_SLOT_0 "pcsc:Virtual PCD 00 00"
#define DESK_SLOT_1 "pcsc:Virtual PCD 00 01"

enum { DESK_SLOTS = 2 };

struct desk {
	struct rig *rig;
	pid_t sims[DESK_SLOTS];
	FILE *words[DESK_SLOTS];
	FILE *answers[DESK_SLOTS];
	bool present[DESK_SLOTS];
	bool real_time;
	const char *keys;
};

/* Start pcscd and a card holder per slot, both empty. In real time the
 * cards take as long as their profile's latency says. */
void desk_open(struct desk *desk, bool real_time);

/* The same, without real time: the cards append the keys of every secure
 * channel to the file @keys (cccd-sim --tell-keys). */
void desk_open_telling(struct desk *desk, const char *keys);

/* Everything ends, by process id. */
void desk_close(struct desk *desk);

/**
 * desk_lay() - these cards on the two slots, and wait until PC/SC sees it.
 * @first, @second: names of profiles or JSON without spaces; NULL: empty
 */
void desk_lay(struct desk *desk, const char *first, const char *second);

/* Take the card of a slot away, or put it back, without waiting. */
void desk_take(struct desk *desk, unsigned int slot);
void desk_put(struct desk *desk, unsigned int slot, const char *card);

/* Where the specimen trust of the shipped profiles lies. */
const char *desk_trust(void);

#endif
