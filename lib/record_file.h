/* SPDX-License-Identifier: Apache-2.0 */
/* A transcript of the exchanges in a file. */
#ifndef LIB_RECORD_FILE_H
#define LIB_RECORD_FILE_H

#include "reader/record.h"

struct record_file;

/**
 * record_file_open() - record what passes through @inner.
 * @path: created with mode 0600, replaced when it exists
 * @ret_reader: takes @inner's place and owns it
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_MEMORY. On
 * failure @inner is untouched.
 */
CHECKED enum cccd_err record_file_open(const char *path, bool full,
                                       struct reader *inner,
                                       struct cccd_error *error,
                                       struct reader **ret_reader,
                                       struct record_file **ret);

/**
 * record_file_discard() - take a full transcript away again.
 *
 * Return: whether it was a full one: it holds the person and the keys, and
 * may be kept of specimen cards only.
 */
bool record_file_discard(struct record_file *file);

/* After its reader was closed; accepts NULL. */
void record_file_close(struct record_file *file);

#endif
