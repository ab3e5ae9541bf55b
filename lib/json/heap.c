/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that JSON documents pass through on their way. */
#include "lib/json/heap.h"

#include <malloc.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/secret.h"

static void wiping_free(void *at)
{
	if (at == NULL)
		return;
	wipe(at, malloc_usable_size(at));
	free(at);
}

void json_heap_wipe_on_free(void)
{
	cJSON_Hooks hooks = { .malloc_fn = malloc, .free_fn = wiping_free };

	cJSON_InitHooks(&hooks);
}
