/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by the letter of RFC 8259: what two parsers could read two ways is
 * refused before either sees it. */
#ifndef LIB_JSON_STRICT_H
#define LIB_JSON_STRICT_H

#include "base/span.h"

enum { STRICT_DEPTH_MAX = 16 };

/**
 * strict_is_json() - exactly one JSON object and blanks around it.
 * @ret_stop: where it went wrong; may be NULL
 *
 * Only UTF-8 without byte order mark, no control characters and no escaped
 * NUL in strings, no escapes in names, numbers of the grammar,
 * STRICT_DEPTH_MAX levels. Twin
 * members are not looked for: see parse_object().
 */
bool strict_is_json(struct span text, const char **ret_stop);

/* As strict_is_json(), for an object or a list. */
bool strict_is_tree(struct span text, const char **ret_stop);

/**
 * strict_member() - the bytes of a member's value, as they stand.
 * @text: passed strict_is_json()
 * @name: of a member of the outermost object
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING.
 */
CHECKED enum cccd_err strict_member(struct span text, const char *name,
                                    struct span *ret);

#endif
