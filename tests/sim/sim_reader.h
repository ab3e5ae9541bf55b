/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card behind a struct reader, in this process. */
#ifndef TESTS_SIM_SIM_READER_H
#define TESTS_SIM_SIM_READER_H

#include "reader/reader.h"
#include "tests/sim/sim_card.h"

/**
 * sim_reader_open() - a reader with @card on it.
 * @card: borrowed; must outlive the reader
 *
 * Exchanges take no real time: sim_card_counters() has the modelled one. An
 * exchange that the model puts beyond the deadline of reader_set_timeout()
 * gives CCCD_ERR_READER_TIMEOUT. After a removal scripted in the profile
 * every call says CCCD_ERR_CARD_REMOVED until reader_wait(), which lays the
 * card (or the one its fault names) back at once.
 */
CHECKED enum cccd_err sim_reader_open(struct sim_card *card,
                                      struct reader **ret);

/* A slot outlives its reader, and a test can move cards under it. */
struct sim_slot;

/* @card may be NULL: an empty slot. */
CHECKED enum cccd_err sim_slot_new(struct sim_card *card,
                                   struct sim_slot **ret);
void sim_slot_free(struct sim_slot *slot);

/* A reader over @slot, which must outlive it. */
CHECKED enum cccd_err sim_slot_open(struct sim_slot *slot, struct reader **ret);

/* From any thread. A waiting reader_wait() notices within milliseconds. */
void sim_slot_remove(struct sim_slot *slot);
void sim_slot_insert(struct sim_slot *slot, struct sim_card *card);

#endif
