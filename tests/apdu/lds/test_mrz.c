/* SPDX-License-Identifier: Apache-2.0 */
/* The machine readable zone, DG1 and the access key made from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/date.h"
#include "apdu/lds/dg1.h"
#include "apdu/lds/mrz.h"
#include "tests/apdu/lds/mrz_records.h"
#include "tests/support/hostile.h"

enum { NAMES = 12 };

static enum cccd_mrz_format format_of(const char *name)
{
	if (strcmp(name, "TD1") == 0)
		return CCCD_MRZ_TD1;
	return strcmp(name, "TD2") == 0 ? CCCD_MRZ_TD2 : CCCD_MRZ_TD3;
}

static void fields_agree_with_the_vectors(void **state)
{
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (int i = 1; i <= MRZ_RECORDS; i++) {
		char sex[2] = { 0 };

		mrz_record_parse(i, &mrz);
		assert_int_equal(mrz.format,
		                 format_of(mrz_record_text(i, "format")));
		assert_string_equal(mrz.text, mrz_record_text(i, "mrz"));
		assert_string_equal(mrz.document_code,
		                    mrz_record_text(i, "document_code"));
		assert_string_equal(mrz.issuing_state,
		                    mrz_record_text(i, "issuer"));
		assert_string_equal(mrz.document_number,
		                    mrz_record_text(i, "document_number"));
		assert_string_equal(mrz.nationality,
		                    mrz_record_text(i, "nationality"));
		sex[0] = mrz.sex;
		assert_string_equal(sex, mrz_record_text(i, "sex"));
		assert_string_equal(mrz.date_of_birth.text,
		                    mrz_record_text(i, "date_of_birth"));
		assert_string_equal(mrz.date_of_expiry.text,
		                    mrz_record_text(i, "date_of_expiry"));
		assert_string_equal(mrz.optional_data,
		                    mrz_record_text(i, "optional_data"));
		assert_string_equal(mrz.optional_data_2,
		                    mrz_record_text(i, "optional_data_2"));
		assert_string_equal(mrz.primary_identifier,
		                    mrz_record_text(i, "primary_identifier"));
		assert_string_equal(mrz.secondary_identifier,
		                    mrz_record_text(i, "secondary_identifier"));
	}
}

static void check_digits_agree_with_the_vectors(void **state)
{
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (int i = 1; i <= MRZ_RECORDS; i++) {
		bool faulty =
		        strcmp(mrz_record_text(i, "faults"), "composite") == 0;

		mrz_record_parse(i, &mrz);
		assert_int_equal(
		        mrz.document_number_check.computed,
		        mrz_record_text(i, "document_number_check")[0]);
		assert_int_equal(mrz.date_of_birth_check.computed,
		                 mrz_record_text(i, "date_of_birth_check")[0]);
		assert_int_equal(mrz.date_of_expiry_check.computed,
		                 mrz_record_text(i, "date_of_expiry_check")[0]);
		assert_int_equal(mrz.composite_check.computed,
		                 mrz_record_text(i, "composite_check")[0]);
		assert_true(mrz.document_number_check.correct);
		assert_true(mrz.date_of_birth_check.correct);
		assert_true(mrz.date_of_expiry_check.correct);
		assert_int_equal(mrz.composite_check.correct, !faulty);
		if (mrz.format == CCCD_MRZ_TD3)
			assert_true(mrz.optional_data_check.correct);
		else
			assert_int_equal(mrz.optional_data_check.printed, 0);
	}
}

static void long_numbers_are_joined(void **state)
{
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (int i = 1; i <= MRZ_RECORDS; i++) {
		mrz_record_parse(i, &mrz);
		assert_int_equal(mrz.long_number, i == 6 || i == 8);
	}
}

/* [9303-5 4.2.2] the longest number a TD1 can hold: 9 and 14 characters */
static void longest_number_fills_the_optional_data(void **state)
{
	char zone[] = "I<UTOD23145890<12345678901234?"
	              "3407127M9507122UTO<<<<<<<<<<<2"
	              "STEVENSON<<PETER<JOHN<<<<<<<<<";
	const char *number = "D2314589012345678901234";
	struct cccd_mrz mrz = { 0 };
	struct secret information = { 0 };

	(void)state;
	zone[29] = mrz_check_digit(span_text(number));
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_true(mrz.long_number);
	assert_string_equal(mrz.document_number, number);
	assert_true(mrz.document_number_check.correct);
	assert_string_equal(mrz.optional_data, "");
	assert_int_equal(mrz_information(&mrz, &information), CCCD_OK);
	assert_int_equal(information.len, MRZ_INFORMATION_MAX);
}

/* A filler for the check digit alone does not make a number long. */
static void numbers_are_joined_only_when_nine_are_full(void **state)
{
	static const struct {
		const char *line;
		const char *number;
		const char *optional;
	} rows[] = {
		{ "I<UTOD2314589<<7349<<<<<<<<<<<", "D2314589", "7349" },
		{ "I<UTOD23145890<<<<<<<<<<<<<<<<", "D23145890", "" },
		{ "I<UTOD23145890<7<<<<<<<<<<<<<<", "D23145890", "7" },
		{ "I<UTOD23145890<<734<<<<<<<<<<<", "D23145890", "<734" },
	};
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char zone[MRZ_LEN_MAX + 1];

		(void)snprintf(zone, sizeof(zone), "%s%s", rows[i].line,
		               mrz_record_text(1, "mrz") + 30);
		assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
		assert_false(mrz.long_number);
		assert_string_equal(mrz.document_number, rows[i].number);
		assert_string_equal(mrz.optional_data, rows[i].optional);
		assert_int_equal(mrz.document_number_check.printed, '<');
		assert_false(mrz.document_number_check.correct);
	}
}

/* A character whose value differs by one: no weight can hide it. */
static char neighbour(char c)
{
	static const char characters[] = "<123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *at = strchr(characters, c == '0' ? '<' : c);

	assert_non_null(at);
	return *(at[1] != '\0' ? at + 1 : at - 1);
}

/* [9303-5 4.2.4] every character of its four parts counts */
static void composite_covers_every_character(void **state)
{
	struct cccd_mrz before = { 0 };
	struct cccd_mrz after = { 0 };

	(void)state;
	for (int record = 1; record <= 3; record++) {
		size_t len = strlen(mrz_record_text(record, "mrz"));
		size_t name_end = record == 1 ? 60 : len;
		size_t count = 0;

		mrz_record_parse(record, &before);
		for (size_t i = record == 1 ? 5 : len / 2; i < name_end; i++) {
			char zone[MRZ_LEN_MAX + 1];

			memcpy(zone, mrz_record_text(record, "mrz"), len + 1);
			zone[i] = neighbour(zone[i]);
			assert_int_equal(mrz_parse(span_text(zone), &after),
			                 CCCD_OK);
			count += after.composite_check.computed !=
			         before.composite_check.computed;
		}
		/* TD1: 25 + 7 + 7 + 11; TD2: 10 + 7 + 14; TD3: 10 + 7 + 22 */
		assert_int_equal(count, record == 1   ? 50
		                        : record == 2 ? 31
		                                      : 39);
	}
}

/* Another digit than @c. */
static char other_digit(char c)
{
	return c == '9' ? '8' : '9';
}

static void wrong_check_digits_are_facts(void **state)
{
	static const struct {
		size_t at;
		size_t member;
	} rows[] = {
		{ 14, offsetof(struct cccd_mrz, document_number_check) },
		{ 36, offsetof(struct cccd_mrz, date_of_birth_check) },
		{ 44, offsetof(struct cccd_mrz, date_of_expiry_check) },
		{ 59, offsetof(struct cccd_mrz, composite_check) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char zone[MRZ_LEN_MAX + 1];
		struct cccd_mrz mrz = { 0 };
		struct cccd_mrz_check check = { 0 };

		memcpy(zone, mrz_record_text(11, "mrz"), sizeof(zone));
		zone[rows[i].at] = other_digit(zone[rows[i].at]);
		assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
		memcpy(&check, (const char *)&mrz + rows[i].member,
		       sizeof(check));
		assert_false(check.correct);
		assert_int_equal(check.printed, zone[rows[i].at]);
		assert_int_not_equal(check.computed, check.printed);
	}
}

static void empty_optional_data_may_have_a_filler(void **state)
{
	char zone[MRZ_TD3_LEN + 1];
	struct cccd_mrz mrz = { 0 };

	(void)state;
	memcpy(zone, mrz_record_text(3, "mrz"), sizeof(zone));
	memset(zone + 72, '<', 15);
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_string_equal(mrz.optional_data, "");
	assert_true(mrz.optional_data_check.correct);
	zone[72] = 'A';
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_false(mrz.optional_data_check.correct);
}

static void digits_of_the_standard_are_computed(void **state)
{
	(void)state;
	/* [9303-3 A] */
	assert_int_equal(mrz_check_digit(span_text(
	                         vectors_text(mrz_vectors(), "cd1_text"))),
	                 vectors_text(mrz_vectors(), "cd1_digit_text")[0]);
	assert_int_equal(mrz_check_digit(span_text(
	                         vectors_text(mrz_vectors(), "cd2_text"))),
	                 vectors_text(mrz_vectors(), "cd2_digit_text")[0]);
	assert_int_equal(mrz_check_digit(span_of(NULL, 0)), '0');
}

/* [9303-3 A] composite digits of the three formats */
static void composite_digits_of_the_standard_are_computed(void **state)
{
	static const char td3_name[] =
	        "P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<";
	char zone[MRZ_LEN_MAX + 1];
	struct cccd_mrz mrz = { 0 };

	(void)state;
	(void)snprintf(zone, sizeof(zone), "%s%s", td3_name,
	               vectors_text(mrz_vectors(), "cd3_td3_line_text"));
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_int_equal(mrz.composite_check.computed,
	                 vectors_text(mrz_vectors(), "cd3_composite_text")[0]);
	assert_true(mrz.composite_check.correct);

	(void)snprintf(zone, sizeof(zone), "%s%s%.30s",
	               vectors_text(mrz_vectors(), "cd4_td1_upper_text"),
	               vectors_text(mrz_vectors(), "cd4_td1_middle_text"),
	               td3_name);
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_int_equal(mrz.composite_check.computed,
	                 vectors_text(mrz_vectors(), "cd4_composite_text")[0]);
	assert_true(mrz.composite_check.correct);

	(void)snprintf(zone, sizeof(zone), "%.36s%s", td3_name,
	               vectors_text(mrz_vectors(), "cd5_td2_line_text"));
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_int_equal(mrz.composite_check.computed,
	                 vectors_text(mrz_vectors(), "cd5_composite_text")[0]);
	assert_true(mrz.composite_check.correct);
}

/* Puts a name line of the vectors into a zone of its length. */
static void zone_of_line(const char *line, char *zone)
{
	if (strlen(line) == 44)
		(void)sprintf(zone, "%s%s", line,
		              mrz_record_text(3, "mrz") + 44);
	else
		(void)sprintf(zone, "%.60s%s", mrz_record_text(1, "mrz"), line);
}

static void names_agree_with_the_vectors(void **state)
{
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (int i = 1; i <= NAMES; i++) {
		char zone[MRZ_LEN_MAX + 1];
		char name[32];
		const char *line = NULL;

		(void)snprintf(name, sizeof(name), "n%02d_line_text", i);
		line = vectors_text(mrz_vectors(), name);
		zone_of_line(line, zone);
		assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
		(void)snprintf(name, sizeof(name), "n%02d_primary_text", i);
		assert_string_equal(mrz.primary_identifier,
		                    vectors_text(mrz_vectors(), name));
		(void)snprintf(name, sizeof(name), "n%02d_secondary_text", i);
		assert_string_equal(mrz.secondary_identifier,
		                    vectors_text(mrz_vectors(), name));
		assert_int_equal(mrz.name_truncated,
		                 line[strlen(line) - 1] != '<');
	}
}

static void names_without_any_letter_are_empty(void **state)
{
	char zone[MRZ_LEN_MAX + 1];
	struct cccd_mrz mrz = { 0 };

	(void)state;
	memcpy(zone, mrz_record_text(1, "mrz"), sizeof(zone));
	memset(zone + 60, '<', 30);
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_string_equal(mrz.primary_identifier, "");
	assert_string_equal(mrz.secondary_identifier, "");
	assert_false(mrz.name_truncated);
	memset(zone + 60, 'A', 30);
	assert_int_equal(mrz_parse(span_text(zone), &mrz), CCCD_OK);
	assert_int_equal(strlen(mrz.primary_identifier), 30);
	assert_true(mrz.name_truncated);
}

static void dates_know_what_they_do_not_know(void **state)
{
	static const struct {
		const char *text;
		enum cccd_date_state state;
		int year;
		int month;
		int day;
	} rows[] = {
		{ "740812", CCCD_DATE_COMPLETE, 74, 8, 12 },
		{ "000229", CCCD_DATE_COMPLETE, 0, 2, 29 },
		{ "990229", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "991231", CCCD_DATE_COMPLETE, 99, 12, 31 },
		{ "64<<<<", CCCD_DATE_PARTIAL, 64, 0, 0 },
		{ "6405<<", CCCD_DATE_PARTIAL, 64, 5, 0 },
		{ "<<0512", CCCD_DATE_PARTIAL, -1, 5, 12 },
		{ "<<<<<<", CCCD_DATE_UNKNOWN, -1, 0, 0 },
		{ "640000", CCCD_DATE_PARTIAL, 64, 0, 0 },
		{ "641301", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "640431", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "64<5<<", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "ABCDEF", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "7408", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "19740812", CCCD_DATE_COMPLETE, 1974, 8, 12 },
		{ "19000229", CCCD_DATE_INVALID, -1, 0, 0 },
		{ "20000229", CCCD_DATE_COMPLETE, 2000, 2, 29 },
		{ "19740000", CCCD_DATE_PARTIAL, 1974, 0, 0 },
		{ "00000000", CCCD_DATE_UNKNOWN, -1, 0, 0 },
		{ "00000812", CCCD_DATE_PARTIAL, -1, 8, 12 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_date date = date_parse(span_text(rows[i].text));

		assert_string_equal(date.text, rows[i].text);
		assert_int_equal(date.state, rows[i].state);
		assert_int_equal(date.year, rows[i].year);
		assert_int_equal(date.month, rows[i].month);
		assert_int_equal(date.day, rows[i].day);
		assert_int_equal(date.has_century, strlen(rows[i].text) == 8);
	}
	assert_int_equal(date_parse_bcd(span_of("\x20\x21\x01\x31", 4)).year,
	                 2021);
	assert_int_equal(date_parse_bcd(span_of("\x20\x2A\x01\x31", 4)).state,
	                 CCCD_DATE_INVALID);
	assert_string_equal(date_parse(span_of("\x01\xFF", 2)).text, "??");
}

static void other_lengths_and_characters_are_refused(void **state)
{
	struct cccd_mrz mrz = { 0 };
	char zone[MRZ_LEN_MAX + 2] = { 0 };

	(void)state;
	memset(zone, '<', MRZ_LEN_MAX + 1);
	for (size_t len = 0; len <= MRZ_LEN_MAX + 1; len++)
		assert_int_equal(mrz_parse(span_of(zone, len), &mrz),
		                 len == 72 || len == 88 || len == 90
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_MALFORMED);
	for (unsigned int c = 0; c < 256; c++) {
		bool good = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		            c == '<';

		zone[40] = (char)c;
		assert_int_equal(mrz_parse(span_of(zone, 90), &mrz),
		                 good ? CCCD_OK : CCCD_ERR_DATA_MALFORMED);
	}
}

static void dg1_of_the_vectors_is_read(void **state)
{
	static const struct {
		const char *name;
		enum cccd_mrz_format format;
		const char *number;
	} rows[] = {
		{ "dg1_td1", CCCD_MRZ_TD1, "XI85935F8" },
		{ "dg1_cccd", CCCD_MRZ_TD1, "199000001" },
		{ "dg1_td2", CCCD_MRZ_TD2, "D23145890" },
		{ "dg1_td3", CCCD_MRZ_TD3, "L898902C3" },
	};
	struct vectors *lds = vectors_open("lds");
	struct cccd_mrz mrz = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(
		        dg1_parse(vectors_bytes(lds, rows[i].name), &mrz),
		        CCCD_OK);
		assert_int_equal(mrz.format, rows[i].format);
		assert_string_equal(mrz.document_number, rows[i].number);
	}
	assert_int_equal(dg1_parse(vectors_bytes(lds, "dg1_td1"), &mrz),
	                 CCCD_OK);
	assert_string_equal(mrz.text, vectors_text(lds, "dg1_td1_mrz_text"));
	assert_int_equal(
	        mrz.composite_check.computed,
	        vectors_text(lds, "dg1_td1_composite_correct_text")[0]);
	assert_int_not_equal(
	        dg1_parse(vectors_bytes(lds, "dg1_wrong_tag_bad"), &mrz),
	        CCCD_OK);
	vectors_close(lds);
}

static enum cccd_err parse_dg1(struct span file)
{
	struct cccd_mrz mrz = { 0 };

	return dg1_parse(file, &mrz);
}

static void pitfall_27_hostile_dg1_is_survived(void **state)
{
	static const char *const names[] = { "dg1_td1", "dg1_cccd", "dg1_td2",
		                             "dg1_td3" };
	struct vectors *lds = vectors_open("lds");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		hostile_all(vectors_bytes(lds, names[i]), parse_dg1);
	vectors_close(lds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_agree_with_the_vectors),
		cmocka_unit_test(check_digits_agree_with_the_vectors),
		cmocka_unit_test(long_numbers_are_joined),
		cmocka_unit_test(longest_number_fills_the_optional_data),
		cmocka_unit_test(numbers_are_joined_only_when_nine_are_full),
		cmocka_unit_test(composite_covers_every_character),
		cmocka_unit_test(wrong_check_digits_are_facts),
		cmocka_unit_test(empty_optional_data_may_have_a_filler),
		cmocka_unit_test(digits_of_the_standard_are_computed),
		cmocka_unit_test(composite_digits_of_the_standard_are_computed),
		cmocka_unit_test(names_agree_with_the_vectors),
		cmocka_unit_test(names_without_any_letter_are_empty),
		cmocka_unit_test(dates_know_what_they_do_not_know),
		cmocka_unit_test(other_lengths_and_characters_are_refused),
		cmocka_unit_test(dg1_of_the_vectors_is_read),
		cmocka_unit_test(pitfall_27_hostile_dg1_is_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.mrz", tests,
	                                   mrz_records_open, mrz_records_close);
}
