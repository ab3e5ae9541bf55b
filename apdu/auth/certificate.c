/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates as Doc 9303-12 7.1.1 profiles them, without trust. */
#include "apdu/auth/certificate.h"

#include "apdu/auth/certificate_ext.h"
#include "apdu/auth/der_time.h"
#include "apdu/auth/oid.h"

enum {
	TAG_VERSION = 0xA0,
	TAG_ISSUER_UNIQUE = 0x81,
	TAG_SUBJECT_UNIQUE = 0x82,
	TAG_EXTENSIONS = 0xA3,
	SERIAL_MAX = 64, /* 20 by the profile; some issuers exceed it */
};

/* As tlv_expect(), but gives the whole object. */
static enum cccd_err expect_whole(struct tlv_reader *reader, uint32_t tag,
                                  struct span *ret)
{
	struct tlv object = { 0 };

	if (tlv_peek(reader) != tag)
		return CCCD_ERR_DATA_MISSING;
	TRY(tlv_next(reader, &object));
	*ret = object.whole;
	return CCCD_OK;
}

static enum cccd_err read_bits(struct tlv_reader *reader, struct span *ret)
{
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_BIT_STRING, &value));
	if (value.len < 2 || value.at[0] != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = span_after(value, 1);
	return CCCD_OK;
}

static enum cccd_err read_version(struct tlv_reader *reader, uint32_t *ret)
{
	struct span value = { 0 };
	bool present = false;

	*ret = 0;
	TRY(tlv_optional(reader, TAG_VERSION, &value, &present));
	if (!present)
		return CCCD_OK;
	TRY(tlv_only(value, TAG_INTEGER, &value));
	return tlv_unsigned(value, ret);
}

static enum cccd_err read_validity(struct tlv_reader *reader,
                                   struct certificate *ret)
{
	struct tlv_reader inner = { 0 };
	struct span value = { 0 };
	struct tlv from = { 0 };
	struct tlv to = { 0 };
	bool irregular[2] = { false, false };

	TRY(tlv_expect(reader, TAG_SEQUENCE, &value));
	inner = tlv_open(value);
	TRY(tlv_next(&inner, &from));
	TRY(tlv_next(&inner, &to));
	TRY(tlv_end(&inner));
	TRY(der_time_parse(&from, &ret->not_before, &irregular[0]));
	TRY(der_time_parse(&to, &ret->not_after, &irregular[1]));
	ret->irregular_time = irregular[0] || irregular[1];
	return CCCD_OK;
}

static enum cccd_err read_tail(struct tlv_reader *reader,
                               struct certificate *ret)
{
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_optional(reader, TAG_ISSUER_UNIQUE, &value, &present));
	TRY(tlv_optional(reader, TAG_SUBJECT_UNIQUE, &value, &present));
	TRY(tlv_optional(reader, TAG_EXTENSIONS, &value, &present));
	TRY(tlv_end(reader));
	if (present)
		TRY(tlv_only(value, TAG_SEQUENCE, &value));
	else
		value = span_of(NULL, 0);
	return certificate_extensions_parse(value, &ret->ext);
}

static enum cccd_err read_tbs(struct span value, struct certificate *ret)
{
	struct tlv_reader reader = tlv_open(value);

	TRY(read_version(&reader, &ret->version));
	TRY(tlv_expect(&reader, TAG_INTEGER, &ret->serial));
	if (ret->serial.len == 0 || ret->serial.len > SERIAL_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->inner_algorithm));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->issuer));
	TRY(read_validity(&reader, ret));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->subject));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->spki));
	return read_tail(&reader, ret);
}

enum cccd_err certificate_parse(struct span der, struct certificate *ret)
{
	struct certificate certificate = { .whole = der };
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(der, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(expect_whole(&reader, TAG_SEQUENCE, &certificate.tbs));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &certificate.algorithm));
	TRY(read_bits(&reader, &certificate.signature));
	TRY(tlv_end(&reader));
	TRY(tlv_only(certificate.tbs, TAG_SEQUENCE, &value));
	TRY(read_tbs(value, &certificate));
	*ret = certificate;
	return CCCD_OK;
}

bool certificate_algorithms_agree(const struct certificate *certificate)
{
	return span_equal(certificate->algorithm, certificate->inner_algorithm);
}

bool certificate_is_self_issued(const struct certificate *certificate)
{
	return certificate_names_equal(certificate->issuer,
	                               certificate->subject);
}

enum cccd_err certificate_signed_by(const struct certificate *certificate,
                                    const struct public_key *key,
                                    struct signature_algorithm *ret_algorithm,
                                    bool *ret_good)
{
	struct signature_algorithm algorithm = { 0 };
	struct span identifier = { 0 };

	TRY(tlv_only(certificate->algorithm, TAG_SEQUENCE, &identifier));
	TRY(signature_algorithm_parse(identifier, DIGEST_NONE, &algorithm));
	TRY(signature_verify(&algorithm, key, certificate->tbs,
	                     certificate->signature, ret_good));
	if (ret_algorithm != NULL)
		*ret_algorithm = algorithm;
	return CCCD_OK;
}
