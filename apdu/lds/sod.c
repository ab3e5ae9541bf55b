/* SPDX-License-Identifier: Apache-2.0 */
/* EF.SOD: the list of hashes, Doc 9303-10 4.6.2 and appendix D. */
#include "apdu/lds/sod.h"

#include "apdu/lds/text.h"
#include "apdu/tlv/tlv.h"

enum { TAG_SOD = 0x77 };

static const uint8_t oid_sha1[] = { 0x2B, 0x0E, 0x03, 0x02, 0x1A };
/* 2.16.840.1.101.3.4.2 */
static const uint8_t oid_sha2[] = { 0x60, 0x86, 0x48, 0x01,
	                            0x65, 0x03, 0x04, 0x02 };

enum cccd_digest digest_of_algorithm(struct span algorithm)
{
	static const enum cccd_digest sha2[] = {
		CCCD_DIGEST_NONE,   CCCD_DIGEST_SHA256, CCCD_DIGEST_SHA384,
		CCCD_DIGEST_SHA512, CCCD_DIGEST_SHA224,
	};
	struct span value = { 0 };
	struct tlv_reader reader = { 0 };
	struct span oid = { 0 };

	if (tlv_only(algorithm, TAG_SEQUENCE, &value) != CCCD_OK)
		return CCCD_DIGEST_NONE;
	reader = tlv_open(value);
	if (tlv_expect(&reader, TAG_OID, &oid) != CCCD_OK)
		return CCCD_DIGEST_NONE;
	if (span_equal(oid, SPAN(oid_sha1)))
		return CCCD_DIGEST_SHA1;
	if (oid.len != sizeof(oid_sha2) + 1 ||
	    !span_equal(span_first(oid, sizeof(oid_sha2)), SPAN(oid_sha2)) ||
	    oid.at[sizeof(oid_sha2)] >= ARRAY_LEN(sha2))
		return CCCD_DIGEST_NONE;
	return sha2[oid.at[sizeof(oid_sha2)]];
}

/* DataGroupHash: kept whatever its number says. */
static enum cccd_err read_hash(struct span value,
                               struct cccd_data_group_hash *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span number = { 0 };
	struct span hash = { 0 };

	TRY(tlv_expect(&reader, TAG_INTEGER, &number));
	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &hash));
	TRY(tlv_end(&reader));
	TRY(tlv_unsigned(number, &ret->number));
	ret->hash = span_bytes(hash);
	return CCCD_OK;
}

static enum cccd_err read_hashes(struct span list, struct cccd_sod *sod)
{
	struct tlv_reader reader = tlv_open(list);
	struct span value = { 0 };

	while (!tlv_at_end(&reader)) {
		TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
		if (sod->hash_count == CCCD_SOD_HASHES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(read_hash(value, &sod->hashes[sod->hash_count]));
		sod->hash_count++;
	}
	return CCCD_OK;
}

/* LDSVersionInfo, version 1 only [9303-10 4.6.2.1] */
static enum cccd_err read_version_info(struct span value, struct cccd_sod *sod)
{
	struct tlv_reader reader = tlv_open(value);
	struct span text = { 0 };

	TRY(tlv_expect(&reader, TAG_PRINTABLE_STRING, &text));
	text_copy(text, sod->lds_version, sizeof(sod->lds_version));
	TRY(tlv_expect(&reader, TAG_PRINTABLE_STRING, &text));
	text_copy(text, sod->unicode_version, sizeof(sod->unicode_version));
	return tlv_end(&reader);
}

/* LDSSecurityObject [9303-10 4.6.2.3, D.2] */
static enum cccd_err read_security_object(struct span content,
                                          struct cccd_sod *sod)
{
	struct tlv_reader reader = { 0 };
	struct tlv algorithm = { 0 };
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_only(content, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_INTEGER, &value));
	TRY(tlv_unsigned(value, &sod->version));
	TRY(tlv_next(&reader, &algorithm));
	if (algorithm.tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	sod->digest_algorithm = span_bytes(algorithm.whole);
	sod->digest = digest_of_algorithm(algorithm.whole);
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
	TRY(read_hashes(value, sod));
	TRY(tlv_optional(&reader, TAG_SEQUENCE, &value, &present));
	if (present)
		TRY(read_version_info(value, sod));
	return tlv_end(&reader);
}

enum cccd_err sod_parse(struct span file, struct buf *memory,
                        struct cccd_sod *ret)
{
	struct cccd_sod sod = { 0 };
	struct span value = { 0 };
	size_t used = 0;

	TRY(tlv_normalise(file, memory, &used));
	sod.indefinite = !span_equal(buf_span(memory), span_first(file, used));
	TRY(tlv_only(buf_span(memory), TAG_SOD, &value));
	TRY(signed_data_parse(value, &sod.signed_data));
	TRY(read_security_object(bytes_span(sod.signed_data.content), &sod));
	*ret = sod;
	return CCCD_OK;
}

size_t sod_count_of(const struct cccd_sod *sod, uint32_t number)
{
	size_t count = 0;

	for (size_t i = 0; i < sod->hash_count; i++)
		count += sod->hashes[i].number == number;
	return count;
}

const struct cccd_data_group_hash *sod_hash_of(const struct cccd_sod *sod,
                                               uint32_t number)
{
	if (sod_count_of(sod, number) != 1)
		return NULL;
	for (size_t i = 0; i < sod->hash_count; i++)
		if (sod->hashes[i].number == number)
			return &sod->hashes[i];
	return NULL;
}
