/* SPDX-License-Identifier: Apache-2.0 */
/* A reader whose card follows a script, APDU by APDU. */
#ifndef TESTS_SUPPORT_SCRIPT_READER_H
#define TESTS_SUPPORT_SCRIPT_READER_H

#include "base/random.h"
#include "reader/reader.h"

enum { SCRIPT_STEPS_MAX = 256 };

/**
 * script_answer_fn - a card that computes its answers.
 * @response: empty; the R-APDU with its status word goes here
 */
typedef enum cccd_err (*script_answer_fn)(void *context, struct span command,
                                          struct buf *response);

/* One exchange; a command without bytes matches every command. */
struct script_step {
	struct span command;
	struct span response;
	enum cccd_err err;
};

/**
 * struct script - what the card expects and answers; zero it first.
 * @answer:     used when the steps are exhausted; NULL refuses
 * @max_response: longest R-APDU that the reader passes; 0 for any
 * @sent:       commands that arrived
 * @mismatches: commands that were not the expected ones
 * @last:       the last command that arrived, cut at what fits
 */
struct script {
	struct script_step steps[SCRIPT_STEPS_MAX];
	size_t count;
	size_t next;
	script_answer_fn answer;
	void *context;
	size_t max_response;
	size_t sent;
	size_t mismatches;
	uint8_t last[512];
	size_t last_len;
};

/* Expect a command (borrowed bytes) and answer it. */
void script_add(struct script *script, struct span command,
                struct span response);

/* The exchange fails with @err. */
void script_add_error(struct script *script, struct span command,
                      enum cccd_err err);

/* A connected reader over the script; ends the program when it cannot. */
struct reader *script_open(struct script *script);

/* Whether every step was used and every command was the expected one. */
bool script_done(const struct script *script);

/**
 * struct tape - randomness that a test decides.
 * @bytes: handed out in order
 * @used:  bytes handed out; CCCD_ERR_CRYPTO_RANDOM past the end
 */
struct tape {
	uint8_t bytes[2048];
	size_t len;
	size_t used;
};

void tape_add(struct tape *tape, struct span bytes);

/* A source over @tape; both live as long as it is used. */
struct random tape_random(struct tape *tape);

#endif
