/* SPDX-License-Identifier: Apache-2.0 */
/* cccd probe: what kind of card this is, told to those who never saw one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/print.h"
#include "cli/probe_print.h"
#include "cli/read.h"
#include "lib/json/probe.h"

enum { ANSWER_MAX = 16 };

/* struct own - the options that only this command has. */
struct own {
	const char *save;
	bool yes;
	bool help;
};

static int help(void)
{
	(void)fputs(
	        cli_text(
	                "Cách dùng: cccd probe [TUỲ CHỌN]\n"
	                "\n"
	                "Đọc một thẻ và cho biết loại thẻ: có tệp nào, thuật "
	                "toán nào, độ dài nào,\n"
	                "thời gian bao lâu. Không có họ tên, số, ngày, ảnh, "
	                "khoá hay mã băm nào.\n"
	                "Toàn bộ báo cáo hiện ra cho bạn đọc trước khi lưu.\n"
	                "\n"
	                "  --save TỆP            hỏi lại rồi lưu báo cáo "
	                "(JSON)\n"
	                "  --yes                 lưu mà không hỏi\n"
	                "  -j, --json            in báo cáo dạng JSON\n"
	                "\n"
	                "Mã mở thẻ và các tuỳ chọn --reader, --wait, "
	                "--timeout, --trust, --quiet:\n"
	                "như cccd read --help\n",
	                "Usage: cccd probe [OPTION]\n"
	                "\n"
	                "Read a card and tell what kind it is: which files, "
	                "algorithms, lengths,\n"
	                "timings. No name, number, date, picture, key or hash "
	                "is in it. You see the\n"
	                "whole report before it is saved.\n"
	                "\n"
	                "  --save FILE           ask, then save the report "
	                "(JSON)\n"
	                "  --yes                 save without asking\n"
	                "  -j, --json            print the report as JSON\n"
	                "\n"
	                "Access keys and --reader, --wait, --timeout, --trust, "
	                "--quiet: as in\n"
	                "cccd read --help\n"),
	        stdout);
	return EXIT_OK;
}

/* Take our own options out of @argv; the rest is as cccd read has it. */
static int take_own(int *argc, char **argv, struct own *ret)
{
	int kept = 1;
	int status = EXIT_OK;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			ret->help = true;
		else if (strcmp(argv[i], "--yes") == 0)
			ret->yes = true;
		else if (strncmp(argv[i], "--save=", 7) == 0)
			ret->save = argv[i] + 7;
		else if (strcmp(argv[i], "--save") != 0)
			argv[kept++] = argv[i];
		else if (i + 1 < *argc)
			ret->save = argv[++i];
		else
			status = cli_usage("probe", "--save cần tên tệp",
			                   "--save wants a file");
	}
	*argc = kept;
	argv[kept] = NULL;
	return status;
}

/* Whatever writes down what was read has no place here. */
static int check_options(const struct read_options *options,
                         const struct own *own)
{
	if (options->out != NULL || options->evidence != NULL ||
	    options->portrait != NULL || options->trace != NULL ||
	    options->renderings != 0)
		return cli_usage("probe",
		                 "--out, --portrait, --evidence, --trace và "
		                 "--render không dùng ở đây",
		                 "--out, --portrait, --evidence, --trace and "
		                 "--render are not for this command");
	if (own->yes && own->save == NULL)
		return cli_usage("probe", "--yes đi cùng --save",
		                 "--yes goes with --save");
	return EXIT_OK;
}

static void session_cleanup(struct cccd_session **session)
{
	cccd_session_free(*session);
}

static void trust_cleanup(struct cccd_trust **trust)
{
	cccd_trust_close(*trust);
}

static enum cccd_err run(struct cccd_session *session,
                         struct read_options *options, struct cccd_probe *probe)
{
	struct progress_line line = {
		.out = stderr,
		.terminal = isatty(STDERR_FILENO) != 0,
	};
	enum cccd_err err = CCCD_OK;

	options->engine.flags |= CCCD_PROBE_FLAGS;
	if (!options->quiet)
		cccd_session_set_progress(session, print_progress, &line);
	cccd_probe_watch(session, probe);
	err = cli_prepare(session, options);
	/* The session has its copy. */
	read_options_wipe_keys(options);
	if (err == CCCD_OK)
		err = cli_run_watched(session);
	print_progress_end(&line);
	return err;
}

/**
 * probe_card() - read the card into @probe; nothing else is left of it.
 * @ret: how the run ended
 *
 * Return: EXIT_OK, or an exit code after a message when there is nothing to
 * tell.
 */
static int probe_card(struct read_options *options, struct cccd_probe *probe,
                      struct cccd_error *ret)
{
	CLEANUP(session_cleanup) struct cccd_session *session = NULL;
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	int status = read_options_ask(options);

	if (status == EXIT_OK)
		status = cli_open_trust(options->trust, options->demo_trust,
		                        &trust);
	if (status != EXIT_OK)
		return status;
	if (cccd_session_new(&session) != CCCD_OK)
		return EXIT_INTERNAL;
	cccd_session_set_trust(session, trust);
	if (run(session, options, probe) != CCCD_OK)
		*ret = *cccd_session_error(session);
	/* A card that fails is worth telling of as soon as it answered. */
	if (probe->exchange_total == 0)
		return cli_complain(ret);
	return cccd_probe_fill(session, probe) == CCCD_OK ? EXIT_OK
	                                                  : EXIT_INTERNAL;
}

static int print_report(const struct cccd_probe *probe, const char *json,
                        bool as_json)
{
	if (as_json)
		(void)puts(json);
	else
		print_probe(stdout, probe);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_INTERNAL;
}

/* "c", "có", "y", "yes"; whatever else, and the end of input, is a no. */
static bool agrees(const char *path)
{
	static const char *const words[] = { "c", "có", "co", "y", "yes" };
	char answer[ANSWER_MAX] = "";

	(void)fprintf(stderr, "%s %s? %s ",
	              cli_text("Lưu báo cáo trên vào", "Save the report to"),
	              path, cli_text("[c/K]", "[y/N]"));
	(void)fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
	answer[strcspn(answer, "\r\n")] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(answer, words[i]) == 0)
			return true;
	return false;
}

static int save(const struct own *own, const char *json)
{
	struct cccd_error error = { .tries_left = -1 };

	if (own->save == NULL)
		return EXIT_OK;
	if (!own->yes && !agrees(own->save)) {
		(void)fprintf(stderr, "%s\n",
		              cli_text("Không lưu.", "Not saved."));
		return EXIT_ABORTED;
	}
	if (file_write(own->save, span_text(json), &error) != CCCD_OK)
		return cli_complain(&error);
	return EXIT_OK;
}

static int report(const struct cccd_probe *probe, bool as_json,
                  const struct own *own, const struct cccd_error *error)
{
	char *json = NULL;
	int status = EXIT_OK;

	if (json_probe_text(probe, &json) != CCCD_OK)
		return EXIT_INTERNAL;
	status = print_report(probe, json, as_json);
	if (status == EXIT_OK)
		status = save(own, json);
	json_text_free(json);
	if (status == EXIT_OK && error->code != CCCD_OK)
		status = cli_complain(error);
	return status;
}

static int probe(struct read_options *options, const struct own *own)
{
	struct cccd_probe *told = calloc(1, sizeof(*told));
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_INTERNAL;

	if (told == NULL)
		return status;
	/* From here on nothing but @told is left of the card. */
	status = probe_card(options, told, &error);
	if (status == EXIT_OK)
		status = report(told, options->json, own, &error);
	free(told);
	return status;
}

int cli_probe(int argc, char **argv)
{
	struct read_options *options = calloc(1, sizeof(*options));
	struct own own = { 0 };
	int status = EXIT_INTERNAL;

	if (options == NULL)
		return status;
	status = take_own(&argc, argv, &own);
	if (status == EXIT_OK && own.help)
		status = help();
	else if (status == EXIT_OK)
		status = read_options_parse(argc, argv, options, NULL, 0);
	if (status == EXIT_OK && !own.help) {
		status = check_options(options, &own);
		if (status == EXIT_OK)
			status = probe(options, &own);
	}
	read_options_wipe(options);
	free(options);
	return status;
}
