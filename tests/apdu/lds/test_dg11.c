/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups 11, 12 and 16: templates of optional fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/dg11.h"
#include "apdu/lds/dg12.h"
#include "apdu/lds/dg16.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

static struct vectors *vectors;

static int open_vectors(void **state)
{
	(void)state;
	vectors = vectors_open("lds");
	return 0;
}

static int close_vectors(void **state)
{
	(void)state;
	vectors_close(vectors);
	return 0;
}

static size_t number_of(const char *text)
{
	return strtoul(text, NULL, 10);
}

static void assert_text(struct cccd_bytes bytes, const char *name)
{
	assert_true(span_equal(bytes_span(bytes),
	                       span_text(vectors_text(vectors, name))));
}

static void assert_plain(struct cccd_bytes bytes, const char *text)
{
	assert_true(span_equal(bytes_span(bytes), span_text(text)));
}

static void dg11_of_the_vectors_is_read(void **state)
{
	struct cccd_dg11 dg11 = { 0 };

	(void)state;
	assert_int_equal(dg11_parse(vectors_bytes(vectors, "dg11"), &dg11),
	                 CCCD_OK);
	assert_text(dg11.full_name, "dg11_full_name_text");
	assert_text(dg11.place_of_birth, "dg11_place_of_birth_text");
	assert_text(dg11.permanent_address, "dg11_permanent_address_text");
	assert_text(dg11.telephone, "dg11_telephone_text");
	assert_text(dg11.profession, "dg11_profession_text");
	assert_true(span_equal(bytes_span(dg11.tag_list),
	                       vectors_bytes(vectors, "dg11_tag_list")));
	assert_null(dg11.title.at);
	assert_int_equal(dg11.date_of_birth.state, CCCD_DATE_UNKNOWN);
	assert_int_equal(dg11.unknown, 0);
}

/* Every tag of [9303-10 table 71], one after the other. */
static struct span make_dg11(struct span birth, uint8_t *memory, size_t cap)
{
	static const struct {
		uint32_t tag;
		const char *text;
	} rows[] = {
		{ 0x5F0E, "full" },         { 0x5F10, "personal" },
		{ 0x5F11, "place" },        { 0x5F42, "address" },
		{ 0x5F12, "phone" },        { 0x5F13, "profession" },
		{ 0x5F14, "title" },        { 0x5F15, "summary" },
		{ 0x5F16, "\xFF\xD8\xFF" }, { 0x5F17, "numbers" },
		{ 0x5F18, "custody" },
	};
	struct tlv_writer writer = tlv_writer(memory, cap);
	size_t file = tlv_begin(&writer, 0x6B);
	size_t names = 0;
	struct span out = { 0 };

	tlv_put(&writer, 0x5C, HEX("\x5F\x0E"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		tlv_put(&writer, rows[i].tag, span_text(rows[i].text));
	tlv_put(&writer, 0x5F2B, birth);
	names = tlv_begin(&writer, 0xA0);
	tlv_put(&writer, TAG_INTEGER, HEX("\x02"));
	tlv_put(&writer, 0x5F0F, span_text("other one"));
	tlv_put(&writer, 0x5F0F, span_text("other two"));
	tlv_finish(&writer, names);
	tlv_put(&writer, 0x5F7F, HEX("\x01"));
	tlv_finish(&writer, file);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return out;
}

static void dg11_has_a_place_for_every_tag(void **state)
{
	uint8_t memory[256];
	struct cccd_dg11 dg11 = { 0 };
	struct span file = make_dg11(HEX("19900000"), memory, sizeof(memory));

	(void)state;
	assert_int_equal(dg11_parse(file, &dg11), CCCD_OK);
	assert_plain(dg11.full_name, "full");
	assert_plain(dg11.personal_number, "personal");
	assert_plain(dg11.place_of_birth, "place");
	assert_plain(dg11.permanent_address, "address");
	assert_plain(dg11.telephone, "phone");
	assert_plain(dg11.profession, "profession");
	assert_plain(dg11.title, "title");
	assert_plain(dg11.personal_summary, "summary");
	assert_int_equal(dg11.proof_of_citizenship.format, CCCD_IMAGE_JPEG);
	assert_plain(dg11.other_document_numbers, "numbers");
	assert_plain(dg11.custody_information, "custody");
	assert_int_equal(dg11.other_name_count, 2);
	assert_plain(dg11.other_names[1], "other two");
	assert_int_equal(dg11.date_of_birth.state, CCCD_DATE_PARTIAL);
	assert_int_equal(dg11.date_of_birth.year, 1990);
	assert_int_equal(dg11.unknown, 1);
}

static void dates_may_be_bcd(void **state)
{
	uint8_t memory[256];
	struct cccd_dg11 dg11 = { 0 };
	struct span file =
	        make_dg11(HEX("\x19\x90\x12\x31"), memory, sizeof(memory));

	(void)state;
	assert_int_equal(dg11_parse(file, &dg11), CCCD_OK);
	assert_int_equal(dg11.date_of_birth.state, CCCD_DATE_COMPLETE);
	assert_string_equal(dg11.date_of_birth.text, "19901231");
}

static void single_fields_may_not_stand_twice(void **state)
{
	struct cccd_dg11 dg11 = { 0 };
	struct cccd_dg12 dg12 = { 0 };

	(void)state;
	assert_int_equal(dg11_parse(HEX("\x6B\x08\x5F\x0E\x01\x41\x5F\x0E\x01"
	                                "\x42"),
	                            &dg11),
	                 CCCD_ERR_DATA_DUPLICATE);
	/* Two empty ones say nothing, so they do not contradict. */
	assert_int_equal(
	        dg11_parse(HEX("\x6B\x06\x5F\x16\x00\x5F\x16\x00"), &dg11),
	        CCCD_OK);
	assert_int_equal(dg12_parse(HEX("\x6C\x0E\x5F\x26\x04\x20\x21\x01\x01"
	                                "\x5F\x26\x04\x20\x21\x01\x02"),
	                            &dg12),
	                 CCCD_ERR_DATA_DUPLICATE);
}

static void lists_are_bounded(void **state)
{
	uint8_t memory[256];
	struct cccd_dg11 dg11 = { 0 };

	(void)state;
	for (size_t n = CCCD_OTHER_NAMES_MAX; n <= CCCD_OTHER_NAMES_MAX + 1;
	     n++) {
		struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
		size_t file = tlv_begin(&writer, 0x6B);
		size_t names = tlv_begin(&writer, 0xA0);
		struct span out = { 0 };

		for (size_t i = 0; i < n; i++)
			tlv_put(&writer, 0x5F0F, HEX("x"));
		tlv_finish(&writer, names);
		tlv_finish(&writer, file);
		assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
		assert_int_equal(dg11_parse(out, &dg11),
		                 n == CCCD_OTHER_NAMES_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_TOO_LARGE);
	}
}

static void groups_do_not_nest(void **state)
{
	struct cccd_dg11 dg11 = { 0 };

	(void)state;
	assert_int_equal(dg11_parse(HEX("\x6B\x04\xA0\x02\xA0\x00"), &dg11),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void dg12_of_the_vectors_is_read(void **state)
{
	struct cccd_dg12 dg12 = { 0 };

	(void)state;
	assert_int_equal(dg12_parse(vectors_bytes(vectors, "dg12"), &dg12),
	                 CCCD_OK);
	assert_text(dg12.issuing_authority, "dg12_issuing_authority_text");
	assert_string_equal(dg12.date_of_issue.text,
	                    vectors_text(vectors, "dg12_date_of_issue_text"));
	assert_int_equal(dg12.date_of_issue.year, 2021);
	assert_int_equal(dg12.date_of_issue.month, 1);
	assert_int_equal(dg12.date_of_issue.day, 31);
	assert_text(dg12.endorsements, "dg12_endorsements_text");
	assert_string_equal(dg12.personalization_time, "");
	assert_int_equal(dg12.unknown, 0);
}

static void dg12_has_a_place_for_every_tag(void **state)
{
	static const struct {
		uint32_t tag;
		const char *text;
	} rows[] = {
		{ 0x5F19, "authority" },
		{ 0x5F1B, "endorsements" },
		{ 0x5F1C, "tax" },
		{ 0x5F1D, "\xFF\xD8\xFF" },
		{ 0x5F1E, "\xFF\x4F\xFF\x51" },
		{ 0x5F55, "20210131235959" },
		{ 0x5F56, "serial" },
	};
	uint8_t memory[256];
	struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
	size_t file = tlv_begin(&writer, 0x6C);
	size_t persons = 0;
	struct span out = { 0 };
	struct cccd_dg12 dg12 = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		tlv_put(&writer, rows[i].tag, span_text(rows[i].text));
	tlv_put(&writer, 0x5F26, HEX("\x20\x21\x01\x31"));
	persons = tlv_begin(&writer, 0xA0);
	tlv_put(&writer, TAG_INTEGER, HEX("\x01"));
	tlv_put(&writer, 0x5F1A, span_text("person"));
	tlv_finish(&writer, persons);
	tlv_finish(&writer, file);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	assert_int_equal(dg12_parse(out, &dg12), CCCD_OK);
	assert_plain(dg12.issuing_authority, "authority");
	assert_plain(dg12.endorsements, "endorsements");
	assert_plain(dg12.tax_exit_requirements, "tax");
	assert_int_equal(dg12.front_image.format, CCCD_IMAGE_JPEG);
	assert_int_equal(dg12.rear_image.format, CCCD_IMAGE_JPEG2000);
	assert_string_equal(dg12.personalization_time, "20210131235959");
	assert_plain(dg12.personalization_serial_number, "serial");
	assert_int_equal(dg12.date_of_issue.state, CCCD_DATE_COMPLETE);
	assert_string_equal(dg12.date_of_issue.text, "20210131");
	assert_int_equal(dg12.other_person_count, 1);
	assert_plain(dg12.other_persons[0], "person");
	assert_int_equal(dg12.unknown, 0);
}

static void personalization_time_may_be_bcd(void **state)
{
	struct cccd_dg12 dg12 = { 0 };

	(void)state;
	assert_int_equal(dg12_parse(HEX("\x6C\x0A\x5F\x55\x07\x20\x21\x01\x31"
	                                "\x23\x59\x59"),
	                            &dg12),
	                 CCCD_OK);
	assert_string_equal(dg12.personalization_time, "20210131235959");
	assert_int_equal(
	        dg12_parse(HEX("\x6C\x06\x5F\x55\x03\x01\x80\x41"), &dg12),
	        CCCD_OK);
	assert_string_equal(dg12.personalization_time, "??A");
}

static void dg16_of_the_vectors_is_read(void **state)
{
	struct cccd_dg16 dg16 = { 0 };

	(void)state;
	assert_int_equal(dg16_parse(vectors_bytes(vectors, "dg16"), &dg16),
	                 CCCD_OK);
	assert_int_equal(dg16.declared_count,
	                 number_of(vectors_text(vectors, "dg16_count_text")));
	assert_int_equal(dg16.person_count, 2);
	assert_text(dg16.persons[0].name, "dg16_1_name_text");
	assert_text(dg16.persons[0].telephone, "dg16_1_telephone_text");
	assert_string_equal(dg16.persons[0].date_recorded.text, "20020101");
	assert_text(dg16.persons[1].name, "dg16_2_name_text");
	assert_text(dg16.persons[1].address, "dg16_2_address_text");
}

static void dg16_holds_no_more_persons_than_tags(void **state)
{
	uint8_t memory[64];
	struct cccd_dg16 dg16 = { 0 };

	(void)state;
	for (uint32_t n = CCCD_PERSONS_MAX; n <= CCCD_PERSONS_MAX + 1; n++) {
		struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
		size_t file = tlv_begin(&writer, 0x70);
		struct span out = { 0 };

		for (uint32_t i = 0; i < n; i++)
			tlv_put(&writer, 0xA1 + i % 15, HEX(""));
		tlv_finish(&writer, file);
		assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
		assert_int_equal(dg16_parse(out, &dg16),
		                 n == CCCD_PERSONS_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_TOO_LARGE);
	}
}

static enum cccd_err parse_dg11(struct span file)
{
	struct cccd_dg11 dg11 = { 0 };

	return dg11_parse(file, &dg11);
}

static enum cccd_err parse_dg12(struct span file)
{
	struct cccd_dg12 dg12 = { 0 };

	return dg12_parse(file, &dg12);
}

static enum cccd_err parse_dg16(struct span file)
{
	struct cccd_dg16 dg16 = { 0 };

	return dg16_parse(file, &dg16);
}

static void pitfall_27_hostile_files_are_survived(void **state)
{
	uint8_t memory[256];

	(void)state;
	hostile_all(vectors_bytes(vectors, "dg11"), parse_dg11);
	hostile_all(make_dg11(HEX("19900000"), memory, sizeof(memory)),
	            parse_dg11);
	hostile_all(vectors_bytes(vectors, "dg12"), parse_dg12);
	hostile_all(vectors_bytes(vectors, "dg16"), parse_dg16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dg11_of_the_vectors_is_read),
		cmocka_unit_test(dg11_has_a_place_for_every_tag),
		cmocka_unit_test(dates_may_be_bcd),
		cmocka_unit_test(single_fields_may_not_stand_twice),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(groups_do_not_nest),
		cmocka_unit_test(dg12_of_the_vectors_is_read),
		cmocka_unit_test(dg12_has_a_place_for_every_tag),
		cmocka_unit_test(personalization_time_may_be_bcd),
		cmocka_unit_test(dg16_of_the_vectors_is_read),
		cmocka_unit_test(dg16_holds_no_more_persons_than_tags),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.dg11", tests, open_vectors,
	                                   close_vectors);
}
