/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, for the subcommands that read. */
#ifndef CLI_READ_H
#define CLI_READ_H

#include "cli/options.h"

/* The system's trust store; used when it is there and none is named. */
#define CLI_TRUST_DIR "/var/lib/cccd/trust"

/* Where a signed bundle of code tables lies, and who may sign one. */
#define CLI_TABLES_DIR "/var/lib/cccd/tables"
#define CLI_PINS_DIR   "/etc/cccd/pins"

/* Read one card as the options say; returns the exit code. */
int cli_read_with(struct read_options *options);

/* Reader, access keys and engine options as the call gave them. */
CHECKED enum cccd_err cli_prepare(struct cccd_session *session,
                                  const struct read_options *options);

/* cccd_session_run(); SIGINT and SIGTERM cancel it. */
CHECKED enum cccd_err cli_run_watched(struct cccd_session *session);

/**
 * cli_open_trust() - the store to lean on.
 * @dir, @demo_dir: at most one; NULL for the system's
 * @ret: NULL when there is none: then every issuer is unknown
 *
 * Return: EXIT_OK, or an exit code after a message.
 */
int cli_open_trust(const char *dir, const char *demo_dir,
                   struct cccd_trust **ret);

#endif
