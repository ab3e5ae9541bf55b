/* SPDX-License-Identifier: Apache-2.0 */
/* One chain of the audit log on disk: its end, its growth, its repair. */
#ifndef SERVICE_CORE_AUDIT_FILE_H
#define SERVICE_CORE_AUDIT_FILE_H

#include <cccd/error.h>

#include "base/error.h"
#include "lib/json/audit_files.h"

/**
 * struct audit_file - where the next line goes.
 * @dir:      descriptor of the directory, borrowed
 * @fd:       the newest file, -1 before the first line
 * @head:     descriptor of the head
 * @size:     bytes of whole lines in @fd
 * @last:     the newest line
 * @unsettled: a write went wrong; what follows @size is cut off first
 */
struct audit_file {
	enum audit_chain_id chain;
	int dir;
	int fd;
	int head;
	char month[AUDIT_MONTH_TEXT];
	uint64_t size;
	struct audit_head last;
	bool unsettled;
	struct buf line;
};

/**
 * audit_file_open() - find the end of the chain and make it whole.
 * @ret_gap: what was wrong with the end; detail NULL when nothing was
 *
 * What is torn off a last line is cut away; whole lines are never touched.
 *
 * Return: CCCD_OK, the caller closes; CCCD_ERR_AUDIT with errno;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_file_open(int dir, enum audit_chain_id chain,
                                      struct cccd_error *error,
                                      struct audit_file *ret,
                                      struct audit_gap *ret_gap);

/**
 * audit_file_add() - one line, flushed to the disk, and the head after it.
 * @document: keyed hash of the document's number, "" for none
 * @gap:      for AUDIT_RECOVERED and AUDIT_EXPIRED, else NULL
 *
 * Return: CCCD_OK; CCCD_ERR_AUDIT with errno, nothing was added;
 * CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_file_add(struct audit_file *file,
                                     const struct audit_entry *entry,
                                     const char *document,
                                     const struct audit_gap *gap,
                                     struct cccd_error *error);

/**
 * audit_file_old() - how many of the oldest files are past their time.
 * @files:  of this chain
 * @before: months that ended by then, seconds since 1970 UTC
 * @ret:    of the last line in them; sequence 0 when there is none to tell of
 *
 * The newest file always stays, and nothing goes whose end is not sound.
 */
CHECKED enum cccd_err audit_file_old(struct audit_file *file,
                                     const struct audit_files *files,
                                     int64_t before, struct cccd_error *error,
                                     struct audit_head *ret, size_t *ret_count);

/* Accepts what was never opened, as long as it was zeroed by us. */
void audit_file_close(struct audit_file *file);

#endif
