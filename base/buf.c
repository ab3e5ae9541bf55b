/* SPDX-License-Identifier: Apache-2.0 */
/* Growing output that cannot exist without a maximum. */
#include "base/buf.h"

#include <stdlib.h>

#include "base/secret.h"

enum { BUF_FIRST = 64 };

/* Not realloc: what is left behind might be a secret. */
static enum cccd_err buf_move(struct buf *buf, size_t cap)
{
	uint8_t *at = malloc(cap);

	if (at == NULL)
		return CCCD_ERR_MEMORY;
	if (buf->len > 0)
		memcpy(at, buf->at, buf->len);
	wipe(buf->at, buf->cap);
	free(buf->at);
	buf->at = at;
	buf->cap = cap;
	return CCCD_OK;
}

enum cccd_err buf_reserve(struct buf *buf, size_t len)
{
	size_t cap = buf->cap < BUF_FIRST ? BUF_FIRST : buf->cap;

	if (len > buf->max)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (len <= buf->cap)
		return CCCD_OK;
	while (cap < len)
		cap *= 2;
	if (cap > buf->max)
		cap = buf->max;
	return buf_move(buf, cap);
}

enum cccd_err buf_append(struct buf *buf, struct span bytes)
{
	if (bytes.len > buf->max - buf->len)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(buf_reserve(buf, buf->len + bytes.len));
	if (bytes.len > 0)
		memcpy(buf->at + buf->len, bytes.at, bytes.len);
	buf->len += bytes.len;
	return CCCD_OK;
}

enum cccd_err buf_append_byte(struct buf *buf, uint8_t byte)
{
	return buf_append(buf, span_of(&byte, 1));
}

enum cccd_err buf_set(struct buf *buf, struct span bytes)
{
	TRY(buf_reserve(buf, bytes.len));
	buf_reset(buf);
	return buf_append(buf, bytes);
}

void buf_reset(struct buf *buf)
{
	wipe(buf->at, buf->len);
	buf->len = 0;
}

void buf_release(struct buf *buf)
{
	if (buf == NULL)
		return;
	wipe(buf->at, buf->cap);
	free(buf->at);
	*buf = (struct buf){ .max = buf->max };
}
