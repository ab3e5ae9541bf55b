/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the memory of a program of ours while it waits. */
#ifndef TESTS_E2E_MEMORY_H
#define TESTS_E2E_MEMORY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

enum { MEMORY_MAX = 1 << 30, MEMORY_WHY_LEN = 160 };

/**
 * memory_read() - every page that a child of ours can write, or made itself.
 * @pid:     it has not ended, and waits
 * @ret:     the pages one behind the other, without those of one value
 *           throughout: they say nothing, and most are; the caller releases
 * @ret_why: set when the machine forbids it
 *
 * Through /proc/PID/mem, or process_vm_readv() where that file is refused.
 * What else goes wrong ends the test.
 *
 * Return: false when the machine lets nobody look into another process.
 */
CHECKED bool memory_read(pid_t pid, struct buf *ret,
                         char ret_why[static MEMORY_WHY_LEN]);

#endif
