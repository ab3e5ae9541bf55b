/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a cap, written all or nothing. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/**
 * file_read() - a whole file.
 * @ret: emptied first; its maximum is the cap
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_DATA_TOO_LARGE;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err file_read(const char *path, struct cccd_error *error,
                                struct buf *ret);

/* The same of an open file, from where it stands; it stays open. */
CHECKED enum cccd_err file_read_fd(int fd, struct cccd_error *error,
                                   struct buf *ret);

/**
 * file_write() - a whole file, mode 0600, in place of an older one.
 *
 * Written beside it, synced, then renamed: a reader sees the old file or
 * the new one.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno.
 */
CHECKED enum cccd_err file_write(const char *path, struct span bytes,
                                 struct cccd_error *error);

/**
 * fail_path() - record which file it was, as fail_native().
 * @native: errno, told in words; 0 for none
 * @path:   cut where it is very long
 * @what:   constant words
 */
enum cccd_err fail_path(struct cccd_error *error, enum cccd_err code,
                        long native, const char *path, const char *what);

#endif
