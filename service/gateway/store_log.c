/* SPDX-License-Identifier: Apache-2.0 */
/* The usage log: a chain of lines, each once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "service/gateway/store_inside.h"

enum {
	SEQ_MAX = STORE_NUMBER_MAX,
	LINE_MAX = 16384,
	RECOVER_MAX = 256,
	DECIMAL = 10
};

#define LOG_COLUMNS                                                      \
	"time, request_id, transaction_id, caller, origin, officer_id, " \
	"officer_name, purpose, service_code, procedure_code, device, "  \
	"subject, card, result, reason, fields, source"

/* The reason of a check whose gateway died. */
static const char usage_interrupted[] = "interrupted";

/** struct chain - the end of the log. */
struct chain {
	uint64_t seq;
	char hash[USAGE_HASH_MAX];
};

static void number(uint64_t value, char ret[static SEQ_MAX])
{
	(void)snprintf(ret, SEQ_MAX, "%" PRIu64, value);
}

static enum cccd_err append_line(struct buf *buf, const char *text)
{
	TRY(buf_append(buf, span_text(text)));
	return buf_append_byte(buf, '\n');
}

static enum cccd_err link_hash(const char *prev, const char *seq,
                               const struct usage_line *line,
                               char ret[static USAGE_HASH_MAX])
{
	static const char digits[] = "0123456789abcdef";
	BUF text = buf_make(LINE_MAX);
	struct digest digest;

	TRY(append_line(&text, prev));
	TRY(append_line(&text, seq));
	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		TRY(append_line(&text, line->texts[i]));
	TRY(digest_compute(DIGEST_SHA256, buf_span(&text), &digest));
	for (size_t i = 0; i < digest.len; i++) {
		ret[2 * i] = digits[digest.bytes[i] >> 4];
		ret[2 * i + 1] = digits[digest.bytes[i] & 0x0F];
	}
	ret[2 * digest.len] = '\0';
	return CCCD_OK;
}

static bool take_chain(void *context, const char *const *values)
{
	struct chain *chain = context;

	chain->seq = strtoull(values[0], NULL, DECIMAL);
	(void)snprintf(chain->hash, sizeof(chain->hash), "%s", values[1]);
	return false;
}

/* Whoever holds this row writes; the others wait. */
static enum cccd_err hold_chain(struct store_lease *lease, struct chain *ret)
{
	static const char plain[] =
	        "SELECT seq, hash FROM usage_chain WHERE one = 1";
	static const char locking[] =
	        "SELECT seq, hash FROM usage_chain WHERE one = 1 FOR UPDATE";
	bool locks = lease->store->engine->lock[0] != '\0';
	const struct store_query query = {
		.sql = locks ? locking : plain,
		.row = take_chain,
		.context = ret,
	};
	size_t rows = 0;

	TRY(store_run(lease, &query, &rows));
	return rows == 1 ? CCCD_OK : CCCD_ERR_STORE;
}

static enum cccd_err insert(struct store_lease *lease,
                            const struct usage_line *line, const char *seq,
                            const char *prev, const char *hash, size_t *ret)
{
	struct store_query query = {
		.sql = "INSERT INTO usage_log (seq, " LOG_COLUMNS
		       ", prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
		       " $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
		       " $20) ON CONFLICT (request_id) DO NOTHING"
		       " RETURNING seq",
		.count = USAGE_COLUMNS + 3,
	};

	query.params[0] = seq;
	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		query.params[1 + i] = line->texts[i];
	query.params[USAGE_COLUMNS + 1] = prev;
	query.params[USAGE_COLUMNS + 2] = hash;
	return store_run(lease, &query, ret);
}

static enum cccd_err mark_told(struct store_lease *lease,
                               const char *request_id)
{
	const struct store_query query = {
		.sql = "UPDATE gateway_nonces SET state = 2"
		       " WHERE request_id = $1",
		.params = { request_id },
		.count = 1,
	};

	return store_run(lease, &query, NULL);
}

/**
 * struct line_work - a line to be written.
 * @late: its request has one already, which says "interrupted"
 */
struct line_work {
	struct usage_line line;
	bool late;
};

static bool judge_reason(void *context, const char *const *values)
{
	struct line_work *work = context;

	work->late =
	        strcmp(values[0], usage_interrupted) == 0 &&
	        strcmp(work->line.texts[USAGE_REASON], usage_interrupted) != 0;
	return false;
}

/* Ours, of an attempt whose end we did not see; or of whoever took us for
 * dead. */
static enum cccd_err judge_line(struct store_lease *lease,
                                struct line_work *work)
{
	const struct store_query query = {
		.sql = "SELECT reason FROM usage_log WHERE request_id = $1",
		.params = { work->line.texts[USAGE_REQUEST_ID] },
		.count = 1,
		.row = judge_reason,
		.context = work,
	};

	return store_run(lease, &query, NULL);
}

/* One more link, unless this request has one. */
static enum cccd_err add_line(struct store_lease *lease, struct chain *chain,
                              struct line_work *work)
{
	const struct usage_line *line = &work->line;
	struct chain next = { .seq = chain->seq + 1 };
	char seq[SEQ_MAX];
	size_t rows = 0;

	number(next.seq, seq);
	TRY(link_hash(chain->hash, seq, line, next.hash));
	TRY(insert(lease, line, seq, chain->hash, next.hash, &rows));
	if (rows == 1)
		*chain = next;
	else
		TRY(judge_line(lease, work));
	return mark_told(lease, line->texts[USAGE_REQUEST_ID]);
}

static enum cccd_err put_chain(struct store_lease *lease,
                               const struct chain *chain)
{
	char seq[SEQ_MAX];
	const struct store_query query = {
		.sql = "UPDATE usage_chain SET seq = $1, hash = $2"
		       " WHERE one = 1",
		.params = { seq, chain->hash },
		.count = 2,
	};

	number(chain->seq, seq);
	return store_run(lease, &query, NULL);
}

enum cccd_err store_write_lines(struct store_lease *lease, void *context)
{
	const struct store_task *task = context;
	struct chain chain = { 0 };

	TRY(hold_chain(lease, &chain));
	for (; task != NULL; task = task->next)
		TRY(add_line(lease, &chain, task->what));
	return put_chain(lease, &chain);
}

enum cccd_err store_log_append(struct store *store,
                               const struct usage_line *line)
{
	struct line_work work = { .line = *line };

	TRY(store_queue_put(store, &store->lines, &work));
	return work.late ? CCCD_ERR_AUDIT : CCCD_OK;
}

/** struct row_walk - who looks at lines. */
struct row_walk {
	usage_row_fn visit;
	void *context;
};

static bool show_row(void *context, const char *const *values)
{
	const struct row_walk *walk = context;
	struct usage_row row = {
		.seq = strtoull(values[0], NULL, DECIMAL),
		.prev = values[USAGE_COLUMNS + 1],
		.hash = values[USAGE_COLUMNS + 2],
	};

	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		row.line.texts[i] = values[1 + i];
	return walk->visit(walk->context, &row);
}

/** struct paging - the log is read in pieces; it may be longer than memory. */
struct paging {
	struct row_walk walk;
	uint64_t after;
	bool ended;
};

static bool turn_row(void *context, const char *const *values)
{
	struct paging *paging = context;

	paging->after = strtoull(values[0], NULL, DECIMAL);
	paging->ended = !show_row(&paging->walk, values);
	return !paging->ended;
}

static enum cccd_err run_query(struct store_lease *lease, void *context)
{
	return store_run(lease, context, NULL);
}

/* A page of the lines that meet @condition, after line $1. */
#define PAGE(condition)                                           \
	"SELECT seq, " LOG_COLUMNS ", prev, hash FROM usage_log " \
	"WHERE seq > $1 AND " condition " ORDER BY seq LIMIT 500"

static enum cccd_err turn_pages(struct store *store,
                                const struct store_query *query,
                                usage_row_fn visit, void *context)
{
	struct paging paging = { .walk = { visit, context } };
	struct store_query page = *query;
	char seq[SEQ_MAX];
	uint64_t before = 0;

	page.params[0] = seq;
	page.row = turn_row;
	page.context = &paging;
	do {
		before = paging.after;
		number(before, seq);
		TRY(store_read(store, run_query, &page));
	} while (paging.after != before && !paging.ended);
	return CCCD_OK;
}

enum cccd_err store_log_export(struct store *store, const char *from,
                               const char *to, usage_row_fn visit,
                               void *context)
{
	/* Every time begins with a year before that. */
	const struct store_query query = {
		.sql = PAGE("time >= $2 AND time < $3"),
		.params = { NULL, from, to[0] != '\0' ? to : "9999" },
		.count = 3,
	};

	return turn_pages(store, &query, visit, context);
}

enum cccd_err store_log_find(struct store *store, const char *transaction,
                             const char *request, usage_row_fn visit,
                             void *context)
{
	const struct store_query by_transaction = {
		.sql = PAGE("transaction_id = $2"),
		.params = { NULL, transaction },
		.count = 2,
	};
	const struct store_query by_request = {
		.sql = PAGE("request_id = $2"),
		.params = { NULL, request },
		.count = 2,
	};

	return turn_pages(store,
	                  request == NULL ? &by_transaction : &by_request,
	                  visit, context);
}

/** struct checking - where the chain should go on. */
struct checking {
	struct chain expected;
	uint64_t lines;
	uint64_t bad;
	enum cccd_err err;
};

static bool check_row(void *context, const struct usage_row *row)
{
	struct checking *checking = context;
	char hash[USAGE_HASH_MAX];
	char seq[SEQ_MAX];

	checking->lines++;
	number(row->seq, seq);
	checking->err = link_hash(row->prev, seq, &row->line, hash);
	if (checking->err != CCCD_OK)
		return false;
	if (row->seq != checking->expected.seq + 1 ||
	    strcmp(row->prev, checking->expected.hash) != 0 ||
	    strcmp(row->hash, hash) != 0) {
		checking->bad = row->seq;
		return false;
	}
	checking->expected.seq = row->seq;
	(void)snprintf(checking->expected.hash, USAGE_HASH_MAX, "%s", hash);
	return true;
}

static enum cccd_err find_begin(struct store *store, struct chain *ret)
{
	struct store_query query = {
		.sql = "SELECT base_seq, base_hash FROM usage_chain",
		.row = take_chain,
		.context = ret,
	};

	return store_read(store, run_query, &query);
}

static enum cccd_err check_chain(struct store *store, const struct chain *begin,
                                 struct checking *ret)
{
	struct chain head = { 0 };
	struct store_query last = {
		.sql = "SELECT seq, hash FROM usage_chain",
		.row = take_chain,
		.context = &head,
	};

	*ret = (struct checking){ .expected = *begin };
	TRY(store_read(store, run_query, &last));
	TRY(store_log_export(store, "", "", check_row, ret));
	TRY(ret->err);
	/* More lines may have come since the head was read; none may be
	 * missing. */
	if (ret->bad == 0 && (ret->expected.seq < head.seq ||
	                      (ret->expected.seq == head.seq &&
	                       strcmp(ret->expected.hash, head.hash) != 0)))
		ret->bad = ret->expected.seq + 1;
	return CCCD_OK;
}

enum cccd_err store_log_verify(struct store *store, uint64_t *ret_lines,
                               uint64_t *ret_bad)
{
	struct checking checking = { 0 };
	struct chain begin = { 0 };
	struct chain after = { 0 };

	TRY(find_begin(store, &after));
	do {
		begin = after;
		TRY(check_chain(store, &begin, &checking));
		TRY(find_begin(store, &after));
		/* What expired under our eyes is not missing. */
	} while (checking.bad != 0 && after.seq != begin.seq);
	*ret_lines = checking.lines;
	*ret_bad = checking.bad;
	return CCCD_OK;
}

static bool take_time(void *context, const char *const *values)
{
	(void)snprintf(context, CLOCK_TEXT_MAX, "%s", values[0]);
	return false;
}

enum cccd_err store_log_newest(struct store *store,
                               char ret[static CLOCK_TEXT_MAX])
{
	struct store_query query = {
		.sql = "SELECT time FROM usage_log WHERE reason <> $1"
		       " ORDER BY seq DESC LIMIT 1",
		.params = { usage_interrupted },
		.count = 1,
		.row = take_time,
		.context = ret,
	};

	ret[0] = '\0';
	return store_read(store, run_query, &query);
}

/** struct expiring - up to which line the log is cut. */
struct expiring {
	const char *before;
	struct chain base;
	size_t found;
};

/* Only whole beginnings go: the last line whose predecessors are all older,
 * of the first few; others write between two pieces. */
static enum cccd_err find_base(struct store_lease *lease,
                               struct expiring *expiring)
{
	const struct store_query query = {
		.sql = "WITH oldest AS (SELECT seq, hash, time FROM usage_log"
		       " ORDER BY seq LIMIT 500)"
		       " SELECT seq, hash FROM oldest WHERE seq <"
		       " COALESCE((SELECT MIN(seq) FROM oldest"
		       " WHERE time >= $1), 9000000000000000000)"
		       " ORDER BY seq DESC LIMIT 1",
		.params = { expiring->before },
		.count = 1,
		.row = take_chain,
		.context = &expiring->base,
	};

	return store_run(lease, &query, &expiring->found);
}

static enum cccd_err cut_log(struct store_lease *lease, void *context)
{
	struct expiring *expiring = context;
	struct chain head = { 0 };
	char seq[SEQ_MAX];
	struct store_query base = {
		.sql = "UPDATE usage_chain SET base_seq = $1, base_hash = $2"
		       " WHERE one = 1",
		.params = { seq, expiring->base.hash },
		.count = 2,
	};
	struct store_query gone = {
		.sql = "DELETE FROM usage_log WHERE seq <= $1",
		.params = { seq },
		.count = 1,
	};

	TRY(hold_chain(lease, &head));
	TRY(find_base(lease, expiring));
	if (expiring->found == 0)
		return CCCD_OK;
	number(expiring->base.seq, seq);
	TRY(store_run(lease, &base, NULL));
	return store_run(lease, &gone, NULL);
}

static enum cccd_err cut_durably(struct store_lease *lease, void *context)
{
	return store_transact(lease, true, cut_log, context);
}

enum cccd_err store_log_expire(struct store *store, const char *before,
                               bool *ret_more)
{
	struct expiring expiring = { .before = before };

	TRY(store_do(store, cut_durably, &expiring));
	*ret_more = expiring.found > 0;
	return CCCD_OK;
}

/** struct orphans - checks that nobody has told of. */
struct orphans {
	struct {
		char request_id[64];
		char caller[80];
		char transaction[64];
	} rows[RECOVER_MAX];
	size_t count;
};

static bool take_orphan(void *context, const char *const *values)
{
	struct orphans *orphans = context;

	if (orphans->count == RECOVER_MAX)
		return false;
	(void)snprintf(orphans->rows[orphans->count].request_id,
	               sizeof(orphans->rows[0].request_id), "%s", values[0]);
	(void)snprintf(orphans->rows[orphans->count].caller,
	               sizeof(orphans->rows[0].caller), "%s", values[1]);
	(void)snprintf(orphans->rows[orphans->count].transaction,
	               sizeof(orphans->rows[0].transaction), "%s", values[2]);
	orphans->count++;
	return true;
}

static enum cccd_err tell_orphans(struct store *store,
                                  const struct orphans *orphans)
{
	char now[CLOCK_TEXT_MAX];

	clock_text(clock_wall_s(), now);
	for (size_t i = 0; i < orphans->count; i++) {
		struct usage_line line;

		for (size_t text = 0; text < USAGE_COLUMNS; text++)
			line.texts[text] = "";
		line.texts[USAGE_TIME] = now;
		line.texts[USAGE_REQUEST_ID] = orphans->rows[i].request_id;
		line.texts[USAGE_CALLER] = orphans->rows[i].caller;
		line.texts[USAGE_TRANSACTION] = orphans->rows[i].transaction;
		line.texts[USAGE_RESULT] = "undetermined";
		line.texts[USAGE_REASON] = usage_interrupted;
		TRY(store_log_append(store, &line));
	}
	return CCCD_OK;
}

enum cccd_err store_recover(struct store *store, int64_t before)
{
	struct orphans *orphans = calloc(1, sizeof(*orphans));
	char limit[SEQ_MAX];
	struct store_query query = {
		.sql = "SELECT request_id, caller, transaction_id"
		       " FROM gateway_nonces WHERE state = 1 AND spent < $1 "
		       "LIMIT 256",
		.params = { limit },
		.count = 1,
		.row = take_orphan,
		.context = orphans,
	};
	enum cccd_err err = CCCD_ERR_MEMORY;

	if (orphans == NULL)
		return err;
	(void)snprintf(limit, sizeof(limit), "%" PRId64, before);
	err = store_read(store, run_query, &query);
	if (err == CCCD_OK)
		err = tell_orphans(store, orphans);
	free(orphans);
	return err;
}
