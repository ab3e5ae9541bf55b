/* SPDX-License-Identifier: Apache-2.0 */
/* cccd readers: the card readers of this machine, and what ails them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/json/readers.h"

static enum cccd_lang lang(void)
{
	return cccd_lang_from_environment();
}

static void print_problem(const struct cccd_reader_problem *problem,
                          const char *indent)
{
	if (problem->code[0] == '\0')
		return;
	(void)printf("%s%s [%s]\n", indent,
	             cccd_reader_problem_text(problem->code, lang()),
	             problem->code);
	if (problem->mend[0] != '\0')
		(void)printf("%s  $ %s\n", indent, problem->mend);
}

/* "pcsc, ccid, USB 072f:2200" */
static void print_kind(const struct cccd_reader_info *reader)
{
	(void)printf("  %s", reader->kind);
	if (reader->driver[0] != '\0')
		(void)printf(", %s", reader->driver);
	if (reader->usb_vendor != 0)
		(void)printf(", USB %04x:%04x",
		             (unsigned int)reader->usb_vendor,
		             (unsigned int)reader->usb_product);
	(void)puts("");
}

static void print_limits(const struct cccd_reader_info *reader)
{
	if (reader->max_command != 0)
		(void)printf("  APDU: %s %u, %s %u\n",
		             cli_text("lệnh đến", "commands to"),
		             (unsigned int)reader->max_command,
		             cli_text("trả lời đến", "answers to"),
		             (unsigned int)reader->max_response);
	if (reader->quirks[0] != '\0')
		(void)printf("  %s: %s\n", cli_text("Đặc điểm", "Quirks"),
		             reader->quirks);
}

static void print_reader(const struct cccd_reader_info *reader)
{
	(void)puts(reader->name);
	if (reader->uri[0] != '\0')
		(void)printf("  %s\n  id:%s\n", reader->uri, reader->id);
	print_kind(reader);
	print_limits(reader);
	if (reader->uri[0] != '\0' && strcmp(reader->kind, "pcsc") == 0)
		(void)printf("  %s\n",
		             reader->card_present
		                     ? cli_text("có thẻ", "card present")
		                     : cli_text("chưa có thẻ", "no card"));
	print_problem(&reader->problem, "  ");
}

static void print_list(const struct cccd_reader_list *list)
{
	if (list->count == 0)
		(void)puts(cli_text("Không có đầu đọc nào được cắm.",
		                    "No reader is plugged in."));
	for (size_t i = 0; i < list->count; i++)
		print_reader(&list->readers[i]);
	for (size_t i = 0; i < list->problem_count; i++)
		print_problem(&list->problems[i], "");
}

static int print_json(const struct cccd_reader_list *list)
{
	char *text = NULL;

	if (json_readers_text(list, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static bool has_usable(const struct cccd_reader_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->readers[i].uri[0] != '\0')
			return true;
	return false;
}

/* Scripts ask the exit code; the words say the same as for a read. */
static int conclude(const struct cccd_reader_list *list)
{
	struct cccd_error error = { .code = CCCD_ERR_READER_SERVICE,
		                    .tries_left = -1 };

	if (has_usable(list))
		return EXIT_OK;
	if (list->problem_count == 0)
		return EXIT_READER;
	(void)fflush(stdout);
	(void)snprintf(error.text, sizeof(error.text), "%s",
	               list->problems[0].code);
	return cli_complain(&error);
}

static int list_readers(bool json)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_INTERNAL;

	if (list == NULL)
		return status;
	if (cccd_reader_survey(&error, list) != CCCD_OK) {
		status = cli_complain(&error);
	} else if (!json) {
		print_list(list);
		status = conclude(list);
	} else if (print_json(list) == EXIT_OK) {
		status = conclude(list);
	}
	free(list);
	return status;
}

int cli_readers(int argc, char **argv)
{
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		else if (strcmp(argv[i], "--help") == 0)
			return puts(cli_text("Cách dùng: cccd readers [--json]",
			                     "Usage: cccd readers [--json]")) <
			       0;
		else
			return cli_usage("readers", "tham số lạ: %s",
			                 "unknown argument: %s", argv[i]);
	}
	return list_readers(json);
}
