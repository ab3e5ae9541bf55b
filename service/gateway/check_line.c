/* SPDX-License-Identifier: Apache-2.0 */
/* A finished check as one line of the journal: no person, but its trace. */
#include "service/gateway/check_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/** struct line - a text that is cut where its room ends. */
struct line {
	char *text;
	size_t len;
};

PRINTF_LIKE(2, 3)
static void put(struct line *line, const char *format, ...)
{
	size_t room = CHECK_LINE_MAX - line->len;
	va_list args;
	int len = 0;

	va_start(args, format);
	len = vsnprintf(line->text + line->len, room, format, args);
	va_end(args);
	if (len > 0)
		line->len += (size_t)len < room ? (size_t)len : room - 1;
}

/* Words of connectors, never of a registry; still, no line ends in them. */
static void put_quoted(struct line *line, const char *text)
{
	put(line, " detail=\"");
	for (; *text != '\0'; text++)
		put(line, "%c",
		    *text < ' ' || *text > '~' || *text == '"' ? '?' : *text);
	put(line, "\"");
}

static void put_stages(struct line *line, const struct check_outcome *outcome)
{
	static const char *const names[CHECK_STAGES] = {
		[CHECK_VERIFY] = "verify",  [CHECK_SPEND] = "spend",
		[CHECK_ASK] = "ask",        [CHECK_COMPARE] = "compare",
		[CHECK_WRITE_DOWN] = "log",
	};

	for (unsigned int i = 0; i < outcome->stages; i++) {
		put(line, " %s_us=%" PRIu64, names[i], outcome->stage_us[i]);
		if (i == CHECK_ASK)
			put(line, " attempts=%u http_status=%ld",
			    outcome->attempts, outcome->http_status);
	}
}

void check_line_text(const char *caller, enum cccd_err err,
                     const struct check_outcome *outcome, uint64_t took_us,
                     char ret[static CHECK_LINE_MAX])
{
	struct line line = { .text = ret };

	ret[0] = '\0';
	put(&line, "check caller=%s transaction=%s request=%s result=%s",
	    caller, outcome->transaction, outcome->request_id,
	    err == CCCD_OK ? match_verdict_name(outcome->verdict)
	                   : cccd_err_code(err));
	put(&line, " outcome=%s", registry_outcome_name(outcome->registry));
	if (outcome->detail[0] != '\0')
		put_quoted(&line, outcome->detail);
	put_stages(&line, outcome);
	put(&line, " took_us=%" PRIu64, took_us);
}
