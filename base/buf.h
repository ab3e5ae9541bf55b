/* SPDX-License-Identifier: Apache-2.0 */
/* Growing output that cannot exist without a maximum. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"

/**
 * struct buf - owned, growing bytes.
 * @at:  the bytes, NULL while empty
 * @len: bytes in use
 * @cap: bytes allocated
 * @max: @len never exceeds this
 */
struct buf {
	uint8_t *at;
	size_t len;
	size_t cap;
	size_t max;
};

#define BUF CLEANUP(buf_release) struct buf

/* An empty buffer that refuses to grow beyond @max bytes. */
static inline struct buf buf_make(size_t max)
{
	return (struct buf){ .max = max };
}

static inline struct span buf_span(const struct buf *buf)
{
	return span_of(buf->at, buf->len);
}

/**
 * buf_reserve() - make room for @len bytes in all.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TOO_LARGE beyond the maximum;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err buf_reserve(struct buf *buf, size_t len);

/**
 * buf_append() - add bytes at the end; on failure nothing changes.
 * @bytes: may not point into @buf itself
 *
 * Return: as buf_reserve().
 */
CHECKED enum cccd_err buf_append(struct buf *buf, struct span bytes);

CHECKED enum cccd_err buf_append_byte(struct buf *buf, uint8_t byte);

/* Replace the contents; @bytes may not point into @buf. */
CHECKED enum cccd_err buf_set(struct buf *buf, struct span bytes);

/* Forget the contents (wiped), keep the memory. */
void buf_reset(struct buf *buf);

/* Wipe and free; accepts NULL and zeroed buffers. */
void buf_release(struct buf *buf);

#endif
