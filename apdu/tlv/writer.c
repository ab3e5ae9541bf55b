/* SPDX-License-Identifier: Apache-2.0 */
/* Writes BER-TLV with the shortest lengths [X.690 10.1]; latches failure. */
#include "apdu/tlv/tlv.h"

enum { TAG_MAX = 0xFFFFFF };

struct tlv_writer tlv_writer(uint8_t *at, size_t cap)
{
	return (struct tlv_writer){ .at = at, .cap = cap };
}

static void latch(struct tlv_writer *writer, enum cccd_err err)
{
	if (writer->err == CCCD_OK)
		writer->err = err;
}

static void put_byte(struct tlv_writer *writer, size_t byte)
{
	if (writer->err != CCCD_OK)
		return;
	if (writer->len == writer->cap) {
		latch(writer, CCCD_ERR_DATA_TOO_LARGE);
		return;
	}
	writer->at[writer->len++] = (uint8_t)byte;
}

static void put_tag(struct tlv_writer *writer, uint32_t tag)
{
	if (tag == 0 || tag > TAG_MAX) {
		latch(writer, CCCD_ERR_INTERNAL);
		return;
	}
	if (tag > 0xFFFF)
		put_byte(writer, tag >> 16);
	if (tag > 0xFF)
		put_byte(writer, tag >> 8 & 0xFF);
	put_byte(writer, tag & 0xFF);
}

/* Bytes after the first of a length field [X.690 8.1.3.5]. */
static size_t length_extra(size_t len)
{
	size_t count = 0;

	if (len < 0x80)
		return 0;
	for (; len > 0; len >>= 8)
		count++;
	return count;
}

static void put_length(struct tlv_writer *writer, size_t len)
{
	size_t count = length_extra(len);

	if (len > UINT32_MAX) {
		latch(writer, CCCD_ERR_DATA_TOO_LARGE);
		return;
	}
	if (count == 0) {
		put_byte(writer, len);
		return;
	}
	put_byte(writer, 0x80 | count);
	while (count-- > 0)
		put_byte(writer, len >> 8 * count & 0xFF);
}

void tlv_put_raw(struct tlv_writer *writer, struct span bytes)
{
	if (writer->err != CCCD_OK || bytes.len == 0)
		return;
	if (bytes.len > writer->cap - writer->len) {
		latch(writer, CCCD_ERR_DATA_TOO_LARGE);
		return;
	}
	memcpy(writer->at + writer->len, bytes.at, bytes.len);
	writer->len += bytes.len;
}

void tlv_put_head(struct tlv_writer *writer, uint32_t tag, size_t len)
{
	put_tag(writer, tag);
	put_length(writer, len);
}

void tlv_put(struct tlv_writer *writer, uint32_t tag, struct span value)
{
	tlv_put_head(writer, tag, value.len);
	tlv_put_raw(writer, value);
}

size_t tlv_begin(struct tlv_writer *writer, uint32_t tag)
{
	put_tag(writer, tag);
	return writer->len;
}

void tlv_finish(struct tlv_writer *writer, size_t mark)
{
	size_t len = 0;
	size_t field = 0;

	if (writer->err != CCCD_OK)
		return;
	if (mark > writer->len) {
		latch(writer, CCCD_ERR_INTERNAL);
		return;
	}
	/* The length was not known before: make room for it. */
	len = writer->len - mark;
	field = 1 + length_extra(len);
	if (field > writer->cap - writer->len) {
		latch(writer, CCCD_ERR_DATA_TOO_LARGE);
		return;
	}
	memmove(writer->at + mark + field, writer->at + mark, len);
	writer->len = mark;
	put_length(writer, len);
	writer->len += len;
}

enum cccd_err tlv_written(const struct tlv_writer *writer, struct span *ret)
{
	if (writer->err != CCCD_OK)
		return writer->err;
	*ret = span_of(writer->at, writer->len);
	return CCCD_OK;
}
