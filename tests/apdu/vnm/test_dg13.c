/* SPDX-License-Identifier: Apache-2.0 */
/* DG13 of the Vietnamese card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"
#include "apdu/vnm/dg13.h"
#include "tests/support/vectors.h"

static const uint8_t oid[] = { 0x28, 0xD3, 0x16, 0x01, 0x00, 0x08 };

/* A DG13 under construction. */
struct card {
	uint8_t bytes[8192];
	struct tlv_writer writer;
	size_t outer;
	size_t sequence;
	size_t set;
};

static void card_begin_headless(struct card *card)
{
	card->writer = tlv_writer(card->bytes, sizeof(card->bytes));
	card->outer = tlv_begin(&card->writer, 0x6D);
	card->sequence = tlv_begin(&card->writer, TAG_SEQUENCE);
}

static void card_begin(struct card *card)
{
	card_begin_headless(card);
	tlv_put(&card->writer, TAG_INTEGER, span_text("\x01"));
	tlv_put(&card->writer, TAG_OID, SPAN(oid));
	card->set = tlv_begin(&card->writer, TAG_SET);
}

static void card_put(struct card *card, uint8_t number, uint32_t tag,
                     struct span value)
{
	size_t member = tlv_begin(&card->writer, TAG_SEQUENCE);

	tlv_put(&card->writer, TAG_INTEGER, span_of(&number, 1));
	tlv_put(&card->writer, tag, value);
	tlv_finish(&card->writer, member);
}

static struct span card_end(struct card *card)
{
	struct span file = { 0 };

	tlv_finish(&card->writer, card->set);
	tlv_finish(&card->writer, card->sequence);
	tlv_finish(&card->writer, card->outer);
	assert_int_equal(tlv_written(&card->writer, &file), CCCD_OK);
	return file;
}

static void parse(struct span file, struct cccd_dg13 *ret)
{
	memset(ret, 0, sizeof(*ret));
	assert_int_equal(dg13_parse(file, ret), CCCD_OK);
}

static void parse_one(uint8_t number, uint32_t tag, struct span value,
                      struct cccd_dg13 *ret)
{
	/* Static: the parsed fields borrow from it. */
	static struct card card;

	card_begin(&card);
	card_put(&card, number, tag, value);
	parse(card_end(&card), ret);
}

static void assert_field(const struct cccd_field *field, const char *text)
{
	assert_int_equal(field->state, text[0] == '\0' ? CCCD_FIELD_EMPTY
	                                               : CCCD_FIELD_PRESENT);
	assert_int_equal(field->text.len, strlen(text));
	if (field->text.len > 0)
		assert_memory_equal(field->text.at, text, field->text.len);
}

static void dg13_parse_reads_short_sample(void **state)
{
	struct vectors *v = vectors_open("mrz");
	static struct cccd_dg13 dg13;
	(void)state;
	parse(vectors_bytes(v, "dg13_a"), &dg13);
	assert_true(dg13.national);
	assert_field(&dg13.fields[2], vectors_text(v, "dg13_a_field_2_text"));
	assert_field(&dg13.fields[4], vectors_text(v, "dg13_a_field_4_text"));
	assert_int_equal(dg13.fields[1].state, CCCD_FIELD_MISSING);
	assert_int_equal(dg13.facts, CCCD_DG13_NO_VERSION | CCCD_DG13_NO_OID);
	vectors_close(v);
}

static void dg13_parse_reads_full_sample(void **state)
{
	struct vectors *v = vectors_open("mrz");
	static struct cccd_dg13 dg13;
	(void)state;
	parse(vectors_bytes(v, "dg13_b"), &dg13);
	assert_true(dg13.national);
	assert_int_equal(dg13.facts, 0);
	assert_field(&dg13.fields[1], vectors_text(v, "dg13_b_field_1_text"));
	assert_field(&dg13.fields[2], vectors_text(v, "dg13_b_field_2_text"));
	assert_field(&dg13.fields[3], vectors_text(v, "dg13_b_field_3_text"));
	assert_field(&dg13.fields[4], vectors_text(v, "dg13_b_field_4_text"));
	assert_field(&dg13.fields[5], vectors_text(v, "dg13_b_field_5_text"));
	assert_field(&dg13.father,
	             vectors_text(v, "dg13_b_field_13_father_text"));
	assert_field(&dg13.mother,
	             vectors_text(v, "dg13_b_field_13_mother_text"));
	assert_int_equal(dg13.fields[13].state, CCCD_FIELD_PRESENT);
	/* An empty SEQUENCE is absent, but it was there. */
	assert_int_equal(dg13.fields[14].state, CCCD_FIELD_EMPTY);
	assert_int_equal(dg13.spouse.state, CCCD_FIELD_MISSING);
	assert_int_equal(dg13.birth.form, CCCD_FORM_SLASHES);
	assert_int_equal(dg13.birth.date.year, 1999);
	for (int i = 6; i <= 12; i++)
		assert_int_equal(dg13.fields[i].state, CCCD_FIELD_MISSING);
	vectors_close(v);
}

static void dg13_parse_takes_either_string_type(void **state)
{
	(void)state;
	for (uint8_t number = 1; number <= 12; number++) {
		static struct cccd_dg13 dg13;

		parse_one(number, TAG_UTF8_STRING, span_text("x"), &dg13);
		assert_field(&dg13.fields[number], "x");
		parse_one(number, TAG_PRINTABLE_STRING, span_text("x"), &dg13);
		assert_field(&dg13.fields[number], "x");
	}
}

static void dg13_parse_tells_absent_forms_apart(void **state)
{
	static struct card card;
	static struct cccd_dg13 dg13;
	size_t member = 0;

	(void)state;
	card_begin(&card);
	member = tlv_begin(&card.writer, TAG_SEQUENCE);
	tlv_put(&card.writer, TAG_INTEGER, span_text("\x06"));
	tlv_finish(&card.writer, member);
	card_put(&card, 7, TAG_UTF8_STRING, span_of(NULL, 0));
	card_put(&card, 8, TAG_SEQUENCE, span_of(NULL, 0));
	card_put(&card, 9, TAG_UTF8_STRING, span_text("  \t"));
	parse(card_end(&card), &dg13);
	for (int i = 6; i <= 9; i++)
		assert_field(&dg13.fields[i], "");
	assert_int_equal(dg13.fields[10].state, CCCD_FIELD_MISSING);
	assert_int_equal(dg13.facts, 0);
}

static void dg13_parse_flags_bad_utf8_in_its_field_only(void **state)
{
	static const char *const bad[] = {
		"\xC3",   "\xED\xA0\x80", "\xC0\xAF", "\xF5\x80\x80\x80",
		"a\xFFz", "\xE2\x82",     "\x80",
	};
	static struct card card;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		static struct cccd_dg13 dg13;

		card_begin(&card);
		card_put(&card, 2, TAG_UTF8_STRING, span_text(bad[i]));
		card_put(&card, 1, TAG_PRINTABLE_STRING,
		         span_text("001199000001"));
		parse(card_end(&card), &dg13);
		assert_int_equal(dg13.fields[2].state, CCCD_FIELD_INVALID);
		assert_int_equal(dg13.fields[2].text.len, 0);
		assert_true(dg13.fields[2].raw.len > 0);
		assert_int_equal(dg13.facts, CCCD_DG13_INVALID_TEXT);
		assert_field(&dg13.fields[1], "001199000001");
	}
}

static void dg13_parse_flags_nul_and_other_types(void **state)
{
	static struct cccd_dg13 dg13;
	(void)state;
	parse_one(2, TAG_UTF8_STRING, span_of("a\0b", 3), &dg13);
	assert_int_equal(dg13.fields[2].state, CCCD_FIELD_INVALID);
	parse_one(2, TAG_OCTET_STRING, span_text("abc"), &dg13);
	assert_int_equal(dg13.fields[2].state, CCCD_FIELD_INVALID);
	parse_one(2, TAG_IA5_STRING, span_text("abc"), &dg13);
	assert_field(&dg13.fields[2], "abc");
	assert_int_equal(dg13.facts, CCCD_DG13_OTHER_STRING_TYPE);
}

static void dg13_parse_keeps_first_of_duplicates(void **state)
{
	static struct card card;
	static struct cccd_dg13 dg13;

	(void)state;
	card_begin(&card);
	card_put(&card, 2, TAG_UTF8_STRING, span_text("Một"));
	card_put(&card, 3, TAG_UTF8_STRING, span_text("01/01/1999"));
	card_put(&card, 3, TAG_UTF8_STRING, span_text("01/01/1999"));
	parse(card_end(&card), &dg13);
	assert_int_equal(dg13.facts, CCCD_DG13_DUPLICATE);
	assert_int_equal(dg13.duplicates, 1U << 3);
	assert_int_equal(dg13.extra_count, 1);

	card_begin(&card);
	card_put(&card, 2, TAG_UTF8_STRING, span_text("Một"));
	card_put(&card, 2, TAG_UTF8_STRING, span_text("Hai"));
	parse(card_end(&card), &dg13);
	assert_int_equal(dg13.facts, CCCD_DG13_DUPLICATE | CCCD_DG13_CONFLICT);
	assert_field(&dg13.fields[2], "Một");
}

static void dg13_parse_keeps_unknown_members_raw(void **state)
{
	static struct card card;
	static struct cccd_dg13 dg13;

	(void)state;
	card_begin(&card);
	card_put(&card, 17, TAG_UTF8_STRING, span_text("mới"));
	card_put(&card, 0, TAG_UTF8_STRING, span_text("không"));
	tlv_put(&card.writer, TAG_UTF8_STRING, span_text("lạc"));
	card_put(&card, 16, TAG_PRINTABLE_STRING,
	         span_text("0123456789ABCDEF"));
	parse(card_end(&card), &dg13);
	assert_int_equal(dg13.extra_count, 3);
	assert_int_equal(dg13.extras[0].number, 17);
	assert_int_equal(dg13.facts, CCCD_DG13_UNKNOWN | CCCD_DG13_ODD_MEMBER);
	assert_field(&dg13.fields[16], "0123456789ABCDEF");
}

static void dg13_parse_bounds_unknown_members(void **state)
{
	static struct card card;
	static struct cccd_dg13 dg13;
	struct span file = { 0 };

	(void)state;
	card_begin(&card);
	for (int i = 0; i < CCCD_DG13_EXTRA_MAX; i++)
		card_put(&card, 99, TAG_UTF8_STRING, span_text("x"));
	file = card_end(&card);
	assert_int_equal(dg13_parse(file, &dg13), CCCD_OK);

	card_begin(&card);
	for (int i = 0; i <= CCCD_DG13_EXTRA_MAX; i++)
		card_put(&card, 99, TAG_UTF8_STRING, span_text("x"));
	file = card_end(&card);
	assert_int_equal(dg13_parse(file, &dg13), CCCD_ERR_DATA_TOO_LARGE);
}

static void dg13_parse_reads_relatives(void **state)
{
	static struct card card;
	static struct cccd_dg13 dg13;
	uint8_t inner[64];
	struct tlv_writer writer = tlv_writer(inner, sizeof(inner));
	struct span value = { 0 };

	(void)state;
	tlv_put(&writer, TAG_UTF8_STRING, span_text(""));
	tlv_put(&writer, TAG_PRINTABLE_STRING, span_text("Me"));
	assert_int_equal(tlv_written(&writer, &value), CCCD_OK);
	parse_one(13, TAG_SEQUENCE, value, &dg13);
	assert_field(&dg13.father, "");
	assert_field(&dg13.mother, "Me");
	assert_int_equal(dg13.facts, 0);

	writer = tlv_writer(inner, sizeof(inner));
	tlv_put(&writer, TAG_UTF8_STRING, span_text("Cha"));
	assert_int_equal(tlv_written(&writer, &value), CCCD_OK);
	parse_one(13, TAG_SEQUENCE, value, &dg13);
	assert_field(&dg13.father, "Cha");
	assert_int_equal(dg13.facts, CCCD_DG13_PARENT_UNCLEAR);

	parse_one(14, TAG_SEQUENCE, value, &dg13);
	assert_field(&dg13.spouse, "Cha");
	assert_int_equal(dg13.facts, 0);

	/* Without the nested SEQUENCE. */
	card_begin(&card);
	card_put(&card, 14, TAG_UTF8_STRING, span_text("Vợ"));
	parse(card_end(&card), &dg13);
	assert_field(&dg13.spouse, "Vợ");
}

static void dg13_parse_flags_third_parent(void **state)
{
	uint8_t inner[64];
	struct tlv_writer writer = tlv_writer(inner, sizeof(inner));
	struct span value = { 0 };
	static struct cccd_dg13 dg13;

	(void)state;
	for (int i = 0; i < 3; i++)
		tlv_put(&writer, TAG_UTF8_STRING, span_text("A"));
	assert_int_equal(tlv_written(&writer, &value), CCCD_OK);
	parse_one(13, TAG_SEQUENCE, value, &dg13);
	assert_field(&dg13.mother, "A");
	assert_int_equal(dg13.facts, CCCD_DG13_ODD_MEMBER);
}

static void dg13_parse_reads_dates_and_keeps_text(void **state)
{
	static const struct {
		const char *text;
		enum cccd_date_form form;
	} cases[] = {
		{ "15/07/2024", CCCD_FORM_SLASHES },
		{ "15072024", CCCD_FORM_DMY },
		{ "2024-07-15", CCCD_FORM_ISO },
		{ "20240715", CCCD_FORM_YMD },
		{ " 15/07/2024 ", CCCD_FORM_SLASHES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static struct cccd_dg13 dg13;

		parse_one(11, TAG_UTF8_STRING, span_text(cases[i].text), &dg13);
		assert_field(&dg13.fields[11], cases[i].text);
		assert_int_equal(dg13.issue.form, cases[i].form);
		assert_int_equal(dg13.issue.date.year, 2024);
		assert_int_equal(dg13.issue.date.month, 7);
		assert_int_equal(dg13.issue.date.day, 15);
	}
}

static void dg13_parse_knows_no_expiry_words(void **state)
{
	static const char *const words[] = { "Không thời hạn", "KHÔNG THỜI HẠN",
		                             "không xác định thời hạn" };
	static struct cccd_dg13 dg13;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		parse_one(12, TAG_UTF8_STRING, span_text(words[i]), &dg13);
		assert_int_equal(dg13.expiry.form, CCCD_FORM_NO_EXPIRY);
		assert_int_equal(dg13.facts, 0);
	}
	parse_one(12, TAG_UTF8_STRING, span_text("31/02/2030"), &dg13);
	assert_int_equal(dg13.expiry.form, CCCD_FORM_NONE);
	assert_int_equal(dg13.facts, CCCD_DG13_UNPARSED_DATE);
	/* Those words are no date of issue. */
	parse_one(11, TAG_UTF8_STRING, span_text(words[0]), &dg13);
	assert_int_equal(dg13.issue.form, CCCD_FORM_NONE);
}

static void dg13_parse_accepts_any_order_and_long_lengths(void **state)
{
	/* BER with lengths longer than needed; 3 before 1. */
	static const uint8_t file[] = {
		0x6D, 0x82, 0x00, 0x1C, 0x30, 0x81, 0x19, 0x31,
		0x17, 0x30, 0x0B, 0x02, 0x01, 0x03, 0x13, 0x81,
		0x05, '1',  '9',  '9',  '9',  ' ',  0x30, 0x08,
		0x02, 0x01, 0x01, 0x13, 0x03, '0',  '0',  '1',
	};
	static struct cccd_dg13 dg13;
	(void)state;
	parse(SPAN(file), &dg13);
	assert_field(&dg13.fields[1], "001");
	assert_int_equal(dg13.birth.form, CCCD_FORM_YEAR);
}

static void dg13_parse_leaves_foreign_content_raw(void **state)
{
	static const struct {
		uint8_t bytes[24];
		size_t len;
	} cases[] = {
		{ { 0x6D, 0x00 }, 2 },
		{ { 0x6D, 0x03, 0x04, 0x01, 0xFF }, 5 },
		{ { 0x6D, 0x04, 0x30, 0x02, 0x05, 0x00 }, 6 },
		{ { 0x6D, 0x02, 0x30, 0x05 }, 4 },
		{ { 0x6D, 0x03, 'a', 'b', 'c' }, 5 },
		{ { 0x6D, 0x05, 0x30, 0x03, 0x02, 0x01, 0x01 }, 7 },
		{ { 0x6D, 0x09, 0x30, 0x07, 0x31, 0x05, 0x30, 0x03, 0x0C, 0x01,
		    'x' },
		  11 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span file = span_of(cases[i].bytes, cases[i].len);
		static struct cccd_dg13 dg13;

		parse(file, &dg13);
		assert_false(dg13.national);
		assert_int_equal(dg13.content.len, cases[i].len - 2);
		assert_int_equal(dg13.extra_count, 0);
	}
}

static void dg13_parse_refuses_other_files(void **state)
{
	static const uint8_t dg1[] = { 0x61, 0x02, 0x5F, 0x1F };
	static const uint8_t cut[] = { 0x6D, 0x05, 0x30 };
	static struct cccd_dg13 dg13;

	(void)state;
	assert_int_equal(dg13_parse(SPAN(dg1), &dg13), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(dg13_parse(SPAN(cut), &dg13), CCCD_ERR_DATA_TRUNCATED);
	assert_int_equal(dg13_parse(span_of(NULL, 0), &dg13),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void dg13_parse_refuses_announced_but_broken(void **state)
{
	struct vectors *v = vectors_open("mrz");
	struct span good = vectors_bytes(v, "dg13_b");
	uint8_t bytes[256];
	static struct cccd_dg13 dg13;

	(void)state;
	/* The length of the member of field 1 reaches past the SET. */
	memcpy(bytes, good.at, good.len);
	assert_int_equal(bytes[20], 0x30);
	bytes[21] = 0x7F;
	assert_int_not_equal(dg13_parse(span_of(bytes, good.len), &dg13),
	                     CCCD_OK);
	vectors_close(v);
}

static void dg13_parse_survives_every_cut_and_flip(void **state)
{
	struct vectors *v = vectors_open("mrz");
	struct span good = vectors_bytes(v, "dg13_b");
	uint8_t bytes[256];
	static struct cccd_dg13 dg13;

	(void)state;
	for (size_t len = 0; len < good.len; len++) {
		memcpy(bytes, good.at, len);
		assert_int_not_equal(dg13_parse(span_of(bytes, len), &dg13),
		                     CCCD_OK);
	}
	for (size_t i = 0; i < good.len * 8; i++) {
		memcpy(bytes, good.at, good.len);
		bytes[i / 8] ^= (uint8_t)(1U << i % 8);
		if (dg13_parse(span_of(bytes, good.len), &dg13) == CCCD_OK)
			assert_in_range(dg13.extra_count, 0,
			                CCCD_DG13_EXTRA_MAX);
	}
	vectors_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dg13_parse_reads_short_sample),
		cmocka_unit_test(dg13_parse_reads_full_sample),
		cmocka_unit_test(dg13_parse_takes_either_string_type),
		cmocka_unit_test(dg13_parse_tells_absent_forms_apart),
		cmocka_unit_test(dg13_parse_flags_bad_utf8_in_its_field_only),
		cmocka_unit_test(dg13_parse_flags_nul_and_other_types),
		cmocka_unit_test(dg13_parse_keeps_first_of_duplicates),
		cmocka_unit_test(dg13_parse_keeps_unknown_members_raw),
		cmocka_unit_test(dg13_parse_bounds_unknown_members),
		cmocka_unit_test(dg13_parse_reads_relatives),
		cmocka_unit_test(dg13_parse_flags_third_parent),
		cmocka_unit_test(dg13_parse_reads_dates_and_keeps_text),
		cmocka_unit_test(dg13_parse_knows_no_expiry_words),
		cmocka_unit_test(dg13_parse_accepts_any_order_and_long_lengths),
		cmocka_unit_test(dg13_parse_leaves_foreign_content_raw),
		cmocka_unit_test(dg13_parse_refuses_other_files),
		cmocka_unit_test(dg13_parse_refuses_announced_but_broken),
		cmocka_unit_test(dg13_parse_survives_every_cut_and_flip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
