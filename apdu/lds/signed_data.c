/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a CMS SignedData, RFC 5652 5.1; nothing is verified here. */
#include "apdu/lds/sod.h"

#include "apdu/tlv/tlv.h"

enum {
	TAG_CONTENT = 0xA0,      /* [0] EXPLICIT */
	TAG_CERTIFICATES = 0xA0, /* [0] IMPLICIT */
	TAG_CRLS = 0xA1,         /* [1] IMPLICIT */
};

/* 1.2.840.113549.1.7.2 */
static const uint8_t oid_signed_data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
	                                   0x0D, 0x01, 0x07, 0x02 };

/* Whole SEQUENCEs of a SET; other kinds are passed over. */
static enum cccd_err list_sequences(struct span set, struct cccd_bytes *list,
                                    size_t max, size_t *ret_count)
{
	struct tlv_reader reader = tlv_open(set);
	struct tlv object = { 0 };
	size_t count = 0;

	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag != TAG_SEQUENCE)
			continue;
		if (count == max)
			return CCCD_ERR_DATA_TOO_LARGE;
		list[count++] = span_bytes(object.whole);
	}
	*ret_count = count;
	return CCCD_OK;
}

/* [RFC 5652 5.2] */
static enum cccd_err read_content(struct span value,
                                  struct cccd_signed_data *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span type = { 0 };
	struct span outer = { 0 };
	struct span content = { 0 };

	TRY(tlv_expect(&reader, TAG_OID, &type));
	TRY(tlv_expect(&reader, TAG_CONTENT, &outer));
	TRY(tlv_end(&reader));
	TRY(tlv_only(outer, TAG_OCTET_STRING, &content));
	ret->content_type = span_bytes(type);
	ret->content = span_bytes(content);
	return CCCD_OK;
}

/* [RFC 5652 5.1] */
static enum cccd_err read_signed_data(struct span value,
                                      struct cccd_signed_data *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span part = { 0 };
	bool present = false;

	TRY(tlv_expect(&reader, TAG_INTEGER, &part));
	TRY(tlv_unsigned(part, &ret->version));
	TRY(tlv_expect(&reader, TAG_SET, &part)); /* digestAlgorithms */
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &part));
	TRY(read_content(part, ret));
	TRY(tlv_optional(&reader, TAG_CERTIFICATES, &part, &present));
	if (present)
		TRY(list_sequences(part, ret->certificates,
		                   CCCD_SIGNED_DATA_CERTIFICATES_MAX,
		                   &ret->certificate_count));
	TRY(tlv_optional(&reader, TAG_CRLS, &part, &ret->has_crls));
	TRY(tlv_expect(&reader, TAG_SET, &part));
	TRY(list_sequences(part, ret->signers, CCCD_SIGNED_DATA_SIGNERS_MAX,
	                   &ret->signer_count));
	return tlv_end(&reader);
}

enum cccd_err signed_data_parse(struct span der, struct cccd_signed_data *ret)
{
	struct cccd_signed_data parts = { .whole = span_bytes(der) };
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	struct span type = { 0 };

	/* [RFC 5652 3] */
	TRY(tlv_only(der, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_OID, &type));
	if (!span_equal(type, SPAN(oid_signed_data)))
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(tlv_expect(&reader, TAG_CONTENT, &value));
	TRY(tlv_end(&reader));
	TRY(tlv_only(value, TAG_SEQUENCE, &value));
	TRY(read_signed_data(value, &parts));
	*ret = parts;
	return CCCD_OK;
}

enum cccd_err card_security_parse(struct span file, struct buf *memory,
                                  struct cccd_signed_data *ret)
{
	size_t used = 0;

	TRY(tlv_normalise(file, memory, &used));
	return signed_data_parse(buf_span(memory), ret);
}
