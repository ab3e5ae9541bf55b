/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager is told: sd_notify(3) without its library. */
#ifndef SERVICE_CORE_NOTIFY_H
#define SERVICE_CORE_NOTIFY_H

#include <stdint.h>

#include <cccd/error.h>

#include "base/macros.h"

struct notify;

/**
 * notify_open() - take NOTIFY_SOCKET and WATCHDOG_USEC from the environment.
 *
 * They leave the environment, so that no child takes them for its own.
 *
 * Return: CCCD_OK, also when nobody wants to be told; CCCD_ERR_POLICY_CONFIG
 * for an address that is none; CCCD_ERR_INTERNAL, CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err notify_open(struct notify **ret);

/* Accepts NULL. */
void notify_close(struct notify *notify);

/**
 * notify_ready() and the like - tell the state; NULL tells nobody.
 * @status: one line for systemctl status; NULL to leave it
 */
void notify_ready(const struct notify *notify, const char *status);
void notify_reloading(const struct notify *notify);
void notify_stopping(const struct notify *notify);
void notify_status(const struct notify *notify, const char *status);
void notify_watchdog(const struct notify *notify);

/* How often to call notify_watchdog(): half of what the manager allows, in
 * milliseconds; 0 when it does not watch. */
uint32_t notify_watchdog_ms(const struct notify *notify);

#endif
