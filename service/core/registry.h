/* SPDX-License-Identifier: Apache-2.0 */
/* All relying parties as they stood at one moment; never changed. */
#ifndef SERVICE_CORE_REGISTRY_H
#define SERVICE_CORE_REGISTRY_H

#include <sys/types.h>

#include "base/error.h"
#include "lib/json/registry.h"

struct registry;

enum { REGISTRY_PARTIES_MAX = 256 };

/**
 * registry_load() - every *.json of a directory, in the order of names.
 *
 * Files and directory must belong to root or to the user who runs this, and
 * nobody else may be able to write them. No id, origin or user may stand
 * twice. For a reload: on failure what the caller has stays as it is.
 *
 * Return: CCCD_OK, also for an empty directory; CCCD_ERR_POLICY_CONFIG with
 * file, line and reason; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err registry_load(const char *dir, struct cccd_error *error,
                                    struct registry **ret);

/* Any thread may hold one. registry_unref() accepts NULL. */
struct registry *registry_ref(struct registry *registry);
void registry_unref(struct registry *registry);

size_t registry_count(const struct registry *registry);
const struct json_relying_party *registry_at(const struct registry *registry,
                                             size_t index);

/* Exact, byte for byte; NULL when there is none. */
const struct json_relying_party *
registry_by_origin(const struct registry *registry, const char *origin);
const struct json_relying_party *
registry_by_uid(const struct registry *registry, uid_t uid);
const struct json_relying_party *registry_by_id(const struct registry *registry,
                                                const char *id);

#endif
