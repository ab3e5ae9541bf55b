/* SPDX-License-Identifier: Apache-2.0 */
/* The five words of a check, TR-03135-1 3.5.2. */
#include <cccd/verdict.h>

#include "base/macros.h"

const char *cccd_verdict_name(enum cccd_verdict verdict)
{
	static const char *const names[] = {
		[CCCD_NOT_RUN] = "not_run",
		[CCCD_SUCCESSFUL] = "successful",
		[CCCD_FAILED] = "failed",
		[CCCD_UNDETERMINED] = "undetermined",
		[CCCD_NOT_SUPPORTED] = "not_supported",
		[CCCD_ABORTED] = "aborted",
	};

	if ((unsigned int)verdict >= ARRAY_LEN(names))
		return names[CCCD_NOT_RUN];
	return names[verdict];
}
