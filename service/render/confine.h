/* SPDX-License-Identifier: Apache-2.0 */
/* Locking the process in, before it sees a byte of the card. */
#ifndef SERVICE_RENDER_CONFINE_H
#define SERVICE_RENDER_CONFINE_H

#include <stdbool.h>

#include "base/macros.h"

enum {
	CONFINE_MEMORY_MAX = 384 << 20, /* bytes of address space */
	CONFINE_CPU_S = 4,
};

/**
 * confine() - keep descriptors 0 and 1, memory, and nothing else.
 *
 * Closes every other descriptor; the process can no longer be dumped or
 * traced, gain rights, name a file or a port (Landlock, where the kernel
 * has it), exceed its limits, or make a system call but reading from 0,
 * writing to 1, plain memory and its own end: any other one kills it.
 *
 * Return: false when one of these could not be had. The caller must not
 * go on then.
 */
CHECKED bool confine(void);

/* confine()'s Landlock part, apart because kernels differ so much. */
CHECKED bool confine_landlock(void);

#endif
