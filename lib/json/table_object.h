/* SPDX-License-Identifier: Apache-2.0 */
/* What the table files and the bundles share. */
#ifndef LIB_JSON_TABLE_OBJECT_H
#define LIB_JSON_TABLE_OBJECT_H

#include <cjson/cJSON.h>

#include "lib/json/tables.h"

static inline void json_table_object_cleanup(cJSON **object)
{
	cJSON_Delete(*object);
}

/* JSON of at most @max bytes; CCCD_ERR_POLICY_CONFIG with the line. */
CHECKED enum cccd_err json_table_text(struct span text, size_t max,
                                      struct cccd_error *error, cJSON **ret);

/* As json_table_parse(), from an object that is already there. */
CHECKED enum cccd_err json_table_from_object(const cJSON *object,
                                             struct cccd_error *error,
                                             struct cccd_table **ret);

#endif
