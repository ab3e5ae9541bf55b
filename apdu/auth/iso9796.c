/* SPDX-License-Identifier: Apache-2.0 */
/* ISO/IEC 9796-2, digital signature scheme 1, as Doc 9303-11 6.1.2.2. */
#include "apdu/auth/iso9796.h"

enum {
	/* Nibbles of the header [ISO/IEC 9796-2 8.1]. */
	HEADER_PARTIAL = 0x6,
	HEADER_TOTAL = 0x4,
	PADDING_MORE = 0xB,
	PADDING_LAST = 0xA,
	TRAILER_IMPLICIT = 0xBC,
	TRAILER_EXPLICIT = 0xCC,
};

/* [9303-11 6.1.2.2] trailer option 2; 33 is SHA-1 as well. */
static const struct {
	uint8_t id;
	enum digest_id digest;
} hashes[] = {
	{ 0x33, DIGEST_SHA1 },   { 0x34, DIGEST_SHA256 },
	{ 0x35, DIGEST_SHA512 }, { 0x36, DIGEST_SHA384 },
	{ 0x38, DIGEST_SHA224 },
};

static enum cccd_err read_trailer(struct span *bytes, enum digest_id *ret)
{
	uint8_t id = 0;

	if (bytes->len < 2)
		return CCCD_ERR_DATA_MALFORMED;
	id = bytes->at[bytes->len - 2];
	if (bytes->at[bytes->len - 1] == TRAILER_IMPLICIT) {
		bytes->len -= 1;
		*ret = DIGEST_SHA1;
		return CCCD_OK;
	}
	if (bytes->at[bytes->len - 1] != TRAILER_EXPLICIT)
		return CCCD_ERR_DATA_MALFORMED;
	bytes->len -= 2;
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++)
		if (hashes[i].id == id) {
			*ret = hashes[i].digest;
			return CCCD_OK;
		}
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

/* 6A, or 6B BB … BA: nibbles B up to one nibble A. */
static enum cccd_err read_header(struct span *bytes, bool *ret_total)
{
	uint8_t first = 0;

	if (bytes->len == 0)
		return CCCD_ERR_DATA_MALFORMED;
	first = bytes->at[0];
	if (first >> 4 != HEADER_PARTIAL && first >> 4 != HEADER_TOTAL)
		return CCCD_ERR_DATA_MALFORMED;
	*ret_total = first >> 4 == HEADER_TOTAL;
	while ((bytes->at[0] & 0x0F) == PADDING_MORE) {
		*bytes = span_after(*bytes, 1);
		if (bytes->len == 0 || bytes->at[0] >> 4 != PADDING_MORE)
			return CCCD_ERR_DATA_MALFORMED;
	}
	if ((bytes->at[0] & 0x0F) != PADDING_LAST)
		return CCCD_ERR_DATA_MALFORMED;
	*bytes = span_after(*bytes, 1);
	return CCCD_OK;
}

enum cccd_err iso9796_parse(struct span representative,
                            struct iso9796_message *ret)
{
	struct span bytes = representative;
	size_t hash_len = 0;

	TRY(read_trailer(&bytes, &ret->digest));
	TRY(read_header(&bytes, &ret->total));
	hash_len = digest_len(ret->digest);
	if (bytes.len < hash_len)
		return CCCD_ERR_DATA_MALFORMED;
	ret->recovered = span_first(bytes, bytes.len - hash_len);
	ret->hash = span_after(bytes, bytes.len - hash_len);
	return CCCD_OK;
}

enum cccd_err iso9796_verify(const struct iso9796_message *message,
                             struct span rest, bool *ret_good)
{
	struct span recovered = message->recovered;
	struct digest digest = { .len = 0 };
	bool good = true;

	if (message->total) {
		good = recovered.len >= rest.len &&
		       span_equal(
		               span_after(recovered, recovered.len - rest.len),
		               rest);
		rest = span_of(NULL, 0);
	}
	TRY(digest_compute_pair(message->digest, recovered, rest, &digest));
	*ret_good = good && span_equal(digest_span(&digest), message->hash);
	return CCCD_OK;
}
