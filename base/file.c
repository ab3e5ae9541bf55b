/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a cap, written all or nothing. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, PATH_TEXT_MAX = 2048 };

static void fd_cleanup(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static enum cccd_err bad_file(struct cccd_error *error, const char *what)
{
	return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%s", what);
}

enum cccd_err fail_path(struct cccd_error *error, enum cccd_err code,
                        long native, const char *path, const char *what)
{
	/* glibc gives each thread its own; and the words are constants.
	 * NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const char *cause = native != 0 ? strerror((int)native) : "";

	return fail_native(error, code, native, "%.90s: %s%s%s", path, what,
	                   native != 0 ? ": " : "", cause);
}

enum cccd_err file_read_fd(int fd, struct cccd_error *error, struct buf *ret)
{
	ssize_t got = 1;

	buf_reset(ret);
	while (got > 0) {
		size_t room = ret->max - ret->len;

		if (room > CHUNK)
			room = CHUNK;
		/* One byte more than the cap tells that it is exceeded. */
		if (room == 0) {
			uint8_t spare = 0;

			got = read(fd, &spare, 1);
			if (got > 0)
				return fail(error, CCCD_ERR_DATA_TOO_LARGE,
				            "the file is too large");
			break;
		}
		TRY(buf_reserve(ret, ret->len + room));
		got = read(fd, ret->at + ret->len, room);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			ret->len += (size_t)got;
	}
	return got < 0 ? bad_file(error, "cannot be read") : CCCD_OK;
}

enum cccd_err file_read(const char *path, struct cccd_error *error,
                        struct buf *ret)
{
	CLEANUP(fd_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return bad_file(error, "cannot be opened");
	return file_read_fd(fd, error, ret);
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t written = write(fd, bytes.at, bytes.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes = span_after(bytes, (size_t)written);
	}
	return fsync(fd) == 0;
}

enum cccd_err file_write(const char *path, struct span bytes,
                         struct cccd_error *error)
{
	CLEANUP(fd_cleanup) int fd = -1;
	char beside[PATH_TEXT_MAX];

	if (snprintf(beside, sizeof(beside), "%s.new", path) >=
	    (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return bad_file(error, "the path is too long");
	}
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	          0600);
	if (fd < 0)
		return bad_file(error, "cannot be written");
	if (!write_all(fd, bytes) || rename(beside, path) != 0) {
		enum cccd_err err = bad_file(error, "cannot be written");

		(void)unlink(beside);
		return err;
	}
	return CCCD_OK;
}
