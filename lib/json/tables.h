/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables from files: urn:cccd:table:1 and signed bundles of them. */
#ifndef LIB_JSON_TABLES_H
#define LIB_JSON_TABLES_H

#include <cccd/tables.h>

#include "base/error.h"
#include "base/sign.h"
#include "base/span.h"

enum {
	JSON_TABLE_MAX = 2 * 1024 * 1024,        /* bytes of a table file */
	JSON_TABLE_BUNDLE_MAX = 8 * 1024 * 1024, /* bytes of a bundle */
	JSON_TABLE_ROWS_MAX = 8192,
	JSON_TABLES = 7,
	JSON_TABLE_PINS_MAX = 32,
};

/**
 * json_table_parse() - one table file.
 * @text:  JSON; borrowed
 * @error: says where and why it was refused; may be NULL
 * @ret:   free with json_table_free()
 *
 * Members must have their types, codes must not repeat, and the checksum
 * must be that of the rows: SHA-256 over code, name, name_en, to and
 * aliases (joined by '|'), parted by TAB, each row ended by LF.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG when refused; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_table_parse(struct span text,
                                       struct cccd_error *error,
                                       struct cccd_table **ret);

/* Accepts NULL. */
void json_table_free(struct cccd_table *table);

/**
 * struct json_tables - tables that were loaded, and who owns them.
 * @view:  for the functions that look codes up
 * @owned: the same tables, in the order of their names
 */
struct json_tables {
	struct cccd_tables view;
	struct cccd_table *owned[JSON_TABLES];
};

/**
 * json_tables_load() - the tables of a folder, by their file names.
 * @dir: holds provinces_63.json and so on; a missing file is no error
 * @ret: release with json_tables_release()
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG naming file and place;
 * CCCD_ERR_USAGE_FILE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_tables_load(const char *dir,
                                       struct cccd_error *error,
                                       struct json_tables *ret);

/**
 * json_tables_apply_bundle() - replace tables by those of a signed bundle.
 * @tables:    changed only when the whole bundle is accepted
 * @bundle:    urn:cccd:table-bundle:1; looked at only after the signature
 * @signature: detached Ed25519 signature over @bundle, 64 bytes
 * @pins:      who may sign
 *
 * A table older than the one in place is refused: a bundle cannot take
 * tables back in time.
 *
 * Return: CCCD_OK; CCCD_ERR_TRUST_REFUSED when no pin's key made the
 * signature; CCCD_ERR_POLICY_CONFIG; CCCD_ERR_POLICY_REFUSED for an older
 * table; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err
json_tables_apply_bundle(struct json_tables *tables, struct span bundle,
                         struct span signature, const struct sign_key *pins,
                         size_t pin_count, struct cccd_error *error);

/**
 * json_tables_load_bundle() - the same from tables.json and tables.json.sig.
 * @dir:      a folder without tables.json changes nothing
 * @pins_dir: its *.pem files with Ed25519 public keys; others are passed by
 *
 * Return: as json_tables_apply_bundle(); CCCD_ERR_USAGE_FILE.
 */
CHECKED enum cccd_err json_tables_load_bundle(struct json_tables *tables,
                                              const char *dir,
                                              const char *pins_dir,
                                              struct cccd_error *error);

/* Accepts zeroed structures. */
void json_tables_release(struct json_tables *tables);

#endif
