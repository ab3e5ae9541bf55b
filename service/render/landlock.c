/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock: no file, no port, no process; everything a kernel can deny. */
#include "service/render/confine.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

/*
 * What rules may govern, as the newest kernel knows it: rights to files,
 * to ports (from version 4), scopes (from version 6). The system's header
 * may be older than the kernel that runs; an older kernel takes fewer.
 */
enum { RULESET_WORDS = 3 };

/* The rights that exist from a version on: all of them are denied. */
struct version {
	long version;
	size_t size;
	uint64_t denied[RULESET_WORDS];
};

static const struct version versions[] = {
	{ 6, 24, { (1U << 16) - 1, 3, 3 } },
	{ 5, 16, { (1U << 16) - 1, 3, 0 } },
	{ 4, 16, { (1U << 15) - 1, 3, 0 } },
	{ 3, 8, { (1U << 15) - 1, 0, 0 } },
	{ 2, 8, { (1U << 14) - 1, 0, 0 } },
	{ 1, 8, { (1U << 13) - 1, 0, 0 } },
};

static const struct version *version_of(long number)
{
	const struct version *found = versions;

	while (found->version > number)
		found++;
	return found;
}

bool confine_landlock(void)
{
	long number = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                      LANDLOCK_CREATE_RULESET_VERSION);
	const struct version *version = NULL;
	long fd = -1;
	bool good = false;

	/* Not built in, or not switched on: the filter stands alone. */
	if (number < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP;
	if (number == 0)
		return false;
	version = version_of(number);
	fd = syscall(SYS_landlock_create_ruleset, version->denied,
	             version->size, 0);
	if (fd < 0)
		return false;
	good = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	return close((int)fd) == 0 && good;
}
