/* SPDX-License-Identifier: Apache-2.0 */
/* cccd trace: record the exchanges with a card, or play them again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/read.h"

static int help(void)
{
	(void)fputs(
	        cli_text("Cách dùng:\n"
	                 "  cccd trace record [--full] TỆP [TUỲ CHỌN của cccd "
	                 "read]\n"
	                 "  cccd trace replay TỆP [TUỲ CHỌN của cccd read]\n"
	                 "\n"
	                 "record che mọi dữ liệu cá nhân và khoá. --full ghi "
	                 "tất cả để phát lại,\n"
	                 "chỉ dùng được với thẻ mẫu (--demo-trust).\n",
	                 "Usage:\n"
	                 "  cccd trace record [--full] FILE [OPTIONS of cccd "
	                 "read]\n"
	                 "  cccd trace replay FILE [OPTIONS of cccd read]\n"
	                 "\n"
	                 "record leaves out all personal data and keys. --full "
	                 "writes everything, so\n"
	                 "that it can be replayed; for specimen cards only "
	                 "(--demo-trust).\n"),
	        stdout);
	return EXIT_OK;
}

static int replay(struct read_options *options, const char *file)
{
	if (snprintf(options->replay, sizeof(options->replay), "replay:%s",
	             file) >= (int)sizeof(options->replay))
		return cli_usage("trace", "đường dẫn quá dài",
		                 "the path is too long");
	options->reader = options->replay;
	options->engine.resume_ms = 0;
	return cli_read_with(options);
}

static int run(bool record, int argc, char **argv)
{
	struct read_options *options = calloc(1, sizeof(*options));
	const char *operands[1] = { NULL };
	int status = EXIT_INTERNAL;

	if (options == NULL)
		return status;
	status = read_options_parse(argc, argv, options, operands, 1);
	if (status == EXIT_OK && !options->leave && operands[0] == NULL)
		status = cli_usage("trace", "thiếu tên tệp",
		                   "the file is missing");
	else if (status == EXIT_OK && !options->leave && record) {
		options->trace = operands[0];
		status = cli_read_with(options);
	} else if (status == EXIT_OK && !options->leave) {
		status = replay(options, operands[0]);
	}
	read_options_wipe(options);
	free(options);
	return status;
}

int cli_trace(int argc, char **argv)
{
	if (argc < 2)
		return cli_usage("trace", "thiếu record hoặc replay",
		                 "record or replay is missing");
	if (strcmp(argv[1], "--help") == 0)
		return help();
	if (strcmp(argv[1], "record") == 0)
		return run(true, argc - 1, argv + 1);
	if (strcmp(argv[1], "replay") == 0)
		return run(false, argc - 1, argv + 1);
	return cli_usage("trace", "không có \"%s\"", "there is no \"%s\"",
	                 argv[1]);
}
