/* SPDX-License-Identifier: Apache-2.0 */
/* What gateways remember: nonces, devices, the usage log. */
#ifndef SERVICE_GATEWAY_STORE_H
#define SERVICE_GATEWAY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/span.h"

struct store;

/**
 * struct store_place - a file of one's own, or a database of several.
 * @path:        of the SQLite file
 * @conninfo:    of PostgreSQL, in libpq's words; NULL for SQLite
 * @connections: at most; 0 for one. A file has one more, which alone writes
 * @existing:    neither a file nor tables are made where there are none
 */
struct store_place {
	const char *path;
	const char *conninfo;
	unsigned int connections;
	bool existing;
};

/**
 * store_open() - and bring the tables to this version's form.
 *
 * Return: CCCD_OK, closed with store_close(); CCCD_ERR_POLICY_CONFIG for a
 * database of a later version, or without libpq; CCCD_ERR_STORE;
 * CCCD_ERR_MEMORY. No message holds any part of the conninfo.
 */
CHECKED enum cccd_err store_open(const struct store_place *place,
                                 struct cccd_error *error, struct store **ret);

/* Accepts NULL; nobody may use it any more. */
void store_close(struct store *store);

/*
 * Everything below: any thread; CCCD_ERR_STORE when the database does not
 * answer or is broken, or its file is no longer at its path;
 * CCCD_ERR_MEMORY. Times are seconds since 1970 UTC,
 * texts UTF-8.
 */

/* A nonce for one caller. */
CHECKED enum cccd_err store_nonce_issue(struct store *store, const char *nonce,
                                        const char *caller, int64_t expires);

/** struct store_spend - who wants to use a nonce, for which check. */
struct store_spend {
	const char *nonce;
	const char *caller;
	const char *request_id;
	const char *transaction;
	int64_t now;
};

/**
 * store_nonce_spend() - once, whoever asks first.
 *
 * Asking again for the same @request_id is the same asking.
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_NONCE when it was never issued to this
 * caller; CCCD_ERR_NONCE_SPENT; CCCD_ERR_NONCE_EXPIRED.
 */
CHECKED enum cccd_err store_nonce_spend(struct store *store,
                                        const struct store_spend *spend);

/**
 * store_nonce_sweep() - forget some nonces that expired before @before.
 * @ret_more: whether there was anything; call it again then
 *
 * Nonces of checks whose line is still missing are kept.
 */
CHECKED enum cccd_err store_nonce_sweep(struct store *store, int64_t before,
                                        bool *ret_more);

/**
 * struct store_device - a desk's key.
 * @jwk:     one JSON Web Key
 * @added, @revoked: ISO 8601; @revoked is "" while it counts
 */
struct store_device {
	const char *thumbprint;
	const char *name;
	const char *jwk;
	const char *added;
	const char *revoked;
};

typedef bool (*store_device_fn)(void *context,
                                const struct store_device *device);

/* CCCD_ERR_USAGE_STATE when it is there already, revoked or not: a revoked
 * key never comes back. */
CHECKED enum cccd_err store_device_add(struct store *store,
                                       const struct store_device *device);
/* CCCD_ERR_ASSERTION_DEVICE_UNKNOWN. Revoking twice is no error. */
CHECKED enum cccd_err store_device_revoke(struct store *store,
                                          const char *thumbprint,
                                          const char *when);
/* CCCD_ERR_ASSERTION_DEVICE_UNKNOWN, CCCD_ERR_ASSERTION_DEVICE_REVOKED;
 * @visit is called for a device that counts. */
CHECKED enum cccd_err store_device_find(struct store *store,
                                        const char *thumbprint,
                                        store_device_fn visit, void *context);
/* In the order of their adding; @visit ends the walk with false. */
CHECKED enum cccd_err store_device_list(struct store *store,
                                        store_device_fn visit, void *context);

/** enum usage_column - of a line of the usage log, in this order. */
enum usage_column {
	USAGE_TIME = 0, /* ISO 8601, UTC */
	USAGE_REQUEST_ID,
	USAGE_TRANSACTION,
	USAGE_CALLER,
	USAGE_ORIGIN,
	USAGE_OFFICER_ID,
	USAGE_OFFICER_NAME,
	USAGE_PURPOSE,
	USAGE_SERVICE_CODE,
	USAGE_PROCEDURE_CODE,
	USAGE_DEVICE,
	USAGE_SUBJECT, /* keyed hash of the number, or the number */
	USAGE_CARD,    /* the card's own verdict */
	USAGE_RESULT,
	USAGE_REASON,
	USAGE_FIELDS, /* "name=match …" */
	USAGE_SOURCE,
	USAGE_COLUMNS,
};

/* "time", "request_id", …; as columns of the database and of exports. */
extern const char *const usage_names[USAGE_COLUMNS];

enum { USAGE_HASH_MAX = 65 };

/** struct usage_line - one check. @texts: none NULL, no control characters. */
struct usage_line {
	const char *texts[USAGE_COLUMNS];
};

/**
 * struct usage_row - a line as it stands in the log.
 * @hash: SHA-256 in hexadecimal of prev, LF, seq, LF, then each text and LF
 */
struct usage_row {
	uint64_t seq;
	struct usage_line line;
	const char *prev;
	const char *hash;
};

/**
 * store_log_append() - a line, durably, once for each request id.
 *
 * Lines of several threads go in one transaction. The nonce of the request
 * is marked as told of.
 *
 * Return: CCCD_OK when it stands there, also by an earlier call;
 * CCCD_ERR_AUDIT when the request has been called interrupted meanwhile: then
 * it stays so, and nothing may be answered.
 */
CHECKED enum cccd_err store_log_append(struct store *store,
                                       const struct usage_line *line);

typedef bool (*usage_row_fn)(void *context, const struct usage_row *row);

/* Lines from time @from to before @to; "" for no bound. */
CHECKED enum cccd_err store_log_export(struct store *store, const char *from,
                                       const char *to, usage_row_fn visit,
                                       void *context);

/* The lines of a desk's @transaction; or, where it is not NULL, the one of
 * our own @request. */
CHECKED enum cccd_err store_log_find(struct store *store,
                                     const char *transaction,
                                     const char *request, usage_row_fn visit,
                                     void *context);

/**
 * store_log_verify() - the whole chain, from where it begins to its head.
 * @ret_lines: that were looked at
 * @ret_bad:   the first line that does not hold; 0 when all do. A head that
 *             does not fit gives the number after the last line
 */
CHECKED enum cccd_err store_log_verify(struct store *store, uint64_t *ret_lines,
                                       uint64_t *ret_bad);

/* Time of the newest check that was not interrupted; "" without. */
CHECKED enum cccd_err store_log_newest(struct store *store,
                                       char ret[static CLOCK_TEXT_MAX]);

/**
 * store_log_expire() - forget some lines before this time, the first ones.
 * @ret_more: whether there was anything; call it again then
 *
 * What stays still proves itself.
 */
CHECKED enum cccd_err store_log_expire(struct store *store, const char *before,
                                       bool *ret_more);

/**
 * store_recover() - lines for checks that died before they were told of.
 * @before: of those whose nonce was spent before
 *
 * Their result is "undetermined" for the reason "interrupted": whether the
 * registry was asked is not known. Any gateway may do it for any other.
 */
CHECKED enum cccd_err store_recover(struct store *store, int64_t before);

/* Whether a line could be written now: its tables are there, and a change
 * reaches the disk. */
CHECKED enum cccd_err store_look(struct store *store);

/* Upper bounds of struct store_stats, in microseconds. */
#define STORE_BOUNDS_US 1000, 2500, 5000, 10000, 25000, 100000, 500000, 5000000
enum { STORE_BUCKETS = 8 };

/**
 * struct store_stats - transactions that wrote lines of the log.
 * @tasks:     lines in them
 * @commit_us: from when a connection was asked for until all was on the disk
 * @buckets:   commits that took at most so long
 */
struct store_stats {
	uint64_t commits;
	uint64_t tasks;
	uint64_t commit_us;
	uint64_t buckets[STORE_BUCKETS];
};

/* Since store_open(). */
void store_stats(struct store *store, struct store_stats *ret);

#endif
