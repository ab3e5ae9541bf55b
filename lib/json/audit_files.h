/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an audit log: their names and their lines. */
#ifndef LIB_JSON_AUDIT_FILES_H
#define LIB_JSON_AUDIT_FILES_H

#include "lib/json/audit_line.h"

enum {
	AUDIT_FILE_NAME_MAX = 32,
	AUDIT_MONTH_TEXT = 8, /* "2026-11" */
	/* A century of months. */
	AUDIT_FILES_MAX = 1200,
};

/** struct audit_files - names of one chain, oldest first. */
struct audit_files {
	char (*names)[AUDIT_FILE_NAME_MAX];
	size_t count;
};

/* "2026-11.jsonl", "security-2026-11.jsonl". */
void audit_file_name(enum audit_chain_id chain, const char *month,
                     char ret[static AUDIT_FILE_NAME_MAX]);

/* "head.json", "security-head.json". */
const char *audit_head_name(enum audit_chain_id chain);

/**
 * audit_files_list() - the files of @chain in the open directory @dir.
 * @ret: freed with audit_files_free()
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_DATA_TOO_LARGE;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_files_list(int dir, enum audit_chain_id chain,
                                       struct cccd_error *error,
                                       struct audit_files *ret);

void audit_files_free(struct audit_files *files);

/**
 * struct audit_reader - lines of one open file, in order.
 * @wait: the file may be growing: wait a little for the end of its last line
 * @torn: the last line had no line feed
 */
struct audit_reader {
	int fd;
	bool wait;
	bool torn;
	bool ended;
	struct buf text;
	size_t used;
};

/* @fd is borrowed. */
void audit_reader_begin(struct audit_reader *reader, int fd, bool wait);

/**
 * audit_reader_next() - one line, borrowed until the next call.
 * @ret: without its line feed; at->NULL at the end. A line longer than
 *       AUDIT_LINE_MAX comes in pieces, none of which is a line of the log
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_reader_next(struct audit_reader *reader,
                                        struct cccd_error *error,
                                        struct span *ret);

void audit_reader_end(struct audit_reader *reader);

/**
 * audit_head_read() - the head of @chain in the open directory @dir.
 * @ret: sequence 0 when there is none
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_USAGE_FILE with errno.
 */
CHECKED enum cccd_err audit_head_read(int dir, enum audit_chain_id chain,
                                      struct cccd_error *error,
                                      struct audit_head *ret);

#endif
