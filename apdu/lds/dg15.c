/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 15 [9303-10 4.7.15] and SubjectPublicKeyInfo [RFC 5280 4.1]. */
#include "apdu/lds/dg15.h"

#include "apdu/tlv/tlv.h"

enum { TAG_DG15 = 0x6F };

static const uint8_t oid_rsa[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
	                           0x0D, 0x01, 0x01, 0x01 };
static const uint8_t oid_rsa_pss[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
	                               0x0D, 0x01, 0x01, 0x0A };
static const uint8_t oid_ec[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };
static const uint8_t oid_dh_x942[] = {
	0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01
};
static const uint8_t oid_dh_pkcs3[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
	                                0x0D, 0x01, 0x03, 0x01 };
/* standardizedDomainParameters [9303-11 9.5.1] */
static const uint8_t oid_standardized[] = { 0x04, 0x00, 0x7F, 0x00,
	                                    0x07, 0x01, 0x02 };

/* [9303-11 9.5.1] by parameterId; 0 where nothing is assigned */
struct parameter_row {
	enum cccd_key_type type;
	uint16_t bits;
};

static const struct parameter_row parameters[] = {
	[0] = { CCCD_KEY_DH, 1024 }, [1] = { CCCD_KEY_DH, 2048 },
	[2] = { CCCD_KEY_DH, 2048 }, [8] = { CCCD_KEY_EC, 192 },
	[9] = { CCCD_KEY_EC, 192 },  [10] = { CCCD_KEY_EC, 224 },
	[11] = { CCCD_KEY_EC, 224 }, [12] = { CCCD_KEY_EC, 256 },
	[13] = { CCCD_KEY_EC, 256 }, [14] = { CCCD_KEY_EC, 320 },
	[15] = { CCCD_KEY_EC, 384 }, [16] = { CCCD_KEY_EC, 384 },
	[17] = { CCCD_KEY_EC, 512 }, [18] = { CCCD_KEY_EC, 521 },
};

/* Bits of an INTEGER, its sign byte and leading zeros left out. */
static size_t integer_bits(struct span value)
{
	size_t bits = 0;

	while (value.len > 0 && value.at[0] == 0)
		value = span_after(value, 1);
	if (value.len == 0)
		return 0;
	for (unsigned int first = value.at[0]; first > 0; first >>= 1)
		bits++;
	return bits + 8 * (value.len - 1);
}

/* The contents of the key's BIT STRING [X.690 8.6]: whole bytes. */
static enum cccd_err key_bytes(struct span value, struct span *ret)
{
	if (value.len == 0 || value.at[0] != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = span_after(value, 1);
	return CCCD_OK;
}

/* RSAPublicKey [RFC 8017 A.1.1] */
static enum cccd_err look_rsa(struct span bits, struct cccd_public_key *key)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	struct span modulus = { 0 };

	TRY(tlv_only(bits, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_INTEGER, &modulus));
	TRY(tlv_expect(&reader, TAG_INTEGER, &value));
	TRY(tlv_end(&reader));
	key->type = CCCD_KEY_RSA;
	key->bits = integer_bits(modulus);
	return CCCD_OK;
}

/* ECParameters, only as far as the prime [RFC 3279 2.3.5] */
static enum cccd_err look_explicit_curve(struct span value,
                                         struct cccd_public_key *key)
{
	struct tlv_reader reader = tlv_open(value);
	struct span field = { 0 };
	struct span part = { 0 };

	TRY(tlv_expect(&reader, TAG_INTEGER, &part)); /* version */
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &field));
	reader = tlv_open(field);
	TRY(tlv_expect(&reader, TAG_OID, &part));
	/* A prime field's parameter is its prime; others stay 0 bits. */
	if (tlv_peek(&reader) == TAG_INTEGER) {
		TRY(tlv_expect(&reader, TAG_INTEGER, &part));
		key->bits = integer_bits(part);
	}
	key->explicit_parameters = true;
	return CCCD_OK;
}

/* P-521 fills its 66 bytes with 521 bits; all others are whole bytes. */
static size_t bits_of_point(struct span point)
{
	enum { UNCOMPRESSED = 0x04, P521_COORDINATE = 66 };
	size_t coordinate = (point.len - 1) / 2;

	if (point.len < 3 || point.at[0] != UNCOMPRESSED)
		return 0;
	return coordinate == P521_COORDINATE ? 521 : 8 * coordinate;
}

static enum cccd_err look_ec(const struct tlv *parameter, struct span bits,
                             struct cccd_public_key *key)
{
	key->type = CCCD_KEY_EC;
	if (parameter->tag == TAG_SEQUENCE)
		return look_explicit_curve(parameter->value, key);
	if (parameter->tag != TAG_OID)
		return CCCD_ERR_DATA_MALFORMED;
	key->curve = span_bytes(parameter->value);
	key->bits = bits_of_point(bits);
	return CCCD_OK;
}

/* DomainParameters and DHParameter both begin with the prime. */
static enum cccd_err look_dh(const struct tlv *parameter,
                             struct cccd_public_key *key)
{
	struct tlv_reader reader = tlv_open(parameter->value);
	struct span prime = { 0 };

	if (parameter->tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(tlv_expect(&reader, TAG_INTEGER, &prime));
	key->type = CCCD_KEY_DH;
	key->bits = integer_bits(prime);
	key->explicit_parameters = true;
	return CCCD_OK;
}

static enum cccd_err look_standardized(const struct tlv *parameter,
                                       struct cccd_public_key *key)
{
	if (parameter->tag != TAG_INTEGER)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(tlv_unsigned(parameter->value, &key->parameter_id));
	key->has_parameter_id = true;
	if (key->parameter_id >= ARRAY_LEN(parameters))
		return CCCD_OK;
	key->type = parameters[key->parameter_id].type;
	key->bits = parameters[key->parameter_id].bits;
	return CCCD_OK;
}

static enum cccd_err look_by_algorithm(struct span oid,
                                       const struct tlv *parameter,
                                       struct span bits,
                                       struct cccd_public_key *key)
{
	if (span_equal(oid, SPAN(oid_rsa)) ||
	    span_equal(oid, SPAN(oid_rsa_pss)))
		return look_rsa(bits, key);
	if (span_equal(oid, SPAN(oid_ec)))
		return look_ec(parameter, bits, key);
	if (span_equal(oid, SPAN(oid_dh_x942)) ||
	    span_equal(oid, SPAN(oid_dh_pkcs3)))
		return look_dh(parameter, key);
	if (span_equal(oid, SPAN(oid_standardized)))
		return look_standardized(parameter, key);
	return CCCD_OK;
}

enum cccd_err public_key_look(struct span spki, struct cccd_public_key *ret)
{
	struct cccd_public_key key = { .whole = span_bytes(spki) };
	struct tlv_reader reader = { 0 };
	struct tlv parameter = { 0 };
	struct span algorithm = { 0 };
	struct span value = { 0 };
	struct span bits = { 0 };
	struct span oid = { 0 };

	TRY(tlv_only(spki, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &algorithm));
	TRY(tlv_expect(&reader, TAG_BIT_STRING, &value));
	TRY(tlv_end(&reader));
	TRY(key_bytes(value, &bits));
	reader = tlv_open(algorithm);
	TRY(tlv_expect(&reader, TAG_OID, &oid));
	if (!tlv_at_end(&reader))
		TRY(tlv_next(&reader, &parameter));
	TRY(tlv_end(&reader));
	key.algorithm = span_bytes(oid);
	TRY(look_by_algorithm(oid, &parameter, bits, &key));
	*ret = key;
	return CCCD_OK;
}

enum cccd_err dg15_parse(struct span file, struct cccd_public_key *ret)
{
	struct span value = { 0 };

	TRY(tlv_only(file, TAG_DG15, &value));
	return public_key_look(value, ret);
}
