/* SPDX-License-Identifier: Apache-2.0 */
/* What the system's files say: sysfs, udev, device nodes. */
#include "reader/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_LEN = 32, FOR_OTHERS = 06, FOR_GROUP = 060, FOR_USER = 0600 };

void host_here(struct host *ret)
{
	const char *root = secure_getenv("CCCD_SYSTEM_ROOT");
	int count = getgroups(HOST_GROUPS_MAX, ret->groups);

	ret->root[0] = '\0';
	if (root != NULL && root[0] == '/' && strlen(root) < sizeof(ret->root))
		memcpy(ret->root, root, strlen(root) + 1);
	ret->user = geteuid();
	ret->group_count = count > 0 ? (size_t)count : 0;
	if (ret->group_count < HOST_GROUPS_MAX)
		ret->groups[ret->group_count++] = getegid();
}

void host_copy(const char *from, char *ret, size_t cap)
{
	size_t len = strnlen(from, cap - 1);

	memmove(ret, from, len);
	ret[len] = '\0';
}

bool host_path(const struct host *host, char ret[static HOST_PATH_MAX],
               const char *format, ...)
{
	size_t used = strlen(host->root);
	va_list arguments;
	int len;

	memcpy(ret, host->root, used);
	va_start(arguments, format);
	len = vsnprintf(ret + used, HOST_PATH_MAX - used, format, arguments);
	va_end(arguments);
	if (len >= 0 && (size_t)len < HOST_PATH_MAX - used)
		return true;
	ret[0] = '\0';
	return false;
}

static void clean(char *text)
{
	text[strcspn(text, "\n")] = '\0';
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

bool host_line(const char *path, char *ret, size_t cap)
{
	/* Never the terminal or the device that a link might lead to. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len;

	ret[0] = '\0';
	if (fd < 0)
		return false;
	do
		len = read(fd, ret, cap - 1);
	while (len < 0 && errno == EINTR);
	(void)close(fd);
	ret[len > 0 ? len : 0] = '\0';
	clean(ret);
	return len > 0;
}

long host_number(const char *path, int base)
{
	char text[NUMBER_LEN];
	char *end = NULL;
	long value;

	if (!host_line(path, text, sizeof(text)))
		return -1;
	value = strtol(text, &end, base);
	return end == text || *end != '\0' || value < 0 ? -1 : value;
}

bool host_exists(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0;
}

bool host_link(const char *path, char *ret, size_t cap)
{
	char target[HOST_PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	const char *last = NULL;

	ret[0] = '\0';
	if (len <= 0)
		return false;
	target[len] = '\0';
	last = strrchr(target, '/');
	host_copy(last == NULL ? target : last + 1, ret, cap);
	return true;
}

bool host_real(const struct host *host, const char *path,
               char ret[static HOST_PATH_MAX])
{
	char *root = realpath(host->root[0] == '\0' ? "/" : host->root, NULL);
	char *real = realpath(path, NULL);
	size_t skip = root == NULL || root[1] == '\0' ? 0 : strlen(root);
	bool fits = real != NULL && root != NULL &&
	            strncmp(real, root, skip) == 0 &&
	            strlen(real + skip) < HOST_PATH_MAX;

	ret[0] = '\0';
	if (fits)
		memcpy(ret, real + skip, strlen(real + skip) + 1);
	free(root);
	free(real);
	return fits;
}

bool host_may_use(const struct host *host, const char *path)
{
	struct stat found;
	mode_t needed = FOR_OTHERS;

	if (stat(path, &found) != 0)
		return false;
	if (host->user == 0)
		return true;
	for (size_t i = 0; i < host->group_count; i++)
		if (host->groups[i] == found.st_gid)
			needed = FOR_GROUP;
	if (host->user == found.st_uid)
		needed = FOR_USER;
	return (found.st_mode & needed) == needed;
}
