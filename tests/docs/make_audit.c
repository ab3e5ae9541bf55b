/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the audit log, and what is made of them, as documents. */
#include "tests/docs/make_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "lib/json/audit_findings.h"
#include "lib/json/audit_report.h"
#include "lib/json/result.h"
#include "lib/json/selfcheck.h"
#include "service/core/audit.h"

enum { PATH_LEN = 200, LOG_MAX = 1 << 20 };

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "make_audit: %s\n", what);
	exit(1);
}

static void save(const char *dir, const char *name, struct span text)
{
	char path[PATH_LEN];

	(void)snprintf(path, sizeof(path), "%.100s/%s", dir, name);
	must(file_write(path, text, NULL) == CCCD_OK, path);
}

static struct audit *open_log(const char *log)
{
	const struct audit_config config = {
		.dir = log,
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	struct audit *audit = NULL;

	must(audit_open(&config, NULL, &audit) == CCCD_OK, log);
	return audit;
}

static void append(struct audit *audit, const struct audit_entry *entry)
{
	must(audit_append(audit, entry, NULL) == CCCD_OK,
	     audit_kind_name(entry->kind));
}

/* A forged and perhaps copied card, opened the old way. */
static const struct cccd_result *bad_result(void)
{
	static struct cccd_result result = {
		.overall = CCCD_FAILED,
		.issuing_state = "VNM",
		.application = "A0000002471001",
		.profile = "counter",
		.specimen = true,
		.suspicions = { "chip_authentication_failed" },
		.suspicion_count = 1,
		.defects = { { .code = "com_order" } },
		.defect_count = 1,
		.access = { .protocol = CCCD_ACCESS_BAC,
		            .password = "mrz",
		            .downgraded = true },
		.trust = { .present = true, .crl_date = 1794700000 },
	};

	for (size_t i = 0; i < CCCD_CHECKS; i++)
		result.checks[i].reason = "";
	result.checks[CCCD_CHECK_PASSIVE_AUTHENTICATION] = (struct cccd_check){
		.verdict = CCCD_FAILED,
		.reason = "hash_mismatch",
		.mode = CCCD_MODE_MANDATORY,
		.ms = 7,
	};
	return &result;
}

/* Every kind of line, with all its members and with few. */
static void fill_reads(struct audit *audit)
{
	static const char *const scopes[] = { "id", "age_over_18" };
	struct audit_entry entry = {
		.kind = AUDIT_READ,
		.transaction = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11",
		.rp = "reception",
		.origin = "https://front-end.example",
		.purpose = "kcb-reception",
		.consent = "operator",
		.consent_text = "consent-2026-1",
		.consent_given = true,
		.scopes = scopes,
		.scope_count = 2,
		.reader = "r-1",
		.outcome = AUDIT_ENDED_READ,
		.result = bad_result(),
		.document_kind = "can_cuoc",
		.document = span_text("001099000001"),
		.timings = { 1, 2, 3 },
	};

	append(audit, &(struct audit_entry){ .kind = AUDIT_START });
	append(audit, &entry);
	entry.outcome = AUDIT_ENDED_FAILED;
	entry.problem = "card_removed";
	entry.result = NULL;
	entry.document = span_of(NULL, 0);
	append(audit, &entry);
	append(audit, &(struct audit_entry){ .kind = AUDIT_DELIVERY,
	                                     .transaction = "t-1",
	                                     .local = true,
	                                     .uid = 1000,
	                                     .way = AUDIT_WAY_PORTRAIT });
	append(audit, &(struct audit_entry){ .kind = AUDIT_STOP });
}

static void fill_security(struct audit *audit)
{
	for (unsigned int i = 0; i < 20; i++)
		append(audit, &(struct audit_entry){
		                      .kind = AUDIT_UNKNOWN_ORIGIN,
		                      .origin = "https://evil.example" });
	append(audit, &(struct audit_entry){ .kind = AUDIT_REGISTRY_REFUSED,
	                                     .detail = "a.json, line 3: no" });
}

/* The lines of a file as documents of their own. */
static void split(const char *dir, const char *log, const char *file,
                  const char *kind)
{
	BUF text = buf_make(LOG_MAX);
	struct span rest = { 0 };
	char path[PATH_LEN];

	(void)snprintf(path, sizeof(path), "%.100s/%s", log, file);
	must(file_read(path, NULL, &text) == CCCD_OK, path);
	rest = buf_span(&text);
	for (unsigned int i = 1; rest.len > 0; i++) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		char name[64];

		must(end != NULL, "a torn line");
		(void)snprintf(name, sizeof(name), "%s.%u.json", kind, i);
		save(dir, name, span_of(rest.at, (size_t)(end - rest.at)));
		rest = span_after(rest, (size_t)(end - rest.at) + 1);
	}
}

static void save_report(const char *dir, const char *log, const char *month)
{
	struct audit_report *report = NULL;
	char *text = NULL;

	must(audit_report_make(log, month, NULL, &report) == CCCD_OK &&
	             audit_report_json(report, &text) == CCCD_OK,
	     "report");
	save(dir, "report.month.json", span_text(text));
	json_text_free(text);
	audit_report_free(report);
}

static void save_findings(const char *dir, const char *log)
{
	struct audit_findings *findings = NULL;
	struct audit_walk walk = { .dir = log, .found = audit_findings_add };
	struct audit_summary summary = { 0 };
	char *text = NULL;

	must(audit_findings_new(&findings) == CCCD_OK, "findings");
	walk.context = findings;
	must(audit_walk_run(&walk, NULL, &summary) == CCCD_OK &&
	             audit_findings_text(findings, &summary, &text) == CCCD_OK,
	     "findings");
	save(dir, "audit-findings.some.json", span_text(text));
	json_text_free(text);
	audit_findings_free(findings);
}

static void save_selfcheck(const char *dir)
{
	static const struct selfcheck_line lines[] = {
		{ "clock", SELFCHECK_PASS, { "a", "b" }, "c", "" },
		{ "pcscd", SELFCHECK_FAIL, { "a", "b" }, "c", "/run" },
	};
	char *text = NULL;

	must(json_selfcheck_text(lines, ARRAY_LEN(lines), &text) == CCCD_OK,
	     "selfcheck");
	save(dir, "selfcheck.two.json", span_text(text));
	json_text_free(text);
}

void make_audit_documents(const char *dir)
{
	char log[PATH_LEN];
	char head[PATH_LEN + 16];
	char now[CLOCK_TEXT_MAX];
	char reads[AUDIT_FILE_NAME_MAX];
	char security[AUDIT_FILE_NAME_MAX];
	const struct audit_head future = {
		.sequence = 9,
		.hash = "0123456789abcdef0123456789abcdef"
		        "0123456789abcdef0123456789abcdef",
	};
	char text[AUDIT_HEAD_LEN + 1];
	struct audit *audit = NULL;

	clock_text(clock_wall_s(), now);
	now[AUDIT_MONTH_TEXT - 1] = '\0';
	audit_file_name(AUDIT_CHAIN_READS, now, reads);
	audit_file_name(AUDIT_CHAIN_SECURITY, now, security);
	(void)snprintf(log, sizeof(log), "%.100s/log", dir);
	(void)snprintf(head, sizeof(head), "%s/head.json", log);
	audit = open_log(log);
	fill_reads(audit);
	fill_security(audit);
	audit_close(audit);
	/* Lines that the head tells of and that are not there. */
	audit_head_make(AUDIT_CHAIN_READS, &future, text);
	must(file_write(head, span_text(text), NULL) == CCCD_OK, head);
	audit_close(open_log(log));
	split(dir, log, reads, "audit");
	split(dir, log, security, "security-event");
	save_report(dir, log, now);
	save_findings(dir, log);
	save_selfcheck(dir);
}
