/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the audit log is made. What stands here is what is recorded:
 * TR-03135-1 6.3, and nothing of a person. */
#include <stdio.h>
#include <string.h>

#include <cccd/version.h>

#include "base/digest.h"
#include "base/text.h"
#include "lib/json/audit_line.h"
#include "lib/json/make.h"

enum { STRANGER_MAX = 128 };

static bool is_given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* Words of our own and of the registry: as they are, or not at all. */
static enum cccd_err put_word(struct json_maker *maker, cJSON *object,
                              const char *name, const char *word)
{
	if (!is_given(word))
		return CCCD_OK;
	if (strlen(word) > AUDIT_WORD_MAX || !text_is_utf8(span_text(word)) ||
	    text_has_controls(span_text(word)))
		return CCCD_ERR_USAGE_ARGUMENT;
	make_text(maker, object, name, word);
	return CCCD_OK;
}

/* Words of cards and strangers: cut, and only printable ASCII. */
static void put_foreign(struct json_maker *maker, cJSON *object,
                        const char *name, const char *word)
{
	char clean[STRANGER_MAX];

	if (!is_given(word))
		return;
	(void)snprintf(clean, sizeof(clean), "%s", word);
	for (char *at = clean; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	make_text(maker, object, name, clean);
}

static void put_caller(struct json_maker *maker, cJSON *root,
                       const struct audit_entry *entry)
{
	put_foreign(maker, root, "origin", entry->origin);
	if (entry->local)
		make_number(maker, root, "uid", entry->uid);
}

static enum cccd_err put_consent(struct json_maker *maker, cJSON *root,
                                 const struct audit_entry *entry)
{
	cJSON *consent = NULL;

	if (!is_given(entry->consent))
		return CCCD_OK;
	if (is_given(entry->consent_text) &&
	    !audit_text_id_ok(entry->consent_text))
		return CCCD_ERR_USAGE_ARGUMENT;
	consent = make_object(maker, root, "consent");
	TRY(put_word(maker, consent, "mode", entry->consent));
	TRY(put_word(maker, consent, "text_id", entry->consent_text));
	make_bool(maker, consent, "given", entry->consent_given);
	return CCCD_OK;
}

static enum cccd_err put_scopes(struct json_maker *maker, cJSON *root,
                                const struct audit_entry *entry)
{
	cJSON *scopes = NULL;

	if (entry->scope_count == 0)
		return CCCD_OK;
	if (entry->scope_count > AUDIT_SCOPES_MAX)
		return CCCD_ERR_USAGE_ARGUMENT;
	scopes = make_array(maker, root, "scopes");
	for (size_t i = 0; i < entry->scope_count; i++) {
		if (strlen(entry->scopes[i]) > 32)
			return CCCD_ERR_USAGE_ARGUMENT;
		make_item(maker, scopes, cJSON_CreateString(entry->scopes[i]));
	}
	return CCCD_OK;
}

static void put_document(struct json_maker *maker, cJSON *root,
                         const struct audit_entry *entry,
                         const struct audit_link *link)
{
	const struct cccd_result *result = entry->result;
	cJSON *document = NULL;

	if (link->document[0] == '\0' && !is_given(entry->document_kind) &&
	    (result == NULL || result->issuing_state[0] == '\0'))
		return;
	document = make_object(maker, root, "document");
	put_foreign(maker, document, "type", entry->document_kind);
	if (result != NULL) {
		put_foreign(maker, document, "issuing_state",
		            result->issuing_state);
		put_foreign(maker, document, "application",
		            result->application);
	}
	make_text_if(maker, document, "reference", link->document);
}

static void put_trust(struct json_maker *maker, cJSON *root,
                      const struct cccd_trust_facts *trust)
{
	cJSON *store = NULL;

	if (!trust->present)
		return;
	store = make_object(maker, root, "trust_store");
	make_digest(maker, store, "digest", trust->digest);
	if (trust->crl_date != 0)
		make_date(maker, store, "crl_date", trust->crl_date);
}

static void put_access(struct json_maker *maker, cJSON *root,
                       const struct cccd_access *access)
{
	static const char *const protocols[] = {
		[CCCD_ACCESS_NONE] = "none",
		[CCCD_ACCESS_BAC] = "bac",
		[CCCD_ACCESS_PACE] = "pace",
	};
	cJSON *object = make_object(maker, root, "access");

	make_text(maker, object, "protocol",
	          (unsigned int)access->protocol < ARRAY_LEN(protocols)
	                  ? protocols[access->protocol]
	                  : protocols[0]);
	put_foreign(maker, object, "password", access->password);
	if (access->downgraded)
		make_bool(maker, object, "downgraded", true);
}

/* Every check, those that were not run as well: TR-03135-1 6.3. */
static void put_checks(struct json_maker *maker, cJSON *root,
                       const struct cccd_result *result)
{
	cJSON *checks = make_object(maker, root, "checks");

	for (unsigned int id = 0; id < CCCD_CHECKS; id++) {
		const struct cccd_check *check = &result->checks[id];
		cJSON *object = make_object(
		        maker, checks, cccd_check_name((enum cccd_check_id)id));

		make_text(maker, object, "verdict",
		          cccd_verdict_name(check->verdict));
		put_foreign(maker, object, "reason", check->reason);
		make_text(maker, object, "mode", cccd_mode_name(check->mode));
		if (check->ms != 0)
			make_number(maker, object, "ms", check->ms);
	}
}

static void put_findings(struct json_maker *maker, cJSON *root,
                         const struct cccd_result *result)
{
	cJSON *list = make_array(maker, root, "clone_suspicion");

	for (size_t i = 0; i < result->suspicion_count; i++)
		make_item(maker, list,
		          cJSON_CreateString(result->suspicions[i]));
	list = make_array(maker, root, "defects");
	for (size_t i = 0; i < result->defect_count; i++)
		make_item(maker, list,
		          cJSON_CreateString(result->defects[i].code));
}

static enum cccd_err put_result(struct json_maker *maker, cJSON *root,
                                const struct cccd_result *result)
{
	if (result == NULL)
		return CCCD_OK;
	make_text(maker, root, "clock",
	          result->clock_synchronised ? "synchronised"
	                                     : "unsynchronised");
	TRY(put_word(maker, root, "profile", result->profile));
	put_trust(maker, root, &result->trust);
	put_access(maker, root, &result->access);
	put_checks(maker, root, result);
	put_findings(maker, root, result);
	if (result->specimen)
		make_bool(maker, root, "specimen", true);
	make_text(maker, root, "overall", cccd_verdict_name(result->overall));
	return CCCD_OK;
}

static void put_timings(struct json_maker *maker, cJSON *root,
                        const struct audit_timings *timings)
{
	cJSON *ms = make_object(maker, root, "ms");

	make_number(maker, ms, "waited", (double)timings->waited);
	make_number(maker, ms, "read", (double)timings->read);
	make_number(maker, ms, "total", (double)timings->total);
}

static void put_gap(struct json_maker *maker, cJSON *root,
                    const struct audit_gap *gap)
{
	cJSON *missing = NULL;

	make_text(maker, root, "detail", gap->detail);
	if (gap->bytes != 0)
		make_number(maker, root, "bytes", (double)gap->bytes);
	if (gap->sequence == 0)
		return;
	missing = make_object(maker, root, "missing");
	make_number(maker, missing, "sequence", (double)gap->sequence);
	make_text(maker, missing, "hash", gap->hash);
}

static enum cccd_err put_read(struct json_maker *maker, cJSON *root,
                              const struct audit_entry *entry,
                              const struct audit_link *link)
{
	TRY(put_consent(maker, root, entry));
	make_text(maker, root, "outcome", audit_outcome_name(entry->outcome));
	TRY(put_word(maker, root, "problem", entry->problem));
	put_timings(maker, root, &entry->timings);
	put_document(maker, root, entry, link);
	return put_result(maker, root, entry->result);
}

static enum cccd_err put_body(struct json_maker *maker, cJSON *root,
                              const struct audit_entry *entry,
                              const struct audit_link *link,
                              const struct audit_gap *gap)
{
	cJSON *versions = NULL;

	TRY(put_word(maker, root, "transaction", entry->transaction));
	TRY(put_word(maker, root, "rp", entry->rp));
	put_caller(maker, root, entry);
	TRY(put_word(maker, root, "purpose", entry->purpose));
	TRY(put_scopes(maker, root, entry));
	TRY(put_word(maker, root, "reader", entry->reader));
	if (entry->kind == AUDIT_READ || entry->kind == AUDIT_START) {
		versions = make_object(maker, root, "versions");
		make_text(maker, versions, "cccd", cccd_version());
	}
	if (entry->kind == AUDIT_READ)
		TRY(put_read(maker, root, entry, link));
	else
		put_document(maker, root, entry, link);
	make_text_if(maker, root, "delivered", audit_way_name(entry->way));
	if (gap != NULL)
		put_gap(maker, root, gap);
	else
		put_foreign(maker, root, "detail", entry->detail);
	if (entry->count > 1)
		make_number(maker, root, "count", (double)entry->count);
	return CCCD_OK;
}

/* What a kind must have, and what only it may have. */
static bool is_consistent(const struct audit_entry *entry,
                          const struct audit_gap *gap)
{
	bool read = entry->kind == AUDIT_READ;
	bool delivery = entry->kind == AUDIT_DELIVERY;

	if (entry->kind <= AUDIT_NONE || entry->kind >= AUDIT_KINDS)
		return false;
	if ((entry->kind == AUDIT_RECOVERED || entry->kind == AUDIT_EXPIRED) !=
	    (gap != NULL))
		return false;
	if (read != (entry->outcome != AUDIT_ENDED_NONE) ||
	    delivery != (entry->way != AUDIT_WAY_NONE))
		return false;
	if ((read || delivery) && !is_given(entry->transaction))
		return false;
	if (!read && (entry->result != NULL || is_given(entry->problem)))
		return false;
	if (entry->outcome == AUDIT_ENDED_READ)
		return entry->result != NULL;
	return entry->outcome != AUDIT_ENDED_FAILED || is_given(entry->problem);
}

static void put_place(struct json_maker *maker, cJSON *root,
                      const struct audit_entry *entry,
                      const struct audit_link *link, enum audit_chain_id chain)
{
	make_text(maker, root, "schema",
	          chain == AUDIT_CHAIN_READS ? "urn:cccd:audit:1"
	                                     : "urn:cccd:security-event:1");
	make_number(maker, root, "sequence", (double)link->sequence);
	make_time(maker, root, "time", link->time);
	make_text(maker, root, "kind", audit_kind_name(entry->kind));
}

/* The hash is put behind the last member, over all that stands before. */
static enum cccd_err seal(const char *text, struct buf *ret,
                          char ret_hash[static AUDIT_HASH_TEXT])
{
	struct span body = span_of(text, strlen(text) - 1);
	char tail[AUDIT_HASH_TEXT + 16];
	struct digest digest = { 0 };

	TRY(digest_compute(DIGEST_SHA256, body, &digest));
	for (size_t i = 0; i < digest.len; i++)
		(void)snprintf(ret_hash + 2 * i, 3, "%02x", digest.bytes[i]);
	(void)snprintf(tail, sizeof(tail), ",\"hash\":\"%s\"}\n", ret_hash);
	if (body.len + strlen(tail) > AUDIT_LINE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(buf_set(ret, body));
	return buf_append(ret, span_text(tail));
}

static void text_cleanup(char **text)
{
	cJSON_free(*text);
}

enum cccd_err audit_line_make(const struct audit_entry *entry,
                              const struct audit_link *link,
                              const struct audit_gap *gap, struct buf *ret,
                              char ret_hash[static AUDIT_HASH_TEXT])
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	CLEANUP(text_cleanup) char *text = NULL;
	struct json_maker maker = { 0 };

	if (!is_consistent(entry, gap))
		return CCCD_ERR_USAGE_ARGUMENT;
	root = cJSON_CreateObject();
	maker.failed = root == NULL;
	put_place(&maker, root, entry, link, link->chain);
	TRY(put_body(&maker, root, entry, link, gap));
	make_text(&maker, root, "prev", link->previous);
	TRY(make_text_of(&maker, root, false, &text));
	return seal(text, ret, ret_hash);
}
