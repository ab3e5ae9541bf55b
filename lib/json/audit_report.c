/* SPDX-License-Identifier: Apache-2.0 */
/* What a month of the audit log adds up to. */
#include "lib/json/audit_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "lib/json/make.h"

enum {
	TIMES_FIRST = 1024,
	/* Far more reads than a desk has in a month. */
	TIMES_MAX = 1 << 24,
};

/* What has no row of its own. */
static const char others[] = "(other)";

/* The month of a moment where this machine stands. */
static void month_of(int64_t wall_s, char month[static AUDIT_MONTH_TEXT])
{
	time_t seconds = (time_t)wall_s;
	struct tm parts = { 0 };

	month[0] = '\0';
	if (localtime_r(&seconds, &parts) == NULL ||
	    strftime(month, AUDIT_MONTH_TEXT, "%Y-%m", &parts) == 0)
		month[0] = '\0';
}

/* "+0700" of the C library with the colon of RFC 3339. */
static void zone_of(const char *month, char zone[static REPORT_ZONE_TEXT])
{
	struct tm parts = { .tm_mday = 15, .tm_isdst = -1 };
	time_t seconds = 0;
	char text[REPORT_ZONE_TEXT];

	parts.tm_year = (int)strtol(month, NULL, 10) - 1900;
	parts.tm_mon = (int)strtol(month + 5, NULL, 10) - 1;
	seconds = mktime(&parts);
	if (seconds == (time_t)-1 || localtime_r(&seconds, &parts) == NULL ||
	    strftime(text, sizeof(text), "%z", &parts) != 5)
		(void)snprintf(text, sizeof(text), "+0000");
	(void)snprintf(zone, REPORT_ZONE_TEXT, "%.3s:%.2s", text, text + 3);
}

static size_t place_of(const struct report_table *table, const char *name)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(table->rows[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The row of @name, made where there is none yet. */
static enum cccd_err row_of(struct report_table *table, const char *name,
                            struct report_row **ret)
{
	size_t at = place_of(table, name);
	struct report_row *rows = NULL;

	if (at < table->count && strcmp(table->rows[at].name, name) == 0) {
		*ret = &table->rows[at];
		return CCCD_OK;
	}
	if (table->count + 1 >= REPORT_ROWS_MAX && strcmp(name, others) != 0)
		return row_of(table, others, ret);
	rows = realloc(table->rows, (table->count + 1) * sizeof(*rows));
	if (rows == NULL)
		return CCCD_ERR_MEMORY;
	table->rows = rows;
	memmove(&rows[at + 1], &rows[at], (table->count - at) * sizeof(*rows));
	rows[at] = (struct report_row){ 0 };
	(void)snprintf(rows[at].name, sizeof(rows[at].name), "%s", name);
	table->count++;
	*ret = &rows[at];
	return CCCD_OK;
}

static enum cccd_err add_time(struct audit_report *report, uint64_t ms)
{
	uint32_t *times = report->times;

	if (report->time_count >= TIMES_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (report->time_count == report->time_cap) {
		size_t cap = report->time_cap == 0 ? TIMES_FIRST
		                                   : 2 * report->time_cap;

		times = realloc(report->times, cap * sizeof(*times));
		if (times == NULL)
			return CCCD_ERR_MEMORY;
		report->times = times;
		report->time_cap = cap;
	}
	times[report->time_count++] =
	        ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
	return CCCD_OK;
}

static enum cccd_err count_read(struct audit_report *report,
                                const struct audit_line *line)
{
	struct report_row *row = NULL;

	report->reads++;
	report->outcomes[line->outcome]++;
	if (line->suspected)
		report->suspected++;
	TRY(row_of(&report->rps, line->rp[0] != '\0' ? line->rp : others,
	           &row));
	row->reads++;
	if (line->outcome == AUDIT_ENDED_READ) {
		report->verdicts[line->overall]++;
		row->verdicts[line->overall]++;
		return add_time(report, line->total_ms);
	}
	if (line->problem[0] == '\0')
		return CCCD_OK;
	TRY(row_of(&report->problems, line->problem, &row));
	row->reads++;
	return CCCD_OK;
}

static enum cccd_err on_line(void *context, const struct audit_line *line)
{
	struct audit_report *report = context;
	char month[AUDIT_MONTH_TEXT];

	month_of(line->time, month);
	if (strcmp(month, report->month) != 0)
		return CCCD_OK;
	if (line->kind == AUDIT_READ)
		return count_read(report, line);
	if (line->kind == AUDIT_DELIVERY)
		report->deliveries[line->way]++;
	else if (line->kind == AUDIT_RECOVERED)
		report->repairs++;
	else if (line->chain == AUDIT_CHAIN_SECURITY)
		report->security[line->kind] += line->count;
	return CCCD_OK;
}

static void on_found(void *context, const struct audit_finding *finding)
{
	struct audit_report *report = context;

	if (finding->fault != AUDIT_REPAIRED)
		report->faults++;
}

static int compare_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool is_month(const char *month)
{
	static const char digits[] = "0123456789";

	return strlen(month) == AUDIT_MONTH_TEXT - 1 &&
	       strspn(month, digits) == 4 && month[4] == '-' &&
	       strspn(month + 5, digits) == 2 && strcmp(month + 5, "01") >= 0 &&
	       strcmp(month + 5, "12") <= 0;
}

enum cccd_err audit_report_make(const char *dir, const char *month,
                                struct cccd_error *error,
                                struct audit_report **ret)
{
	struct audit_report *report = NULL;
	struct audit_walk walk = { .dir = dir,
		                   .found = on_found,
		                   .line = on_line };
	struct audit_summary summary = { 0 };
	enum cccd_err err = CCCD_OK;

	if (!is_month(month))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "a month is YYYY-MM");
	report = calloc(1, sizeof(*report));
	if (report == NULL)
		return CCCD_ERR_MEMORY;
	tzset();
	(void)snprintf(report->month, sizeof(report->month), "%s", month);
	zone_of(month, report->zone);
	walk.context = report;
	err = audit_walk_run(&walk, error, &summary);
	if (err != CCCD_OK) {
		audit_report_free(report);
		return err;
	}
	report->last = summary.chains[AUDIT_CHAIN_READS].last;
	if (report->time_count > 1)
		qsort(report->times, report->time_count, sizeof(*report->times),
		      compare_times);
	*ret = report;
	return CCCD_OK;
}

void audit_report_free(struct audit_report *report)
{
	if (report == NULL)
		return;
	free(report->rps.rows);
	free(report->problems.rows);
	free(report->times);
	free(report);
}

uint32_t audit_report_time(const struct audit_report *report,
                           unsigned int percent)
{
	size_t rank = 0;

	if (report->time_count == 0)
		return 0;
	/* The nearest rank, from 1. */
	rank = (report->time_count * percent + 99) / 100;
	return report->times[rank > 0 ? rank - 1 : 0];
}

static void put_verdicts(struct json_maker *maker, cJSON *parent,
                         const uint64_t verdicts[static REPORT_VERDICTS])
{
	cJSON *object = make_object(maker, parent, "verdicts");

	for (unsigned int i = CCCD_SUCCESSFUL; i < REPORT_VERDICTS; i++)
		if (i != CCCD_NOT_SUPPORTED)
			make_number(maker, object,
			            cccd_verdict_name((enum cccd_verdict)i),
			            (double)verdicts[i]);
}

static void put_reads(struct json_maker *maker, cJSON *root,
                      const struct audit_report *report)
{
	cJSON *reads = make_object(maker, root, "reads");
	cJSON *outcomes = NULL;

	make_number(maker, reads, "total", (double)report->reads);
	outcomes = make_object(maker, reads, "outcomes");
	for (unsigned int i = AUDIT_ENDED_READ; i < REPORT_OUTCOMES; i++)
		make_number(maker, outcomes,
		            audit_outcome_name((enum audit_outcome)i),
		            (double)report->outcomes[i]);
	put_verdicts(maker, reads, report->verdicts);
	make_number(maker, reads, "clone_suspicions",
	            (double)report->suspected);
}

static void put_rows(struct json_maker *maker, cJSON *root,
                     const struct audit_report *report)
{
	cJSON *list = make_array(maker, root, "relying_parties");

	for (size_t i = 0; i < report->rps.count; i++) {
		const struct report_row *row = &report->rps.rows[i];
		cJSON *object = cJSON_CreateObject();

		make_text(maker, object, "rp", row->name);
		make_number(maker, object, "reads", (double)row->reads);
		put_verdicts(maker, object, row->verdicts);
		make_item(maker, list, object);
	}
	list = make_array(maker, root, "problems");
	for (size_t i = 0; i < report->problems.count; i++) {
		cJSON *object = cJSON_CreateObject();

		make_text(maker, object, "code", report->problems.rows[i].name);
		make_number(maker, object, "count",
		            (double)report->problems.rows[i].reads);
		make_item(maker, list, object);
	}
}

static void put_counts(struct json_maker *maker, cJSON *root,
                       const struct audit_report *report)
{
	cJSON *object = make_object(maker, root, "deliveries");

	for (unsigned int i = AUDIT_WAY_JSON; i < REPORT_WAYS; i++)
		make_number(maker, object, audit_way_name((enum audit_way)i),
		            (double)report->deliveries[i]);
	object = make_object(maker, root, "security");
	for (unsigned int i = AUDIT_BAD_SOD; i < AUDIT_KINDS; i++)
		make_number(maker, object, audit_kind_name((enum audit_kind)i),
		            (double)report->security[i]);
	object = make_object(maker, root, "ms");
	make_number(maker, object, "median", audit_report_time(report, 50));
	make_number(maker, object, "p95", audit_report_time(report, 95));
	make_number(maker, object, "longest", audit_report_time(report, 100));
}

enum cccd_err audit_report_json(const struct audit_report *report, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *log = NULL;

	make_text(&maker, root, "schema", "urn:cccd:report:1");
	make_text(&maker, root, "month", report->month);
	make_text(&maker, root, "time_zone", report->zone);
	put_reads(&maker, root, report);
	put_rows(&maker, root, report);
	put_counts(&maker, root, report);
	log = make_object(&maker, root, "log");
	make_number(&maker, log, "faults", (double)report->faults);
	make_number(&maker, log, "repairs", (double)report->repairs);
	make_number(&maker, log, "sequence", (double)report->last.sequence);
	if (report->last.sequence != 0)
		make_text(&maker, log, "hash", report->last.hash);
	return make_text_of(&maker, root, true, ret);
}
