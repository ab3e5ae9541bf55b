/* SPDX-License-Identifier: Apache-2.0 */
/* The identity members of the result, by scope. */
#ifndef LIB_JSON_IDENTITY_H
#define LIB_JSON_IDENTITY_H

#include "lib/json/make.h"
#include "lib/json/result.h"

/* Add "identity" with what the scopes grant; {} when there is no person. */
void json_identity_add(struct json_maker *maker, cJSON *root,
                       const struct json_result_input *input);

#endif
