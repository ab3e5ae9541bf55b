/* SPDX-License-Identifier: Apache-2.0 */
/* Who a process has started. */
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H

#include <sys/types.h>

/**
 * child_of() - a child of @parent, ended ones that nobody has waited for
 * among them; 0 when there is none.
 *
 * From /proc/PID/stat of everybody: not every kernel was built with the list
 * /proc/PID/task/TID/children.
 */
pid_t child_of(pid_t parent);

#endif
