/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <cccd/cccd.h>

#include "base/macros.h"

/* Exit codes: contracts, Exit codes of cccd. */
enum cli_exit {
	EXIT_OK = 0,
	EXIT_USAGE = 1,
	EXIT_READER = 2,
	EXIT_CARD = 3,
	EXIT_KEY = 4,
	EXIT_POLICY = 5,
	EXIT_INTERNAL = 6,
	EXIT_UNDETERMINED = 10,
	EXIT_FAILED = 11,
	EXIT_ABORTED = 12,
};

/* The exit code of an error; EXIT_OK for CCCD_OK. */
int cli_exit_of_error(enum cccd_err err);

/* The exit code of an overall verdict. */
int cli_exit_of_verdict(enum cccd_verdict verdict);

/* The text in the language of the environment. */
const char *cli_text(const char *vietnamese, const char *english);

/**
 * cli_complain() - an error for the person at the desk, on standard error.
 * @error: its sentence, its code, the technical text and the next step
 *
 * Return: cli_exit_of_error().
 */
int cli_complain(const struct cccd_error *error);

/* A mistake in the call: a message with at most one %s, the hint to --help.
 * Returns EXIT_USAGE. */
PRINTF_LIKE(3, 4)
int cli_usage(const char *command, const char *vietnamese, const char *english,
              ...);

/* Where the daemon keeps its log. */
#define CLI_AUDIT_DIR "/var/lib/cccd/audit"

/* Subcommands: each parses its own options, argv[0] is its name. */
int cli_audit(int argc, char **argv);
int cli_device(int argc, char **argv);
int cli_probe(int argc, char **argv);
int cli_read(int argc, char **argv);
int cli_readers(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_selfcheck(int argc, char **argv);
int cli_rp(int argc, char **argv);
int cli_trace(int argc, char **argv);
int cli_trust(int argc, char **argv);
int cli_verify(int argc, char **argv);

#endif
