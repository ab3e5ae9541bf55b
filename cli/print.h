/* SPDX-License-Identifier: Apache-2.0 */
/* What people see: the person, the checks, the overall line. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include "cli/cli.h"

/* Text from a card goes to a terminal: control characters must not. */
void print_clean(FILE *out, const char *text);

/* The holder, one line a member. */
void print_person(FILE *out, const struct cccd_person *person);

/* A short line per check that says something, then the overall line. */
void print_result(FILE *out, const struct cccd_result *result);

/**
 * struct progress_line - the progress on a terminal or in a log.
 * @out:      where; not standard output
 * @terminal: one line that is written over
 */
struct progress_line {
	FILE *out;
	bool terminal;
	bool open;
};

/* A cccd_progress_fn; @context is a struct progress_line. */
void print_progress(const struct cccd_progress *progress, void *context);

/* End the line that is written over. */
void print_progress_end(struct progress_line *line);

#endif
