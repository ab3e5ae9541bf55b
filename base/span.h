/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes with their length: the form of every input. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cccd/bytes.h>
#include <cccd/error.h>

#include "base/macros.h"

struct span {
	const uint8_t *at;
	size_t len;
};

static inline struct span span_of(const void *at, size_t len)
{
	return (struct span){ .at = at, .len = len };
}

/* A whole array as a span. */
#define SPAN(array) span_of((array), sizeof(array))

/* The bytes of a C string, without its terminator. */
static inline struct span span_text(const char *text)
{
	return span_of(text, strlen(text));
}

static inline struct cccd_bytes span_bytes(struct span span)
{
	return (struct cccd_bytes){ .at = span.at, .len = span.len };
}

static inline struct span bytes_span(struct cccd_bytes bytes)
{
	return span_of(bytes.at, bytes.len);
}

/* Not constant time: for public data only. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* The first @len bytes; the caller has checked that they are there. */
static inline struct span span_first(struct span span, size_t len)
{
	return span_of(span.at, len < span.len ? len : span.len);
}

/* What follows the first @skip bytes; empty when there is nothing. */
static inline struct span span_after(struct span span, size_t skip)
{
	if (skip >= span.len)
		return span_of(NULL, 0);
	return span_of(span.at + skip, span.len - skip);
}

/**
 * span_sub() - @len bytes from @offset.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TRUNCATED when they are not all there.
 */
CHECKED static inline enum cccd_err span_sub(struct span span, size_t offset,
                                             size_t len, struct span *ret)
{
	if (offset > span.len || len > span.len - offset)
		return CCCD_ERR_DATA_TRUNCATED;
	*ret = len == 0 ? span_of(NULL, 0) : span_of(span.at + offset, len);
	return CCCD_OK;
}

#endif
