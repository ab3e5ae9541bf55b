/* SPDX-License-Identifier: Apache-2.0 */
/* A desk for tests of another language: its key first, then a token for each
 * line "nonce TAB audience TAB number TAB overall TAB issued TAB transaction
 * TAB name TAB birth TAB sex", or "raw TAB header TAB payload" for one with
 * these very texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/base64url.h"
#include "tests/service/gateway/desk.h"

enum { TOKEN_MAX = 1 << 20, DECIMAL = 10 };

static const char *cell(char **line)
{
	char *begin = *line;
	char *end = begin + strcspn(begin, "\t\n");

	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return begin[0] == '\0' ? NULL : begin;
}

static enum cccd_err sign_claims(const struct desk *desk, const char *nonce,
                                 char *line, struct buf *ret)
{
	struct desk_claims claims = { .nonce = nonce };
	const char *issued = NULL;

	claims.audience = cell(&line);
	claims.id_number = cell(&line);
	claims.overall = cell(&line);
	issued = cell(&line);
	if (issued != NULL)
		claims.issued = strtoll(issued, NULL, DECIMAL);
	claims.transaction = cell(&line);
	claims.full_name = cell(&line);
	claims.date_of_birth = cell(&line);
	claims.sex = cell(&line);
	return desk_sign(desk, &claims, ret);
}

/* Whatever the header promises, the signature is the key's. */
static enum cccd_err sign_raw(const struct desk *desk, char *line,
                              struct buf *ret)
{
	uint8_t signature[SIGN_LEN];
	const char *header = cell(&line);
	const char *payload = cell(&line);

	if (header == NULL || payload == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(base64url_append(span_text(header), ret));
	TRY(buf_append_byte(ret, '.'));
	TRY(base64url_append(span_text(payload), ret));
	TRY(sign_pair_sign(desk->pair, buf_span(ret), signature));
	TRY(buf_append_byte(ret, '.'));
	return base64url_append(SPAN(signature), ret);
}

static enum cccd_err serve_line(const struct desk *desk, char *line)
{
	BUF token = buf_make(TOKEN_MAX);
	const char *first = cell(&line);

	if (first != NULL && strcmp(first, "raw") == 0)
		TRY(sign_raw(desk, line, &token));
	else
		TRY(sign_claims(desk, first, line, &token));
	(void)printf("%.*s\n", (int)token.len, (const char *)token.at);
	return fflush(stdout) == 0 ? CCCD_OK : CCCD_ERR_INTERNAL;
}

int main(void)
{
	struct desk desk = { .pair = NULL };
	char *line = NULL;
	size_t room = 0;
	enum cccd_err err = desk_make(&desk);

	if (err == CCCD_OK &&
	    (printf("%s\n", desk.jwk.text) < 0 || fflush(stdout) != 0))
		err = CCCD_ERR_INTERNAL;
	while (err == CCCD_OK && getline(&line, &room, stdin) >= 0)
		err = serve_line(&desk, line);
	free(line);
	desk_release(&desk);
	return err == CCCD_OK ? 0 : 1;
}
