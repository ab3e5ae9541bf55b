/* SPDX-License-Identifier: Apache-2.0 */
/* Files that nobody else may read: keys. */
#include "base/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static void fd_cleanup(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static enum cccd_err judge(const char *path, const struct stat *file,
                           enum private_file kind, struct cccd_error *error)
{
	bool credential = kind == PRIVATE_FILE_CREDENTIAL;
	mode_t others = credential ? S_IRWXO | S_IWGRP : S_IRWXO | S_IRWXG;

	if (!S_ISREG(file->st_mode))
		return fail_path(error, CCCD_ERR_POLICY_CONFIG, 0, path,
		                 "it is no plain file");
	if (file->st_uid != geteuid() && !(credential && file->st_uid == 0))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.90s: it belongs to user %lu, not to %lu", path,
		            (unsigned long)file->st_uid,
		            (unsigned long)geteuid());
	if ((file->st_mode & others) != 0)
		return fail_path(error, CCCD_ERR_POLICY_CONFIG, 0, path,
		                 "others may read or write it: chmod 0600");
	return CCCD_OK;
}

enum cccd_err private_file_read(const char *path, enum private_file kind,
                                struct cccd_error *error, struct buf *ret)
{
	CLEANUP(fd_cleanup)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat file = { 0 };
	struct cccd_error cause = { .tries_left = -1 };
	enum cccd_err err = CCCD_OK;

	if (fd < 0 && errno == ELOOP)
		return fail_path(error, CCCD_ERR_POLICY_CONFIG, 0, path,
		                 "it is a link");
	if (fd < 0 || fstat(fd, &file) != 0)
		return fail_path(error, CCCD_ERR_USAGE_FILE, errno, path,
		                 "it cannot be opened");
	TRY(judge(path, &file, kind, error));
	err = file_read_fd(fd, &cause, ret);
	return err == CCCD_OK
	               ? err
	               : fail_path(error, err, cause.native, path, cause.text);
}
