/* SPDX-License-Identifier: Apache-2.0 */
/* ECParameters by hand: X9.62 6.3, right or with one wrong number. */
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "tests/apdu/auth/zoo/zoo.h"

static void put_number(struct buf *out, const BIGNUM *number)
{
	uint8_t bytes[80] = { 0 };
	int len = BN_bn2bin(number, bytes + 1);
	bool pad = (bytes[1] & 0x80) != 0;

	der_put(out, 0x02,
	        span_of(bytes + (pad ? 0 : 1), (size_t)len + (pad ? 1 : 0)));
}

static void put_element(struct buf *out, const BIGNUM *number, int len)
{
	uint8_t bytes[80];

	if (BN_bn2binpad(number, bytes, len) != len)
		abort();
	der_put(out, 0x04, span_of(bytes, (size_t)len));
}

static void put_field(struct buf *out, const BIGNUM *p)
{
	size_t mark = der_begin(out);

	der_oid(out, "1.2.840.10045.1.1");
	put_number(out, p);
	der_end(out, mark, 0x30);
}

/* Twice the base point is a base point too, of another signature scheme. */
static void put_base(struct buf *out, const EC_GROUP *group, bool other)
{
	EC_POINT *point = EC_POINT_dup(EC_GROUP_get0_generator(group), group);
	uint8_t bytes[160];
	size_t len = 0;

	if (other && EC_POINT_dbl(group, point, point, NULL) != 1)
		abort();
	len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
	                         bytes, sizeof(bytes), NULL);
	der_put(out, 0x04, span_of(bytes, len));
	EC_POINT_free(point);
}

static void put_parameters(struct buf *out, const EC_GROUP *group,
                           enum zoo_defect defect)
{
	BIGNUM *p = BN_new();
	BIGNUM *a = BN_new();
	BIGNUM *b = BN_new();
	size_t whole = der_begin(out);
	size_t mark = 0;

	if (EC_GROUP_get_curve(group, p, a, b, NULL) != 1 ||
	    (defect == ZOO_DS_CURVE_COEFFICIENT && BN_add_word(b, 1) != 1))
		abort();
	der_number(out, 1);
	put_field(out, p);
	mark = der_begin(out);
	put_element(out, a, BN_num_bytes(p));
	put_element(out, b, BN_num_bytes(p));
	der_end(out, mark, 0x30);
	put_base(out, group, defect == ZOO_DS_CURVE_GENERATOR);
	put_number(out, EC_GROUP_get0_order(group));
	if (defect != ZOO_DS_CURVE_NO_COFACTOR)
		der_number(out, defect == ZOO_DS_CURVE_COFACTOR ? 2 : 1);
	der_end(out, whole, 0x30);
	BN_free(p);
	BN_free(a);
	BN_free(b);
}

void zoo_explicit_spki(EVP_PKEY *key, enum zoo_defect defect, struct buf *ret)
{
	EC_GROUP *group = NULL;
	uint8_t point[160];
	char name[64];
	size_t len = 0;
	size_t whole = der_begin(ret);
	size_t mark = der_begin(ret);

	if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME,
	                                   name, sizeof(name), NULL) != 1 ||
	    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
	                                    sizeof(point), &len) != 1)
		abort();
	group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(name));
	der_oid(ret, "1.2.840.10045.2.1");
	put_parameters(ret, group, defect);
	der_end(ret, mark, 0x30);
	der_bits(ret, span_of(point, len));
	der_end(ret, whole, 0x30);
	EC_GROUP_free(group);
}
