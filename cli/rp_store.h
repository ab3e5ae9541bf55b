/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of relying parties, as cccd rp sees it. */
#ifndef CLI_RP_STORE_H
#define CLI_RP_STORE_H

#include "base/error.h"
#include "lib/json/registry.h"

enum { RP_STORE_MAX = 256, RP_STORE_NAME_MAX = 256 };

/**
 * struct rp_entry - one file.
 * @party: NULL when the file is bad
 * @error: why it is
 */
struct rp_entry {
	char name[RP_STORE_NAME_MAX];
	struct json_relying_party *party;
	struct cccd_error error;
};

/** struct rp_store - all of them, in the order of their names. */
struct rp_store {
	struct rp_entry *entries;
	size_t count;
};

/**
 * rp_store_read() - every file that the daemon would read, good or bad.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_POLICY_CONFIG
 * when there are too many; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err rp_store_read(const char *dir, struct cccd_error *error,
                                    struct rp_store *ret);

void rp_store_release(struct rp_store *store);

/* The entry of an id, or of a bad file with its name; NULL when none. */
const struct rp_entry *rp_store_find(const struct rp_store *store,
                                     const char *id);

/**
 * rp_store_write() - DIR/ID.json at once, mode 0644.
 *
 * The directory is made, mode 0755, when it is not there.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno.
 */
CHECKED enum cccd_err rp_store_write(const char *dir, const char *name,
                                     const char *text,
                                     struct cccd_error *error);

/* Take a file away. CCCD_ERR_USAGE_FILE with errno. */
CHECKED enum cccd_err rp_store_remove(const char *dir, const char *name,
                                      struct cccd_error *error);

#endif
