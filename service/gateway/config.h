/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway.conf(5): sections of settings, strictly read. */
#ifndef SERVICE_GATEWAY_CONFIG_H
#define SERVICE_GATEWAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "lib/json/scopes.h"

enum {
	GATEWAY_CONFIG_MAX = 262144,
	GATEWAY_LIST_MAX = 16,
	GATEWAY_TEXT_MAX = 256,
	GATEWAY_ID_MAX = 129,
	GATEWAY_CALLER_MAX = 64,
	GATEWAY_CALLERS_MAX = 256,
	GATEWAY_SETTINGS_MAX = 48,
	GATEWAY_VALUE_MAX = 512,
	GATEWAY_HASH_LEN = 32,
};

/** struct gateway_list - words between blanks; none for "none". */
struct gateway_list {
	char items[GATEWAY_LIST_MAX][GATEWAY_TEXT_MAX];
	size_t count;
};

/**
 * struct gateway_caller - who may ask.
 * @bearer:         SHA-256 of its token
 * @scopes:         registry values that go back to it
 * @allow_unproven: a card whose own verdict is not successful, too
 * @per_minute:     requests
 */
struct gateway_caller {
	char name[GATEWAY_CALLER_MAX];
	uint8_t bearer[GATEWAY_HASH_LEN];
	struct json_scopes scopes;
	bool allow_unproven;
	uint32_t per_minute;
};

/** struct gateway_callers - all of them; replaced as a whole on reload. */
struct gateway_callers {
	struct gateway_caller list[GATEWAY_CALLERS_MAX];
	size_t count;
};

/** struct gateway_connector - a section that its connector reads. */
struct gateway_connector {
	char name[GATEWAY_CALLER_MAX];
	char kind[GATEWAY_CALLER_MAX];
	char keys[GATEWAY_SETTINGS_MAX][GATEWAY_CALLER_MAX];
	char values[GATEWAY_SETTINGS_MAX][GATEWAY_VALUE_MAX];
	size_t count;
};

/**
 * struct gateway_config - every setting, in the order of the manual.
 *
 * Large: on the heap, of gateway_config_load(). Times are milliseconds or
 * seconds as their names say; an empty path means "none".
 *
 * @id:      what assertions are addressed to
 * @hosts:   names that a proxy passes on as Host, beside the addresses
 * @conninfo_file: of PostgreSQL; "" for the file @store
 * @log_key: file of the key that numbers are hashed with
 */
struct gateway_config {
	char id[GATEWAY_ID_MAX];
	struct gateway_list listen;
	bool any_address;
	struct gateway_list hosts;
	struct gateway_list origins;
	char socket[GATEWAY_TEXT_MAX];
	char store[GATEWAY_TEXT_MAX];
	char conninfo_file[GATEWAY_TEXT_MAX];
	char log_key[GATEWAY_TEXT_MAX];
	bool log_numbers;
	bool log_officer_names;
	uint32_t retention_days;
	uint32_t nonce_s;
	uint32_t check_ms;
	uint32_t interrupted_s;
	uint32_t leeway_s;
	uint32_t workers;
	uint32_t queue;
	uint32_t max_connections;
	uint32_t max_body;
	bool diacritics_count;
	char tables[GATEWAY_TEXT_MAX];
	enum cccd_lang language;
	uint32_t log_level;

	struct gateway_callers callers;
	struct gateway_connector connector;
};

/**
 * gateway_config_parse() - sections [gateway], [caller NAME], [connector NAME].
 * @name: of the file, for messages
 *
 * Return: CCCD_OK, freed with gateway_config_free(); CCCD_ERR_POLICY_CONFIG
 * with name, line and reason, never a value; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err gateway_config_parse(struct span text, const char *name,
                                           struct cccd_error *error,
                                           struct gateway_config **ret);

/* The same from a file; CCCD_ERR_USAGE_FILE when it cannot be read. */
CHECKED enum cccd_err gateway_config_load(const char *path,
                                          struct cccd_error *error,
                                          struct gateway_config **ret);

/* Accepts NULL. */
void gateway_config_free(struct gateway_config *config);

/* The caller whose token this is, compared in constant time; NULL. */
const struct gateway_caller *
gateway_caller_find(const struct gateway_callers *callers, struct span token);

#endif
