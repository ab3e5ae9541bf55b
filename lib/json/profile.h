/* SPDX-License-Identifier: Apache-2.0 */
/* Check profiles: which checks count, and how. */
#ifndef LIB_JSON_PROFILE_H
#define LIB_JSON_PROFILE_H

#include <cccd/error.h>
#include <cccd/result.h>

#include "base/macros.h"
#include "base/span.h"

/**
 * json_profile_parse() - a profile, schema docs/api/profile.schema.json.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG with line and reason.
 */
CHECKED enum cccd_err json_profile_parse(struct span text,
                                         struct cccd_error *error,
                                         struct cccd_profile *ret);

/* The same from a file; CCCD_ERR_USAGE_FILE when it cannot be read. */
CHECKED enum cccd_err json_profile_load(const char *path,
                                        struct cccd_error *error,
                                        struct cccd_profile *ret);

#endif
