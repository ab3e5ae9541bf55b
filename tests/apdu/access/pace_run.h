/* SPDX-License-Identifier: Apache-2.0 */
/* A run of PACE out of a vector file. */
#ifndef TESTS_APDU_ACCESS_PACE_RUN_H
#define TESTS_APDU_ACCESS_PACE_RUN_H

#include "apdu/access/pace.h"
#include "apdu/lds/security_info.h"
#include "tests/support/card_rig.h"
#include "tests/support/vectors.h"

enum { PACE_STEPS = 5 };

/* Names of the APDUs: MSE:Set AT, then GENERAL AUTHENTICATE. */
extern const char *const step_names[PACE_STEPS];

/* A run of a vector file; names in it begin with @prefix. */
struct run {
	const char *prefix;
	struct vectors *vectors;
	struct cccd_security_infos infos;
	struct password password;
	struct pace_options options;
	struct pace_result result;
	struct card_rig rig;
};

/* A value of the file, by its name without the prefix. */
struct span value(struct run *run, const char *name);
bool has(struct run *run, const char *name);
const char *text(struct run *run, const char *name);

/* The same for an APDU; @field as vectors_apdu() has it. */
struct span apdu(struct run *run, const char *name, const char *field);

/* Set the password to a text of the file. */
void password(struct run *run, enum password_type type, const char *name);

void open_run(struct run *run, const char *file, const char *prefix);
void close_run(struct run *run);

/* The first @count exchanges as the file has them. */
void add_steps(struct run *run, size_t count);

/* The terminal's private keys, or its nonce, on the tape. */
void add_randomness(struct run *run);

enum cccd_err start(struct run *run);

#endif
