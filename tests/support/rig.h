/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/pcscd-rig for a test program: a real pcscd of its own. */
#ifndef TESTS_SUPPORT_RIG_H
#define TESTS_SUPPORT_RIG_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum {
	RIG_SLOT_0 = 35963,
	RIG_SLOT_1 = 35964,
};

struct rig;

/**
 * rig_start() - start pcscd and point PCSCLITE_CSOCK_NAME of this program
 * at it; once, before the first PC/SC call.
 *
 * Ends the program, loudly, when the machine cannot do it: a test that did
 * not run is not a test that passed.
 */
struct rig *rig_start(void);

/* Ends pcscd; accepts NULL. It also ends when this program dies. */
void rig_stop(struct rig *rig);

/* "stop" kills pcscd, "start" starts it again. */
void rig_command(struct rig *rig, const char *word);

/**
 * rig_spawn() - run a program where the virtual slots listen.
 * @argv: NULL at its end; argv[0] is a path
 *
 * Waits for its first line of output, so that what it does has begun. The
 * program dies with this one.
 */
pid_t rig_spawn(const struct rig *rig, const char *const argv[]);

/* The same without waiting, with its standard input and output at hand. */
pid_t rig_spawn_piped(const struct rig *rig, const char *const argv[],
                      FILE **ret_words, FILE **ret_answers);

/* Kill a spawned program, or wait for one that ends by itself. */
void rig_kill(pid_t pid);
void rig_wait(pid_t pid);

#endif
