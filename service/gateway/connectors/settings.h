/* SPDX-License-Identifier: Apache-2.0 */
/* A connector's section by a table: every key known, checked, once. */
#ifndef SERVICE_GATEWAY_CONNECTORS_SETTINGS_H
#define SERVICE_GATEWAY_CONNECTORS_SETTINGS_H

#include "service/gateway/connectors/connector.h"

enum {
	SETTING_TEXT_MAX = 256,
	SETTING_URL_MAX = 512,
	SETTING_PATH_MAX = 256,
	SETTING_SECRET_MAX = 512,
};

/** enum setting_kind - how a value is read, and into what. */
enum setting_kind {
	SETTING_TEXT,    /* char[SETTING_TEXT_MAX], printable */
	SETTING_URL,     /* char[SETTING_URL_MAX], http or https, no user */
	SETTING_PATH,    /* char[SETTING_PATH_MAX], absolute */
	SETTING_PRIVATE, /* the same, a file that only we may read */
	SETTING_SECRET,  /* char[SETTING_SECRET_MAX], the line in such a file */
	SETTING_WORD,    /* unsigned int, place among @words */
	SETTING_NUMBER,  /* uint32_t */
	SETTING_TIME,    /* uint32_t, milliseconds; "2 s", "500 ms" */
};

/**
 * struct setting_rule - one key.
 * @initial: its value where the section does not have it; NULL: it must.
 *           "" for nothing
 * @offset:  in the structure that is filled
 * @words:   of SETTING_WORD, NULL at the end
 * @least, @most: of numbers and times
 */
struct setting_rule {
	const char *key;
	enum setting_kind kind;
	const char *initial;
	size_t offset;
	const char *const *words;
	uint32_t least;
	uint32_t most;
};

/** struct setting_table - rules that fill one structure. */
struct setting_table {
	const struct setting_rule *rules;
	size_t count;
	void *ret;
};

/**
 * settings_read() - fill structures from a section.
 * @tables: together they know every key
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG naming section and key, never a
 * value; CCCD_ERR_USAGE_FILE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err settings_read(const struct connector_section *section,
                                    const struct setting_table *tables,
                                    size_t count, struct cccd_error *error);

#endif
