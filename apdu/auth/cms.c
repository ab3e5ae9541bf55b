/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData as documents and lists carry it: RFC 5652 5. */
#include "apdu/auth/cms.h"

#include "apdu/auth/oid.h"

enum {
	TAG_EXPLICIT_0 = 0xA0,
	TAG_CERTIFICATES = 0xA0,
	TAG_CRLS = 0xA1,
	TAG_SID_KEY_ID = 0x80,
	TAG_SIGNED_ATTRIBUTES = 0xA0,
	TAG_UNSIGNED_ATTRIBUTES = 0xA1,
	KEY_ID_MAX = 64,
};

static enum cccd_err read_version(struct tlv_reader *reader, uint32_t *ret)
{
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_INTEGER, &value));
	return tlv_unsigned(value, ret);
}

static enum cccd_err read_digests(struct tlv_reader *reader,
                                  struct cms_signed *ret)
{
	struct tlv_reader set = { 0 };
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_SET, &value));
	set = tlv_open(value);
	while (!tlv_at_end(&set)) {
		if (ret->digest_count == CMS_DIGESTS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_expect(&set, TAG_SEQUENCE, &value));
		ret->digests[ret->digest_count++] = value;
	}
	return CCCD_OK;
}

/* EncapsulatedContentInfo [RFC 5652 5.2] */
static enum cccd_err read_content(struct tlv_reader *reader,
                                  struct cms_signed *ret)
{
	struct tlv_reader inner = { 0 };
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_SEQUENCE, &value));
	inner = tlv_open(value);
	TRY(tlv_expect(&inner, TAG_OID, &ret->content_type));
	TRY(tlv_optional(&inner, TAG_EXPLICIT_0, &value, &ret->has_content));
	TRY(tlv_end(&inner));
	if (!ret->has_content)
		return CCCD_OK;
	return tlv_only(value, TAG_OCTET_STRING, &ret->content);
}

/* Only plain certificates; attribute certificates are passed over. */
static enum cccd_err read_certificates(struct tlv_reader *reader,
                                       struct cms_signed *ret)
{
	struct tlv_reader set = { 0 };
	struct span value = { 0 };
	struct tlv object = { 0 };
	bool present = false;

	TRY(tlv_optional(reader, TAG_CERTIFICATES, &value, &present));
	if (!present)
		return CCCD_OK;
	set = tlv_open(value);
	while (!tlv_at_end(&set)) {
		TRY(tlv_next(&set, &object));
		if (object.tag != TAG_SEQUENCE)
			continue;
		if (ret->certificate_count == CMS_CERTIFICATES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		ret->certificates[ret->certificate_count++] = object.whole;
	}
	return CCCD_OK;
}

/* SignerIdentifier: IssuerAndSerialNumber or [0] SubjectKeyIdentifier */
static enum cccd_err read_signer_id(struct tlv_reader *reader,
                                    struct cms_signer *ret)
{
	struct tlv_reader inner = { 0 };
	struct tlv object = { 0 };

	TRY(tlv_next(reader, &object));
	if (object.tag == TAG_SID_KEY_ID) {
		ret->key_id = object.value;
		return object.value.len == 0 || object.value.len > KEY_ID_MAX
		               ? CCCD_ERR_DATA_MALFORMED
		               : CCCD_OK;
	}
	if (object.tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	inner = tlv_open(object.value);
	TRY(tlv_next(&inner, &object));
	if (object.tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	ret->issuer = object.whole;
	TRY(tlv_expect(&inner, TAG_INTEGER, &ret->serial));
	return tlv_end(&inner);
}

static enum cccd_err read_signer(struct span value, struct cms_signer *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span unused = { 0 };
	bool present = false;

	TRY(read_version(&reader, &ret->version));
	TRY(read_signer_id(&reader, ret));
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &ret->digest_algorithm));
	TRY(tlv_optional(&reader, TAG_SIGNED_ATTRIBUTES, &ret->attributes,
	                 &ret->has_attributes));
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &ret->signature_algorithm));
	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &ret->signature));
	TRY(tlv_optional(&reader, TAG_UNSIGNED_ATTRIBUTES, &unused, &present));
	return tlv_end(&reader);
}

static enum cccd_err read_signers(struct tlv_reader *reader,
                                  struct cms_signed *ret)
{
	struct tlv_reader set = { 0 };
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_SET, &value));
	set = tlv_open(value);
	while (!tlv_at_end(&set)) {
		if (ret->signer_count == CMS_SIGNERS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_expect(&set, TAG_SEQUENCE, &value));
		TRY(read_signer(value, &ret->signers[ret->signer_count]));
		ret->signer_count++;
	}
	return ret->signer_count == 0 ? CCCD_ERR_DATA_MISSING : CCCD_OK;
}

static enum cccd_err read_signed_data(struct span value, struct cms_signed *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span unused = { 0 };

	TRY(read_version(&reader, &ret->version));
	TRY(read_digests(&reader, ret));
	TRY(read_content(&reader, ret));
	TRY(read_certificates(&reader, ret));
	TRY(tlv_optional(&reader, TAG_CRLS, &unused, &ret->has_crls));
	TRY(read_signers(&reader, ret));
	return tlv_end(&reader);
}

enum cccd_err cms_parse(struct span der, struct cms_signed *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	*ret = (struct cms_signed){ 0 };
	TRY(tlv_only(der, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_OID, &value));
	/* [pitfall 28] nothing but SignedData is even looked at */
	if (!oid_is(value, OID_SIGNED_DATA))
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(tlv_expect(&reader, TAG_EXPLICIT_0, &value));
	TRY(tlv_end(&reader));
	TRY(tlv_only(value, TAG_SEQUENCE, &value));
	return read_signed_data(value, ret);
}

bool cms_signer_is(const struct cms_signer *signer,
                   const struct certificate *certificate)
{
	if (signer->key_id.len > 0)
		return span_equal(signer->key_id,
		                  certificate->ext.subject_key_id);
	return span_equal(signer->serial, certificate->serial) &&
	       certificate_names_equal(signer->issuer, certificate->issuer);
}
