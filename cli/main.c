/* SPDX-License-Identifier: Apache-2.0 */
/* cccd(1): the table of subcommands. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about[2];
} subcommands[] = {
	{ "read",
	  cli_read,
	  { "đọc và kiểm chứng thẻ trên đầu đọc",
	    "read and prove the card on the reader" } },
	{ "readers",
	  cli_readers,
	  { "liệt kê đầu đọc thẻ", "list the card readers" } },
	{ "verify",
	  cli_verify,
	  { "kiểm chứng lại một tệp bằng chứng đã lưu",
	    "prove a saved evidence file again" } },
	{ "probe",
	  cli_probe,
	  { "xem loại thẻ, không lấy dữ liệu cá nhân",
	    "tell the kind of card, without personal data" } },
	{ "trust",
	  cli_trust,
	  { "quản lý chứng thư CSCA tin cậy",
	    "manage the trusted CSCA certificates" } },
	{ "device",
	  cli_device,
	  { "khoá mà máy này dùng để ký kết quả",
	    "the key that this machine signs results with" } },
	{ "rp",
	  cli_rp,
	  { "khai phần mềm nào được dùng dịch vụ",
	    "register who may use the service" } },
	{ "trace",
	  cli_trace,
	  { "ghi lại hoặc phát lại trao đổi với thẻ",
	    "record or replay the exchanges with a card" } },
	{ "audit",
	  cli_audit,
	  { "kiểm tra nhật ký của cccdd", "verify the log of cccdd" } },
	{ "report",
	  cli_report,
	  { "số liệu tháng từ nhật ký", "the figures of a month" } },
	{ "selfcheck",
	  cli_selfcheck,
	  { "kiểm tra máy đã cài đặt đúng chưa",
	    "check how this machine is set up" } },
};

const char *cli_text(const char *vietnamese, const char *english)
{
	return cccd_lang_from_environment() == CCCD_LANG_EN ? english
	                                                    : vietnamese;
}

int cli_exit_of_verdict(enum cccd_verdict verdict)
{
	switch (verdict) {
	case CCCD_SUCCESSFUL: return EXIT_OK;
	case CCCD_FAILED: return EXIT_FAILED;
	case CCCD_ABORTED: return EXIT_ABORTED;
	case CCCD_NOT_RUN:
	case CCCD_UNDETERMINED:
	case CCCD_NOT_SUPPORTED: break;
	}
	return EXIT_UNDETERMINED;
}

int cli_exit_of_error(enum cccd_err err)
{
	static const int exits[] = {
		[CCCD_DOMAIN_NONE] = EXIT_OK,
		[CCCD_DOMAIN_READER] = EXIT_READER,
		[CCCD_DOMAIN_CARD] = EXIT_CARD,
		[CCCD_DOMAIN_DATA] = EXIT_CARD,
		[CCCD_DOMAIN_CRYPTO] = EXIT_CARD,
		[CCCD_DOMAIN_TRUST] = EXIT_POLICY,
		[CCCD_DOMAIN_POLICY] = EXIT_POLICY,
		[CCCD_DOMAIN_USAGE] = EXIT_USAGE,
		[CCCD_DOMAIN_MEMORY] = EXIT_INTERNAL,
	};
	enum cccd_err_domain domain = cccd_err_domain(err);

	switch ((unsigned int)err) {
	case CCCD_ERR_CARD_PASSWORD:
	case CCCD_ERR_CARD_BLOCKED:
	case CCCD_ERR_USAGE_KEY_MISSING: return EXIT_KEY;
	case CCCD_ERR_CRYPTO_FAILED:
	case CCCD_ERR_CRYPTO_RANDOM: return EXIT_INTERNAL;
	case CCCD_ERR_CANCELLED: return EXIT_ABORTED;
	default: break;
	}
	return (unsigned int)domain < ARRAY_LEN(exits) ? exits[domain]
	                                               : EXIT_INTERNAL;
}

int cli_complain(const struct cccd_error *error)
{
	enum cccd_lang lang = cccd_lang_from_environment();
	const char *next = cccd_err_next_text(error->code, lang);

	(void)fprintf(stderr, "cccd: %s [%s]\n",
	              cccd_err_text(error->code, lang),
	              cccd_err_code(error->code));
	if (error->tries_left >= 0)
		(void)fprintf(stderr, "  %s: %d\n",
		              cli_text("Số lần thử còn lại", "Tries left"),
		              error->tries_left);
	if (next[0] != '\0')
		(void)fprintf(stderr, "  %s\n", next);
	if (error->text[0] == '\0')
		return cli_exit_of_error(error->code);
	(void)fprintf(stderr, "  (%s%s%s", error->step,
	              error->step[0] != '\0' ? ": " : "", error->text);
	if (error->status_word != 0)
		(void)fprintf(stderr, ", SW %04X", error->status_word);
	if (error->native != 0)
		(void)fprintf(stderr, ", 0x%lX", (unsigned long)error->native);
	(void)fprintf(stderr, ")\n");
	return cli_exit_of_error(error->code);
}

int cli_usage(const char *command, const char *vietnamese, const char *english,
              ...)
{
	const char *text = cli_text(vietnamese, english);
	const char *mark = strstr(text, "%s");
	va_list args;

	/* Not vfprintf: the compiler has seen only one of the two formats. */
	va_start(args, english);
	if (mark == NULL)
		(void)fprintf(stderr, "cccd: %s\n", text);
	else
		(void)fprintf(stderr, "cccd: %.*s%s%s\n", (int)(mark - text),
		              text, va_arg(args, const char *), mark + 2);
	va_end(args);
	(void)fprintf(stderr, "  %s: cccd %s --help\n", cli_text("Xem", "See"),
	              command);
	return EXIT_USAGE;
}

static int help(FILE *out)
{
	(void)fputs(cli_text("Cách dùng: cccd LỆNH [TUỲ CHỌN]\n\n",
	                     "Usage: cccd COMMAND [OPTION]\n\n"),
	            out);
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		(void)fprintf(out, "  %-10s %s\n", subcommands[i].name,
		              cli_text(subcommands[i].about[0],
		                       subcommands[i].about[1]));
	(void)fputs(cli_text("\nMỗi lệnh có --help. Sách hướng dẫn: man cccd\n",
	                     "\nEvery command has --help. Manual: man cccd\n"),
	            out);
	return out == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return help(stdout);
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("cccd %s\n", cccd_version());
		return EXIT_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	(void)fprintf(stderr, "cccd: %s: %s\n",
	              cli_text("không có lệnh này", "no such command"),
	              argv[1]);
	return help(stderr);
}
