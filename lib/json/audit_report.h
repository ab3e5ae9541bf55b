/* SPDX-License-Identifier: Apache-2.0 */
/* What a month of the audit log adds up to. */
#ifndef LIB_JSON_AUDIT_REPORT_H
#define LIB_JSON_AUDIT_REPORT_H

#include "lib/json/audit_walk.h"

enum {
	/* Kinds of rows beyond are added up in one. */
	REPORT_ROWS_MAX = 256,
	REPORT_VERDICTS = CCCD_ABORTED + 1,
	REPORT_OUTCOMES = AUDIT_ENDED_EXPIRED + 1,
	REPORT_WAYS = AUDIT_WAY_PORTRAIT + 1,
	REPORT_ZONE_TEXT = 8,
};

/** struct report_row - a relying party or a problem code. */
struct report_row {
	char name[AUDIT_TEXT_MAX];
	uint64_t reads;
	uint64_t verdicts[REPORT_VERDICTS];
};

/** struct report_table - rows in the order of their names. */
struct report_table {
	struct report_row *rows;
	size_t count;
};

/**
 * struct audit_report - counters of one month.
 * @month:  "2026-11", in the time zone of the machine
 * @zone:   "+07:00" at the end of that month
 * @times:  milliseconds of the reads with a verdict, sorted
 * @faults: of the whole log: a log with faults proves nothing
 * @last:   newest line of the reads' log; written down elsewhere it is an
 *          anchor for cccd audit verify
 */
struct audit_report {
	char month[AUDIT_MONTH_TEXT];
	char zone[REPORT_ZONE_TEXT];
	uint64_t reads;
	uint64_t outcomes[REPORT_OUTCOMES];
	uint64_t verdicts[REPORT_VERDICTS];
	uint64_t suspected;
	uint64_t deliveries[REPORT_WAYS];
	uint64_t security[AUDIT_KINDS];
	uint64_t repairs;
	uint64_t faults;
	struct report_table rps;
	struct report_table problems;
	uint32_t *times;
	size_t time_count;
	size_t time_cap;
	struct audit_head last;
};

/**
 * audit_report_make() - walk the log of @dir and count.
 * @month: "YYYY-MM"
 * @ret:   freed with audit_report_free()
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for a bad month; as
 * audit_walk_run().
 */
CHECKED enum cccd_err audit_report_make(const char *dir, const char *month,
                                        struct cccd_error *error,
                                        struct audit_report **ret);

/* Accepts NULL. */
void audit_report_free(struct audit_report *report);

/* The time that @percent of the reads did not exceed; 0 without reads. */
uint32_t audit_report_time(const struct audit_report *report,
                           unsigned int percent);

/**
 * audit_report_json() - the document urn:cccd:report:1.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err audit_report_json(const struct audit_report *report,
                                        char **ret);

#endif
