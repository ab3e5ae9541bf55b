/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: two chains behind one lock; what strangers cause is
 * counted. service-api 7. */
#include "service/core/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/secret.h"
#include "service/core/audit_file.h"
#include "service/core/journal.h"

enum {
	SITE_KEY_MIN = 32,
	HOUR_MS = 3600 * 1000,
	DETAIL_MAX = 512,
	NUMBER_TEXT = 24,
	FIELDS_MAX = 16 + CCCD_CHECKS,
};

/* struct limit - what was written of a kind in the present hour. */
struct limit {
	bool begun;
	uint64_t since_ms;
	unsigned int written;
	uint64_t held;
};

struct audit {
	pthread_mutex_t mutex;
	int dir;
	int lock;
	struct audit_file chains[AUDIT_CHAINS];
	struct limit limits[AUDIT_KINDS];
	struct secret site_key;
	const struct journal *journal;
};

/* Lines an hour of what needs no card; 0: as many as there are. */
static unsigned int hourly(enum audit_kind kind)
{
	switch ((unsigned int)kind) {
	case AUDIT_UNKNOWN_ORIGIN:
	case AUDIT_REQUEST_FORGED:
	case AUDIT_REGISTRY_REFUSED: return 12;
	case AUDIT_ACCESS_KEY_REFUSED: return 60;
	default: return 0;
	}
}

static enum journal_message message_of(enum audit_kind kind)
{
	static const enum journal_message messages[AUDIT_KINDS] = {
		[AUDIT_START] = JOURNAL_START,
		[AUDIT_STOP] = JOURNAL_STOP,
		[AUDIT_READ] = JOURNAL_READ,
		[AUDIT_DELIVERY] = JOURNAL_DELIVERY,
		[AUDIT_RECOVERED] = JOURNAL_RECOVERED,
		[AUDIT_EXPIRED] = JOURNAL_EXPIRED,
		[AUDIT_BAD_SOD] = JOURNAL_BAD_SOD,
		[AUDIT_CLONE_SUSPICION] = JOURNAL_CLONE_SUSPICION,
		[AUDIT_UNKNOWN_ORIGIN] = JOURNAL_UNKNOWN_ORIGIN,
		[AUDIT_ACCESS_KEY_REFUSED] = JOURNAL_ACCESS_KEY_REFUSED,
		[AUDIT_LEASE_BROKEN] = JOURNAL_LEASE_BROKEN,
		[AUDIT_REGISTRY_REFUSED] = JOURNAL_REGISTRY_REFUSED,
		[AUDIT_REQUEST_FORGED] = JOURNAL_REQUEST_FORGED,
	};

	return messages[kind];
}

/* struct telling - the fields of one message while they are gathered. */
struct telling {
	struct journal_field fields[FIELDS_MAX];
	size_t count;
};

static void field(struct telling *telling, const char *name, const char *value)
{
	if (telling->count < FIELDS_MAX)
		telling->fields[telling->count++] =
		        (struct journal_field){ name, value };
}

/* The journal may go to another machine: there the hash is an anchor. */
static void tell(const struct audit *audit, const struct audit_file *file,
                 const struct audit_entry *entry)
{
	const struct cccd_result *result = entry->result;
	struct telling telling = { .count = 0 };
	char sequence[NUMBER_TEXT];

	(void)snprintf(sequence, sizeof(sequence), "%" PRIu64,
	               file->last.sequence);
	field(&telling, "CCCD_TXN", entry->transaction);
	field(&telling, "CCCD_RP", entry->rp);
	field(&telling, "CCCD_OUTCOME", audit_outcome_name(entry->outcome));
	field(&telling, "CCCD_PROBLEM", entry->problem);
	field(&telling, "CCCD_DELIVERED", audit_way_name(entry->way));
	field(&telling, "CCCD_DETAIL", entry->detail);
	field(&telling,
	      file->chain == AUDIT_CHAIN_READS ? "CCCD_AUDIT_SEQUENCE"
	                                       : "CCCD_SECURITY_SEQUENCE",
	      sequence);
	field(&telling,
	      file->chain == AUDIT_CHAIN_READS ? "CCCD_AUDIT_HASH"
	                                       : "CCCD_SECURITY_HASH",
	      file->last.hash);
	if (result != NULL)
		field(&telling, "CCCD_VERDICT",
		      cccd_verdict_name(result->overall));
	for (unsigned int id = 0; result != NULL && id < CCCD_CHECKS; id++)
		if (result->checks[id].verdict == CCCD_FAILED)
			field(&telling, "CCCD_CHECK",
			      cccd_check_name((enum cccd_check_id)id));
	journal_send(audit->journal, message_of(entry->kind), telling.fields,
	             telling.count);
}

static void tell_failure(const struct audit *audit, long native)
{
	char code[NUMBER_TEXT];
	const struct journal_field fields[] = { { "ERRNO", code } };

	(void)snprintf(code, sizeof(code), "%ld", native);
	journal_send(audit->journal, JOURNAL_AUDIT_FAILED, fields,
	             ARRAY_LEN(fields));
}

/* Only who has the key can tell which number it was. */
static enum cccd_err reference_of(const struct audit *audit, struct span number,
                                  char ret[static AUDIT_HASH_TEXT])
{
	/* So that no other use of the key gives the same value. */
	static const char label[] = "cccd-audit-document:";
	BUF text = buf_make(sizeof(label) + 64);
	struct digest digest = { 0 };

	ret[0] = '\0';
	if (number.len == 0)
		return CCCD_OK;
	if (number.len > 64)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(buf_append(&text, span_text(label)));
	TRY(buf_append(&text, number));
	TRY(digest_hmac(DIGEST_SHA256, secret_span(&audit->site_key),
	                buf_span(&text), &digest));
	for (size_t i = 0; i < digest.len; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", digest.bytes[i]);
	return CCCD_OK;
}

static enum cccd_err add(struct audit *audit, enum audit_chain_id chain,
                         const struct audit_entry *entry,
                         const struct audit_gap *gap, struct cccd_error *error)
{
	struct audit_file *file = &audit->chains[chain];
	struct cccd_error own = { .tries_left = -1 };
	char document[AUDIT_HASH_TEXT];
	enum cccd_err err = CCCD_OK;

	TRY(reference_of(audit, entry->document, document));
	err = audit_file_add(file, entry, document, gap, &own);
	if (err == CCCD_OK)
		tell(audit, file, entry);
	if (err == CCCD_ERR_AUDIT) {
		tell_failure(audit, own.native);
		return fail_native(error, err, own.native, "%s", own.text);
	}
	return err;
}

/* What the hour before has held back, as one line. */
static enum cccd_err release(struct audit *audit, enum audit_kind kind,
                             struct cccd_error *error)
{
	struct limit *limit = &audit->limits[kind];
	const struct audit_entry entry = {
		.kind = kind,
		.detail = "held_back",
		.count = limit->held,
	};

	if (limit->held == 0)
		return CCCD_OK;
	TRY(add(audit, audit_kind_chain(kind), &entry, NULL, error));
	limit->held = 0;
	return CCCD_OK;
}

/* Whether a line of this kind may still be written in this hour. */
static enum cccd_err admit(struct audit *audit, enum audit_kind kind,
                           struct cccd_error *error, bool *ret)
{
	struct limit *limit = &audit->limits[kind];
	unsigned int most = hourly(kind);
	uint64_t now = clock_steady_ms();

	*ret = true;
	if (most == 0)
		return CCCD_OK;
	if (!limit->begun || now - limit->since_ms >= HOUR_MS) {
		TRY(release(audit, kind, error));
		*limit = (struct limit){ .begun = true, .since_ms = now };
	}
	*ret = limit->written < most;
	if (*ret)
		limit->written++;
	else
		limit->held++;
	return CCCD_OK;
}

static void join(char detail[static DETAIL_MAX], const char *a, const char *b)
{
	size_t used = strlen(detail);

	(void)snprintf(detail + used, DETAIL_MAX - used, "%s%s%s%s",
	               used > 0 ? "," : "", a, b[0] != '\0' ? ":" : "", b);
}

static bool is_alarming(const struct cccd_result *result)
{
	return result->checks[CCCD_CHECK_PASSIVE_AUTHENTICATION].verdict ==
	               CCCD_FAILED ||
	       result->suspicion_count > 0;
}

/* A read that will be refused is not warned of either. */
static enum cccd_err try_line(const struct audit_entry *entry)
{
	const struct audit_link link = { .sequence = 1 };
	BUF line = buf_make(AUDIT_LINE_MAX);
	char hash[AUDIT_HASH_TEXT];

	return audit_line_make(entry, &link, NULL, &line, hash);
}

/* A session's read that security wants to hear of as well. */
static enum cccd_err warn_of(struct audit *audit,
                             const struct audit_entry *read,
                             struct cccd_error *error)
{
	const struct cccd_result *result = read->result;
	char detail[DETAIL_MAX] = "";
	struct audit_entry entry = *read;

	TRY(try_line(read));
	entry.kind = AUDIT_BAD_SOD;
	entry.outcome = AUDIT_ENDED_NONE;
	entry.problem = NULL;
	entry.result = NULL;
	entry.scope_count = 0;
	entry.detail = detail;
	for (unsigned int id = 0; id < CCCD_CHECKS; id++)
		if (result->checks[id].verdict == CCCD_FAILED)
			join(detail, cccd_check_name((enum cccd_check_id)id),
			     result->checks[id].reason == NULL
			             ? ""
			             : result->checks[id].reason);
	if (result->checks[CCCD_CHECK_PASSIVE_AUTHENTICATION].verdict ==
	    CCCD_FAILED)
		TRY(add(audit, AUDIT_CHAIN_SECURITY, &entry, NULL, error));
	if (result->suspicion_count == 0)
		return CCCD_OK;
	detail[0] = '\0';
	for (size_t i = 0; i < result->suspicion_count; i++)
		join(detail, result->suspicions[i], "");
	entry.kind = AUDIT_CLONE_SUSPICION;
	return add(audit, AUDIT_CHAIN_SECURITY, &entry, NULL, error);
}

static enum cccd_err append(struct audit *audit,
                            const struct audit_entry *entry,
                            struct cccd_error *error)
{
	bool admitted = true;

	if (entry->kind <= AUDIT_NONE || entry->kind >= AUDIT_KINDS ||
	    entry->kind == AUDIT_RECOVERED || entry->kind == AUDIT_EXPIRED)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(admit(audit, entry->kind, error, &admitted));
	if (!admitted)
		return CCCD_OK;
	/* Warned before it is told: too much is better than too little. */
	if (entry->kind == AUDIT_READ && entry->result != NULL &&
	    is_alarming(entry->result))
		TRY(warn_of(audit, entry, error));
	return add(audit, audit_kind_chain(entry->kind), entry, NULL, error);
}

enum cccd_err audit_append(struct audit *audit, const struct audit_entry *entry,
                           struct cccd_error *error)
{
	enum cccd_err err = CCCD_OK;

	(void)pthread_mutex_lock(&audit->mutex);
	err = append(audit, entry, error);
	(void)pthread_mutex_unlock(&audit->mutex);
	return err;
}

/* Told first, gone then: a crash in between leaves too much, not too little. */
static enum cccd_err expire(struct audit *audit, enum audit_chain_id chain,
                            const struct audit_files *files, uint32_t days,
                            struct cccd_error *error)
{
	const struct audit_entry entry = { .kind = AUDIT_EXPIRED };
	struct audit_gap gap = { .detail = "retention" };
	struct audit_head last = { 0 };
	size_t count = 0;

	TRY(audit_file_old(&audit->chains[chain], files,
	                   clock_wall_s() - (int64_t)days * 86400, error, &last,
	                   &count));
	if (last.sequence == 0)
		return CCCD_OK;
	gap.sequence = last.sequence;
	memcpy(gap.hash, last.hash, sizeof(gap.hash));
	TRY(add(audit, chain, &entry, &gap, error));
	for (size_t i = 0; i < count; i++)
		if (unlinkat(audit->dir, files->names[i], 0) != 0)
			return fail_native(error, CCCD_ERR_AUDIT, errno,
			                   "an old file cannot be removed");
	return CCCD_OK;
}

static enum cccd_err expire_all(struct audit *audit, uint32_t days,
                                struct cccd_error *error)
{
	for (unsigned int i = 0; i < AUDIT_CHAINS; i++) {
		enum audit_chain_id chain = (enum audit_chain_id)i;
		struct audit_files files = { 0 };
		enum cccd_err err =
		        audit_files_list(audit->dir, chain, NULL, &files);

		if (err == CCCD_OK)
			err = expire(audit, chain, &files, days, error);
		audit_files_free(&files);
		if (err != CCCD_OK)
			return err == CCCD_ERR_USAGE_FILE ? CCCD_ERR_AUDIT
			                                  : err;
	}
	return CCCD_OK;
}

enum cccd_err audit_expire(struct audit *audit, uint32_t days,
                           struct cccd_error *error)
{
	enum cccd_err err = CCCD_OK;

	if (days == 0)
		return CCCD_OK;
	(void)pthread_mutex_lock(&audit->mutex);
	err = expire_all(audit, days, error);
	(void)pthread_mutex_unlock(&audit->mutex);
	return err;
}

void audit_head(struct audit *audit, struct audit_head *ret)
{
	(void)pthread_mutex_lock(&audit->mutex);
	*ret = audit->chains[AUDIT_CHAIN_READS].last;
	(void)pthread_mutex_unlock(&audit->mutex);
}

static enum cccd_err unavailable(struct cccd_error *error, const char *what)
{
	return fail_native(error, CCCD_ERR_AUDIT, errno, "%s", what);
}

static enum cccd_err open_dir(struct audit *audit, const char *dir,
                              struct cccd_error *error)
{
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return unavailable(error, "the directory cannot be made");
	audit->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (audit->dir < 0)
		return unavailable(error, "the directory cannot be opened");
	audit->lock = openat(audit->dir, "lock",
	                     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (audit->lock < 0)
		return unavailable(error, "the lock cannot be opened");
	if (flock(audit->lock, LOCK_EX | LOCK_NB) != 0)
		return unavailable(error, "another daemon holds the log");
	return CCCD_OK;
}

static enum cccd_err open_chain(struct audit *audit, enum audit_chain_id chain,
                                struct cccd_error *error)
{
	const struct audit_entry entry = { .kind = AUDIT_RECOVERED };
	struct audit_gap gap = { 0 };

	TRY(audit_file_open(audit->dir, chain, error, &audit->chains[chain],
	                    &gap));
	if (gap.detail == NULL)
		return CCCD_OK;
	return add(audit, chain, &entry, &gap, error);
}

static enum cccd_err open_all(struct audit *audit,
                              const struct audit_config *config,
                              struct cccd_error *error)
{
	if (config->site_key.len < SITE_KEY_MIN)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(secret_set(&audit->site_key, config->site_key));
	TRY(open_dir(audit, config->dir, error));
	TRY(open_chain(audit, AUDIT_CHAIN_READS, error));
	return open_chain(audit, AUDIT_CHAIN_SECURITY, error);
}

static void drop(struct audit *audit)
{
	for (size_t i = 0; i < AUDIT_CHAINS; i++)
		audit_file_close(&audit->chains[i]);
	if (audit->lock >= 0)
		(void)close(audit->lock);
	if (audit->dir >= 0)
		(void)close(audit->dir);
	secret_wipe(&audit->site_key);
	(void)pthread_mutex_destroy(&audit->mutex);
	free(audit);
}

enum cccd_err audit_open(const struct audit_config *config,
                         struct cccd_error *error, struct audit **ret)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	enum cccd_err err = CCCD_OK;

	if (audit == NULL)
		return CCCD_ERR_MEMORY;
	if (pthread_mutex_init(&audit->mutex, NULL) != 0) {
		free(audit);
		return CCCD_ERR_INTERNAL;
	}
	audit->dir = -1;
	audit->lock = -1;
	audit->journal = config->journal;
	for (size_t i = 0; i < AUDIT_CHAINS; i++) {
		audit->chains[i].fd = -1;
		audit->chains[i].head = -1;
	}
	err = open_all(audit, config, error);
	if (err != CCCD_OK) {
		drop(audit);
		return err;
	}
	*ret = audit;
	return CCCD_OK;
}

void audit_close(struct audit *audit)
{
	if (audit == NULL)
		return;
	/* Nobody is left to be told of a failure; the journal was. */
	for (unsigned int i = 1; i < AUDIT_KINDS; i++)
		if (release(audit, (enum audit_kind)i, NULL) != CCCD_OK)
			continue;
	drop(audit);
}
