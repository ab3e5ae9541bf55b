/* SPDX-License-Identifier: Apache-2.0 */
/* The native protocol of the journal: one datagram, one message. */
#ifndef SERVICE_CORE_JOURNAL_H
#define SERVICE_CORE_JOURNAL_H

#include <stddef.h>

#include <cccd/error.h>

#include "base/macros.h"

/** enum journal_message - what is told; each has a fixed MESSAGE_ID, and an
 * entry in packaging/cccd.catalog. */
enum journal_message {
	JOURNAL_NONE = 0,
	JOURNAL_START,
	JOURNAL_STOP,
	JOURNAL_READ,
	JOURNAL_DELIVERY,
	JOURNAL_RECOVERED,
	JOURNAL_EXPIRED,
	JOURNAL_BAD_SOD,
	JOURNAL_CLONE_SUSPICION,
	JOURNAL_UNKNOWN_ORIGIN,
	JOURNAL_ACCESS_KEY_REFUSED,
	JOURNAL_LEASE_BROKEN,
	JOURNAL_REGISTRY_REFUSED,
	JOURNAL_REQUEST_FORGED,
	JOURNAL_AUDIT_FAILED,
	JOURNAL_MESSAGES,
};

/** struct journal_row - a message and what the journal needs of it. */
struct journal_row {
	const char *id;
	char priority; /* '3' error … '6' information */
	const char *text[2];
};

/* The table; the row of JOURNAL_NONE is empty. */
extern const struct journal_row journal_rows[JOURNAL_MESSAGES];

/** struct journal_field - one more field; "" and NULL are left out. */
struct journal_field {
	const char *name;
	const char *value;
};

struct journal;

/**
 * journal_open() - a sender.
 * @path: of the journal's socket; NULL for the usual one
 *
 * Return: CCCD_OK, whether or not somebody listens there: the journal may
 * come later; CCCD_ERR_USAGE_ARGUMENT for a path that is too long;
 * CCCD_ERR_INTERNAL without a socket; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err journal_open(const char *path, struct journal **ret);

/* Accepts NULL. */
void journal_close(struct journal *journal);

/**
 * journal_send() - tell it, or let it be: nothing waits for the journal.
 * @journal: NULL tells nobody
 * @fields:  names as the journal wants them: CCCD_TXN, CCCD_CHECK,
 *           CCCD_VERDICT, …; no personal data
 *
 * From any thread. What must not be lost stands in the audit log.
 */
void journal_send(const struct journal *journal, enum journal_message message,
                  const struct journal_field *fields, size_t count);

#endif
