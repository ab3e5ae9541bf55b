/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon says to its operator: lines on standard error. */
#include "service/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_LEN = 512, HELP_MAX = 128 };
enum { SAY_ERROR = 1, SAY_WARNING, SAY_INFO };

/* Set once before the first thread, only read after. */
static struct {
	const char *program;
	enum cccd_lang lang;
	int level;
} manner = { "cccd", CCCD_LANG_VI, SAY_INFO };

void say_begin(const char *program, enum cccd_lang lang, int level)
{
	manner.program = program;
	manner.lang = lang;
	manner.level = level;
}

/* One write(2) a line: threads and children do not mix. */
static void say(int priority, const char *line)
{
	(void)fprintf(stderr, "<%d>%s: %s\n", priority, manner.program, line);
}

PRINTF_LIKE(2, 0)
PRINTF_LIKE(3, 0)
static void say_either(int priority, const char *vietnamese,
                       const char *english, va_list args)
{
	char line[LINE_MAX_LEN];

	/* Both callers began @args. NOLINTBEGIN(clang-analyzer-valist.*) */
	(void)vsnprintf(line, sizeof(line),
	                manner.lang == CCCD_LANG_EN ? english : vietnamese,
	                args);
	/* NOLINTEND(clang-analyzer-valist.*) */
	say(priority, line);
}

void say_info(const char *vietnamese, const char *english, ...)
{
	va_list args;

	if (manner.level < SAY_INFO)
		return;
	va_start(args, english);
	say_either(6, vietnamese, english, args);
	va_end(args);
}

void say_warning(const char *vietnamese, const char *english, ...)
{
	va_list args;

	if (manner.level < SAY_WARNING)
		return;
	va_start(args, english);
	say_either(4, vietnamese, english, args);
	va_end(args);
}

/* @next: "" for none */
static void tell(const struct cccd_error *error, const char *next)
{
	char line[LINE_MAX_LEN];

	(void)snprintf(line, sizeof(line), "%s (%s%s%s)%s%s",
	               cccd_err_text(error->code, manner.lang),
	               cccd_err_code(error->code),
	               error->text[0] != '\0' ? ": " : "", error->text,
	               next[0] != '\0' ? " " : "", next);
	say(3, line);
}

void say_error(const struct cccd_error *error)
{
	/* The table has cccd(1) say this. */
	if (strcmp(cccd_err_next(error->code), "read_manual") == 0) {
		char help[HELP_MAX];

		(void)snprintf(help, sizeof(help),
		               manner.lang == CCCD_LANG_EN
		                       ? "See: %s --help"
		                       : "Xem hướng dẫn: %s --help",
		               manner.program);
		tell(error, help);
		return;
	}
	tell(error, cccd_err_next_text(error->code, manner.lang));
}

void say_error_next(const struct cccd_error *error, const char *vietnamese,
                    const char *english)
{
	tell(error, manner.lang == CCCD_LANG_EN ? english : vietnamese);
}
