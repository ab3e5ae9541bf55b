/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 15 and what public keys say about themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/dg15.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

enum { FILE_MAX = 1024 };

/* Wraps an algorithm and key bytes into 6F { SubjectPublicKeyInfo }. */
static struct span make(struct span algorithm, struct span key, uint8_t *memory)
{
	struct tlv_writer writer = tlv_writer(memory, FILE_MAX);
	size_t file = tlv_begin(&writer, 0x6F);
	size_t spki = tlv_begin(&writer, TAG_SEQUENCE);
	size_t bits = 0;
	struct span out = { 0 };

	tlv_put(&writer, TAG_SEQUENCE, algorithm);
	bits = tlv_begin(&writer, TAG_BIT_STRING);
	tlv_put_raw(&writer, HEX("\x00"));
	tlv_put_raw(&writer, key);
	tlv_finish(&writer, bits);
	tlv_finish(&writer, spki);
	tlv_finish(&writer, file);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return out;
}

#define RSA          "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00"
#define EC           "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"
#define DH           "\x06\x07\x2A\x86\x48\xCE\x3E\x02\x01"
#define STANDARDIZED "\x06\x07\x04\x00\x7F\x00\x07\x01\x02"

static struct span make_rsa(size_t modulus_len, uint8_t first, uint8_t *memory)
{
	uint8_t key[600];
	uint8_t modulus[520] = { 0 };
	struct tlv_writer writer = tlv_writer(key, sizeof(key));
	size_t mark = tlv_begin(&writer, TAG_SEQUENCE);
	struct span out = { 0 };

	modulus[1] = first;
	tlv_put(&writer, TAG_INTEGER, span_of(modulus, modulus_len + 1));
	tlv_put(&writer, TAG_INTEGER, HEX("\x01\x00\x01"));
	tlv_finish(&writer, mark);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return make(HEX(RSA), out, memory);
}

static void rsa_keys_tell_their_size(void **state)
{
	uint8_t memory[FILE_MAX];
	struct cccd_public_key key = { 0 };

	(void)state;
	assert_int_equal(dg15_parse(make_rsa(128, 0x80, memory), &key),
	                 CCCD_OK);
	assert_int_equal(key.type, CCCD_KEY_RSA);
	assert_int_equal(key.bits, 1024);
	assert_int_equal(dg15_parse(make_rsa(256, 0xC1, memory), &key),
	                 CCCD_OK);
	assert_int_equal(key.bits, 2048);
	assert_int_equal(dg15_parse(make_rsa(128, 0x01, memory), &key),
	                 CCCD_OK);
	assert_int_equal(key.bits, 1017);
	assert_null(key.curve.at);
	assert_int_equal(key.whole.at[0], TAG_SEQUENCE);
}

static void named_curves_tell_their_identifier(void **state)
{
	uint8_t memory[FILE_MAX];
	uint8_t point[133] = { 0x04 };
	struct cccd_public_key key = { 0 };
	char oid[OID_TEXT_MAX];

	(void)state;
	assert_int_equal(
	        dg15_parse(make(HEX(EC "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01"
	                               "\x07"),
	                        span_of(point, 65), memory),
	                   &key),
	        CCCD_OK);
	assert_int_equal(key.type, CCCD_KEY_EC);
	assert_int_equal(key.bits, 256);
	assert_false(key.explicit_parameters);
	oid_text(bytes_span(key.curve), oid);
	assert_string_equal(oid, "1.2.840.10045.3.1.7");
	assert_int_equal(dg15_parse(make(HEX(EC "\x06\x05\x2B\x81\x04\x00\x23"),
	                                 SPAN(point), memory),
	                            &key),
	                 CCCD_OK);
	assert_int_equal(key.bits, 521);
	/* A point in another form tells no size. */
	point[0] = 0x02;
	assert_int_equal(dg15_parse(make(HEX(EC "\x06\x05\x2B\x81\x04\x00\x22"),
	                                 span_of(point, 49), memory),
	                            &key),
	                 CCCD_OK);
	assert_int_equal(key.bits, 0);
	assert_int_equal(
	        dg15_parse(make(HEX(EC "\x05\x00"), span_of(point, 65), memory),
	                   &key),
	        CCCD_ERR_DATA_MALFORMED);
}

static void keys_of_dg14_are_described(void **state)
{
	static const struct {
		const char *name;
		bool explicit_parameters;
		bool has_curve;
	} rows[] = { { "dg14_cccd_like", true, false },
		     { "dg14_named_curve", false, true },
		     { "dg14_two_keys", false, false } };
	struct vectors *vectors = vectors_open("security_info");
	static struct cccd_security_infos infos;
	struct cccd_public_key key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(
		        dg14_parse(vectors_bytes(vectors, rows[i].name),
		                   &infos),
		        CCCD_OK);
		assert_int_equal(
		        public_key_look(
		                bytes_span(infos.chip_auth_key[0].public_key),
		                &key),
		        CCCD_OK);
		assert_int_equal(key.type, CCCD_KEY_EC);
		assert_int_equal(key.bits, 256);
		assert_int_equal(key.explicit_parameters,
		                 rows[i].explicit_parameters);
		assert_int_equal(key.curve.at != NULL, rows[i].has_curve);
		assert_int_equal(key.has_parameter_id, i == 2);
	}
	assert_int_equal(key.parameter_id, 13);
	vectors_close(vectors);
}

static void standardized_parameters_tell_type_and_size(void **state)
{
	static const struct {
		char id;
		enum cccd_key_type type;
		size_t bits;
	} rows[] = { { 0, CCCD_KEY_DH, 1024 },   { 2, CCCD_KEY_DH, 2048 },
		     { 3, CCCD_KEY_UNKNOWN, 0 }, { 8, CCCD_KEY_EC, 192 },
		     { 14, CCCD_KEY_EC, 320 },   { 18, CCCD_KEY_EC, 521 },
		     { 19, CCCD_KEY_UNKNOWN, 0 } };
	uint8_t memory[FILE_MAX];
	struct cccd_public_key key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char algorithm[] = STANDARDIZED "\x02\x01?";

		algorithm[sizeof(algorithm) - 2] = rows[i].id;
		assert_int_equal(
		        dg15_parse(make(HEX(algorithm), HEX("\x04"), memory),
		                   &key),
		        CCCD_OK);
		assert_int_equal(key.type, rows[i].type);
		assert_int_equal(key.bits, rows[i].bits);
		assert_int_equal(key.parameter_id, rows[i].id);
	}
	assert_int_equal(dg15_parse(make(HEX(STANDARDIZED "\x05\x00"),
	                                 HEX("\x04"), memory),
	                            &key),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void dh_keys_tell_the_size_of_their_prime(void **state)
{
	uint8_t memory[FILE_MAX];
	struct cccd_public_key key = { 0 };

	(void)state;
	assert_int_equal(dg15_parse(make(HEX(DH "\x30\x05\x02\x03\x00\xFF\x01"),
	                                 HEX("\x02\x01\x05"), memory),
	                            &key),
	                 CCCD_OK);
	assert_int_equal(key.type, CCCD_KEY_DH);
	assert_int_equal(key.bits, 16);
	assert_true(key.explicit_parameters);
}

static void unknown_algorithms_are_told_apart(void **state)
{
	uint8_t memory[FILE_MAX];
	struct cccd_public_key key = { 0 };

	(void)state;
	assert_int_equal(dg15_parse(make(HEX("\x06\x03\x2B\x65\x70"),
	                                 HEX("\x01\x02"), memory),
	                            &key),
	                 CCCD_OK);
	assert_int_equal(key.type, CCCD_KEY_UNKNOWN);
	assert_int_equal(key.algorithm.len, 3);
}

static void broken_keys_are_refused(void **state)
{
	struct cccd_public_key key = { 0 };

	(void)state;
	assert_int_equal(dg15_parse(HEX("\x6E\x00"), &key),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(dg15_parse(HEX("\x6F\x02\x30\x00"), &key),
	                 CCCD_ERR_DATA_MISSING);
	/* A BIT STRING with unused bits is no key. */
	assert_int_equal(dg15_parse(HEX("\x6F\x0D\x30\x0B\x30\x05\x06\x03\x2B"
	                                "\x65\x70\x03\x02\x01\x80"),
	                            &key),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(dg15_parse(HEX("\x6F\x0B\x30\x09\x30\x05\x06\x03\x2B"
	                                "\x65\x70\x03\x00"),
	                            &key),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void vectors_of_active_auth_are_read(void **state)
{
	static const struct {
		const char *file;
		const char *name;
		enum cccd_key_type type;
		size_t bits;
	} rows[] = {
		{ "active_auth_ecdsa", "s1_dg15", CCCD_KEY_EC, 256 },
		{ "active_auth_ecdsa", "s2_dg15", CCCD_KEY_EC, 256 },
		{ "active_auth_ecdsa", "s3_dg15", CCCD_KEY_EC, 384 },
		{ "active_auth_ecdsa", "s4_dg15", CCCD_KEY_EC, 256 },
		{ "iso9796_2", "rsa1024_sha1_dg15", CCCD_KEY_RSA, 1024 },
		{ "iso9796_2", "rsa1280_sha1_two_dg15", CCCD_KEY_RSA, 1280 },
		{ "iso9796_2", "rsa2048_sha256_dg15", CCCD_KEY_RSA, 2048 },
		{ "iso9796_2", "rsa3072_sha512_dg15", CCCD_KEY_RSA, 3072 },
	};
	struct cccd_public_key key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vectors *vectors = vectors_open(rows[i].file);
		struct span file = vectors_bytes(vectors, rows[i].name);

		assert_int_equal(dg15_parse(file, &key), CCCD_OK);
		assert_int_equal(key.type, rows[i].type);
		assert_int_equal(key.bits, rows[i].bits);
		vectors_close(vectors);
	}
}

static enum cccd_err parse(struct span file)
{
	struct cccd_public_key key = { 0 };

	return dg15_parse(file, &key);
}

static void pitfall_27_hostile_files_are_survived(void **state)
{
	uint8_t memory[FILE_MAX];
	uint8_t point[65] = { 0x04 };

	(void)state;
	hostile_all(make_rsa(128, 0x80, memory), parse);
	hostile_all(make(HEX(EC "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
	                 SPAN(point), memory),
	            parse);
	hostile_all(make(HEX(DH "\x30\x05\x02\x03\x00\xFF\x01"),
	                 HEX("\x02\x01\x05"), memory),
	            parse);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_keys_tell_their_size),
		cmocka_unit_test(named_curves_tell_their_identifier),
		cmocka_unit_test(keys_of_dg14_are_described),
		cmocka_unit_test(standardized_parameters_tell_type_and_size),
		cmocka_unit_test(dh_keys_tell_the_size_of_their_prime),
		cmocka_unit_test(unknown_algorithms_are_told_apart),
		cmocka_unit_test(broken_keys_are_refused),
		cmocka_unit_test(vectors_of_active_auth_are_read),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.dg15", tests, NULL, NULL);
}
