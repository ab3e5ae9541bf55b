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

static enum cccd_err judge(const struct stat *file, enum private_file kind,
                           struct cccd_error *error)
{
	bool credential = kind == PRIVATE_FILE_CREDENTIAL;
	mode_t others = credential ? S_IRWXO | S_IWGRP : S_IRWXO | S_IRWXG;

	if (!S_ISREG(file->st_mode))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the key is no plain file");
	if (file->st_uid != geteuid() && !(credential && file->st_uid == 0))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the key file belongs to user %lu, not to %lu",
		            (unsigned long)file->st_uid,
		            (unsigned long)geteuid());
	if ((file->st_mode & others) != 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "others may read the key file: chmod 0600");
	return CCCD_OK;
}

enum cccd_err private_file_read(const char *path, enum private_file kind,
                                struct cccd_error *error, struct buf *ret)
{
	CLEANUP(fd_cleanup)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat file = { 0 };

	if (fd < 0 && errno == ELOOP)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the key file is a link");
	if (fd < 0 || fstat(fd, &file) != 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the key file cannot be opened");
	TRY(judge(&file, kind, error));
	return file_read_fd(fd, error, ret);
}
