/* SPDX-License-Identifier: Apache-2.0 */
/* A small terminal for the simulator's own tests: BAC and secure messaging
 * from the other side. It takes cards, not readers. */
#ifndef TESTS_SIM_TERMINAL_H
#define TESTS_SIM_TERMINAL_H

#include "tests/sim/chip.h"

/* How the last answer was protected. */
enum terminal_seal {
	SEAL_NONE,    /* a bare status word, or plain data */
	SEAL_GOOD,    /* checksum right, all objects as 9303-11 9.8.4 says */
	SEAL_BROKEN,  /* objects or checksum wrong */
	SEAL_MISSING, /* no answer at all */
};

struct terminal {
	struct sim_card *card;
	struct chip_session session;
	struct sim_outcome outcome;
	struct buf wire;
	struct buf data;
	uint16_t sw;
	enum terminal_seal seal;
};

/* Load and power up; ends the test program when the profile is bad. */
void terminal_open(struct terminal *terminal, const char *profile);
void terminal_close(struct terminal *terminal);

/* A plain command from hex; the status word. */
uint16_t terminal_send(struct terminal *terminal, const char *command);

/* A command under secure messaging; the status word inside, or the bare
 * one. @le: -1 none. */
uint16_t terminal_secure(struct terminal *terminal, const char *header,
                         struct span data, int le);

/* SELECT of the application and BAC with the card's own MRZ. */
uint16_t terminal_bac(struct terminal *terminal);

uint16_t terminal_select(struct terminal *terminal, unsigned int fid);
uint16_t terminal_read(struct terminal *terminal, unsigned int p1,
                       unsigned int p2, int le);

/* A whole file by identifier, 223 bytes at a time. */
uint16_t terminal_read_file(struct terminal *terminal, unsigned int fid,
                            struct buf *ret);

#endif
