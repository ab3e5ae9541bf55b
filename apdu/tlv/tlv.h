/* SPDX-License-Identifier: Apache-2.0 */
/* One reader and one writer for BER-TLV: ISO/IEC 7816-4 clause 6, X.690. */
#ifndef APDU_TLV_TLV_H
#define APDU_TLV_TLV_H

#include "base/buf.h"
#include "base/span.h"

/* Universal tags, X.680. */
enum {
	TAG_BOOLEAN = 0x01,
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_OCTET_STRING = 0x04,
	TAG_NULL = 0x05,
	TAG_OID = 0x06,
	TAG_UTF8_STRING = 0x0C,
	TAG_NUMERIC_STRING = 0x12,
	TAG_PRINTABLE_STRING = 0x13,
	TAG_T61_STRING = 0x14,
	TAG_IA5_STRING = 0x16,
	TAG_UTC_TIME = 0x17,
	TAG_GENERALIZED_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
};

/* A tag and a length need no more bytes than this. */
enum { TLV_HEAD_MAX = 8 };

/**
 * struct tlv_head - tag and length, before the value is there.
 * @tag:        1 to 3 bytes as one number, e.g. 0x7F61
 * @head_len:   bytes of tag and length
 * @value_len:  bytes of the value; 0 when @indefinite
 * @indefinite: length byte was 80 [X.690 8.1.3.6]
 */
struct tlv_head {
	uint32_t tag;
	size_t head_len;
	size_t value_len;
	bool indefinite;
};

/* struct tlv - one object; @whole includes its tag and length. */
struct tlv {
	uint32_t tag;
	struct span value;
	struct span whole;
};

/* struct tlv_reader - one level of objects; never recurses. */
struct tlv_reader {
	struct span rest;
	bool der;
};

/**
 * tlv_read_head() - tag and length at the start of @bytes.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TRUNCATED when more bytes are needed;
 * CCCD_ERR_DATA_MALFORMED for tags over 3 bytes or lengths over 4.
 */
CHECKED enum cccd_err tlv_read_head(struct span bytes, struct tlv_head *ret);

/* Read @bytes as BER: non-minimal lengths are accepted. */
struct tlv_reader tlv_open(struct span bytes);

/* Read @bytes strictly: minimal lengths only [X.690 10.1]. */
struct tlv_reader tlv_open_der(struct span bytes);

/* Whether nothing is left. */
bool tlv_at_end(const struct tlv_reader *reader);

/**
 * tlv_next() - the next object of this level; a failed call moves nothing.
 *
 * Indefinite lengths are refused: see tlv_normalise().
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING at the end;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err tlv_next(struct tlv_reader *reader, struct tlv *ret);

/* The tag of the next object, 0 at the end or when it cannot be read. */
uint32_t tlv_peek(const struct tlv_reader *reader);

/**
 * tlv_expect() - the next object, which must have @tag.
 *
 * Return: as tlv_next(); CCCD_ERR_DATA_MISSING for another tag.
 */
CHECKED enum cccd_err tlv_expect(struct tlv_reader *reader, uint32_t tag,
                                 struct span *ret_value);

/* As tlv_expect(), but another tag or the end only clears @ret_present. */
CHECKED enum cccd_err tlv_optional(struct tlv_reader *reader, uint32_t tag,
                                   struct span *ret_value, bool *ret_present);

/* CCCD_ERR_DATA_MALFORMED when something is left. */
CHECKED enum cccd_err tlv_end(const struct tlv_reader *reader);

/* The value of the only object in @bytes, which must have @tag. */
CHECKED enum cccd_err tlv_only(struct span bytes, uint32_t tag,
                               struct span *ret_value);

/**
 * tlv_unsigned() - a non-negative INTEGER's value as a number.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when empty, negative or over
 * 32 bits.
 */
CHECKED enum cccd_err tlv_unsigned(struct span value, uint32_t *ret);

enum { OID_TEXT_MAX = 128 };

/* "0.4.0.127.…" for people; "" when malformed or too long. */
void oid_text(struct span value, char text[static OID_TEXT_MAX]);

/**
 * tlv_normalise() - indefinite lengths to definite ones [X.690 8.1.3.6].
 * @bytes:    one object; trailing bytes after it are ignored
 * @ret_used: bytes of @bytes that belong to it, end-of-contents included
 *
 * Constructed OCTET STRINGs [X.690 8.7.3] become primitive ones. Iterative,
 * at most TLV_DEPTH_MAX levels deep. Already definite input is copied.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED;
 * CCCD_ERR_DATA_TOO_LARGE beyond @ret's maximum; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err tlv_normalise(struct span bytes, struct buf *ret,
                                    size_t *ret_used);

enum { TLV_DEPTH_MAX = 32 };

/**
 * struct tlv_writer - objects into fixed memory; the first failure stays.
 * @at:  caller's memory
 * @cap: its bytes
 * @len: bytes written
 * @err: checked once, by tlv_written()
 */
struct tlv_writer {
	uint8_t *at;
	size_t cap;
	size_t len;
	enum cccd_err err;
};

struct tlv_writer tlv_writer(uint8_t *at, size_t cap);

/* Bytes as they are. */
void tlv_put_raw(struct tlv_writer *writer, struct span bytes);

/* A primitive object with the shortest length form. */
void tlv_put(struct tlv_writer *writer, uint32_t tag, struct span value);

/* A tag and the length of a value that follows by other means. */
void tlv_put_head(struct tlv_writer *writer, uint32_t tag, size_t len);

/* Open a constructed object; hand the mark to tlv_finish(). */
size_t tlv_begin(struct tlv_writer *writer, uint32_t tag);

void tlv_finish(struct tlv_writer *writer, size_t mark);

/* What was written, or the first failure (CCCD_ERR_DATA_TOO_LARGE). */
CHECKED enum cccd_err tlv_written(const struct tlv_writer *writer,
                                  struct span *ret);

#endif
