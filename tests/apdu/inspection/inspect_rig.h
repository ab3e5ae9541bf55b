/* SPDX-License-Identifier: Apache-2.0 */
/* One inspection of one simulated card, in this process. */
#ifndef TESTS_APDU_INSPECTION_INSPECT_RIG_H
#define TESTS_APDU_INSPECTION_INSPECT_RIG_H

#include "apdu/auth/csca_store.h"
#include "apdu/inspection/inspection.h"
#include "tests/sim/sim_card.h"
#include "tests/sim/sim_reader.h"

/**
 * struct inspect_rig - a card, its reader, and what came out.
 * @err: of the inspection
 * @keep_memories: between runs, as a session does
 */
struct inspect_rig {
	struct sim_card *sim;
	struct reader *reader;
	struct csca_store *store;
	struct access_plan plan;
	struct card_memories memories;
	struct inspection_input input;
	struct cccd_error error;
	struct inspection *inspection;
	struct cccd_result result;
	enum cccd_err err;
};

/* What the desk gives. */
enum inspect_key {
	INSPECT_CAN,
	INSPECT_MRZ,
	INSPECT_BOTH,
	INSPECT_PIN,
	INSPECT_NOTHING,
};

/* Load a profile (name, path or JSON); the store trusts its CSCA. */
void inspect_load(struct inspect_rig *rig, const char *profile);

/* The plan of the card's own secrets; or set @rig->plan by hand. */
void inspect_plan(struct inspect_rig *rig, enum inspect_key key);

/* Run and judge. May be called again after inspect_reset(). */
void inspect_run(struct inspect_rig *rig);

/* Forget the inspection, keep card, store, plan and memories. */
void inspect_reset(struct inspect_rig *rig);

void inspect_free(struct inspect_rig *rig);

/* "verdict/reason" of a check, for assertions and messages. */
const char *inspect_check(const struct inspect_rig *rig, enum cccd_check_id id,
                          char text[static 96]);

#endif
