/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic curves by name or by their spelled-out parameters. */
#include "apdu/auth/ec_curve.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "apdu/auth/oid.h"

/* The curves that documents are signed on [TR-03110-3 A.2.1.1 and older]. */
static const struct {
	const char *name;
	const char *oid;
	int nid;
	size_t field_len;
} curves[] = {
	{ "prime192v1", "1.2.840.10045.3.1.1", NID_X9_62_prime192v1, 24 },
	{ "secp224r1", "1.3.132.0.33", NID_secp224r1, 28 },
	{ "prime256v1", "1.2.840.10045.3.1.7", NID_X9_62_prime256v1, 32 },
	{ "secp384r1", "1.3.132.0.34", NID_secp384r1, 48 },
	{ "secp521r1", "1.3.132.0.35", NID_secp521r1, 66 },
	{ "brainpoolP160r1", "1.3.36.3.3.2.8.1.1.1", NID_brainpoolP160r1, 20 },
	{ "brainpoolP192r1", "1.3.36.3.3.2.8.1.1.3", NID_brainpoolP192r1, 24 },
	{ "brainpoolP224r1", "1.3.36.3.3.2.8.1.1.5", NID_brainpoolP224r1, 28 },
	{ "brainpoolP256r1", "1.3.36.3.3.2.8.1.1.7", NID_brainpoolP256r1, 32 },
	{ "brainpoolP320r1", "1.3.36.3.3.2.8.1.1.9", NID_brainpoolP320r1, 40 },
	{ "brainpoolP384r1", "1.3.36.3.3.2.8.1.1.11", NID_brainpoolP384r1, 48 },
	{ "brainpoolP512r1", "1.3.36.3.3.2.8.1.1.13", NID_brainpoolP512r1, 64 },
};

/* struct parameters - ECParameters, unsigned numbers without leading zeros. */
struct parameters {
	struct span p, a, b, base, order, cofactor;
};

static struct span strip_zeros(struct span number)
{
	while (number.len > 0 && number.at[0] == 0)
		number = span_after(number, 1);
	return number;
}

static enum cccd_err read_number(struct tlv_reader *reader, struct span *ret)
{
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_INTEGER, &value));
	if (value.len == 0 || (value.at[0] & 0x80) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = strip_zeros(value);
	return CCCD_OK;
}

static enum cccd_err read_field(struct span value, struct span *ret_p)
{
	struct tlv_reader reader = tlv_open(value);
	struct span oid = { 0 };

	TRY(tlv_expect(&reader, TAG_OID, &oid));
	if (!oid_is(oid, OID_PRIME_FIELD))
		return CCCD_ERR_CRYPTO_KEY;
	TRY(read_number(&reader, ret_p));
	return tlv_end(&reader);
}

static enum cccd_err read_curve(struct span value, struct parameters *ret)
{
	struct tlv_reader reader = tlv_open(value);

	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &ret->a));
	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &ret->b));
	ret->a = strip_zeros(ret->a);
	ret->b = strip_zeros(ret->b);
	/* A seed may follow: how b was found changes nothing. */
	return CCCD_OK;
}

/* [RFC 3279 2.3.5; X9.62 6.3] */
static enum cccd_err read_parameters(struct span value, struct parameters *ret)
{
	struct tlv_reader reader = tlv_open(value);
	struct span part = { 0 };

	TRY(tlv_expect(&reader, TAG_INTEGER, &part));
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &part));
	TRY(read_field(part, &ret->p));
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &part));
	TRY(read_curve(part, ret));
	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &ret->base));
	TRY(read_number(&reader, &ret->order));
	return read_number(&reader, &ret->cofactor);
}

static void group_cleanup(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void bn_cleanup(BIGNUM **bn)
{
	BN_free(*bn);
}

/* Whether @bn is the number @bytes; a NULL one equals nothing. */
static bool number_is(const BIGNUM *bn, struct span bytes)
{
	uint8_t is[EC_FIELD_MAX + 1];
	int len = bn == NULL ? -1 : BN_num_bytes(bn);

	if (len < 0 || (size_t)len > sizeof(is) || (size_t)len != bytes.len)
		return false;
	(void)BN_bn2bin(bn, is);
	return span_equal(span_of(is, (size_t)len), bytes);
}

static bool curve_is(const EC_GROUP *group, const struct parameters *params)
{
	CLEANUP(bn_cleanup) BIGNUM *p = BN_new();
	CLEANUP(bn_cleanup) BIGNUM *a = BN_new();
	CLEANUP(bn_cleanup) BIGNUM *b = BN_new();

	if (p == NULL || a == NULL || b == NULL ||
	    EC_GROUP_get_curve(group, p, a, b, NULL) != 1)
		return false;
	return number_is(p, params->p) && number_is(a, params->a) &&
	       number_is(b, params->b) &&
	       number_is(EC_GROUP_get0_order(group), params->order) &&
	       number_is(EC_GROUP_get0_cofactor(group), params->cofactor);
}

static bool base_is_form(const EC_GROUP *group, struct span base,
                         point_conversion_form_t form)
{
	uint8_t is[2 * EC_FIELD_MAX + 1];
	size_t len = EC_POINT_point2oct(group, EC_GROUP_get0_generator(group),
	                                form, is, sizeof(is), NULL);

	return len > 0 && span_equal(span_of(is, len), base);
}

static bool base_is(const EC_GROUP *group, struct span base)
{
	return base_is_form(group, base, POINT_CONVERSION_UNCOMPRESSED) ||
	       base_is_form(group, base, POINT_CONVERSION_COMPRESSED);
}

static enum cccd_err find_explicit(const struct parameters *params,
                                   const char **ret_name)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		CLEANUP(group_cleanup) EC_GROUP *group = NULL;

		if (curves[i].field_len != params->p.len)
			continue;
		group = EC_GROUP_new_by_curve_name(curves[i].nid);
		if (group == NULL)
			return CCCD_ERR_MEMORY;
		if (curve_is(group, params) && base_is(group, params->base)) {
			*ret_name = curves[i].name;
			return CCCD_OK;
		}
	}
	return CCCD_ERR_CRYPTO_KEY;
}

static enum cccd_err find_named(struct span oid, const char **ret_name)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (!oid_is(oid, curves[i].oid))
			continue;
		*ret_name = curves[i].name;
		return CCCD_OK;
	}
	return CCCD_ERR_CRYPTO_KEY;
}

enum cccd_err ec_curve_find(struct span parameters, const char **ret_name,
                            bool *ret_explicit)
{
	struct tlv_reader reader = tlv_open(parameters);
	struct parameters params = { 0 };
	struct tlv object = { 0 };

	TRY(tlv_next(&reader, &object));
	TRY(tlv_end(&reader));
	if (object.tag == TAG_OID) {
		TRY(find_named(object.value, ret_name));
		*ret_explicit = false;
		return CCCD_OK;
	}
	if (object.tag != TAG_SEQUENCE)
		return CCCD_ERR_CRYPTO_KEY;
	TRY(read_parameters(object.value, &params));
	TRY(find_explicit(&params, ret_name));
	*ret_explicit = true;
	return CCCD_OK;
}
