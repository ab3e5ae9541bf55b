/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 14, and what binds its elements to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

static struct vectors *vectors;

static int open_vectors(void **state)
{
	(void)state;
	vectors = vectors_open("security_info");
	return 0;
}

static int close_vectors(void **state)
{
	(void)state;
	vectors_close(vectors);
	return 0;
}

static struct span card_access(int number)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "ca%d_bytes", number);
	return vectors_bytes(vectors, name);
}

static void parse_dg14(const char *name, struct cccd_security_infos *infos)
{
	assert_int_equal(dg14_parse(vectors_bytes(vectors, name), infos),
	                 CCCD_OK);
	assert_int_equal(infos->malformed, 0);
}

static void dg14_of_a_cccd_is_read(void **state)
{
	static struct cccd_security_infos infos;
	const struct cccd_chip_auth_key_info *key = NULL;
	char oid[OID_TEXT_MAX];

	(void)state;
	parse_dg14("dg14_cccd_like", &infos);
	assert_int_equal(infos.chip_auth_count, 1);
	assert_int_equal(infos.chip_auth[0].version, 1);
	oid_text(bytes_span(infos.chip_auth[0].protocol), oid);
	assert_string_equal(oid, "0.4.0.127.0.7.2.2.3.2.2");
	key = security_infos_key_of(&infos, &infos.chip_auth[0]);
	assert_ptr_equal(key, &infos.chip_auth_key[0]);
	assert_false(key->has_key_id);
	assert_int_equal(key->key_agreement, CCCD_KEY_AGREEMENT_ECDH);
	assert_int_equal(infos.active_auth_count, 1);
	assert_int_equal(infos.active_auth[0].version, 1);
	assert_int_equal(infos.active_auth[0].digest, CCCD_DIGEST_SHA256);
	assert_int_equal(digest_of(infos.active_auth[0].digest), DIGEST_SHA256);
	assert_true(infos.active_auth[0].plain);
}

static void keys_are_found_by_their_identifier(void **state)
{
	static struct cccd_security_infos infos;
	const struct cccd_chip_auth_key_info *key = NULL;
	struct cccd_chip_auth_info other = { 0 };

	(void)state;
	parse_dg14("dg14_two_keys", &infos);
	assert_int_equal(infos.chip_auth_key_count, 2);
	assert_int_equal(infos.chip_auth_count, 1);
	assert_int_equal(infos.chip_auth[0].cipher, CCCD_CIPHER_AES256);
	key = security_infos_key_of(&infos, &infos.chip_auth[0]);
	assert_non_null(key);
	assert_int_equal(key->key_id, 13);
	/* Without an identifier two keys are one too many. */
	other = infos.chip_auth[0];
	other.has_key_id = false;
	assert_null(security_infos_key_of(&infos, &other));
	other.has_key_id = true;
	other.key_id = 99;
	assert_null(security_infos_key_of(&infos, &other));
	other.key_agreement = CCCD_KEY_AGREEMENT_DH;
	other.key_id = 13;
	assert_null(security_infos_key_of(&infos, &other));
	/* The only key fits when either side names none. */
	parse_dg14("dg14_named_curve", &infos);
	other = infos.chip_auth[0];
	other.has_key_id = true;
	other.key_id = 5;
	assert_ptr_equal(security_infos_key_of(&infos, &other),
	                 &infos.chip_auth_key[0]);
	infos.chip_auth_key[0].has_key_id = true;
	infos.chip_auth_key[0].key_id = 6;
	assert_null(security_infos_key_of(&infos, &other));
}

static void key_without_info_is_read(void **state)
{
	static struct cccd_security_infos infos;

	(void)state;
	parse_dg14("dg14_no_ca_info", &infos);
	assert_int_equal(infos.chip_auth_count, 0);
	assert_int_equal(infos.chip_auth_key_count, 1);
	parse_dg14("dg14_named_curve", &infos);
	assert_int_equal(infos.chip_auth_key_count, 1);
}

static void signature_algorithms_give_their_digest(void **state)
{
	static const struct {
		uint8_t oid[10];
		size_t len;
		enum cccd_digest digest;
		bool plain;
	} rows[] = {
		{ { 4, 0, 0x7F, 0, 7, 1, 1, 4, 1, 1 },
		  10,
		  CCCD_DIGEST_SHA1,
		  true },
		{ { 4, 0, 0x7F, 0, 7, 1, 1, 4, 1, 5 },
		  10,
		  CCCD_DIGEST_SHA512,
		  true },
		{ { 4, 0, 0x7F, 0, 7, 1, 1, 4, 1, 6 },
		  10,
		  CCCD_DIGEST_NONE,
		  true },
		{ { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 1 },
		  7,
		  CCCD_DIGEST_SHA1,
		  false },
		{ { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3 },
		  8,
		  CCCD_DIGEST_SHA384,
		  false },
		{ { 0x2A, 0x03 }, 2, CCCD_DIGEST_NONE, false },
	};
	static struct cccd_security_infos infos;
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
		size_t set = tlv_begin(&writer, TAG_SET);
		size_t info = tlv_begin(&writer, TAG_SEQUENCE);
		struct span out = { 0 };

		tlv_put(&writer, TAG_OID,
		        span_of("\x67\x81\x08\x01\x01\x05", 6));
		tlv_put(&writer, TAG_INTEGER, span_of("\x01", 1));
		tlv_put(&writer, TAG_OID, span_of(rows[i].oid, rows[i].len));
		tlv_finish(&writer, info);
		tlv_finish(&writer, set);
		assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
		assert_int_equal(security_infos_parse(out, &infos), CCCD_OK);
		assert_int_equal(infos.active_auth_count, 1);
		assert_int_equal(infos.active_auth[0].digest, rows[i].digest);
		assert_int_equal(infos.active_auth[0].plain, rows[i].plain);
	}
}

static void ef_dir_copy_is_handed_out(void **state)
{
	static const uint8_t set[] = {
		0x31, 0x0F, 0x30, 0x0D, 0x06, 0x06, 0x67, 0x81, 0x08,
		0x01, 0x01, 0x0D, 0x04, 0x03, 0x61, 0x01, 0x00,
	};
	static struct cccd_security_infos infos;

	(void)state;
	assert_int_equal(security_infos_parse(SPAN(set), &infos), CCCD_OK);
	assert_int_equal(infos.ef_dir.len, 3);
	assert_ptr_equal(infos.ef_dir.at, set + 14);
}

static void containment_compares_raw_elements(void **state)
{
	static struct cccd_security_infos whole;
	static struct cccd_security_infos part;
	uint8_t edited[64];
	struct span original = card_access(1);

	(void)state;
	assert_int_equal(security_infos_parse(original, &whole), CCCD_OK);
	assert_int_equal(security_infos_parse(card_access(2), &part), CCCD_OK);
	assert_true(security_infos_contain(&whole, &part));
	assert_false(security_infos_contain(&part, &whole));
	memcpy(edited, original.at, original.len);
	edited[original.len - 1] = 12; /* another curve */
	assert_int_equal(
	        security_infos_parse(span_of(edited, original.len), &part),
	        CCCD_OK);
	assert_false(security_infos_contain(&whole, &part));
}

/* emrtd.md 4, item 16: order as it stands, bytes as they stand. */
static void pitfall_16_raw_elements_point_into_the_file(void **state)
{
	static struct cccd_security_infos infos;
	struct span file = vectors_bytes(vectors, "dg14_cccd_like");
	const uint8_t *end = NULL;

	(void)state;
	/* Its SET is not in DER order: the key comes first. */
	assert_int_equal(dg14_parse(file, &infos), CCCD_OK);
	assert_int_equal(infos.all[0].kind, CCCD_SECURITY_INFO_CHIP_AUTH_KEY);
	assert_int_equal(infos.all[1].kind, CCCD_SECURITY_INFO_CHIP_AUTH);
	end = infos.all[0].raw.at;
	for (size_t i = 0; i < infos.count; i++) {
		assert_ptr_equal(infos.all[i].raw.at, end);
		end += infos.all[i].raw.len;
	}
	assert_ptr_equal(end, file.at + file.len);
}

static enum cccd_err parse_file(struct span file)
{
	static struct cccd_security_infos infos;

	return dg14_parse(file, &infos);
}

static void pitfall_27_hostile_dg14_is_survived(void **state)
{
	static const char *const names[] = { "dg14_cccd_like",
		                             "dg14_named_curve",
		                             "dg14_two_keys" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		hostile_all(vectors_bytes(vectors, names[i]), parse_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dg14_of_a_cccd_is_read),
		cmocka_unit_test(keys_are_found_by_their_identifier),
		cmocka_unit_test(key_without_info_is_read),
		cmocka_unit_test(signature_algorithms_give_their_digest),
		cmocka_unit_test(ef_dir_copy_is_handed_out),
		cmocka_unit_test(containment_compares_raw_elements),
		cmocka_unit_test(pitfall_16_raw_elements_point_into_the_file),
		cmocka_unit_test(pitfall_27_hostile_dg14_is_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.dg14", tests, open_vectors,
	                                   close_vectors);
}
