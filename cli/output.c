/* SPDX-License-Identifier: Apache-2.0 */
/* Raw files to a folder. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_TEXT_MAX = 2048 };

static int complain(const char *path)
{
	struct cccd_error error = { .code = CCCD_ERR_USAGE_FILE,
		                    .native = errno,
		                    .tries_left = -1 };

	(void)snprintf(error.text, sizeof(error.text), "%.120s", path);
	return cli_complain(&error);
}

static bool write_all(int fd, struct cccd_bytes bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t written = write(fd, bytes.at + done, bytes.len - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		done += (size_t)written;
	}
	return true;
}

static int write_file(const char *dir, const char *name,
                      struct cccd_bytes bytes)
{
	char path[PATH_TEXT_MAX];
	bool good = false;
	int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/%s.bin", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	          0600);
	if (fd < 0)
		return complain(path);
	good = write_all(fd, bytes);
	if (close(fd) != 0 || !good)
		return complain(path);
	return EXIT_OK;
}

int output_files(const char *dir, const struct cccd_document *document)
{
	if (strlen(dir) > PATH_TEXT_MAX - 64) {
		errno = ENAMETOOLONG;
		return complain(dir);
	}
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return complain(dir);
	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		enum cccd_file file = (enum cccd_file)i;
		struct cccd_bytes bytes = cccd_document_file(document, file);
		int status = EXIT_OK;

		if (bytes.len == 0)
			continue;
		status = write_file(dir, cccd_file_name(file), bytes);
		if (status != EXIT_OK)
			return status;
	}
	return EXIT_OK;
}
