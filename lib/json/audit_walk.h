/* SPDX-License-Identifier: Apache-2.0 */
/* A whole audit log walked from its first line to its head, and judged. */
#ifndef LIB_JSON_AUDIT_WALK_H
#define LIB_JSON_AUDIT_WALK_H

#include "lib/json/audit_files.h"

/** enum audit_fault - what may be wrong with a log. */
enum audit_fault {
	AUDIT_SOUND = 0,
	AUDIT_ALTERED,      /* the line's hash is not that of its bytes */
	AUDIT_MALFORMED,    /* no line of a log at all */
	AUDIT_FOREIGN,      /* a line of the other log */
	AUDIT_UNLINKED,     /* does not follow the line before it */
	AUDIT_MISSING,      /* lines before this one are gone */
	AUDIT_REPEATED,     /* the same line once more */
	AUDIT_OUT_OF_ORDER, /* stands behind a later one */
	AUDIT_TORN,         /* the last line has no end */
	AUDIT_SHORTENED,    /* the newest lines are gone */
	AUDIT_HEAD_MISSING,
	AUDIT_HEAD_DAMAGED,
	AUDIT_HEAD_DIFFERS, /* the head tells of another line */
	AUDIT_ANCHOR_DIFFERS,
	AUDIT_ANCHOR_MISSING,
	AUDIT_REPAIRED, /* no fault: a repair, told by the daemon */
	AUDIT_FAULTS,
};

/** audit_fault_name() - "altered", "missing", …; "sound". */
const char *audit_fault_name(enum audit_fault fault);

/**
 * struct audit_finding - one fault and its place.
 * @file: name of the file, or of the head; borrowed for the call
 * @line: from 1; 0 for a whole file
 * @from, @to: sequence numbers that it is about
 * @detail: of a repair
 */
struct audit_finding {
	enum audit_chain_id chain;
	enum audit_fault fault;
	const char *file;
	uint64_t line;
	uint64_t from;
	uint64_t to;
	const char *detail;
};

enum { AUDIT_ANCHORS_MAX = 16 };

/**
 * struct audit_walk - how to walk.
 * @dir:     of the log
 * @anchors: lines of the reads' log that somebody wrote down elsewhere. One
 *           at the end of what was archived lets the log begin behind it
 * @found:   called for every finding, repairs included
 * @line:    called for every line that could be read; may be NULL
 */
struct audit_walk {
	const char *dir;
	struct audit_head anchors[AUDIT_ANCHORS_MAX];
	size_t anchor_count;
	void (*found)(void *context, const struct audit_finding *finding);
	enum cccd_err (*line)(void *context, const struct audit_line *line);
	void *context;
};

/**
 * struct audit_summary - how it went, by chain.
 * @last: the line with the highest number
 */
struct audit_summary {
	struct {
		uint64_t files;
		uint64_t lines;
		uint64_t faults;
		uint64_t repairs;
		struct audit_head last;
	} chains[AUDIT_CHAINS];
};

/**
 * audit_walk_run() - both chains.
 *
 * The daemon may be writing meanwhile. Memory does not grow with the log.
 *
 * Return: CCCD_OK, also when there are faults; CCCD_ERR_USAGE_FILE with
 * errno; what @line returned; CCCD_ERR_MEMORY, CCCD_ERR_DATA_TOO_LARGE.
 */
CHECKED enum cccd_err audit_walk_run(const struct audit_walk *walk,
                                     struct cccd_error *error,
                                     struct audit_summary *ret);

#endif
