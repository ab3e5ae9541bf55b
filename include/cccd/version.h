/* SPDX-License-Identifier: Apache-2.0 */
/* The version of the library. */
#ifndef CCCD_VERSION_H
#define CCCD_VERSION_H

#include <cccd/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** cccd_version() - "0.1.0", the version of the library in use. */
CCCD_EXPORT const char *cccd_version(void);

#ifdef __cplusplus
}
#endif

#endif
