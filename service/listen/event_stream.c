/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events as bytes. [HTML 9.2.5] */
#include "service/listen/event_stream.h"

static enum cccd_err put_line(struct buf *ret, const char *field,
                              struct span value)
{
	TRY(buf_append(ret, span_text(field)));
	TRY(buf_append(ret, span_text(": ")));
	TRY(buf_append(ret, value));
	return buf_append_byte(ret, '\n');
}

static enum cccd_err put_name(struct buf *ret, const char *field,
                              const char *value)
{
	if (value == NULL)
		return CCCD_OK;
	for (const char *at = value; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			return CCCD_ERR_USAGE_ARGUMENT;
	return put_line(ret, field, span_text(value));
}

static size_t line_len(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.at[len] != '\n' && text.at[len] != '\r')
		len++;
	return len;
}

enum cccd_err event_write(const char *id, const char *event, struct span data,
                          struct buf *ret)
{
	bool more = true;

	TRY(put_name(ret, "id", id));
	TRY(put_name(ret, "event", event));
	while (more) {
		size_t len = line_len(data);

		TRY(put_line(ret, "data", span_first(data, len)));
		more = len < data.len;
		if (more && data.at[len] == '\r' && len + 1 < data.len &&
		    data.at[len + 1] == '\n')
			len++;
		data = span_after(data, len + 1);
	}
	return buf_append_byte(ret, '\n');
}
