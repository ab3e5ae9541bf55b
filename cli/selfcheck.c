/* SPDX-License-Identifier: Apache-2.0 */
/* cccd selfcheck: whether this desk is set up as it must be. */
#include "cli/selfcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/json/result.h"

enum { RULES_MAX = 32, PASSWD_LINE_MAX = 1024 };

/* struct check_options - the command line. */
struct check_options {
	const char *root;
	bool json;
	bool quiet;
};

static int help(void)
{
	(void)fputs(
	        cli_text("Cách dùng: cccd selfcheck [TUỲ CHỌN]\n"
	                 "\n"
	                 "Kiểm tra máy đã cài đặt đúng chưa; mỗi dòng chưa "
	                 "đạt kèm lệnh để sửa.\n"
	                 "\n"
	                 "      --root THƯ_MỤC     xem hệ thống dưới "
	                 "THƯ_MỤC\n"
	                 "  -j, --json             in dạng JSON\n"
	                 "  -q, --quiet            chỉ in dòng chưa đạt\n",
	                 "Usage: cccd selfcheck [OPTION]\n"
	                 "\n"
	                 "Tell whether this machine is set up as it must "
	                 "be; what is not comes with\n"
	                 "the command that mends it.\n"
	                 "\n"
	                 "      --root DIR         look at the system below "
	                 "DIR\n"
	                 "  -j, --json             print as JSON\n"
	                 "  -q, --quiet            print what is wrong "
	                 "only\n"),
	        stdout);
	return EXIT_OK;
}

/* The daemon's uid in the passwd file of that root. */
static uid_t daemon_of(const struct check_place *place)
{
	char path[CHECK_PATH_MAX];
	char line[PASSWD_LINE_MAX];
	uid_t uid = place->owner;
	FILE *in = NULL;

	if (check_path(place, "/etc/passwd", path))
		in = fopen(path, "re");
	if (in == NULL)
		return uid;
	while (fgets(line, sizeof(line), in) != NULL) {
		const char *at = line;

		if (strncmp(at, "cccdd:", 6) != 0)
			continue;
		at = strchr(at + 6, ':');
		if (at != NULL)
			uid = (uid_t)strtoul(at + 1, NULL, 10);
	}
	(void)fclose(in);
	return uid;
}

static size_t look(const struct check_place *place,
                   struct selfcheck_line lines[static RULES_MAX])
{
	size_t count = 0;

	for (; count < check_rule_count && count < RULES_MAX; count++) {
		const struct check_rule *rule = &check_rules[count];
		struct selfcheck_line *line = &lines[count];

		*line = (struct selfcheck_line){
			.id = rule->id,
			.title = { rule->title[0], rule->title[1] },
			.mend = rule->mend,
		};
		line->verdict = rule->probe(place, rule, line->detail);
	}
	return count;
}

static enum selfcheck_verdict worst_of(const struct selfcheck_line *lines,
                                       size_t count)
{
	enum selfcheck_verdict worst = SELFCHECK_PASS;

	for (size_t i = 0; i < count; i++)
		if (lines[i].verdict > worst)
			worst = lines[i].verdict;
	return worst;
}

static void print_lines(const struct selfcheck_line *lines, size_t count,
                        bool quiet)
{
	static const char *const words[][2] = {
		[SELFCHECK_PASS] = { "đạt", "pass" },
		[SELFCHECK_WARN] = { "nên sửa", "warn" },
		[SELFCHECK_FAIL] = { "KHÔNG ĐẠT", "FAIL" },
	};

	for (size_t i = 0; i < count; i++) {
		const struct selfcheck_line *line = &lines[i];
		const char *const *word = words[line->verdict];

		if (quiet && line->verdict == SELFCHECK_PASS)
			continue;
		(void)printf("[%s] %s%s%s%s\n", cli_text(word[0], word[1]),
		             cli_text(line->title[0], line->title[1]),
		             line->detail[0] != '\0' ? " (" : "", line->detail,
		             line->detail[0] != '\0' ? ")" : "");
		if (line->verdict != SELFCHECK_PASS)
			(void)printf("    # %s\n", line->mend);
	}
}

static int print_json(const struct selfcheck_line *lines, size_t count)
{
	char *text = NULL;

	if (json_selfcheck_text(lines, count, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static int check(const struct check_options *options)
{
	struct selfcheck_line *lines = calloc(RULES_MAX, sizeof(*lines));
	struct check_place place = { .root = options->root };
	struct stat status = { 0 };
	size_t count = 0;
	int code = EXIT_OK;

	if (lines == NULL)
		return EXIT_INTERNAL;
	if (stat(options->root[0] != '\0' ? options->root : "/", &status) !=
	    0) {
		free(lines);
		return cli_usage("selfcheck", "không có thư mục %s",
		                 "there is no directory %s", options->root);
	}
	place.owner = status.st_uid;
	place.daemon = daemon_of(&place);
	count = look(&place, lines);
	if (options->json)
		code = print_json(lines, count);
	else
		print_lines(lines, count, options->quiet);
	if (code == EXIT_OK && worst_of(lines, count) == SELFCHECK_FAIL)
		code = EXIT_POLICY;
	free(lines);
	return code;
}

/* How many arguments were taken; 0 for an unknown one. */
static int take(int argc, char **argv, int at, struct check_options *ret)
{
	if (strcmp(argv[at], "--json") == 0 || strcmp(argv[at], "-j") == 0) {
		ret->json = true;
		return 1;
	}
	if (strcmp(argv[at], "--quiet") == 0 || strcmp(argv[at], "-q") == 0) {
		ret->quiet = true;
		return 1;
	}
	if (strcmp(argv[at], "--root") == 0 && at + 1 < argc) {
		ret->root = argv[at + 1];
		return 2;
	}
	return 0;
}

int cli_selfcheck(int argc, char **argv)
{
	struct check_options options = { .root = "" };
	int used = 1;

	for (int i = 1; i < argc; i += used) {
		if (strcmp(argv[i], "--help") == 0)
			return help();
		used = take(argc, argv, i, &options);
		if (used == 0)
			return cli_usage("selfcheck", "tham số sai: %s",
			                 "a bad argument: %s", argv[i]);
	}
	/* "/" is this machine. */
	if (strcmp(options.root, "/") == 0)
		options.root = "";
	return check(&options);
}
