/* SPDX-License-Identifier: Apache-2.0 */
/* A check profile: refused with a reason, or whole. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_profile profile;

	memset(&profile, 0xFF, sizeof(profile));
	if (json_profile_parse(span_of(data, size), &error, &profile) !=
	    CCCD_OK) {
		if (error.code == CCCD_OK || error.text[0] == '\0')
			abort();
		return 0;
	}
	if (profile.name[0] == '\0' ||
	    memchr(profile.name, '\0', sizeof(profile.name)) == NULL)
		abort();
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		if (profile.modes[i] > CCCD_MODE_MANDATORY)
			abort();
	return 0;
}
