/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the audit log: what goes in, its text, and back again. */
#ifndef LIB_JSON_AUDIT_LINE_H
#define LIB_JSON_AUDIT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/result.h>

#include "base/buf.h"
#include "base/clock.h"

enum {
	/* The longest line, its line feed included. */
	AUDIT_LINE_MAX = 16384,
	AUDIT_HASH_TEXT = 65,
	/* The longest origin, id or purpose that is written. */
	AUDIT_WORD_MAX = 256,
	AUDIT_SCOPES_MAX = 32,
};

/** enum audit_chain_id - two logs, each a chain of its own. */
enum audit_chain_id {
	AUDIT_CHAIN_READS = 0, /* YYYY-MM.jsonl, head.json */
	AUDIT_CHAIN_SECURITY,  /* security-YYYY-MM.jsonl, security-head.json */
	AUDIT_CHAINS,
};

/** enum audit_kind - what a line tells. */
enum audit_kind {
	AUDIT_NONE = 0,
	AUDIT_START,    /* the daemon began to serve */
	AUDIT_STOP,     /* it ended in order */
	AUDIT_READ,     /* a session came to its end, with or without verdict */
	AUDIT_DELIVERY, /* something is about to leave */
	AUDIT_RECOVERED, /* the log was found damaged and goes on here */
	AUDIT_EXPIRED,   /* old months were taken away */

	/* The security log. */
	AUDIT_BAD_SOD,            /* passive authentication failed */
	AUDIT_CLONE_SUSPICION,    /* the chip may be a copy */
	AUDIT_UNKNOWN_ORIGIN,     /* a page or user that is not registered */
	AUDIT_ACCESS_KEY_REFUSED, /* refused again and again */
	AUDIT_LEASE_BROKEN,       /* an operator took a reader from a session */
	AUDIT_REGISTRY_REFUSED,   /* a reload was bad, the old one stays */
	AUDIT_REQUEST_FORGED,     /* the signature of a request is wrong */
	AUDIT_KINDS,
};

/** audit_kind_name() - "read", "delivery", "bad_sod", …; "" if unknown. */
const char *audit_kind_name(enum audit_kind kind);

/* The log that lines of this kind stand in; the log's own affairs,
 * AUDIT_RECOVERED and AUDIT_EXPIRED, stand in both. */
enum audit_chain_id audit_kind_chain(enum audit_kind kind);

/** enum audit_outcome - how a session ended. */
enum audit_outcome {
	AUDIT_ENDED_NONE = 0,
	AUDIT_ENDED_READ,      /* there is a verdict, whatever it says */
	AUDIT_ENDED_FAILED,    /* there is an error instead: see the problem */
	AUDIT_ENDED_CANCELLED, /* by its client, or because it was lost */
	AUDIT_ENDED_EXPIRED,   /* the lease ran out */
};

const char *audit_outcome_name(enum audit_outcome outcome);

/** enum audit_way - in which form something leaves. */
enum audit_way {
	AUDIT_WAY_NONE = 0,
	AUDIT_WAY_JSON,
	AUDIT_WAY_JWT,
	AUDIT_WAY_SD_JWT,
	AUDIT_WAY_PORTRAIT,
};

const char *audit_way_name(enum audit_way way);

/**
 * struct audit_timings - of one session, in milliseconds; 0 if unknown.
 * @waited: from its creation until there was a card
 * @read:   from there until the verdict or the error
 * @total:  from its creation until its end
 */
struct audit_timings {
	uint64_t waited;
	uint64_t read;
	uint64_t total;
};

/**
 * struct audit_entry - what a line is made of. Zero it first.
 *
 * All texts are borrowed for the call; NULL and "" are left out of the line.
 * No member may hold a name, a number, a date of birth or a picture of a
 * person; the one exception is @document, which never stands in the line.
 *
 * @kind:        always
 * @transaction: of the session: the same in every line about it, and in the
 *               result (UUID)
 * @rp:          id of the relying party, from the registry
 * @origin:      as enforced; "" for a local program
 * @local:       a local program: @uid counts
 * @purpose:     as registered
 * @consent:     "operator", "prompt" or "none"
 * @consent_text: id of the text the holder agreed to: [A-Za-z0-9._:-]
 * @consent_given: whether he did
 * @scopes:      granted ones, @scope_count of them
 * @reader:      opaque id of the reader
 * @outcome, @problem: AUDIT_READ; code of the error, e.g. "card_removed"
 * @result:      AUDIT_READ with AUDIT_ENDED_READ: every check of it is
 *               written; may also stand beside an error
 * @document_kind: "cccd", "can_cuoc", "passport", "other"
 * @document:    id number, else document number: only its keyed hash is
 *               written (service/core/audit.h)
 * @timings:     AUDIT_READ
 * @way:         AUDIT_DELIVERY
 * @detail:      short technical text, e.g. why a registry was refused; no
 *               personal data
 * @count:       events this line stands for, 0 as 1; security log
 */
struct audit_entry {
	enum audit_kind kind;
	const char *transaction;
	const char *rp;
	const char *origin;
	bool local;
	uint32_t uid;
	const char *purpose;
	const char *consent;
	const char *consent_text;
	bool consent_given;
	const char *const *scopes;
	size_t scope_count;
	const char *reader;
	enum audit_outcome outcome;
	const char *problem;
	const struct cccd_result *result;
	const char *document_kind;
	struct span document;
	struct audit_timings timings;
	enum audit_way way;
	const char *detail;
	uint64_t count;
};

/**
 * audit_text_id_ok() - whether an id of a consent text may be recorded.
 *
 * 1 to 64 of [A-Za-z0-9._:-], and no nine digits in a row: a front end that
 * puts a person's number there is refused.
 */
bool audit_text_id_ok(const char *text_id);

/**
 * struct audit_link - where a line stands in its chain.
 * @chain:    which one; AUDIT_RECOVERED may stand in either
 * @sequence: from 1, without gaps
 * @time:     wall clock, seconds since 1970 UTC
 * @previous: hash of the line before, 64 zeros for the first
 * @document: keyed hash of the document's number, "" for none
 */
struct audit_link {
	enum audit_chain_id chain;
	uint64_t sequence;
	int64_t time;
	char previous[AUDIT_HASH_TEXT];
	char document[AUDIT_HASH_TEXT];
};

/**
 * struct audit_gap - what AUDIT_RECOVERED tells, and AUDIT_EXPIRED.
 * @detail:   "torn_line", "lines_missing", "tail_damaged", "head_missing",
 *            "head_damaged"; "retention"
 * @bytes:    taken off the end of the file, 0 for none
 * @sequence, @hash: of the line that the head had told of, or of the last
 *            one that was taken away; 0 and "" when nothing is missing
 */
struct audit_gap {
	const char *detail;
	uint64_t bytes;
	uint64_t sequence;
	char hash[AUDIT_HASH_TEXT];
};

/**
 * audit_line_make() - one line with its line feed.
 * @gap:      for AUDIT_RECOVERED and AUDIT_EXPIRED; NULL otherwise
 * @ret:      emptied first; its maximum is at least AUDIT_LINE_MAX
 * @ret_hash: of this line: SHA-256 over everything before ,"hash":
 *
 * Words that do not fit their form (control characters, quotes, more than
 * AUDIT_WORD_MAX bytes) are an error of the caller; @detail and the origin
 * of an AUDIT_UNKNOWN_ORIGIN come from strangers and are cut and cleaned.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT when members of @entry do not go
 * together; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err audit_line_make(const struct audit_entry *entry,
                                      const struct audit_link *link,
                                      const struct audit_gap *gap,
                                      struct buf *ret,
                                      char ret_hash[static AUDIT_HASH_TEXT]);

enum { AUDIT_TEXT_MAX = 64 };

/**
 * struct audit_line - a line taken apart, as far as counters need it.
 * @previous, @hash: as the line says
 * @true_hash:       as its bytes say
 *
 * Of texts that are longer than their room the beginning.
 */
struct audit_line {
	enum audit_chain_id chain;
	enum audit_kind kind;
	uint64_t sequence;
	int64_t time;
	char previous[AUDIT_HASH_TEXT];
	char hash[AUDIT_HASH_TEXT];
	char true_hash[AUDIT_HASH_TEXT];
	char transaction[CCCD_TRANSACTION_MAX];
	char rp[AUDIT_TEXT_MAX];
	char problem[AUDIT_TEXT_MAX];
	enum audit_outcome outcome;
	enum cccd_verdict overall;
	bool suspected;
	enum audit_way way;
	uint64_t total_ms;
	uint64_t count;
	uint64_t missing_sequence;
	char missing_hash[AUDIT_HASH_TEXT];
};

/**
 * audit_line_parse() - take a line apart and compute what its hash must be.
 * @text: without the line feed
 *
 * Whether @hash equals @true_hash is for the caller to say.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED for what is no line of a log;
 * CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err audit_line_parse(struct span text,
                                       struct audit_line *ret);

/* The first moment, UTC, after the month "YYYY-MM"; its form was checked. */
int64_t audit_month_end(const char *month);

/**
 * struct audit_head - head.json: the newest line, kept apart.
 *
 * So that the removal of the newest lines is found too.
 */
struct audit_head {
	uint64_t sequence;
	char hash[AUDIT_HASH_TEXT];
};

/* Always the same length, so that it is written in place at once. */
enum { AUDIT_HEAD_LEN = 160 };

void audit_head_make(enum audit_chain_id chain, const struct audit_head *head,
                     char text[static AUDIT_HEAD_LEN + 1]);

/* CCCD_ERR_DATA_MALFORMED for anything that audit_head_make() did not make. */
CHECKED enum cccd_err audit_head_parse(enum audit_chain_id chain,
                                       struct span text,
                                       struct audit_head *ret);

#endif
