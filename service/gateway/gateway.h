/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway put together. */
#ifndef SERVICE_GATEWAY_GATEWAY_H
#define SERVICE_GATEWAY_GATEWAY_H

#include "service/gateway/config.h"
#include "service/gateway/store.h"

struct gateway;

/**
 * gateway_store_open() - the store that a configuration names.
 * @existing: see struct store_place
 *
 * Return: as store_open(); CCCD_ERR_POLICY_CONFIG for a conninfo file that
 * others may read; CCCD_ERR_USAGE_FILE.
 */
CHECKED enum cccd_err gateway_store_open(const struct gateway_config *config,
                                         bool existing,
                                         struct cccd_error *error,
                                         struct store **ret);

/**
 * gateway_check() - whether a configuration could start, without starting.
 *
 * The connector's section is opened, which asks nobody, and the private files
 * are read; nothing is bound, nothing is made.
 *
 * Return: CCCD_OK; as connector_open() and private_file_read().
 */
CHECKED enum cccd_err gateway_check(const struct gateway_config *config,
                                    struct cccd_error *error);

/**
 * gateway_new() - every part, up to open doors.
 * @path: of the configuration, read again on SIGHUP; borrowed
 * @config: borrowed until gateway_free()
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG; CCCD_ERR_USAGE_FILE;
 * CCCD_ERR_STORE; CCCD_ERR_MEMORY; CCCD_ERR_INTERNAL.
 */
CHECKED enum cccd_err gateway_new(const char *path,
                                  const struct gateway_config *config,
                                  struct cccd_error *error,
                                  struct gateway **ret);

/* Serve until SIGTERM or SIGINT. */
void gateway_run(struct gateway *gateway);

/* Accepts NULL. */
void gateway_free(struct gateway *gateway);

#endif
