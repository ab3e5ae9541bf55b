/* SPDX-License-Identifier: Apache-2.0 */
/* A transcript of the exchanges in a file. */
#include "lib/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

/* @path is there to take the file away again. */
struct record_file {
	int fd;
	bool full;
	char *path;
};

static enum cccd_err write_line(void *context, struct span line)
{
	const struct record_file *file = context;

	while (line.len > 0) {
		ssize_t written = write(file->fd, line.at, line.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return CCCD_ERR_USAGE_FILE;
		line = span_after(line, (size_t)written);
	}
	return CCCD_OK;
}

bool record_file_discard(struct record_file *file)
{
	if (file == NULL || !file->full)
		return false;
	/* Emptied first: another name of the file may keep it. */
	(void)!ftruncate(file->fd, 0);
	(void)unlink(file->path);
	return true;
}

enum cccd_err record_file_open(const char *path, bool full,
                               struct reader *inner, struct cccd_error *error,
                               struct reader **ret_reader,
                               struct record_file **ret)
{
	struct record_file *file = calloc(1, sizeof(*file));
	const struct record_sink sink = { .write = write_line,
		                          .context = file };
	enum cccd_err err = CCCD_OK;

	if (file == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	file->full = full;
	file->path = strdup(path);
	file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file->path == NULL || file->fd < 0) {
		err = fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                  "the transcript cannot be written");
		record_file_close(file);
		return err;
	}
	err = reader_record_open(
	        inner, &sink, full ? RECORD_FULL : RECORD_REDACTED, ret_reader);
	if (err != CCCD_OK) {
		record_file_close(file);
		return fail(error, err, "the transcript cannot be started");
	}
	*ret = file;
	return CCCD_OK;
}

void record_file_close(struct record_file *file)
{
	if (file == NULL)
		return;
	if (file->fd >= 0)
		(void)close(file->fd);
	free(file->path);
	free(file);
}
