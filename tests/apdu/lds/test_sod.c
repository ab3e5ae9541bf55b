/* SPDX-License-Identifier: Apache-2.0 */
/* EF.COM, EF.SOD and EF.CardSecurity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/com.h"
#include "apdu/lds/security_info.h"
#include "apdu/lds/sod.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

enum { FILE_MAX = 4096, MEMORY_MAX = 65536 };

#define HEX(text) span_of(text, sizeof(text) - 1)

static const uint8_t hash[32] = { 0xA5, 0x5A };

/* What a synthetic document security object is made of. */
struct recipe {
	const uint32_t *numbers;
	size_t count;
	bool version_info;
	bool indefinite;
};

static void put_number(struct tlv_writer *writer, uint32_t number)
{
	uint8_t bytes[5] = { 0, (uint8_t)(number >> 24),
		             (uint8_t)(number >> 16), (uint8_t)(number >> 8),
		             (uint8_t)number };

	tlv_put(writer, TAG_INTEGER,
	        number < 0x80 ? span_of(bytes + 4, 1) : SPAN(bytes));
}

static void put_security_object(struct tlv_writer *writer,
                                const struct recipe *recipe)
{
	size_t object = tlv_begin(writer, TAG_SEQUENCE);
	size_t list = 0;

	put_number(writer, recipe->version_info);
	tlv_put(writer, TAG_SEQUENCE,
	        HEX("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"));
	list = tlv_begin(writer, TAG_SEQUENCE);
	for (size_t i = 0; i < recipe->count; i++) {
		size_t row = tlv_begin(writer, TAG_SEQUENCE);

		put_number(writer, recipe->numbers[i]);
		tlv_put(writer, TAG_OCTET_STRING, SPAN(hash));
		tlv_finish(writer, row);
	}
	tlv_finish(writer, list);
	if (recipe->version_info)
		tlv_put(writer, TAG_SEQUENCE,
		        HEX("\x13\x04"
		            "0108\x13\x06"
		            "040000"));
	tlv_finish(writer, object);
}

/* Opens with a definite or an indefinite length. */
static size_t open_object(struct tlv_writer *writer, uint8_t tag,
                          bool indefinite)
{
	const uint8_t head[] = { tag, 0x80 };

	if (!indefinite)
		return tlv_begin(writer, tag);
	tlv_put_raw(writer, SPAN(head));
	return 0;
}

static void close_object(struct tlv_writer *writer, size_t mark,
                         bool indefinite)
{
	if (indefinite)
		tlv_put_raw(writer, HEX("\x00\x00"));
	else
		tlv_finish(writer, mark);
}

static void put_content(struct tlv_writer *writer, const struct recipe *recipe)
{
	bool indefinite = recipe->indefinite;
	size_t info = open_object(writer, TAG_SEQUENCE, indefinite);
	size_t outer = 0;
	size_t string = 0;

	tlv_put(writer, TAG_OID, HEX("\x67\x81\x08\x01\x01\x01"));
	outer = open_object(writer, 0xA0, indefinite);
	/* A constructed OCTET STRING of one segment when indefinite. */
	string = indefinite ? open_object(writer, 0x24, true) : 0;
	{
		size_t segment = tlv_begin(writer, TAG_OCTET_STRING);

		put_security_object(writer, recipe);
		tlv_finish(writer, segment);
	}
	if (indefinite)
		close_object(writer, string, true);
	close_object(writer, outer, indefinite);
	close_object(writer, info, indefinite);
}

/* Structure as RFC 5652 has it; certificate and signer are stand-ins. */
static struct span make_sod(const struct recipe *recipe, uint8_t *memory)
{
	bool indefinite = recipe->indefinite;
	struct tlv_writer writer = tlv_writer(memory, FILE_MAX);
	struct span out = { 0 };
	size_t file = open_object(&writer, 0x77, indefinite);
	size_t info = open_object(&writer, TAG_SEQUENCE, indefinite);
	size_t outer = 0;
	size_t data = 0;

	tlv_put(&writer, TAG_OID, HEX("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"));
	outer = open_object(&writer, 0xA0, indefinite);
	data = open_object(&writer, TAG_SEQUENCE, indefinite);
	put_number(&writer, 3);
	tlv_put(&writer, TAG_SET, HEX("\x30\x00"));
	put_content(&writer, recipe);
	tlv_put(&writer, 0xA0, HEX("\x30\x03\x02\x01\x07"));
	tlv_put(&writer, TAG_SET, HEX("\x30\x03\x02\x01\x01"));
	close_object(&writer, data, indefinite);
	close_object(&writer, outer, indefinite);
	close_object(&writer, info, indefinite);
	close_object(&writer, file, indefinite);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return out;
}

static const uint32_t usual[] = { 1, 2, 3, 13, 14, 15 };

static void sod_hands_out_every_part(void **state)
{
	const struct recipe recipe = { usual, ARRAY_LEN(usual), false, false };
	static uint8_t bytes[FILE_MAX];
	struct span file = make_sod(&recipe, bytes);
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	(void)state;
	assert_int_equal(sod_parse(file, &memory, &sod), CCCD_OK);
	assert_false(sod.indefinite);
	assert_int_equal(sod.version, 0);
	assert_string_equal(sod.lds_version, "");
	assert_int_equal(sod.digest, CCCD_DIGEST_SHA256);
	assert_int_equal(sod.signed_data.version, 3);
	assert_int_equal(sod.signed_data.certificate_count, 1);
	assert_int_equal(sod.signed_data.certificates[0].len, 5);
	assert_int_equal(sod.signed_data.signer_count, 1);
	assert_int_equal(sod.signed_data.signers[0].len, 5);
	assert_false(sod.signed_data.has_crls);
	assert_int_equal(sod.signed_data.content_type.len, 6);
	assert_int_equal(sod.hash_count, ARRAY_LEN(usual));
	for (size_t i = 0; i < sod.hash_count; i++) {
		assert_int_equal(sod.hashes[i].number, usual[i]);
		assert_true(
		        span_equal(bytes_span(sod.hashes[i].hash), SPAN(hash)));
		assert_ptr_equal(sod_hash_of(&sod, usual[i]), &sod.hashes[i]);
	}
	/* The signed bytes are the file's own, not written anew. */
	assert_memory_equal(memory.at, file.at, file.len);
	assert_in_range((uintptr_t)sod.signed_data.content.at,
	                (uintptr_t)memory.at,
	                (uintptr_t)memory.at + memory.len);
}

static void sod_of_version_1_tells_its_versions(void **state)
{
	const struct recipe recipe = { usual, ARRAY_LEN(usual), true, false };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	(void)state;
	assert_int_equal(sod_parse(make_sod(&recipe, bytes), &memory, &sod),
	                 CCCD_OK);
	assert_int_equal(sod.version, 1);
	assert_string_equal(sod.lds_version, "0108");
	assert_string_equal(sod.unicode_version, "040000");
}

/* emrtd.md 5, row 9: a US document security object begins 77 80. */
static void sod_of_indefinite_length_is_read(void **state)
{
	const struct recipe recipe = { usual, ARRAY_LEN(usual), true, true };
	const struct recipe definite = { usual, ARRAY_LEN(usual), true, false };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;
	struct span file = make_sod(&recipe, bytes);
	struct span expected = { 0 };

	(void)state;
	assert_int_equal(sod_parse(file, &memory, &sod), CCCD_OK);
	assert_true(sod.indefinite);
	assert_int_equal(sod.hash_count, ARRAY_LEN(usual));
	assert_int_equal(sod.version, 1);
	{
		static uint8_t other[FILE_MAX / 2];
		struct tlv_writer writer = tlv_writer(other, sizeof(other));

		put_security_object(&writer, &definite);
		assert_int_equal(tlv_written(&writer, &expected), CCCD_OK);
	}
	assert_true(span_equal(bytes_span(sod.signed_data.content), expected));
	/* Padding after the end-of-contents, as a read to the end finds it */
	memset(bytes + file.len, 0, 16);
	assert_int_equal(
	        sod_parse(span_of(bytes, file.len + 16), &memory, &sod),
	        CCCD_OK);
	assert_true(sod.indefinite);
}

/* emrtd.md 4, item 15: each data group exactly once; odd rows are kept. */
static void pitfall_15_odd_numbers_are_kept_as_facts(void **state)
{
	static const uint32_t numbers[] = { 1, 2, 2, 0, 17, 1000000, 14 };
	const struct recipe recipe = { numbers, ARRAY_LEN(numbers), false,
		                       false };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	(void)state;
	assert_int_equal(sod_parse(make_sod(&recipe, bytes), &memory, &sod),
	                 CCCD_OK);
	assert_int_equal(sod.hash_count, ARRAY_LEN(numbers));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		assert_int_equal(sod.hashes[i].number, numbers[i]);
	assert_int_equal(sod_count_of(&sod, 1), 1);
	assert_int_equal(sod_count_of(&sod, 2), 2);
	assert_int_equal(sod_count_of(&sod, 3), 0);
	assert_non_null(sod_hash_of(&sod, 1));
	assert_null(sod_hash_of(&sod, 2));
	assert_null(sod_hash_of(&sod, 3));
}

static void sod_with_too_many_rows_is_refused(void **state)
{
	uint32_t numbers[CCCD_SOD_HASHES_MAX + 1] = { 0 };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	(void)state;
	for (size_t n = CCCD_SOD_HASHES_MAX; n <= CCCD_SOD_HASHES_MAX + 1;
	     n++) {
		const struct recipe recipe = { numbers, n, false, false };

		assert_int_equal(
		        sod_parse(make_sod(&recipe, bytes), &memory, &sod),
		        n == CCCD_SOD_HASHES_MAX ? CCCD_OK
		                                 : CCCD_ERR_DATA_TOO_LARGE);
	}
}

static void sod_beyond_the_callers_memory_is_refused(void **state)
{
	const struct recipe recipe = { usual, ARRAY_LEN(usual), false, false };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(100);
	static struct cccd_sod sod;

	(void)state;
	assert_int_equal(sod_parse(make_sod(&recipe, bytes), &memory, &sod),
	                 CCCD_ERR_DATA_TOO_LARGE);
}

static void other_cms_types_are_refused(void **state)
{
	/* id-envelopedData */
	static const uint8_t file[] = { 0x77, 0x0F, 0x30, 0x0D, 0x06, 0x09,
		                        0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		                        0x01, 0x07, 0x03, 0xA0, 0x00 };
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	(void)state;
	assert_int_equal(sod_parse(SPAN(file), &memory, &sod),
	                 CCCD_ERR_DATA_UNSUPPORTED);
}

static void digests_are_known_by_their_identifier(void **state)
{
	static const struct {
		const char *algorithm;
		size_t len;
		enum cccd_digest digest;
	} rows[] = {
		{ "\x30\x07\x06\x05\x2B\x0E\x03\x02\x1A", 9, CCCD_DIGEST_SHA1 },
		{ "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 13,
		  CCCD_DIGEST_SHA256 },
		{ "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02", 13,
		  CCCD_DIGEST_SHA384 },
		{ "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03", 13,
		  CCCD_DIGEST_SHA512 },
		{ "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04", 13,
		  CCCD_DIGEST_SHA224 },
		{ "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x05", 13,
		  CCCD_DIGEST_NONE },
		{ "\x30\x03\x06\x01\x2A", 5, CCCD_DIGEST_NONE },
		{ "\x30\x00", 2, CCCD_DIGEST_NONE },
		{ "", 0, CCCD_DIGEST_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(digest_of_algorithm(span_of(rows[i].algorithm,
		                                             rows[i].len)),
		                 rows[i].digest);
}

static void card_security_of_the_examples_is_read(void **state)
{
	static const char *const names[] = { "eac_bsi_ecdh", "eac_bsi_dh" };
	static struct cccd_signed_data parts;
	static struct cccd_security_infos infos;
	char oid[OID_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct vectors *vectors = vectors_open(names[i]);
		BUF memory = buf_make(MEMORY_MAX);

		assert_int_equal(
		        card_security_parse(
		                vectors_bytes(vectors, "ef_card_security"),
		                &memory, &parts),
		        CCCD_OK);
		oid_text(bytes_span(parts.content_type), oid);
		assert_string_equal(oid, "0.4.0.127.0.7.3.2.1");
		assert_true(span_equal(
		        bytes_span(parts.content),
		        vectors_bytes(vectors, "card_security_content")));
		assert_true(span_equal(
		        bytes_span(parts.certificates[0]),
		        vectors_bytes(vectors,
		                      "card_security_signer_certificate")));
		assert_int_equal(parts.certificate_count, 1);
		assert_int_equal(parts.signer_count, 1);
		assert_int_equal(
		        security_infos_parse(bytes_span(parts.content), &infos),
		        CCCD_OK);
		assert_true(infos.chip_auth_key_count >= 1);
		vectors_close(vectors);
	}
}

static void com_agrees_with_the_vectors(void **state)
{
	static const struct {
		const char *file;
		const char *groups;
		const char *version;
	} rows[] = {
		{ "ef_com", "ef_com_data_groups_text", "0107" },
		{ "ef_com_cccd", "ef_com_cccd_data_groups_text", "0107" },
		{ "ef_com_1599", "ef_com_data_groups_text", "1599" },
		{ "ef_com_d4", NULL, "0106" },
	};
	struct vectors *vectors = vectors_open("lds");
	struct cccd_com com = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char groups[64] = "";

		assert_int_equal(
		        com_parse(vectors_bytes(vectors, rows[i].file), &com),
		        CCCD_OK);
		for (size_t j = 0; j < com.file_count; j++)
			(void)sprintf(groups + strlen(groups), "%s%d",
			              j ? " " : "", (int)com.files[j]);
		assert_string_equal(
		        groups, rows[i].groups != NULL
		                        ? vectors_text(vectors, rows[i].groups)
		                        : "1 2");
		assert_string_equal(com.lds_version, rows[i].version);
		assert_string_equal(com.unicode_version, "040000");
		assert_int_equal(com.unknown, 0);
	}
	assert_string_equal(vectors_text(vectors, "ef_com_lds_version_text"),
	                    "0107");
	vectors_close(vectors);
}

static void bad_com_is_refused(void **state)
{
	static const char *const names[] = { "ef_com_truncated_bad",
		                             "ef_com_inner_overrun_bad",
		                             "length_indefinite_bad",
		                             "length_five_octets_bad",
		                             "length_huge_bad" };
	struct vectors *vectors = vectors_open("lds");
	struct cccd_com com = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_not_equal(
		        com_parse(vectors_bytes(vectors, names[i]), &com),
		        CCCD_OK);
	/* Without a tag list it says nothing. */
	assert_int_equal(com_parse(HEX("\x60\x07\x5F\x01\x04"
	                               "0107"),
	                           &com),
	                 CCCD_ERR_DATA_MISSING);
	vectors_close(vectors);
}

static void com_counts_what_it_does_not_know(void **state)
{
	struct cccd_com com = { 0 };

	(void)state;
	assert_int_equal(
	        com_parse(HEX("\x60\x06\x5C\x04\x61\x99\x77\x61"), &com),
	        CCCD_OK);
	assert_int_equal(com.file_count, 3);
	assert_int_equal(com.files[0], CCCD_FILE_DG1);
	assert_int_equal(com.files[1], CCCD_FILE_SOD);
	assert_int_equal(com.files[2], CCCD_FILE_DG1);
	assert_int_equal(com.unknown, 1);
	assert_string_equal(com.lds_version, "");
}

/* emrtd.md 4, item 17: stripping EF.COM changes nothing but a finding. */
static void pitfall_17_com_without_dg14_is_only_a_finding(void **state)
{
	const struct recipe recipe = { usual, ARRAY_LEN(usual), false, false };
	static uint8_t bytes[FILE_MAX];
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;
	struct cccd_com com = { 0 };
	uint32_t missing = 0;
	uint32_t extra = 0;

	(void)state;
	assert_int_equal(sod_parse(make_sod(&recipe, bytes), &memory, &sod),
	                 CCCD_OK);
	/* DG1, DG2, DG3, DG13, and DG12 which the SOD does not have */
	assert_int_equal(
	        com_parse(HEX("\x60\x07\x5C\x05\x61\x75\x63\x6D\x6C"), &com),
	        CCCD_OK);
	com_compare(&com, &sod, &missing, &extra);
	assert_int_equal(missing, 1U << 14 | 1U << 15);
	assert_int_equal(extra, 1U << 12);
	assert_non_null(sod_hash_of(&sod, 14));
	assert_non_null(sod_hash_of(&sod, 15));
	/* Order, SOD entries and odd numbers make no difference. */
	assert_int_equal(
	        com_parse(HEX("\x60\x09\x5C\x07\x6F\x6E\x6D\x63\x75\x61\x77"),
	                  &com),
	        CCCD_OK);
	com_compare(&com, &sod, &missing, &extra);
	assert_int_equal(missing, 0);
	assert_int_equal(extra, 0);
}

static enum cccd_err parse_com(struct span file)
{
	struct cccd_com com = { 0 };

	return com_parse(file, &com);
}

static enum cccd_err parse_sod(struct span file)
{
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_sod sod;

	return sod_parse(file, &memory, &sod);
}

static enum cccd_err parse_card_security(struct span file)
{
	BUF memory = buf_make(MEMORY_MAX);
	static struct cccd_signed_data parts;

	return card_security_parse(file, &memory, &parts);
}

static void pitfall_27_hostile_files_are_survived(void **state)
{
	const struct recipe plain = { usual, ARRAY_LEN(usual), true, false };
	const struct recipe odd = { usual, ARRAY_LEN(usual), true, true };
	struct vectors *lds = vectors_open("lds");
	struct vectors *eac = vectors_open("eac_bsi_ecdh");
	static uint8_t bytes[FILE_MAX];

	(void)state;
	hostile_all(vectors_bytes(lds, "ef_com"), parse_com);
	hostile_all(vectors_bytes(lds, "ef_com_cccd"), parse_com);
	hostile_all(make_sod(&plain, bytes), parse_sod);
	hostile_all(make_sod(&odd, bytes), parse_sod);
	hostile_all(vectors_bytes(eac, "ef_card_security"),
	            parse_card_security);
	vectors_close(lds);
	vectors_close(eac);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sod_hands_out_every_part),
		cmocka_unit_test(sod_of_version_1_tells_its_versions),
		cmocka_unit_test(sod_of_indefinite_length_is_read),
		cmocka_unit_test(pitfall_15_odd_numbers_are_kept_as_facts),
		cmocka_unit_test(sod_with_too_many_rows_is_refused),
		cmocka_unit_test(sod_beyond_the_callers_memory_is_refused),
		cmocka_unit_test(other_cms_types_are_refused),
		cmocka_unit_test(digests_are_known_by_their_identifier),
		cmocka_unit_test(card_security_of_the_examples_is_read),
		cmocka_unit_test(com_agrees_with_the_vectors),
		cmocka_unit_test(bad_com_is_refused),
		cmocka_unit_test(com_counts_what_it_does_not_know),
		cmocka_unit_test(pitfall_17_com_without_dg14_is_only_a_finding),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.sod", tests, NULL, NULL);
}
