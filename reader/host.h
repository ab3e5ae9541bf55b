/* SPDX-License-Identifier: Apache-2.0 */
/* What the system's files say: sysfs, udev, device nodes. */
#ifndef READER_HOST_H
#define READER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/macros.h"

enum { HOST_PATH_MAX = 512, HOST_TEXT_MAX = 128, HOST_GROUPS_MAX = 64 };

/**
 * struct host - where to look, and for whom.
 * @root:   before every path; "" on a real system
 * @user:   whose rights are judged
 * @groups: of that user
 */
struct host {
	char root[HOST_PATH_MAX / 2];
	uid_t user;
	gid_t groups[HOST_GROUPS_MAX];
	size_t group_count;
};

/**
 * host_here() - this process on this system.
 *
 * The root is $CCCD_SYSTEM_ROOT, so that tests can show other systems.
 */
void host_here(struct host *ret);

/* A text, cut at what fits. */
void host_copy(const char *from, char *ret, size_t cap);

/* The path below the root; false, and "" there, when it is too long. */
PRINTF_LIKE(3, 4)
bool host_path(const struct host *host, char ret[static HOST_PATH_MAX],
               const char *format, ...);

/* The first line of a file, cut at what fits and with '?' for what is not
 * printable; "" when there is none. */
bool host_line(const char *path, char *ret, size_t cap);

/* A number in a file; -1 when there is none. */
long host_number(const char *path, int base);

bool host_exists(const char *path);

/* Last part of where a link leads; "" when it is no link. */
bool host_link(const char *path, char *ret, size_t cap);

/* Where a path leads once every link is followed, without the root. */
bool host_real(const struct host *host, const char *path,
               char ret[static HOST_PATH_MAX]);

/* Whether the user may read and write the file, by its mode. */
bool host_may_use(const struct host *host, const char *path);

#endif
