/* SPDX-License-Identifier: Apache-2.0 */
/* cccd report: what a month of reads adds up to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/json/audit_report.h"
#include "lib/json/result.h"

/* struct report_options - the command line. */
struct report_options {
	const char *dir;
	const char *month;
	bool json;
	bool csv;
};

static int help(void)
{
	(void)fputs(cli_text("Cách dùng: cccd report --month NĂM-THÁNG "
	                     "[TUỲ CHỌN]\n"
	                     "\n"
	                     "Số liệu của một tháng từ nhật ký của cccdd; "
	                     "không có dữ liệu cá nhân.\n"
	                     "\n"
	                     "      --month NĂM-THÁNG  ví dụ 2026-11\n"
	                     "      --dir THƯ_MỤC      mặc định "
	                     "/var/lib/cccd/audit\n"
	                     "  -j, --json             in dạng JSON\n"
	                     "      --csv              in dạng CSV\n",
	                     "Usage: cccd report --month YYYY-MM [OPTION]\n"
	                     "\n"
	                     "The figures of a month from cccdd's log; no "
	                     "personal data.\n"
	                     "\n"
	                     "      --month YYYY-MM    e.g. 2026-11\n"
	                     "      --dir DIR          default "
	                     "/var/lib/cccd/audit\n"
	                     "  -j, --json             print as JSON\n"
	                     "      --csv              print as CSV\n"),
	            stdout);
	return EXIT_OK;
}

/* struct printer - text or CSV; both print the same rows. */
struct printer {
	bool csv;
};

static void head(const struct printer *printer, const char *vietnamese,
                 const char *english)
{
	if (!printer->csv)
		(void)printf("%s\n", cli_text(vietnamese, english));
}

/* Names come from configuration files: quotes are doubled. */
static void quoted(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)putchar('"');
		(void)putchar(*text);
	}
	(void)putchar('"');
}

static void row(const struct printer *printer, const char *group,
                const char *name, uint64_t value)
{
	if (!printer->csv) {
		(void)printf("  %-32s %10" PRIu64 "\n", name, value);
		return;
	}
	quoted(group);
	(void)putchar(',');
	quoted(name);
	(void)printf(",%" PRIu64 "\n", value);
}

static void print_verdicts(const struct printer *printer, const char *group,
                           const uint64_t verdicts[static REPORT_VERDICTS])
{
	static const char *const words[REPORT_VERDICTS][2] = {
		[CCCD_SUCCESSFUL] = { "đã chứng thực", "proven" },
		[CCCD_FAILED] = { "giả hoặc hỏng", "forged or damaged" },
		[CCCD_UNDETERMINED] = { "chưa đủ căn cứ", "not proven" },
		[CCCD_ABORTED] = { "dở dang", "aborted" },
	};

	for (unsigned int i = CCCD_SUCCESSFUL; i < REPORT_VERDICTS; i++)
		if (words[i][0] != NULL)
			row(printer, group,
			    printer->csv
			            ? cccd_verdict_name((enum cccd_verdict)i)
			            : cli_text(words[i][0], words[i][1]),
			    verdicts[i]);
}

static void print_reads(const struct printer *printer,
                        const struct audit_report *report)
{
	head(printer, "Lượt đọc", "Reads");
	row(printer, "reads", printer->csv ? "total" : cli_text("tổng", "all"),
	    report->reads);
	for (unsigned int i = AUDIT_ENDED_READ; i < REPORT_OUTCOMES; i++)
		row(printer, "outcomes",
		    audit_outcome_name((enum audit_outcome)i),
		    report->outcomes[i]);
	head(printer, "Kết luận", "Verdicts");
	print_verdicts(printer, "verdicts", report->verdicts);
	row(printer, "reads",
	    printer->csv ? "clone_suspicions"
	                 : cli_text("nghi sao chép chip", "suspected copies"),
	    report->suspected);
}

static void print_tables(const struct printer *printer,
                         const struct audit_report *report)
{
	head(printer, "Bên sử dụng", "Relying parties");
	for (size_t i = 0; i < report->rps.count; i++) {
		const struct report_row *rp = &report->rps.rows[i];

		row(printer, "relying_parties", rp->name, rp->reads);
		if (printer->csv)
			print_verdicts(printer, rp->name, rp->verdicts);
	}
	head(printer, "Mã lỗi", "Problems");
	for (size_t i = 0; i < report->problems.count; i++)
		row(printer, "problems", report->problems.rows[i].name,
		    report->problems.rows[i].reads);
}

static void print_counts(const struct printer *printer,
                         const struct audit_report *report)
{
	head(printer, "Đã giao", "Delivered");
	for (unsigned int i = AUDIT_WAY_JSON; i < REPORT_WAYS; i++)
		row(printer, "deliveries", audit_way_name((enum audit_way)i),
		    report->deliveries[i]);
	head(printer, "Sự kiện an ninh", "Security events");
	for (unsigned int i = AUDIT_BAD_SOD; i < AUDIT_KINDS; i++)
		row(printer, "security", audit_kind_name((enum audit_kind)i),
		    report->security[i]);
	head(printer, "Thời gian (ms)", "Time (ms)");
	row(printer, "ms",
	    printer->csv ? "median" : cli_text("trung vị", "median"),
	    audit_report_time(report, 50));
	row(printer, "ms", "p95", audit_report_time(report, 95));
	head(printer, "Nhật ký", "The log");
	row(printer, "log", printer->csv ? "faults" : cli_text("lỗi", "faults"),
	    report->faults);
	row(printer, "log",
	    printer->csv ? "repairs" : cli_text("lần tự sửa", "repairs"),
	    report->repairs);
}

static void print_all(const struct printer *printer,
                      const struct audit_report *report)
{
	if (printer->csv)
		(void)puts("group,name,value");
	else
		(void)printf("%s %s (UTC%s)\n", cli_text("Tháng", "Month"),
		             report->month, report->zone);
	print_reads(printer, report);
	print_tables(printer, report);
	print_counts(printer, report);
	if (!printer->csv)
		(void)printf("  %s %" PRIu64 ":%s\n", cli_text("mốc", "anchor"),
		             report->last.sequence, report->last.hash);
}

static int print_json(const struct audit_report *report)
{
	char *text = NULL;

	if (audit_report_json(report, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static int make_report(const struct report_options *options)
{
	const struct printer printer = { .csv = options->csv };
	struct audit_report *report = NULL;
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_OK;
	enum cccd_err err = audit_report_make(options->dir, options->month,
	                                      &error, &report);

	if (err == CCCD_ERR_USAGE_ARGUMENT)
		return cli_usage(
		        "report", "tháng có dạng 2026-11, không phải %s",
		        "a month is like 2026-11, not %s", options->month);
	if (err != CCCD_OK) {
		(void)fprintf(stderr, "cccd: %s\n", options->dir);
		(void)cli_complain(&error);
		return EXIT_POLICY;
	}
	if (options->json)
		status = print_json(report);
	else
		print_all(&printer, report);
	/* Figures of a log that is not sound are shown, and not believed. */
	if (status == EXIT_OK && report->faults > 0) {
		(void)fprintf(stderr, "cccd: %s\n",
		              cli_text("nhật ký không nguyên vẹn: xem cccd "
		                       "audit verify",
		                       "the log is not sound: see cccd audit "
		                       "verify"));
		status = EXIT_FAILED;
	}
	audit_report_free(report);
	return status;
}

/* How many arguments were taken; 0 for an unknown one. */
static int take(int argc, char **argv, int at, struct report_options *ret)
{
	const char *value = at + 1 < argc ? argv[at + 1] : NULL;

	if (strcmp(argv[at], "--json") == 0 || strcmp(argv[at], "-j") == 0) {
		ret->json = true;
		return 1;
	}
	if (strcmp(argv[at], "--csv") == 0) {
		ret->csv = true;
		return 1;
	}
	if (strcmp(argv[at], "--dir") == 0 && value != NULL) {
		ret->dir = value;
		return 2;
	}
	if (strcmp(argv[at], "--month") == 0 && value != NULL) {
		ret->month = value;
		return 2;
	}
	return 0;
}

int cli_report(int argc, char **argv)
{
	struct report_options options = { .dir = CLI_AUDIT_DIR };
	int used = 1;

	for (int i = 1; i < argc; i += used) {
		if (strcmp(argv[i], "--help") == 0)
			return help();
		used = take(argc, argv, i, &options);
		if (used == 0)
			return cli_usage("report", "tham số sai: %s",
			                 "a bad argument: %s", argv[i]);
	}
	if (options.month == NULL)
		return cli_usage("report", "thiếu --month",
		                 "--month is missing");
	if (options.json && options.csv)
		return cli_usage("report", "--json và --csv không đi cùng nhau",
		                 "--json and --csv do not go together");
	return make_report(&options);
}
