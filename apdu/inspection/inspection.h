/* SPDX-License-Identifier: Apache-2.0 */
/* The inspection procedure: Doc 9303-11 4.2 and 8, TR-03135-1. */
#ifndef APDU_INSPECTION_INSPECTION_H
#define APDU_INSPECTION_INSPECTION_H

#include <pthread.h>

#include <cccd/session.h>

#include "apdu/access/pace.h"
#include "apdu/inspection/facts.h"
#include "apdu/iso7816/read_file.h"
#include "apdu/lds/lds.h"
#include "apdu/vnm/access_key.h"

/**
 * struct inspection_input - everything an inspection is given.
 * @reader:   borrowed; not connected
 * @random:   borrowed; every nonce and key
 * @memories: borrowed; what kinds of cards were found to take
 * @plan:     borrowed; how to open the chip, NULL for plain documents
 * @profile:  borrowed
 * @trust:    anchors and time; @trust.store may be empty, not NULL
 * @options:  by value
 * @challenge: for active authentication; NULL for a fresh one
 * @progress, @context: told of every step; may be NULL
 */
struct inspection_input {
	struct reader *reader;
	const struct random *random;
	struct card_memories *memories;
	const struct access_plan *plan;
	const struct cccd_profile *profile;
	struct trust_input trust;
	struct cccd_options options;
	const uint8_t *challenge;
	cccd_progress_fn progress;
	void *context;
};

/**
 * struct inspection_channel - how the chip was opened, to do it again.
 * @attempt: of the plan; NULL before, and for plain documents
 * @info:    the PACEInfo used
 * @pace:    what PACE left behind
 */
struct inspection_channel {
	const struct access_attempt *attempt;
	struct cccd_pace_info info;
	struct pace_result pace;
	bool ambiguous;
};

/**
 * struct inspection - one inspection under way.
 * @in:      borrowed
 * @error:   borrowed; first cause
 * @files:   by enum cccd_file
 * @states:  by enum cccd_file
 * @listed:  groups the security object (or, without one, EF.COM) lists
 * @aborted: the step loop ended with an error
 * @resumed: interruptions that were mended
 * @verifier: checks the security object while bytes still arrive
 * @reader_card: what the reader said of the card
 * @aa_extended: the chip refused to sign for its short length
 * @card_security_asked, @card_security_seen: a refusal that ended the
 *            channel is remembered through a new one
 */
struct inspection {
	const struct inspection_input *in;
	struct cccd_error *error;
	struct card card;
	struct card_memory *memory;
	struct transfer files[CCCD_FILES_COUNT];
	enum cccd_file_state states[CCCD_FILES_COUNT];
	struct cccd_security_infos card_access;
	struct cccd_security_infos dg14;
	struct cccd_security_infos card_security;
	struct inspection_channel channel;
	struct inspection_facts facts;
	uint32_t listed;
	struct digest sod_digest;
	pthread_t verifier;
	bool verifying;
	enum cccd_err verifier_err;
	const char *step;
	size_t read_total;
	uint64_t started_ms;
	unsigned int recoveries;
	unsigned int resumed;
	unsigned int stuck;
	size_t progress_mark;
	struct card_memory memory_mark;
	bool constant_refused;
	struct reader_card reader_card;
	bool aa_extended;
	bool card_security_asked;
	enum cccd_file_state card_security_seen;
	char issuing_state[4];
};

/**
 * inspection_new() - ready to run.
 * @in, @error: borrowed for the life
 */
CHECKED enum cccd_err inspection_new(const struct inspection_input *in,
                                     struct cccd_error *error,
                                     struct inspection **ret);

void inspection_free(struct inspection *inspection);

/**
 * inspection_run() - the table of steps, from a powered card to facts.
 *
 * The reader is connected by this call and let go of at its end. A card
 * that was taken away is waited for and continued at the same byte, after
 * the same security object was found on it.
 *
 * Return: CCCD_OK, also for a card that fails every proof; the first error
 * that could not be recovered from. Facts and files stay in either case.
 */
CHECKED enum cccd_err inspection_run(struct inspection *inspection);

/**
 * inspection_reprove() - the proofs again, from files and transcripts.
 *
 * Files, states, channel and the outcomes of chip and active authentication
 * were put in place by the caller; no reader is touched.
 *
 * Return: CCCD_OK whatever the verdict; CCCD_ERR_MEMORY and the like.
 */
CHECKED enum cccd_err inspection_reprove(struct inspection *inspection);

/**
 * inspection_judge() - facts and files to the result; see facts.h.
 * @ret: as inspection_conclude(), and the issuing state
 */
void inspection_judge(struct inspection *inspection, struct cccd_result *ret);

/* struct inspection_step - one row of THE table. */
struct inspection_step {
	const char *name;
	const char *clause;
	enum cccd_err (*run)(struct inspection *inspection);
	bool (*due)(const struct inspection *inspection);
};

/* The rows in order; also the manual's list and the simulator's matrix. */
extern const struct inspection_step inspection_steps[];
extern const size_t inspection_step_count;

#endif
