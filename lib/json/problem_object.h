/* SPDX-License-Identifier: Apache-2.0 */
/* A problem document inside of another one. */
#ifndef LIB_JSON_PROBLEM_OBJECT_H
#define LIB_JSON_PROBLEM_OBJECT_H

#include "lib/json/make.h"

/* Add the problem document of @error to @parent; see json_problem_text(). */
void make_problem(struct json_maker *maker, cJSON *parent, const char *name,
                  const struct cccd_error *error);

#endif
