/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon put together: parts, doors, their order of life. */
#ifndef SERVICE_DAEMON_H
#define SERVICE_DAEMON_H

#include "base/error.h"
#include "service/config.h"

struct daemon;

/**
 * daemon_new() - load, open and bind everything.
 * @config:      copied
 * @config_path: read again on SIGHUP; "" for none
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG with file, line and reason;
 * CCCD_ERR_AUDIT; CCCD_ERR_TRUST_STORE_BAD; CCCD_ERR_USAGE_FILE and
 * CCCD_ERR_INTERNAL with errno; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err daemon_new(const struct config *config,
                                 struct cccd_error *error, struct daemon **ret);

/* Accepts NULL. */
void daemon_free(struct daemon *daemon);

/* Serve until SIGTERM or SIGINT. */
void daemon_run(struct daemon *daemon);

#endif
