/* SPDX-License-Identifier: Apache-2.0 */
/* A desk for tests of another language: its key first, then a token for each
 * line "nonce TAB audience TAB number TAB overall TAB issued". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/service/gateway/desk.h"

enum { LINE_MAX = 1024, TOKEN_MAX = 8192, DECIMAL = 10 };

static const char *cell(char **line)
{
	char *begin = *line;
	char *end = begin + strcspn(begin, "\t\n");

	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return begin[0] == '\0' ? NULL : begin;
}

static enum cccd_err serve_line(const struct desk *desk, char *line)
{
	BUF token = buf_make(TOKEN_MAX);
	struct desk_claims claims = { .nonce = cell(&line) };
	const char *issued = NULL;

	claims.audience = cell(&line);
	claims.id_number = cell(&line);
	claims.overall = cell(&line);
	issued = cell(&line);
	if (issued != NULL)
		claims.issued = strtoll(issued, NULL, DECIMAL);
	TRY(desk_sign(desk, &claims, &token));
	(void)printf("%.*s\n", (int)token.len, (const char *)token.at);
	return fflush(stdout) == 0 ? CCCD_OK : CCCD_ERR_INTERNAL;
}

int main(void)
{
	struct desk desk = { .pair = NULL };
	char line[LINE_MAX];
	enum cccd_err err = desk_make(&desk);

	if (err == CCCD_OK &&
	    (printf("%s\n", desk.jwk.text) < 0 || fflush(stdout) != 0))
		err = CCCD_ERR_INTERNAL;
	while (err == CCCD_OK && fgets(line, sizeof(line), stdin) != NULL)
		err = serve_line(&desk, line);
	desk_release(&desk);
	return err == CCCD_OK ? 0 : 1;
}
