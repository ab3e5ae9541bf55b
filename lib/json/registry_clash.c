/* SPDX-License-Identifier: Apache-2.0 */
/* Two relying parties that one caller could be. */
#include <string.h>

#include "lib/json/registry.h"

static bool share_origin(const struct json_relying_party *a,
                         const struct json_relying_party *b)
{
	for (size_t i = 0; i < a->origin_count; i++)
		for (size_t j = 0; j < b->origin_count; j++)
			if (strcmp(a->origins[i], b->origins[j]) == 0)
				return true;
	return false;
}

static bool share_user(const struct json_relying_party *a,
                       const struct json_relying_party *b)
{
	for (size_t i = 0; i < a->uid_count; i++)
		for (size_t j = 0; j < b->uid_count; j++)
			if (a->uids[i] == b->uids[j])
				return true;
	return false;
}

const char *json_relying_party_clash(const struct json_relying_party *a,
                                     const struct json_relying_party *b)
{
	if (strcmp(a->id, b->id) == 0)
		return "id";
	if (share_origin(a, b))
		return "origin";
	return share_user(a, b) ? "local user" : NULL;
}
