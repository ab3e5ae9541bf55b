/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks to the daemon, as far as the door can tell. */
#include "service/core/caller.h"

#include <string.h>

bool caller_equal(const struct caller *a, const struct caller *b)
{
	if (a->door != b->door)
		return false;
	/* [service-api R4] whole serialised origins, byte for byte. */
	if (a->door == CALLER_BROWSER)
		return strcmp(a->origin, b->origin) == 0;
	return a->uid == b->uid;
}
