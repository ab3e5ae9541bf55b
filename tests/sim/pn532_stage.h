/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-sim --pn532: the simulated card before a simulated chip. */
#ifndef TESTS_SIM_PN532_STAGE_H
#define TESTS_SIM_PN532_STAGE_H

#include "tests/sim/pn532_pty.h"

/**
 * struct pn532_options - of the command line.
 * @line:  a terminal, or "auto"
 * @fault: NULL, or NAME[@AFTER[xTIMES]] as the word "fault" takes it
 */
struct pn532_options {
	const char *profile;
	const char *line;
	const char *fault;
	bool absent;
	bool real_time;
};

/**
 * pn532_stage_run() - until "quit" or the end of standard input.
 *
 * Says "ready PATH" when the line is there. Words on standard input, each
 * answered by a line: insert [NAME], remove, fault NAME[@AFTER[xTIMES]],
 * unplug, plug, rate, quit.
 */
CHECKED enum cccd_err pn532_stage_run(const struct pn532_options *options,
                                      struct cccd_error *error);

#endif
