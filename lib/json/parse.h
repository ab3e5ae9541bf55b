/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from files and strangers: bounded, strict, with line numbers. */
#ifndef LIB_JSON_PARSE_H
#define LIB_JSON_PARSE_H

#include <cjson/cJSON.h>

#include <cccd/error.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/**
 * parse_object() - one JSON object and nothing after it.
 * @what: for the message, e.g. "profile"
 *
 * Return: CCCD_OK, the caller deletes *@ret; CCCD_ERR_POLICY_CONFIG naming
 * the line, or a member that stands twice, however deep.
 */
CHECKED enum cccd_err parse_object(struct span text, const char *what,
                                   struct cccd_error *error, cJSON **ret);

/* As parse_object(), for an object or a list. */
CHECKED enum cccd_err parse_tree(struct span text, const char *what,
                                 struct cccd_error *error, cJSON **ret);

/**
 * parse_read() - a whole file within the maximum of @ret.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_POLICY_CONFIG
 * when it is larger; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err parse_read(const char *path, struct cccd_error *error,
                                 struct buf *ret);

/**
 * parse_no_others() - refuse members that are not in @known.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG naming the member.
 */
CHECKED enum cccd_err parse_no_others(const cJSON *object,
                                      const char *const *known, size_t count,
                                      struct cccd_error *error);

/* A string member that must be there, borrowed; else CONFIG. */
CHECKED enum cccd_err parse_text(const cJSON *object, const char *name,
                                 struct cccd_error *error, const char **ret);

/* An integer within limits that must be there. */
CHECKED enum cccd_err parse_integer(const cJSON *object, const char *name,
                                    double least, double most,
                                    struct cccd_error *error, double *ret);

/* A boolean member; false when it is absent. */
CHECKED enum cccd_err parse_bool(const cJSON *object, const char *name,
                                 struct cccd_error *error, bool *ret);

/* Base64url without padding; CONFIG for anything else. */
CHECKED enum cccd_err
parse_base64url(const char *text, struct cccd_error *error, struct buf *ret);

#endif
