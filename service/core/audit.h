/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log of the daemon: append-only, chained by hashes, on disk
 * before anything leaves. service-api 7. */
#ifndef SERVICE_CORE_AUDIT_H
#define SERVICE_CORE_AUDIT_H

#include <cccd/error.h>

#include "base/error.h"
#include "base/span.h"
#include "lib/json/audit_line.h"

struct audit;
struct journal;

/**
 * struct audit_config - where and with what.
 * @dir:      made with mode 0700 when it is not there
 * @site_key: 32 bytes or more; copied, wiped at the end. It turns numbers
 *            of documents into references that only this site can match
 * @journal:  every line is told there too, may be NULL; borrowed
 */
struct audit_config {
	const char *dir;
	struct span site_key;
	const struct journal *journal;
};

/**
 * audit_open() - take the log and see that its end is whole.
 *
 * Takes a lock, so that two daemons never interleave. A torn last line is
 * taken off, a missing or altered end is left as it is; either is told by a
 * line of kind "recovered", never passed over. No line is written when all
 * is well: tell of the start with AUDIT_START.
 *
 * Return: CCCD_OK, the caller closes; CCCD_ERR_AUDIT with errno when the
 * log cannot be written or another daemon holds it; CCCD_ERR_USAGE_ARGUMENT
 * for a short key; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_open(const struct audit_config *config,
                                 struct cccd_error *error, struct audit **ret);

/* Write what rate limits have held back, release the lock; accepts NULL. */
void audit_close(struct audit *audit);

/**
 * audit_append() - one line, on disk when this returns.
 *
 * May be called from any thread; callers wait for each other. Blocks for
 * one write(2) and one fdatasync(2) (docs/benchmarks.md): about the time of
 * a disk's flush, so call it on a worker's thread where there is one.
 *
 * Rules:
 * - A session writes exactly one AUDIT_READ when it came to its end: when
 *   it got ready, failed, was cancelled or expired. A failed passive
 *   authentication and a suspected copy are told to the security log by
 *   this call; nobody else writes those two kinds.
 * - Before each thing that leaves (result, portrait) one AUDIT_DELIVERY. It
 *   may leave only when this returned CCCD_OK.
 *
 * Kinds of the security log (AUDIT_UNKNOWN_ORIGIN, …) are written by this
 * call too. Those that strangers can cause are limited per hour; beyond,
 * they are counted and told of in one line later, so no page fills the disk.
 *
 * Return: CCCD_OK; CCCD_ERR_AUDIT with errno: the line was not added, the
 * session fails closed, and a later call may succeed;
 * CCCD_ERR_USAGE_ARGUMENT as audit_line_make().
 */
CHECKED enum cccd_err audit_append(struct audit *audit,
                                   const struct audit_entry *entry,
                                   struct cccd_error *error);

/**
 * audit_expire() - take months away that ended more than @days ago.
 * @days: 0 keeps everything
 *
 * A line of kind "expired" tells of the last line that goes, before anything
 * goes: cccd audit verify lets the log begin behind it. The newest file and
 * whatever is not sound stay.
 *
 * Return: CCCD_OK; CCCD_ERR_AUDIT with errno; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_expire(struct audit *audit, uint32_t days,
                                   struct cccd_error *error);

/* The newest line of the reads' log, e.g. for an anchor kept elsewhere. */
void audit_head(struct audit *audit, struct audit_head *ret);

#endif
