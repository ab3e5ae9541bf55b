/* SPDX-License-Identifier: Apache-2.0 */
/* How a symbol leaves the library. */
#ifndef CCCD_EXPORT_H
#define CCCD_EXPORT_H

#if defined(__GNUC__) || defined(__clang__)
#define CCCD_EXPORT  __attribute__((visibility("default")))
#define CCCD_CHECKED __attribute__((warn_unused_result))
#else
#define CCCD_EXPORT
#define CCCD_CHECKED
#endif

#endif
