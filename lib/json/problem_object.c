/* SPDX-License-Identifier: Apache-2.0 */
/* A problem document inside of another one. */
#include "lib/json/problem_object.h"

#include "lib/json/result.h"

void make_problem(struct json_maker *maker, cJSON *parent, const char *name,
                  const struct cccd_error *error)
{
	char *text = NULL;
	cJSON *problem = NULL;

	/* Its one maker gives text; what is small is taken apart again. */
	if (json_problem_text(error, &text) == CCCD_OK)
		problem = cJSON_Parse(text);
	json_text_free(text);
	if (problem == NULL || !cJSON_AddItemToObject(parent, name, problem)) {
		cJSON_Delete(problem);
		maker->failed = true;
	}
}
