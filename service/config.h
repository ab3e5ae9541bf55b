/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd.conf(5): one table of settings, strictly read. */
#ifndef SERVICE_CONFIG_H
#define SERVICE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/error.h"
#include "base/span.h"

enum {
	CONFIG_FILE_MAX = 65536,
	CONFIG_PATH_MAX = 108, /* a Unix socket's address is no longer */
	CONFIG_LIST_MAX = 8,
	CONFIG_URI_MAX = 128,
	CONFIG_ADDRESS_MAX = 64,
};

/** enum config_log_level - what is worth a line. */
enum config_log_level {
	CONFIG_LOG_ERROR = 1,
	CONFIG_LOG_WARNING,
	CONFIG_LOG_INFO,
	CONFIG_LOG_DEBUG,
};

/** struct config_list - words between blanks; none for "none". */
struct config_list {
	char items[CONFIG_LIST_MAX][CONFIG_URI_MAX];
	size_t count;
};

/**
 * struct config - every setting, in the order of the manual.
 *
 * Paths are absolute; an empty one means "none". Times are milliseconds or
 * seconds as their names say.
 *
 * @listen:        "127.0.0.1:24012", "[::1]:24012": loopback only
 * @demo_trust:    specimen anchors; @trust is not used then
 * @renderer:      cccd-render; "" for the library's own place
 * @nfc:           "nfc:…" of readers
 * @audit_retention_days: older files may go; 0 keeps all
 */
struct config {
	struct config_list listen;
	char api_socket[CONFIG_PATH_MAX];
	char agent_socket[CONFIG_PATH_MAX];

	char relying_parties[CONFIG_PATH_MAX];
	char profiles[CONFIG_PATH_MAX];
	char trust[CONFIG_PATH_MAX];
	char demo_trust[CONFIG_PATH_MAX];
	char tables[CONFIG_PATH_MAX];
	char audit[CONFIG_PATH_MAX];
	char keys[CONFIG_PATH_MAX];
	char renderer[CONFIG_PATH_MAX];

	bool pcsc;
	struct config_list nfc;

	uint32_t session_ms;
	uint32_t card_wait_ms;
	uint32_t read_ms;
	uint32_t lease_ms;
	uint32_t grace_ms;
	uint32_t head_ms;
	uint32_t idle_ms;
	uint32_t hello_ms;
	uint32_t heartbeat_ms;
	uint32_t assertion_s;

	uint32_t max_connections;
	uint32_t max_connections_per_origin;
	uint32_t max_event_listeners;
	uint32_t max_sessions;
	uint32_t events_kept;

	enum cccd_lang language;
	uint32_t audit_retention_days;
	enum config_log_level log_level;
};

/* What counts where the file says nothing. */
void config_default(struct config *ret);

/**
 * config_parse() - "key = value" lines; "#" begins a comment line.
 * @name: of the file, for messages
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG with name, line and reason.
 */
CHECKED enum cccd_err config_parse(struct span text, const char *name,
                                   struct cccd_error *error,
                                   struct config *ret);

/**
 * config_load() - the same from a file.
 *
 * Return: as config_parse(); CCCD_ERR_USAGE_FILE when it cannot be read.
 */
CHECKED enum cccd_err config_load(const char *path, struct cccd_error *error,
                                  struct config *ret);

/**
 * config_key() - the keys, for checks of the manual.
 * @ret_default: its default as the file would spell it
 *
 * Return: NULL past the last one.
 */
const char *config_key(size_t index, const char **ret_default);

#endif
