/* SPDX-License-Identifier: Apache-2.0 */
/* What a test program itself holds, to see that nothing leaks. */
#ifndef TESTS_SUPPORT_SELF_H
#define TESTS_SUPPORT_SELF_H

#include <stddef.h>

/* Open descriptors; the same few more than there are on every call. */
size_t self_descriptors(void);

/* Pages of memory in use. */
long self_resident_pages(void);

#endif
