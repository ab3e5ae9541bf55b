/* SPDX-License-Identifier: Apache-2.0 */
/* Header lines with credentials in them, wiped when they go. */
#include "service/gateway/connectors/headers.h"

#include "base/base64url.h"
#include "base/text.h"

/* A line break in a value would be a second header. */
static bool is_clean(const char *text)
{
	return text_is_utf8(span_text(text)) &&
	       !text_has_controls(span_text(text));
}

enum cccd_err headers_add(struct headers *headers, const char *name,
                          const char *prefix, const char *value)
{
	struct buf *line = NULL;

	if (!is_clean(name) || !is_clean(prefix) || !is_clean(value))
		return CCCD_ERR_DATA_MALFORMED;
	/* One place stays free for the NULL at the end. */
	if (headers->count + 1 >= HTTP_HEADERS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	line = &headers->lines[headers->count];
	*line = buf_make(HEADER_LINE_MAX);
	headers->count++;
	TRY(buf_append(line, span_text(name)));
	if (value[0] == '\0') {
		TRY(buf_append_byte(line, ';'));
		return buf_append_byte(line, '\0');
	}
	TRY(buf_append(line, span_text(": ")));
	TRY(buf_append(line, span_text(prefix)));
	TRY(buf_append(line, span_text(value)));
	return buf_append_byte(line, '\0');
}

void headers_set(const struct headers *headers, struct http_call *call)
{
	for (size_t i = 0; i < headers->count; i++)
		call->headers[i] = (const char *)headers->lines[i].at;
	call->headers[headers->count] = NULL;
}

void headers_release(struct headers *headers)
{
	for (size_t i = 0; i < headers->count; i++)
		buf_release(&headers->lines[i]);
	headers->count = 0;
}

enum cccd_err headers_base64(struct span bytes, struct buf *ret)
{
	buf_reset(ret);
	TRY(base64url_append(bytes, ret));
	for (size_t i = 0; i < ret->len; i++) {
		if (ret->at[i] == '-')
			ret->at[i] = '+';
		else if (ret->at[i] == '_')
			ret->at[i] = '/';
	}
	while (ret->len % 4 != 0)
		TRY(buf_append_byte(ret, '='));
	return buf_append_byte(ret, '\0');
}

enum cccd_err headers_basic(const char *user, const char *secret,
                            struct buf *ret)
{
	BUF pair = buf_make((size_t)4 * SETTING_SECRET_MAX);

	TRY(buf_append(&pair, span_text(user)));
	TRY(buf_append_byte(&pair, ':'));
	TRY(buf_append(&pair, span_text(secret)));
	return headers_base64(buf_span(&pair), ret);
}
