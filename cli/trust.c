/* SPDX-License-Identifier: Apache-2.0 */
/* cccd trust: import, list, show, remove, verify. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/read.h"
#include "cli/trust_words.h"

#define CLI_PINS_DIR "/etc/cccd/pins"

enum { SHORT_HASH = 12, ARGUMENTS_MAX = 256 };

/* struct trust_options - the command line. */
struct trust_options {
	const char *dir;
	enum cccd_trust_mode mode;
	const char *pins;
	bool accept_list;
	bool specimen;
	bool quiet;
	const char *arguments[ARGUMENTS_MAX];
	int count;
};

static void trust_cleanup(struct cccd_trust **trust)
{
	cccd_trust_close(*trust);
}

static int help(void)
{
	(void)fputs(
	        cli_text("Cách dùng: cccd trust import [TUỲ CHỌN] TỆP…\n"
	                 "           cccd trust list|verify [TUỲ CHỌN]\n"
	                 "           cccd trust show|remove [TUỲ CHỌN] MÃ_BĂM\n"
	                 "\n"
	                 "TỆP: chứng thư CSCA (PEM, DER), danh sách chính "
	                 "(master list),\n"
	                 "LDIF của ICAO PKD, danh sách thu hồi (CRL), danh "
	                 "sách sai lệch.\n"
	                 "\n"
	                 "      --trust THƯ_MỤC       kho chứng thư\n"
	                 "      --demo-trust THƯ_MỤC  kho chứng thư mẫu\n"
	                 "      --pins THƯ_MỤC        chứng thư được phép ký "
	                 "danh sách\n"
	                 "      --accept-list         tự bảo đảm cho danh sách "
	                 "chưa ghim\n"
	                 "      --specimen            đánh dấu là mẫu\n"
	                 "  -q, --quiet               chỉ in tổng kết\n",
	                 "Usage: cccd trust import [OPTION] FILE…\n"
	                 "       cccd trust list|verify [OPTION]\n"
	                 "       cccd trust show|remove [OPTION] HASH\n"
	                 "\n"
	                 "FILE: CSCA certificates (PEM, DER), a master list, "
	                 "LDIF of the\n"
	                 "ICAO PKD, a revocation list, a deviation list.\n"
	                 "\n"
	                 "      --trust DIR       the trust store\n"
	                 "      --demo-trust DIR  a store of specimens\n"
	                 "      --pins DIR        who may sign master lists\n"
	                 "      --accept-list     vouch for a list that no pin "
	                 "covers\n"
	                 "      --specimen        flag as specimen\n"
	                 "  -q, --quiet           print the summary only\n"),
	        stdout);
	return EXIT_OK;
}

static int open_store(const struct trust_options *options,
                      struct cccd_trust **ret)
{
	struct cccd_error error = { .tries_left = -1 };

	if (cccd_trust_open(options->dir, options->mode, &error, ret) !=
	    CCCD_OK)
		return cli_complain(&error);
	return EXIT_OK;
}

/* What an import counts while it reports. */
struct tally {
	const struct trust_options *options;
	size_t admitted;
	size_t refused;
	size_t known;
};

static void print_decision(const struct cccd_trust_decision *what)
{
	(void)printf("%s %-9s %-2s %.*s  %s", what->admitted ? "+" : "-",
	             what->is_list ? cli_text("danh sách", "list")
	                           : cccd_trust_kind_name(what->kind),
	             what->country, SHORT_HASH, what->sha256,
	             trust_words(what->reason));
	if (what->note[0] != '\0')
		(void)printf(" (%s)", trust_words(what->note));
	(void)printf("\n    %s\n", what->subject);
}

static void report_import(const struct cccd_trust_decision *what, void *context)
{
	struct tally *tally = context;

	if (!what->is_list && what->admitted)
		tally->admitted++;
	else if (!what->is_list && strcmp(what->reason, "already_there") == 0)
		tally->known++;
	else if (!what->is_list)
		tally->refused++;
	/* What becomes of a list is always said. */
	if (!tally->options->quiet || what->is_list)
		print_decision(what);
}

static int import_file(struct cccd_trust *trust,
                       const struct trust_options *options, const char *path,
                       struct tally *tally)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_trust_import import = {
		.path = path,
		.pins = options->pins,
		.accept_list = options->accept_list,
		.specimen = options->specimen,
		.report = report_import,
		.context = tally,
	};

	/* No folder of pins at the usual place: then nobody is pinned. */
	if (import.pins == NULL && access(CLI_PINS_DIR, R_OK) == 0)
		import.pins = CLI_PINS_DIR;
	if (cccd_trust_import(trust, &import, &error) == CCCD_OK)
		return EXIT_OK;
	(void)fprintf(stderr, "cccd: %s\n", path);
	return cli_complain(&error);
}

static int trust_import(const struct trust_options *options)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	struct cccd_error error = { .tries_left = -1 };
	struct tally tally = { .options = options };
	int status = EXIT_OK;

	if (options->count == 0)
		return cli_usage("trust", "thiếu TỆP", "FILE is missing");
	if (cccd_trust_create(options->dir, &error) != CCCD_OK)
		return cli_complain(&error);
	status = open_store(options, &trust);
	for (int i = 0; i < options->count && status == EXIT_OK; i++)
		status = import_file(trust, options, options->arguments[i],
		                     &tally);
	if (trust != NULL)
		(void)printf("%s: %zu, %s: %zu, %s: %zu\n",
		             cli_text("nhận", "admitted"), tally.admitted,
		             cli_text("đã có", "known already"), tally.known,
		             cli_text("từ chối", "refused"), tally.refused);
	if (status == EXIT_OK && tally.admitted + tally.known == 0)
		return EXIT_POLICY;
	return status;
}

static void day_text(int64_t seconds, char text[static 16])
{
	time_t when = (time_t)seconds;
	struct tm tm = { 0 };

	text[0] = '\0';
	if (seconds != 0 && gmtime_r(&when, &tm) != NULL)
		(void)strftime(text, 16, "%Y-%m-%d", &tm);
}

static int trust_list(const struct trust_options *options)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	int status = open_store(options, &trust);

	if (status != EXIT_OK)
		return status;
	for (size_t i = 0; i < cccd_trust_count(trust); i++) {
		const struct cccd_trust_entry *entry = cccd_trust_at(trust, i);
		struct cccd_trust_object object = { 0 };
		char until[16] = "";

		if (cccd_trust_show(trust, entry->sha256, &object) == CCCD_OK)
			day_text(object.not_after, until);
		(void)printf("%-9s %-2s %.*s  %-10s  %s%s  [%s, %.10s]\n",
		             cccd_trust_kind_name(entry->kind), object.country,
		             SHORT_HASH, entry->sha256, until,
		             object.subject[0] != '\0' ? object.subject
		                                       : object.issuer,
		             entry->specimen ? cli_text(" (MẪU)", " (SPECIMEN)")
		                             : "",
		             entry->source, entry->date);
	}
	(void)printf("%zu %s\n", cccd_trust_count(trust),
	             cli_text("mục", "entries"));
	return EXIT_OK;
}

static void print_field(const char *vietnamese, const char *english,
                        const char *value)
{
	if (value[0] != '\0')
		(void)printf("%s: %s\n", cli_text(vietnamese, english), value);
}

static void print_days(const char *vietnamese, const char *english,
                       int64_t from, int64_t to)
{
	char first[16];
	char last[16];

	day_text(from, first);
	day_text(to, last);
	if (from != 0 || to != 0)
		(void)printf("%s: %s … %s\n", cli_text(vietnamese, english),
		             first, last);
}

static void print_object(const struct cccd_trust_object *object)
{
	const struct cccd_trust_entry *entry = &object->entry;

	print_field("Loại", "Kind", cccd_trust_kind_name(entry->kind));
	print_field("SHA-256", "SHA-256", entry->sha256);
	print_field("Chủ thể", "Subject", object->subject);
	print_field("Nơi cấp", "Issuer", object->issuer);
	print_field("Quốc gia", "Country", object->country);
	print_field("Số hiệu", "Serial number", object->serial);
	print_field("Khoá", "Key", object->key);
	print_field("Mã khoá", "Key identifier", object->key_id);
	print_field("Chữ ký", "Signature", object->signature);
	print_days("Hiệu lực", "Validity", object->not_before,
	           object->not_after);
	print_days("Thời gian ký", "Private key usage", object->usage_from,
	           object->usage_to);
	if (entry->kind == CCCD_TRUST_CRL)
		(void)printf("%s: %zu\n", cli_text("Đã thu hồi", "Revoked"),
		             object->revoked);
	if (entry->kind == CCCD_TRUST_DEVIATION)
		(void)printf("%s: %zu\n", cli_text("Sai lệch", "Deviations"),
		             object->revoked);
	print_field("Nguồn", "Source", entry->source);
	print_field("Căn cứ", "Basis", entry->basis);
	print_field("Ngày nạp", "Admitted", entry->date);
	if (entry->specimen)
		(void)puts(cli_text("MẪU: không dùng cho thẻ thật",
		                    "SPECIMEN: not for real documents"));
}

static int trust_show(const struct trust_options *options)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	struct cccd_trust_object object = { 0 };
	int status = EXIT_OK;

	if (options->count != 1)
		return cli_usage("trust", "cần đúng một MÃ_BĂM",
		                 "exactly one HASH is needed");
	status = open_store(options, &trust);
	if (status != EXIT_OK)
		return status;
	if (cccd_trust_show(trust, options->arguments[0], &object) != CCCD_OK)
		return cli_usage(
		        "trust", "không có mục nào, hoặc có nhiều mục: %s",
		        "no entry, or several: %s", options->arguments[0]);
	print_object(&object);
	return EXIT_OK;
}

static int trust_remove(const struct trust_options *options)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_OK;

	if (options->count != 1)
		return cli_usage("trust", "cần đúng một MÃ_BĂM",
		                 "exactly one HASH is needed");
	status = open_store(options, &trust);
	if (status != EXIT_OK)
		return status;
	if (cccd_trust_remove(trust, options->arguments[0], &error) != CCCD_OK)
		return cli_complain(&error);
	(void)puts(cli_text("Đã xoá.", "Removed."));
	return EXIT_OK;
}

static void report_verify(const struct cccd_trust_decision *what, void *context)
{
	const struct trust_options *options = context;

	if (!what->admitted || !options->quiet)
		print_decision(what);
}

static int trust_verify(const struct trust_options *options)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	struct cccd_error error = { .tries_left = -1 };
	struct trust_options copy = *options;
	size_t unsound = 0;
	int status = open_store(options, &trust);

	if (status != EXIT_OK)
		return status;
	error.code =
	        cccd_trust_verify(trust, 0, report_verify, &copy, &unsound);
	if (error.code != CCCD_OK)
		return cli_complain(&error);
	(void)printf("%zu %s, %zu %s\n", cccd_trust_count(trust),
	             cli_text("mục", "entries"), unsound,
	             cli_text("mục hỏng", "not sound"));
	return unsound == 0 ? EXIT_OK : EXIT_POLICY;
}

/* Options with a value; how many arguments were used, 0 when it is none. */
static int take_value(int argc, char **argv, int at, struct trust_options *ret)
{
	bool has_value = at + 1 < argc;

	if (!has_value)
		return 0;
	if (strcmp(argv[at], "--trust") == 0) {
		ret->dir = argv[at + 1];
		ret->mode = CCCD_TRUST_REAL;
	} else if (strcmp(argv[at], "--demo-trust") == 0) {
		ret->dir = argv[at + 1];
		ret->mode = CCCD_TRUST_DEMO;
	} else if (strcmp(argv[at], "--pins") == 0) {
		ret->pins = argv[at + 1];
	} else {
		return 0;
	}
	return 2;
}

static int take_flag(const char *argument, struct trust_options *ret)
{
	if (strcmp(argument, "--accept-list") == 0)
		ret->accept_list = true;
	else if (strcmp(argument, "--specimen") == 0)
		ret->specimen = true;
	else if (strcmp(argument, "--quiet") == 0 ||
	         strcmp(argument, "-q") == 0)
		ret->quiet = true;
	else
		return 0;
	return 1;
}

static int take_argument(int argc, char **argv, int at,
                         struct trust_options *ret)
{
	int used = take_value(argc, argv, at, ret);

	if (used == 0)
		used = take_flag(argv[at], ret);
	if (used != 0)
		return used;
	if (argv[at][0] == '-' || ret->count == ARGUMENTS_MAX)
		return 0;
	ret->arguments[ret->count++] = argv[at];
	return 1;
}

int cli_trust(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct trust_options *options);
	} actions[] = {
		{ "import", trust_import }, { "list", trust_list },
		{ "show", trust_show },     { "remove", trust_remove },
		{ "verify", trust_verify },
	};
	struct trust_options options = { .dir = CLI_TRUST_DIR };
	int used = 1;

	if (argc < 2)
		return cli_usage("trust", "thiếu lệnh", "an action is missing");
	if (strcmp(argv[1], "--help") == 0)
		return help();
	for (int i = 2; i < argc; i += used) {
		if (strcmp(argv[i], "--help") == 0)
			return help();
		used = take_argument(argc, argv, i, &options);
		if (used == 0)
			return cli_usage("trust", "tham số lạ: %s",
			                 "unknown argument: %s", argv[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].run(&options);
	return cli_usage("trust", "lệnh lạ: %s", "unknown action: %s", argv[1]);
}
