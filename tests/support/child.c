/* SPDX-License-Identifier: Apache-2.0 */
/* Who a process has started. */
#include "tests/support/child.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LEN = 300, LINE_LEN = 512 };

/* The parent of the process in /proc/@name; -1 when there is none now.
 * The name of the program stands in brackets and may hold any letter. */
static long parent_of(const char *name)
{
	char path[PATH_LEN];
	char line[LINE_LEN] = "";
	int parent = -1;
	const char *rest = NULL;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%s/stat", name);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	(void)fclose(file);
	rest = strrchr(line, ')');
	if (rest == NULL || /* NOLINTNEXTLINE(cert-err34-c): kernel's form */
	    sscanf(rest, ") %*c %d", &parent) != 1)
		return -1;
	return parent;
}

pid_t child_of(pid_t parent)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry = NULL;
	pid_t found = 0;

	/* Each caller has a stream of its own. */
	while (dir != NULL && found == 0 &&
	       (entry = readdir(dir)) != NULL) { /* NOLINT */
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0 && parent_of(entry->d_name) == parent)
			found = (pid_t)pid;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return found;
}
