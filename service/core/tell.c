/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit log is told of a session: service-api 7. */
#include "service/core/tell.h"

#include <string.h>

/* Room for the names of scopes, which an entry borrows. */
struct scope_words {
	char names[AUDIT_SCOPES_MAX][JSON_SCOPE_NAME_MAX];
	const char *list[AUDIT_SCOPES_MAX];
};

static void fill(const struct matter *matter, enum audit_kind kind,
                 struct scope_words *words, struct audit_entry *entry)
{
	const struct grant *grant = &matter->grant;
	unsigned int at = 0;
	size_t count = 0;

	while (count < AUDIT_SCOPES_MAX &&
	       json_scopes_next(&grant->scopes, &at, words->names[count])) {
		words->list[count] = words->names[count];
		count++;
	}
	*entry = (struct audit_entry){
		.kind = kind,
		.transaction = matter->id,
		.rp = grant->rp,
		.origin = grant->origin,
		.local = matter->local,
		.uid = matter->uid,
		.purpose = grant->purpose,
		.consent = json_consent_mode_name(grant->consent),
		.consent_text = matter->consent_text,
		.consent_given = matter->consent_given,
		.scopes = words->list,
		.scope_count = count,
		.reader = matter->reader,
	};
}

static struct audit_timings timings(const struct matter *matter,
                                    uint64_t now_ms)
{
	uint64_t began = matter->began_ms != 0 ? matter->began_ms : now_ms;

	return (struct audit_timings){
		.waited = began - matter->created_ms,
		.read = now_ms - began,
		.total = now_ms - matter->created_ms,
	};
}

enum cccd_err tell_end(struct audit *audit, const struct matter *matter,
                       const struct tell_end *end, struct cccd_error *error)
{
	struct scope_words words = { 0 };
	struct audit_entry entry;

	fill(matter, AUDIT_READ, &words, &entry);
	entry.outcome = end->outcome;
	if (end->problem != CCCD_OK)
		entry.problem = cccd_err_code(end->problem);
	entry.timings = timings(matter, end->now_ms);
	if (end->answer != NULL) {
		entry.result = &end->answer->result;
		entry.document_kind = end->answer->document_kind;
		entry.document = span_text(end->answer->document);
	}
	return audit_append(audit, &entry, error);
}

enum cccd_err tell_delivery(struct audit *audit, const struct matter *matter,
                            enum audit_way way, struct cccd_error *error)
{
	struct scope_words words = { 0 };
	struct audit_entry entry;

	fill(matter, AUDIT_DELIVERY, &words, &entry);
	entry.way = way;
	return audit_append(audit, &entry, error);
}

enum cccd_err tell_keys_refused(struct audit *audit,
                                const struct matter *matter, unsigned int count,
                                struct cccd_error *error)
{
	struct scope_words words = { 0 };
	struct audit_entry entry;

	fill(matter, AUDIT_ACCESS_KEY_REFUSED, &words, &entry);
	entry.count = count;
	return audit_append(audit, &entry, error);
}

enum cccd_err tell_lease_broken(struct audit *audit,
                                const struct matter *matter,
                                uint32_t operator_uid, struct cccd_error *error)
{
	struct scope_words words = { 0 };
	struct audit_entry entry;

	fill(matter, AUDIT_LEASE_BROKEN, &words, &entry);
	entry.local = true;
	entry.uid = operator_uid;
	return audit_append(audit, &entry, error);
}

enum cccd_err tell_forged(struct audit *audit, const char *rp,
                          const char *origin, const char *detail)
{
	const struct audit_entry entry = {
		.kind = AUDIT_REQUEST_FORGED,
		.rp = rp,
		.origin = origin,
		.detail = detail,
	};

	return audit_append(audit, &entry, NULL);
}
