/* SPDX-License-Identifier: Apache-2.0 */
/* A whole audit log walked from its first line to its head, and judged. */
#include "lib/json/audit_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static const char first_hash[] = "0000000000000000000000000000000000000000"
                                 "000000000000000000000000";

const char *audit_fault_name(enum audit_fault fault)
{
	static const char *const names[AUDIT_FAULTS] = {
		[AUDIT_SOUND] = "sound",
		[AUDIT_ALTERED] = "altered",
		[AUDIT_MALFORMED] = "malformed",
		[AUDIT_FOREIGN] = "foreign",
		[AUDIT_UNLINKED] = "unlinked",
		[AUDIT_MISSING] = "missing",
		[AUDIT_REPEATED] = "repeated",
		[AUDIT_OUT_OF_ORDER] = "out_of_order",
		[AUDIT_TORN] = "torn",
		[AUDIT_SHORTENED] = "shortened",
		[AUDIT_HEAD_MISSING] = "head_missing",
		[AUDIT_HEAD_DAMAGED] = "head_damaged",
		[AUDIT_HEAD_DIFFERS] = "head_differs",
		[AUDIT_ANCHOR_DIFFERS] = "anchor_differs",
		[AUDIT_ANCHOR_MISSING] = "anchor_missing",
		[AUDIT_REPAIRED] = "repaired",
	};

	return (unsigned int)fault < AUDIT_FAULTS ? names[fault] : names[0];
}

/**
 * struct walker - where the walk is in one chain.
 * @last:     the line with the highest number so far
 * @last_true: hash of its bytes, where it was altered
 * @unread:   lines since then that nobody can read
 * @met:      bits of the anchors that were met
 * @before:   the line before the first one, where it is not here; a line
 *            "expired" may yet account for it
 * @first:    file of the first line
 */
struct walker {
	const struct audit_walk *walk;
	struct audit_summary *summary;
	enum audit_chain_id chain;
	const char *file;
	uint64_t number;
	struct audit_head last;
	char last_true[AUDIT_HASH_TEXT];
	uint64_t unread;
	struct audit_head head;
	bool head_met;
	unsigned int met;
	struct audit_head before;
	const char *first;
};

static void found(struct walker *at, enum audit_fault fault, uint64_t from,
                  uint64_t to, const char *detail)
{
	const struct audit_finding finding = {
		.chain = at->chain,
		.fault = fault,
		.file = at->file,
		.line = at->number,
		.from = from,
		.to = to,
		.detail = detail,
	};

	if (fault == AUDIT_REPAIRED)
		at->summary->chains[at->chain].repairs++;
	else
		at->summary->chains[at->chain].faults++;
	at->walk->found(at->walk->context, &finding);
}

/* Anchors are of the reads' log; the head is one more. */
static void compare_anchors(struct walker *at, const struct audit_line *line)
{
	const struct audit_walk *walk = at->walk;

	if (at->head.sequence == line->sequence) {
		at->head_met = true;
		if (strcmp(at->head.hash, line->hash) != 0)
			found(at, AUDIT_HEAD_DIFFERS, line->sequence,
			      line->sequence, NULL);
	}
	if (at->chain != AUDIT_CHAIN_READS)
		return;
	for (size_t i = 0; i < walk->anchor_count; i++) {
		if (walk->anchors[i].sequence != line->sequence)
			continue;
		at->met |= 1U << i;
		if (strcmp(walk->anchors[i].hash, line->hash) != 0)
			found(at, AUDIT_ANCHOR_DIFFERS, line->sequence,
			      line->sequence, NULL);
	}
}

/* Whether an anchor stands right before the first line there is. */
static bool begins_at_anchor(struct walker *at, const struct audit_line *line)
{
	const struct audit_walk *walk = at->walk;

	if (at->chain != AUDIT_CHAIN_READS)
		return false;
	for (size_t i = 0; i < walk->anchor_count; i++) {
		if (walk->anchors[i].sequence + 1 != line->sequence ||
		    strcmp(walk->anchors[i].hash, line->previous) != 0)
			continue;
		at->met |= 1U << i;
		return true;
	}
	return false;
}

/* The line against the one before it; false when it is not the next one. */
static bool judge_place(struct walker *at, const struct audit_line *line)
{
	uint64_t next = at->last.sequence + 1;

	if (line->sequence < next) {
		found(at,
		      strcmp(line->hash, at->last.hash) == 0
		              ? AUDIT_REPEATED
		              : AUDIT_OUT_OF_ORDER,
		      line->sequence, line->sequence, NULL);
		return false;
	}
	if (at->last.sequence == 0 && begins_at_anchor(at, line))
		return true;
	if (at->last.sequence == 0 && at->unread == 0 && line->sequence > 1) {
		at->before.sequence = line->sequence - 1;
		memcpy(at->before.hash, line->previous,
		       sizeof(at->before.hash));
		at->first = at->file;
		return true;
	}
	/* What cannot be read was told of, and counts as there. */
	if (line->sequence > next + at->unread)
		found(at, AUDIT_MISSING, next + at->unread, line->sequence - 1,
		      NULL);
	else if (line->sequence == next && at->unread == 0 &&
	         strcmp(line->previous, at->last.hash) != 0 &&
	         strcmp(line->previous, at->last_true) != 0)
		found(at, AUDIT_UNLINKED, line->sequence, line->sequence, NULL);
	return true;
}

static const char *repair_detail(const struct audit_line *line)
{
	return line->missing_sequence != 0 ? "lines_missing" : "end_mended";
}

static enum cccd_err judge_line(struct walker *at, struct span text)
{
	struct audit_line line = { 0 };
	enum cccd_err err = audit_line_parse(text, &line);

	if (err == CCCD_ERR_MEMORY || err == CCCD_ERR_CRYPTO_FAILED)
		return err;
	at->summary->chains[at->chain].lines++;
	if (err != CCCD_OK || line.chain != at->chain) {
		found(at, err != CCCD_OK ? AUDIT_MALFORMED : AUDIT_FOREIGN, 0,
		      0, NULL);
		at->unread++;
		return CCCD_OK;
	}
	if (strcmp(line.hash, line.true_hash) != 0)
		found(at, AUDIT_ALTERED, line.sequence, line.sequence, NULL);
	if (judge_place(at, &line)) {
		at->last.sequence = line.sequence;
		memcpy(at->last.hash, line.hash, sizeof(at->last.hash));
		memcpy(at->last_true, line.true_hash, sizeof(at->last_true));
		at->unread = 0;
	}
	if (line.kind == AUDIT_EXPIRED &&
	    line.missing_sequence == at->before.sequence &&
	    strcmp(line.missing_hash, at->before.hash) == 0)
		at->before.sequence = 0;
	if (line.kind == AUDIT_RECOVERED)
		found(at, AUDIT_REPAIRED, line.sequence, line.missing_sequence,
		      repair_detail(&line));
	compare_anchors(at, &line);
	return at->walk->line == NULL
	               ? CCCD_OK
	               : at->walk->line(at->walk->context, &line);
}

static enum cccd_err walk_lines(struct walker *at, int fd, bool newest,
                                struct cccd_error *error)
{
	struct audit_reader reader = { 0 };
	struct span text = { 0 };
	enum cccd_err err = CCCD_OK;

	audit_reader_begin(&reader, fd, newest);
	at->number = 0;
	for (;;) {
		err = audit_reader_next(&reader, error, &text);
		if (err != CCCD_OK || text.at == NULL)
			break;
		at->number++;
		if (reader.torn)
			found(at, AUDIT_TORN, 0, 0, NULL);
		else
			err = judge_line(at, text);
		if (err != CCCD_OK)
			break;
	}
	audit_reader_end(&reader);
	return err;
}

static enum cccd_err walk_file(struct walker *at, int dir, const char *name,
                               bool newest, struct cccd_error *error)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum cccd_err err = CCCD_OK;

	if (fd < 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "%s cannot be opened", name);
	at->file = name;
	at->summary->chains[at->chain].files++;
	err = walk_lines(at, fd, newest, error);
	(void)close(fd);
	return err;
}

/* What must be there and was not met on the way. */
static void judge_end(struct walker *at, bool head_bad)
{
	const struct audit_walk *walk = at->walk;
	uint64_t last = at->last.sequence;

	if (at->before.sequence != 0) {
		at->number = 1;
		at->file = at->first;
		found(at, AUDIT_MISSING, 1, at->before.sequence, NULL);
	}
	at->number = 0;
	at->file = audit_head_name(at->chain);
	if (head_bad)
		found(at, AUDIT_HEAD_DAMAGED, 0, 0, NULL);
	else if (at->head.sequence > last)
		found(at, AUDIT_SHORTENED, last + 1, at->head.sequence, NULL);
	else if (at->head.sequence == 0 && last > 0)
		found(at, AUDIT_HEAD_MISSING, last, last, NULL);
	if (at->chain != AUDIT_CHAIN_READS)
		return;
	at->file = "";
	for (size_t i = 0; i < walk->anchor_count; i++)
		if ((at->met & 1U << i) == 0)
			found(at, AUDIT_ANCHOR_MISSING,
			      walk->anchors[i].sequence,
			      walk->anchors[i].sequence, NULL);
}

static enum cccd_err walk_chain(const struct audit_walk *walk, int dir,
                                enum audit_chain_id chain,
                                struct cccd_error *error,
                                struct audit_summary *summary)
{
	struct walker at = { .walk = walk, .summary = summary, .chain = chain };
	struct audit_files files = { 0 };
	/* The head first: what is written meanwhile only makes it older. */
	enum cccd_err err = audit_head_read(dir, chain, error, &at.head);
	bool head_bad = err == CCCD_ERR_DATA_MALFORMED;

	if (err != CCCD_OK && !head_bad)
		return err;
	memcpy(at.last.hash, first_hash, sizeof(first_hash));
	TRY(audit_files_list(dir, chain, error, &files));
	err = CCCD_OK;
	for (size_t i = 0; i < files.count && err == CCCD_OK; i++)
		err = walk_file(&at, dir, files.names[i], i + 1 == files.count,
		                error);
	if (err == CCCD_OK) {
		judge_end(&at, head_bad);
		summary->chains[chain].last = at.last;
	}
	audit_files_free(&files);
	return err;
}

enum cccd_err audit_walk_run(const struct audit_walk *walk,
                             struct cccd_error *error,
                             struct audit_summary *ret)
{
	struct audit_summary summary = { 0 };
	int dir = open(walk->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum cccd_err err = CCCD_OK;

	if (dir < 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the audit log cannot be opened");
	for (unsigned int i = 0; i < AUDIT_CHAINS && err == CCCD_OK; i++)
		err = walk_chain(walk, dir, (enum audit_chain_id)i, error,
		                 &summary);
	(void)close(dir);
	if (err == CCCD_OK)
		*ret = summary;
	return err;
}
