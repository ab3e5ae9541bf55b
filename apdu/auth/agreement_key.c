/* SPDX-License-Identifier: Apache-2.0 */
/* Static Diffie-Hellman keys of a chip: Doc 9303-11 9.2.6, 9.5. */
#include "apdu/auth/agreement_key.h"

#include "apdu/auth/ec_curve.h"
#include "apdu/auth/oid.h"

/* [9303-11 9.5.1, 9.5.2; PKCS#3 9] */
#define OID_STANDARDIZED     "0.4.0.127.0.7.1.2"
#define OID_DH_KEY_AGREEMENT "1.2.840.113549.1.3.1"
#define OID_DH_PUBLIC_NUMBER "1.2.840.10046.2.1"

/* struct parts - a SubjectPublicKeyInfo taken apart. */
struct parts {
	struct span oid;
	struct span parameters;
	struct span key;
};

static enum cccd_err read_parts(struct span spki, struct parts *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(spki, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
	TRY(tlv_expect(&reader, TAG_BIT_STRING, &ret->key));
	TRY(tlv_end(&reader));
	/* The first byte counts unused bits. */
	if (ret->key.len < 2 || ret->key.at[0] != 0)
		return CCCD_ERR_DATA_MALFORMED;
	ret->key = span_after(ret->key, 1);
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_OID, &ret->oid));
	ret->parameters = reader.rest;
	return CCCD_OK;
}

/* A positive INTEGER without its leading zeros. */
static enum cccd_err positive(struct span value, struct span *ret)
{
	if (value.len == 0 || (value.at[0] & 0x80) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	while (value.len > 0 && value.at[0] == 0)
		value = span_after(value, 1);
	*ret = value;
	return CCCD_OK;
}

static enum cccd_err next_positive(struct tlv_reader *reader, struct span *ret)
{
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_INTEGER, &value));
	return positive(value, ret);
}

static enum cccd_err standardized(struct span parameters, struct domain **ret)
{
	struct span value = { 0 };
	uint32_t id = 0;

	TRY(tlv_only(parameters, TAG_INTEGER, &value));
	TRY(tlv_unsigned(value, &id));
	return domain_from_id(id, ret);
}

static enum cccd_err curve(struct span parameters, struct domain **ret)
{
	const char *name = NULL;
	bool is_explicit = false;

	TRY(ec_curve_find(parameters, &name, &is_explicit));
	return domain_from_name(name, ret);
}

/* PKCS#3: p, g; X9.42: p, g, q. What follows them is of no use here. */
static enum cccd_err explicit_dh(struct span parameters, bool has_order,
                                 struct domain **ret)
{
	struct dh_parameters dh = { .q = { 0 } };
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(parameters, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(next_positive(&reader, &dh.p));
	TRY(next_positive(&reader, &dh.g));
	if (has_order)
		TRY(next_positive(&reader, &dh.q));
	return domain_from_dh(&dh, ret);
}

static enum cccd_err read_domain(const struct parts *parts, struct domain **ret)
{
	if (oid_is(parts->oid, OID_STANDARDIZED))
		return standardized(parts->parameters, ret);
	if (oid_is(parts->oid, OID_EC))
		return curve(parts->parameters, ret);
	if (oid_is(parts->oid, OID_DH_KEY_AGREEMENT))
		return explicit_dh(parts->parameters, false, ret);
	if (oid_is(parts->oid, OID_DH_PUBLIC_NUMBER))
		return explicit_dh(parts->parameters, true, ret);
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

static enum cccd_err read_key(const struct domain *domain, struct span key,
                              struct public_value *ret)
{
	/* A point stands as it is, a DH value as an INTEGER. */
	if (domain_kind(domain) == DOMAIN_DH) {
		TRY(tlv_only(key, TAG_INTEGER, &key));
		TRY(positive(key, &key));
	}
	if (key.len == 0 || key.len > sizeof(ret->bytes))
		return CCCD_ERR_CRYPTO_KEY;
	TRY(key_check(domain, key));
	memcpy(ret->bytes, key.at, key.len);
	ret->len = key.len;
	return CCCD_OK;
}

enum cccd_err agreement_key_parse(struct span spki, struct domain **ret_domain,
                                  struct public_value *ret)
{
	CLEANUP(domain_cleanup) struct domain *domain = NULL;
	struct parts parts = { .key = { 0 } };

	TRY(read_parts(spki, &parts));
	TRY(read_domain(&parts, &domain));
	TRY(read_key(domain, parts.key, ret));
	*ret_domain = domain;
	domain = NULL;
	return CCCD_OK;
}
