/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/self.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

size_t self_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL) /* NOLINT: one thread reads it */
		count++;
	(void)closedir(dir);
	return count;
}

long self_resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";
	char *rest = line;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	(void)fclose(file);
	(void)strtol(line, &rest, 10);
	return strtol(rest, NULL, 10);
}
