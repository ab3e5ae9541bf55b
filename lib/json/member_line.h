/* SPDX-License-Identifier: Apache-2.0 */
/* Where a member stands: cJSON forgets lines. */
#ifndef LIB_JSON_MEMBER_LINE_H
#define LIB_JSON_MEMBER_LINE_H

#include "base/span.h"

/* Line of a member of the outermost object, from 1; 1 when not found. */
unsigned int member_line(struct span text, const char *name);

#endif
