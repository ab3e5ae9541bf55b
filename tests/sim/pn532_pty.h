/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line of a simulated PN532: a pseudo-terminal. */
#ifndef TESTS_SIM_PN532_PTY_H
#define TESTS_SIM_PN532_PTY_H

#include "tests/sim/pn532.h"

enum { PN532_PATH_MAX = 64 };

/**
 * struct pn532_line - the chip's end of the line.
 * @master: read and written by the chip, -1 while it is unplugged
 * @slave:  held open, so that a host that closes does not hang the line up
 * @path:   what the host opens
 */
struct pn532_line {
	int master;
	int slave;
	char path[PN532_PATH_MAX];
};

/**
 * pn532_line_open() - a fresh pseudo-terminal, or a terminal that is there.
 * @path: NULL or "auto" for a fresh one
 *
 * Return: CCCD_OK; CCCD_ERR_READER_NONE.
 */
CHECKED enum cccd_err pn532_line_open(const char *path,
                                      struct cccd_error *error,
                                      struct pn532_line *ret);

/* As unplugging it: the host's next read fails. */
void pn532_line_close(struct pn532_line *line);

/**
 * pn532_line_turn() - serve the line for a while.
 * @wake:       a descriptor that ends the turn when readable, or -1
 * @timeout_ms: how long at most
 *
 * Return: CCCD_OK; CCCD_ERR_READER_LOST when the line is gone.
 */
CHECKED enum cccd_err pn532_line_turn(const struct pn532_line *line,
                                      struct pn532 *chip, int wake,
                                      int timeout_ms);

#endif
