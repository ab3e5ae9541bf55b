/* SPDX-License-Identifier: Apache-2.0 */
/* cccd readers: the card readers of this machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/json/readers.h"

static void print_list(const struct cccd_reader_list *list)
{
	if (list->count == 0)
		(void)puts(cli_text("Không có đầu đọc nào được cắm.",
		                    "No reader is plugged in."));
	for (size_t i = 0; i < list->count; i++) {
		const struct cccd_reader_info *reader = &list->readers[i];

		(void)printf("%s\n  %s\n  %s\n", reader->name, reader->uri,
		             reader->card_present
		                     ? cli_text("có thẻ", "card present")
		                     : cli_text("chưa có thẻ", "no card"));
	}
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

static int list_readers(bool json)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_INTERNAL;

	if (list == NULL)
		return status;
	if (cccd_reader_list(&error, list) != CCCD_OK) {
		status = cli_complain(&error);
	} else if (json) {
		status = print_json(list);
	} else {
		print_list(list);
		status = list->count > 0 ? EXIT_OK : EXIT_READER;
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
