/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of BER-TLV objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"
#include "tests/support/vectors.h"

static void assert_span(struct span span, const char *bytes, size_t len)
{
	assert_int_equal(span.len, len);
	assert_memory_equal(span.at, bytes, len);
}

#define HEX(text) span_of(text, sizeof(text) - 1)

static void head_reads_tags_of_one_to_three_bytes(void **state)
{
	struct tlv_head head = { 0 };

	(void)state;
	assert_int_equal(tlv_read_head(HEX("\x61\x05"), &head), CCCD_OK);
	assert_int_equal(head.tag, 0x61);
	assert_int_equal(head.head_len, 2);
	assert_int_equal(head.value_len, 5);
	assert_int_equal(tlv_read_head(HEX("\x7F\x61\x81\x80"), &head),
	                 CCCD_OK);
	assert_int_equal(head.tag, 0x7F61);
	assert_int_equal(head.head_len, 4);
	assert_int_equal(head.value_len, 0x80);
	assert_int_equal(tlv_read_head(HEX("\x5F\x81\x02\x82\x01\x00"), &head),
	                 CCCD_OK);
	assert_int_equal(head.tag, 0x5F8102);
	assert_int_equal(head.head_len, 6);
	assert_int_equal(head.value_len, 0x100);
	assert_false(head.indefinite);
}

static void head_rejects_tags_over_three_bytes(void **state)
{
	struct tlv_head head = { 0 };

	(void)state;
	assert_int_equal(tlv_read_head(HEX("\x5F\x81\x82\x03\x00"), &head),
	                 CCCD_ERR_DATA_MALFORMED);
	/* [X.690 8.1.2.4.2 c)] */
	assert_int_equal(tlv_read_head(HEX("\x5F\x80\x02\x00"), &head),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(tlv_read_head(HEX("\x00\x00"), &head),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void head_asks_for_more_when_bytes_are_short(void **state)
{
	static const char bytes[] = "\x7F\x81\x02\x84\x00\x00\x00\x01";
	struct tlv_head head = { .tag = 1 };

	(void)state;
	for (size_t len = 0; len < 8; len++)
		assert_int_equal(tlv_read_head(span_of(bytes, len), &head),
		                 CCCD_ERR_DATA_TRUNCATED);
	/* Nothing is written by a failure. */
	assert_int_equal(head.tag, 1);
	assert_int_equal(tlv_read_head(span_of(bytes, 8), &head), CCCD_OK);
	assert_int_equal(head.value_len, 1);
}

static void head_reads_lengths_of_the_vectors(void **state)
{
	static const struct {
		const char *name;
		size_t len;
	} rows[] = { { "length_short_127", 127 },
		     { "length_one_octet_128", 128 },
		     { "length_two_octets_12702", 12702 },
		     { "length_three_octets_65536", 65536 } };
	struct vectors *vectors = vectors_open("lds");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span length = vectors_bytes(vectors, rows[i].name);
		uint8_t bytes[8] = { 0x60 };
		struct tlv_head head = { 0 };

		memcpy(bytes + 1, length.at, length.len);
		assert_int_equal(
		        tlv_read_head(span_of(bytes, 1 + length.len), &head),
		        CCCD_OK);
		assert_int_equal(head.value_len, rows[i].len);
	}
	vectors_close(vectors);
}

static void next_refuses_the_bad_lengths_of_the_vectors(void **state)
{
	static const char *const names[] = { "length_indefinite_bad",
		                             "length_five_octets_bad",
		                             "length_huge_bad" };
	struct vectors *vectors = vectors_open("lds");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct span bytes = vectors_bytes(vectors, names[i]);
		struct tlv_reader reader = tlv_open(bytes);
		struct tlv object = { 0 };

		assert_int_not_equal(tlv_next(&reader, &object), CCCD_OK);
		assert_int_equal(reader.rest.len, bytes.len);
	}
	vectors_close(vectors);
}

static void next_walks_one_level(void **state)
{
	struct tlv_reader reader =
	        tlv_open(HEX("\x02\x01\x05\x30\x03\x02\x01\x07\x05\x00"));
	struct tlv object = { 0 };

	(void)state;
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	assert_int_equal(object.tag, TAG_INTEGER);
	assert_span(object.value, "\x05", 1);
	assert_span(object.whole, "\x02\x01\x05", 3);
	assert_int_equal(tlv_peek(&reader), TAG_SEQUENCE);
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	assert_span(object.value, "\x02\x01\x07", 3);
	assert_false(tlv_at_end(&reader));
	assert_int_equal(tlv_end(&reader), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	assert_int_equal(object.value.len, 0);
	assert_true(tlv_at_end(&reader));
	assert_int_equal(tlv_end(&reader), CCCD_OK);
	assert_int_equal(tlv_peek(&reader), 0);
	assert_int_equal(tlv_next(&reader, &object), CCCD_ERR_DATA_MISSING);
}

static void next_rejects_length_past_end_and_moves_nothing(void **state)
{
	struct tlv_reader reader = tlv_open(HEX("\x04\x03\x01\x02"));
	struct tlv object = { .tag = 7 };

	(void)state;
	assert_int_equal(tlv_next(&reader, &object), CCCD_ERR_DATA_TRUNCATED);
	assert_int_equal(reader.rest.len, 4);
	assert_int_equal(object.tag, 7);
}

static void next_accepts_long_forms_except_in_der(void **state)
{
	/* A card that writes length 3 as 81 03, and one as 83 00 00 03. */
	struct span ber = HEX("\x04\x81\x03\x01\x02\x03");
	struct span longer = HEX("\x04\x83\x00\x00\x03\x01\x02\x03");
	struct span tag = HEX("\x1F\x04\x03\x01\x02\x03");
	struct tlv_reader reader = tlv_open(ber);
	struct tlv object = { 0 };

	(void)state;
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	assert_span(object.value, "\x01\x02\x03", 3);
	reader = tlv_open(longer);
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	assert_span(object.value, "\x01\x02\x03", 3);
	reader = tlv_open_der(ber);
	assert_int_equal(tlv_next(&reader, &object), CCCD_ERR_DATA_MALFORMED);
	reader = tlv_open_der(longer);
	assert_int_equal(tlv_next(&reader, &object), CCCD_ERR_DATA_MALFORMED);
	reader = tlv_open_der(tag);
	assert_int_equal(tlv_next(&reader, &object), CCCD_ERR_DATA_MALFORMED);
	reader = tlv_open_der(HEX("\x04\x03\x01\x02\x03"));
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
}

static void expect_refuses_another_tag_and_moves_nothing(void **state)
{
	struct tlv_reader reader = tlv_open(HEX("\x02\x01\x05"));
	struct span value = { 0 };
	bool present = true;

	(void)state;
	assert_int_equal(tlv_expect(&reader, TAG_OID, &value),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(tlv_optional(&reader, TAG_OID, &value, &present),
	                 CCCD_OK);
	assert_false(present);
	assert_null(value.at);
	assert_int_equal(tlv_optional(&reader, TAG_INTEGER, &value, &present),
	                 CCCD_OK);
	assert_true(present);
	assert_span(value, "\x05", 1);
	assert_int_equal(tlv_optional(&reader, TAG_OID, &value, &present),
	                 CCCD_OK);
	assert_false(present);
	assert_int_equal(tlv_expect(&reader, TAG_OID, &value),
	                 CCCD_ERR_DATA_MISSING);
}

static void optional_passes_on_broken_data(void **state)
{
	struct tlv_reader reader = tlv_open(HEX("\x02\x05\x05"));
	struct span value = { 0 };
	bool present = true;

	(void)state;
	assert_int_equal(tlv_optional(&reader, TAG_OID, &value, &present),
	                 CCCD_ERR_DATA_TRUNCATED);
}

static void only_refuses_trailing_bytes(void **state)
{
	struct span value = { 0 };

	(void)state;
	assert_int_equal(
	        tlv_only(HEX("\x04\x01\x09"), TAG_OCTET_STRING, &value),
	        CCCD_OK);
	assert_span(value, "\x09", 1);
	assert_int_equal(
	        tlv_only(HEX("\x04\x01\x09\x00"), TAG_OCTET_STRING, &value),
	        CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(tlv_only(span_of(NULL, 0), TAG_OCTET_STRING, &value),
	                 CCCD_ERR_DATA_MISSING);
}

static void unsigned_reads_up_to_32_bits(void **state)
{
	uint32_t number = 99;

	(void)state;
	assert_int_equal(tlv_unsigned(HEX("\x00\xFF\xFF\xFF\xFF"), &number),
	                 CCCD_OK);
	assert_int_equal(number, 0xFFFFFFFF);
	assert_int_equal(tlv_unsigned(HEX("\x0D"), &number), CCCD_OK);
	assert_int_equal(number, 13);
	assert_int_equal(tlv_unsigned(HEX("\x00"), &number), CCCD_OK);
	assert_int_equal(number, 0);
	number = 99;
	assert_int_equal(tlv_unsigned(HEX(""), &number),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(tlv_unsigned(HEX("\xFF"), &number),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(tlv_unsigned(HEX("\x01\x00\x00\x00\x00"), &number),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(number, 99);
}

static void oid_text_agrees_with_the_vectors(void **state)
{
	struct vectors *vectors = vectors_open("security_info");
	char text[OID_TEXT_MAX];
	size_t count = 0;

	(void)state;
	for (int i = 1; i <= 34; i++) {
		char name[16];
		struct span oid = { 0 };

		(void)snprintf(name, sizeof(name), "oid%02d_der", i);
		assert_int_equal(
		        tlv_only(vectors_bytes(vectors, name), TAG_OID, &oid),
		        CCCD_OK);
		oid_text(oid, text);
		(void)snprintf(name, sizeof(name), "oid%02d_text", i);
		assert_string_equal(text, vectors_text(vectors, name));
		count++;
	}
	assert_int_equal(count, 34);
	vectors_close(vectors);
}

static void oid_text_is_empty_when_malformed(void **state)
{
	char text[OID_TEXT_MAX];
	uint8_t many[200];

	(void)state;
	memset(many, 0x7F, sizeof(many));
	oid_text(SPAN(many), text); /* too long for the text */
	assert_string_equal(text, "");
	oid_text(HEX("\x2A\x86"), text); /* ends inside an arc */
	assert_string_equal(text, "");
	oid_text(HEX("\x2A\x80\x01"), text); /* leading zero bits */
	assert_string_equal(text, "");
	oid_text(HEX("\x2A\xFF\xFF\xFF\xFF\xFF\x7F"), text); /* too wide */
	assert_string_equal(text, "");
	oid_text(HEX("\x2A\x8F\xFF\xFF\xFF\x7F"), text);
	assert_string_equal(text, "1.2.4294967295");
	oid_text(HEX("\x88\x37\x03"), text);
	assert_string_equal(text, "2.999.3");
}

/* emrtd.md 4, item 27: lengths up to 16 MiB and beyond the buffer. */
static void pitfall_27_lengths_beyond_the_buffer_are_refused(void **state)
{
	static const uint8_t firsts[] = { 0x81, 0x82, 0x83, 0x84 };

	(void)state;
	for (size_t i = 0; i < sizeof(firsts); i++) {
		uint8_t *bytes = malloc(2 + i + 1);
		struct tlv object = { 0 };

		assert_non_null(bytes);
		memset(bytes, 0xFF, 2 + i + 1);
		bytes[0] = 0x75;
		bytes[1] = firsts[i];
		for (size_t len = 0; len <= 2 + i + 1; len++) {
			struct tlv_reader reader =
			        tlv_open(span_of(bytes, len));

			assert_int_not_equal(tlv_next(&reader, &object),
			                     CCCD_OK);
			assert_int_equal(reader.rest.len, len);
		}
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_reads_tags_of_one_to_three_bytes),
		cmocka_unit_test(head_rejects_tags_over_three_bytes),
		cmocka_unit_test(head_asks_for_more_when_bytes_are_short),
		cmocka_unit_test(head_reads_lengths_of_the_vectors),
		cmocka_unit_test(next_refuses_the_bad_lengths_of_the_vectors),
		cmocka_unit_test(next_walks_one_level),
		cmocka_unit_test(
		        next_rejects_length_past_end_and_moves_nothing),
		cmocka_unit_test(next_accepts_long_forms_except_in_der),
		cmocka_unit_test(expect_refuses_another_tag_and_moves_nothing),
		cmocka_unit_test(optional_passes_on_broken_data),
		cmocka_unit_test(only_refuses_trailing_bytes),
		cmocka_unit_test(unsigned_reads_up_to_32_bits),
		cmocka_unit_test(oid_text_agrees_with_the_vectors),
		cmocka_unit_test(oid_text_is_empty_when_malformed),
		cmocka_unit_test(
		        pitfall_27_lengths_beyond_the_buffer_are_refused),
	};

	return cmocka_run_group_tests_name("apdu.tlv", tests, NULL, NULL);
}
