/* SPDX-License-Identifier: Apache-2.0 */
/* The version of the library. */
#include <cccd/version.h>

const char *cccd_version(void)
{
	return CCCD_VERSION;
}
