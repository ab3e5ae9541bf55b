/* SPDX-License-Identifier: Apache-2.0 */
/* A DER writer for tests: it writes what it is told, right or wrong. */
#include "tests/apdu/auth/zoo/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/objects.h>

static void need(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "zoo: %s\n", what);
	abort();
}

struct buf der_new(void)
{
	return buf_make(DER_MAX);
}

void der_raw(struct buf *out, struct span bytes)
{
	need(buf_append(out, bytes) == CCCD_OK, "buffer");
}

static void head(struct buf *out, unsigned int tag, size_t len)
{
	uint8_t bytes[6] = { (uint8_t)tag };
	size_t n = 1;

	if (len < 0x80) {
		bytes[n++] = (uint8_t)len;
	} else if (len < 0x100) {
		bytes[n++] = 0x81;
		bytes[n++] = (uint8_t)len;
	} else if (len < 0x10000) {
		bytes[n++] = 0x82;
		bytes[n++] = (uint8_t)(len >> 8);
		bytes[n++] = (uint8_t)len;
	} else {
		bytes[n++] = 0x83;
		bytes[n++] = (uint8_t)(len >> 16);
		bytes[n++] = (uint8_t)(len >> 8);
		bytes[n++] = (uint8_t)len;
	}
	der_raw(out, span_of(bytes, n));
}

void der_put(struct buf *out, unsigned int tag, struct span value)
{
	head(out, tag, value.len);
	der_raw(out, value);
}

size_t der_begin(const struct buf *out)
{
	return out->len;
}

void der_end(struct buf *out, size_t mark, unsigned int tag)
{
	BUF inner = der_new();

	der_raw(&inner, span_after(buf_span(out), mark));
	out->len = mark;
	der_put(out, tag, buf_span(&inner));
}

void der_oid(struct buf *out, const char *text)
{
	ASN1_OBJECT *object = OBJ_txt2obj(text, 1);
	uint8_t bytes[64];
	uint8_t *at = bytes;
	int len = object == NULL ? -1 : i2d_ASN1_OBJECT(object, &at);

	need(len > 0 && (size_t)len <= sizeof(bytes), text);
	der_raw(out, span_of(bytes, (size_t)len));
	ASN1_OBJECT_free(object);
}

void der_number(struct buf *out, unsigned long number)
{
	uint8_t bytes[5] = { 0, (uint8_t)(number >> 24),
		             (uint8_t)(number >> 16), (uint8_t)(number >> 8),
		             (uint8_t)number };
	size_t skip = 0;

	while (skip < 4 && bytes[skip] == 0 && bytes[skip + 1] < 0x80)
		skip++;
	der_put(out, 0x02, span_of(bytes + skip, 5 - skip));
}

void der_null(struct buf *out)
{
	der_put(out, 0x05, span_of(NULL, 0));
}

void der_text(struct buf *out, unsigned int tag, const char *text)
{
	der_put(out, tag, span_text(text));
}

void der_bits(struct buf *out, struct span bytes)
{
	size_t mark = der_begin(out);

	der_raw(out, SPAN(((const uint8_t[]){ 0 })));
	der_raw(out, bytes);
	der_end(out, mark, 0x03);
}

void der_time(struct buf *out, long long seconds, bool general)
{
	time_t when = (time_t)seconds;
	struct tm tm = { 0 };
	char text[24];

	need(gmtime_r(&when, &tm) != NULL, "time");
	need(strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm) > 0, "time");
	if (!general) /* two digits of the year */
		memmove(text, text + 2, sizeof(text) - 2);
	der_text(out, general ? 0x18 : 0x17, text);
}
