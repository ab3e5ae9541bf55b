/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that do what a test says, behind struct engine_ops. */
#ifndef TESTS_SERVICE_CORE_FAKE_ENGINE_H
#define TESTS_SERVICE_CORE_FAKE_ENGINE_H

#include "tests/service/core/house.h"

/* "fake:0" to "fake:3" are readers; ids "r0" to "r3". */
enum { FAKE_READERS = 4 };

extern const struct engine_ops fake_engine;

/* All readers as new: every run waits for fake_end(). */
void fake_reset(void);

/* What the watch would tell. */
void fake_plug(struct house *house, unsigned int reader, bool in);
void fake_card(struct house *house, unsigned int reader, bool there);
void fake_service(struct house *house, bool there);

/* The run that waits, or the next, ends so: CCCD_OK is a verdict. */
void fake_end(unsigned int reader, enum cccd_err err);

/* Whether a run is under way; how many have begun. */
bool fake_is_running(unsigned int reader);
unsigned int fake_runs(unsigned int reader);
void fake_await_running(unsigned int reader);
void fake_await_idle(unsigned int reader);

/* Every cancel is deaf until this: a card that does not answer. */
void fake_set_deaf(unsigned int reader, bool deaf);

/* What a run tells next, before it ends. */
void fake_note(unsigned int reader, enum job_note_kind kind, const char *step);

#endif
