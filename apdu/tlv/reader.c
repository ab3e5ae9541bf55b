/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one level of BER-TLV objects at a time: X.690 8.1, ISO 7816-4 6. */
#include "apdu/tlv/tlv.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	TAG_LONG_FORM = 0x1F, /* low five bits of a first tag byte */
	TAG_CONTINUES = 0x80, /* a further tag byte follows */
	TAG_BYTES_MAX = 3,
	LENGTH_LONG_FORM = 0x80,
	LENGTH_BYTES_MAX = 4,
};

/* [X.690 8.1.2] */
static enum cccd_err read_tag(struct span bytes, struct tlv_head *ret)
{
	uint32_t tag = 0;
	size_t used = 1;

	if (bytes.len == 0)
		return CCCD_ERR_DATA_TRUNCATED;
	tag = bytes.at[0];
	/* Tag 0 is end-of-contents, or padding: never an object. */
	if (tag == 0)
		return CCCD_ERR_DATA_MALFORMED;
	if ((tag & TAG_LONG_FORM) == TAG_LONG_FORM) {
		do {
			if (used == TAG_BYTES_MAX)
				return CCCD_ERR_DATA_MALFORMED;
			if (used == bytes.len)
				return CCCD_ERR_DATA_TRUNCATED;
			tag = tag << 8 | bytes.at[used];
			used++;
		} while ((tag & TAG_CONTINUES) != 0);
		/* [X.690 8.1.2.4.2 c)] no leading zero bits */
		if (bytes.at[1] == TAG_CONTINUES)
			return CCCD_ERR_DATA_MALFORMED;
	}
	ret->tag = tag;
	ret->head_len = used;
	return CCCD_OK;
}

/* [X.690 8.1.3] */
static enum cccd_err read_length(struct span bytes, struct tlv_head *ret)
{
	size_t value_len = 0;
	size_t count = 0;

	if (bytes.len == 0)
		return CCCD_ERR_DATA_TRUNCATED;
	ret->indefinite = bytes.at[0] == LENGTH_LONG_FORM;
	if ((bytes.at[0] & LENGTH_LONG_FORM) == 0) {
		value_len = bytes.at[0];
	} else {
		count = bytes.at[0] & ~(unsigned int)LENGTH_LONG_FORM;
		if (count > LENGTH_BYTES_MAX)
			return CCCD_ERR_DATA_MALFORMED;
		if (count > bytes.len - 1)
			return CCCD_ERR_DATA_TRUNCATED;
		for (size_t i = 0; i < count; i++)
			value_len = value_len << 8 | bytes.at[1 + i];
	}
	ret->value_len = value_len;
	ret->head_len += 1 + count;
	return CCCD_OK;
}

enum cccd_err tlv_read_head(struct span bytes, struct tlv_head *ret)
{
	struct tlv_head head = { 0 };

	TRY(read_tag(bytes, &head));
	TRY(read_length(span_after(bytes, head.head_len), &head));
	*ret = head;
	return CCCD_OK;
}

struct tlv_reader tlv_open(struct span bytes)
{
	return (struct tlv_reader){ .rest = bytes };
}

struct tlv_reader tlv_open_der(struct span bytes)
{
	return (struct tlv_reader){ .rest = bytes, .der = true };
}

bool tlv_at_end(const struct tlv_reader *reader)
{
	return reader->rest.len == 0;
}

static size_t tag_len(uint32_t tag)
{
	return tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
}

static size_t length_len(size_t len)
{
	size_t count = 1;

	if (len < LENGTH_LONG_FORM)
		return count;
	for (; len > 0; len >>= 8)
		count++;
	return count;
}

/* [X.690 10.1] the shortest form; and of the tag, 8.1.2.2 */
static bool is_der(const struct tlv_head *head)
{
	if (tag_len(head->tag) == 2 && (head->tag & 0xFF) < TAG_LONG_FORM)
		return false;
	return head->head_len ==
	       tag_len(head->tag) + length_len(head->value_len);
}

enum cccd_err tlv_next(struct tlv_reader *reader, struct tlv *ret)
{
	struct tlv_head head = { 0 };
	struct tlv object = { 0 };

	if (tlv_at_end(reader))
		return CCCD_ERR_DATA_MISSING;
	TRY(tlv_read_head(reader->rest, &head));
	if (head.indefinite || (reader->der && !is_der(&head)))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(span_sub(reader->rest, head.head_len, head.value_len,
	             &object.value));
	object.tag = head.tag;
	object.whole = span_first(reader->rest, head.head_len + head.value_len);
	reader->rest = span_after(reader->rest, object.whole.len);
	*ret = object;
	return CCCD_OK;
}

uint32_t tlv_peek(const struct tlv_reader *reader)
{
	struct tlv_head head = { 0 };

	if (tlv_read_head(reader->rest, &head) != CCCD_OK)
		return 0;
	return head.tag;
}

enum cccd_err tlv_expect(struct tlv_reader *reader, uint32_t tag,
                         struct span *ret_value)
{
	struct tlv_reader ahead = *reader;
	struct tlv object = { 0 };

	TRY(tlv_next(&ahead, &object));
	if (object.tag != tag)
		return CCCD_ERR_DATA_MISSING;
	*reader = ahead;
	*ret_value = object.value;
	return CCCD_OK;
}

enum cccd_err tlv_optional(struct tlv_reader *reader, uint32_t tag,
                           struct span *ret_value, bool *ret_present)
{
	enum cccd_err err = tlv_expect(reader, tag, ret_value);

	if (err != CCCD_OK && err != CCCD_ERR_DATA_MISSING)
		return err;
	*ret_present = err == CCCD_OK;
	return CCCD_OK;
}

enum cccd_err tlv_end(const struct tlv_reader *reader)
{
	return tlv_at_end(reader) ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}

enum cccd_err tlv_only(struct span bytes, uint32_t tag, struct span *ret_value)
{
	struct tlv_reader reader = tlv_open(bytes);
	struct span value = { 0 };

	TRY(tlv_expect(&reader, tag, &value));
	TRY(tlv_end(&reader));
	*ret_value = value;
	return CCCD_OK;
}

enum cccd_err tlv_unsigned(struct span value, uint32_t *ret)
{
	uint32_t number = 0;

	if (value.len == 0 || (value.at[0] & 0x80) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	if (value.at[0] == 0)
		value = span_after(value, 1);
	if (value.len > sizeof(number))
		return CCCD_ERR_DATA_MALFORMED;
	for (size_t i = 0; i < value.len; i++)
		number = number << 8 | value.at[i];
	*ret = number;
	return CCCD_OK;
}

/* One subidentifier [X.690 8.19.2]; false when malformed or over 32 bits. */
static bool next_arc(struct span *rest, uint32_t *ret)
{
	uint32_t arc = 0;
	uint8_t byte = 0;

	if (rest->len == 0 || rest->at[0] == 0x80)
		return false;
	do {
		if (rest->len == 0 || arc > UINT32_MAX >> 7)
			return false;
		byte = rest->at[0];
		arc = arc << 7 | (byte & 0x7FU);
		*rest = span_after(*rest, 1);
	} while ((byte & 0x80) != 0);
	*ret = arc;
	return true;
}

void oid_text(struct span value, char text[static OID_TEXT_MAX])
{
	struct span rest = value;
	uint32_t arc = 0;
	size_t used = 0;
	int n = 0;

	text[0] = '\0';
	while (rest.len > 0) {
		if (!next_arc(&rest, &arc))
			goto malformed;
		if (used == 0) {
			/* [X.690 8.19.4] the first two arcs share one */
			uint32_t root = arc < 80 ? arc / 40 : 2;

			n = snprintf(text, OID_TEXT_MAX, "%" PRIu32 ".%" PRIu32,
			             root, arc - root * 40);
		} else {
			n = snprintf(text + used, OID_TEXT_MAX - used,
			             ".%" PRIu32, arc);
		}
		if (n < 0 || (size_t)n >= OID_TEXT_MAX - used)
			goto malformed;
		used += (size_t)n;
	}
	return;
malformed:
	text[0] = '\0';
}
