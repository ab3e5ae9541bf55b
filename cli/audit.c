/* SPDX-License-Identifier: Apache-2.0 */
/* cccd audit: whether the daemon's log is as the daemon wrote it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/json/audit_findings.h"
#include "lib/json/result.h"

/* struct audit_options - the command line. */
struct audit_options {
	struct audit_walk walk;
	bool json;
	bool quiet;
};

/* How a fault is told, in both languages. */
static const char *const faults[AUDIT_FAULTS][2] = {
	[AUDIT_SOUND] = { "nguyên vẹn", "sound" },
	[AUDIT_ALTERED] = { "dòng đã bị sửa", "the line was altered" },
	[AUDIT_MALFORMED] = { "không phải dòng nhật ký",
	                      "this is no line of a log" },
	[AUDIT_FOREIGN] = { "dòng của nhật ký khác",
	                    "a line of the other log" },
	[AUDIT_UNLINKED] = { "không nối tiếp dòng trước (một trong hai dòng "
	                     "đã bị sửa)",
	                     "does not follow the line before (one of the two "
	                     "was altered)" },
	[AUDIT_MISSING] = { "mất dòng trước dòng này",
	                    "lines before this one are missing" },
	[AUDIT_REPEATED] = { "dòng bị lặp lại", "the line stands twice" },
	[AUDIT_OUT_OF_ORDER] = { "dòng sai thứ tự",
	                         "the line is out of order" },
	[AUDIT_TORN] = { "dòng cuối bị cụt", "the last line is torn off" },
	[AUDIT_SHORTENED] = { "mất các dòng mới nhất",
	                      "the newest lines are missing" },
	[AUDIT_HEAD_MISSING] = { "mất tệp ghi dòng mới nhất",
	                         "the file that tells of the newest line is "
	                         "missing" },
	[AUDIT_HEAD_DAMAGED] = { "tệp ghi dòng mới nhất bị hỏng",
	                         "the file that tells of the newest line is "
	                         "damaged" },
	[AUDIT_HEAD_DIFFERS] = { "không phải dòng đã ghi là mới nhất",
	                         "not the line that was told of as the "
	                         "newest" },
	[AUDIT_ANCHOR_DIFFERS] = { "khác với mốc đã ghi lại",
	                           "differs from the anchor" },
	[AUDIT_ANCHOR_MISSING] = { "không thấy dòng của mốc đã ghi lại",
	                           "the line of the anchor is not there" },
	[AUDIT_REPAIRED] = { "chương trình đã tự sửa phần cuối",
	                     "the daemon mended the end here" },
};

static int help(void)
{
	(void)fputs(
	        cli_text(
	                "Cách dùng: cccd audit verify [TUỲ CHỌN]\n"
	                "\n"
	                "Kiểm tra nhật ký của cccdd: dòng bị sửa, mất, lặp, "
	                "đảo thứ tự hay cụt.\n"
	                "\n"
	                "      --dir THƯ_MỤC      mặc định "
	                "/var/lib/cccd/audit\n"
	                "      --anchor SỐ:MÃ     dòng số SỐ phải có mã này; "
	                "dùng nhiều lần được.\n"
	                "                         Mốc cuối của phần đã lưu "
	                "trữ cho phép phần còn\n"
	                "                         lại bắt đầu ngay sau nó\n"
	                "  -j, --json             in dạng JSON\n"
	                "  -q, --quiet            chỉ in tổng kết\n",
	                "Usage: cccd audit verify [OPTION]\n"
	                "\n"
	                "Find lines of cccdd's log that were altered, removed, "
	                "repeated, moved or torn.\n"
	                "\n"
	                "      --dir DIR          default "
	                "/var/lib/cccd/audit\n"
	                "      --anchor N:HASH    line N must have this hash; "
	                "may be repeated. One at\n"
	                "                         the end of what was archived "
	                "lets the rest begin\n"
	                "                         behind it\n"
	                "  -j, --json             print as JSON\n"
	                "  -q, --quiet            print the summary only\n"),
	        stdout);
	return EXIT_OK;
}

static void print_finding(void *context, const struct audit_finding *finding)
{
	const struct audit_options *options = context;
	const char *const *text = faults[finding->fault];

	if (options->quiet)
		return;
	(void)printf("%s", finding->file);
	if (finding->line != 0)
		(void)printf(", %s %" PRIu64, cli_text("dòng", "line"),
		             finding->line);
	(void)printf(": %s", cli_text(text[0], text[1]));
	if (finding->from != 0 && finding->to > finding->from)
		(void)printf(" (%s %" PRIu64 "–%" PRIu64 ")",
		             cli_text("số", "numbers"), finding->from,
		             finding->to);
	else if (finding->from != 0)
		(void)printf(" (%s %" PRIu64 ")", cli_text("số", "number"),
		             finding->from);
	(void)printf("\n");
}

static void print_summary(const struct audit_summary *summary, uint64_t total)
{
	uint64_t lines = 0;
	uint64_t files = 0;
	uint64_t repairs = 0;

	for (size_t i = 0; i < AUDIT_CHAINS; i++) {
		lines += summary->chains[i].lines;
		files += summary->chains[i].files;
		repairs += summary->chains[i].repairs;
	}
	(void)printf(
	        "%s: %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64
	        " %s\n",
	        total == 0 ? cli_text("Nhật ký nguyên vẹn", "The log is sound")
	                   : cli_text("NHẬT KÝ KHÔNG NGUYÊN VẸN",
	                              "THE LOG IS NOT SOUND"),
	        lines, cli_text("dòng", "lines"), files,
	        cli_text("tệp", "files"), total, cli_text("lỗi", "faults"),
	        repairs, cli_text("lần tự sửa", "repairs"));
	(void)printf(
	        "%s: %" PRIu64 ":%s\n",
	        cli_text("Mốc của dòng mới nhất", "Anchor of the newest line"),
	        summary->chains[AUDIT_CHAIN_READS].last.sequence,
	        summary->chains[AUDIT_CHAIN_READS].last.hash);
}

static uint64_t total_faults(const struct audit_summary *summary)
{
	uint64_t total = 0;

	for (size_t i = 0; i < AUDIT_CHAINS; i++)
		total += summary->chains[i].faults;
	return total;
}

/* A log that is not there proves nothing. */
static int not_readable(const struct audit_walk *walk, struct cccd_error *error)
{
	(void)fprintf(stderr, "cccd: %s\n", walk->dir);
	(void)cli_complain(error);
	return EXIT_POLICY;
}

static int verify_json(struct audit_options *options,
                       struct audit_findings *findings)
{
	struct audit_summary summary = { 0 };
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	options->walk.found = audit_findings_add;
	options->walk.context = findings;
	if (audit_walk_run(&options->walk, &error, &summary) != CCCD_OK)
		return not_readable(&options->walk, &error);
	if (audit_findings_text(findings, &summary, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return total_faults(&summary) == 0 ? EXIT_OK : EXIT_FAILED;
}

static int verify_text(struct audit_options *options)
{
	struct audit_summary summary = { 0 };
	struct cccd_error error = { .tries_left = -1 };
	uint64_t total = 0;

	options->walk.found = print_finding;
	options->walk.context = options;
	if (audit_walk_run(&options->walk, &error, &summary) != CCCD_OK)
		return not_readable(&options->walk, &error);
	total = total_faults(&summary);
	print_summary(&summary, total);
	return total == 0 ? EXIT_OK : EXIT_FAILED;
}

static int verify(struct audit_options *options)
{
	struct audit_findings *findings = NULL;
	int status = EXIT_INTERNAL;

	if (!options->json)
		return verify_text(options);
	if (audit_findings_new(&findings) != CCCD_OK)
		return status;
	status = verify_json(options, findings);
	audit_findings_free(findings);
	return status;
}

/* "12:0123…": a number from 1 and 64 hexadecimal digits. */
static bool take_anchor(const char *text, struct audit_walk *walk)
{
	static const char digits[] = "0123456789abcdef";
	size_t number = strspn(text, "0123456789");
	struct audit_head *anchor = &walk->anchors[walk->anchor_count];

	if (walk->anchor_count == AUDIT_ANCHORS_MAX || number == 0 ||
	    number > 15 || text[number] != ':' ||
	    strspn(text + number + 1, digits) != AUDIT_HASH_TEXT - 1 ||
	    strlen(text + number + 1) != AUDIT_HASH_TEXT - 1)
		return false;
	anchor->sequence = strtoull(text, NULL, 10);
	(void)snprintf(anchor->hash, sizeof(anchor->hash), "%.64s",
	               text + number + 1);
	walk->anchor_count++;
	return anchor->sequence > 0;
}

/* How many arguments were taken; 0 for an unknown or bad one. */
static int take(int argc, char **argv, int at, struct audit_options *ret)
{
	const char *value = at + 1 < argc ? argv[at + 1] : NULL;

	if (strcmp(argv[at], "--json") == 0 || strcmp(argv[at], "-j") == 0) {
		ret->json = true;
		return 1;
	}
	if (strcmp(argv[at], "--quiet") == 0 || strcmp(argv[at], "-q") == 0) {
		ret->quiet = true;
		return 1;
	}
	if (strcmp(argv[at], "--dir") == 0 && value != NULL) {
		ret->walk.dir = value;
		return 2;
	}
	if (strcmp(argv[at], "--anchor") == 0 && value != NULL)
		return take_anchor(value, &ret->walk) ? 2 : 0;
	return 0;
}

int cli_audit(int argc, char **argv)
{
	struct audit_options options = { .walk.dir = CLI_AUDIT_DIR };
	int used = 1;

	if (argc < 2)
		return cli_usage("audit", "thiếu lệnh", "an action is missing");
	if (strcmp(argv[1], "--help") == 0)
		return help();
	if (strcmp(argv[1], "verify") != 0)
		return cli_usage("audit", "lệnh lạ: %s", "unknown action: %s",
		                 argv[1]);
	for (int i = 2; i < argc; i += used) {
		if (strcmp(argv[i], "--help") == 0)
			return help();
		used = take(argc, argv, i, &options);
		if (used == 0)
			return cli_usage("audit", "tham số sai: %s",
			                 "a bad argument: %s", argv[i]);
	}
	return verify(&options);
}
