/* SPDX-License-Identifier: Apache-2.0 */
/* The person, put together from the files of a card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Before cmocka, whose fail() is a macro. */
#include "tests/apdu/vnm/tables.h"

#include <cmocka.h>

#include "apdu/lds/mrz.h"
#include "apdu/vnm/dg13.h"
#include "apdu/vnm/person.h"
#include "tests/apdu/vnm/card_data.h"

static const struct cccd_day today = { 2026, 11, 23 };
static struct json_tables tables;

static int setup(void **state)
{
	(void)state;
	tables = test_tables();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_tables_release(&tables);
	return 0;
}

/* Static: a person is too large for a frame of a test. */
static const struct cccd_person *compose(const struct cccd_mrz *dg1,
                                         const struct cccd_dg13 *dg13)
{
	static struct cccd_person person;
	struct person_input input = {
		.dg1 = dg1, .dg13 = dg13, .tables = &tables.view, .today = today
	};

	assert_int_equal(person_compose(&input, &person), CCCD_OK);
	return &person;
}

static void person_compose_fills_every_member(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	const struct cccd_person *p = compose(&mrz, &dg13);

	(void)state;
	assert_string_equal(p->id_number, "001199000001");
	assert_string_equal(p->document_number, "199000001");
	assert_int_equal(p->document_kind, CCCD_KIND_CCCD);
	assert_string_equal(p->document_kind_basis, "date_of_issue");
	assert_string_equal(p->issuing_state, "VNM");
	/* Composed form, though the card spelled it decomposed. */
	assert_string_equal(p->full_name, "Nguyễn Văn A");
	assert_int_equal(p->full_name_source, CCCD_SOURCE_DG13);
	assert_string_equal(p->name_primary, "NGUYEN");
	assert_string_equal(p->name_secondary, "VAN A");
	assert_false(p->name_truncated);
	assert_string_equal(p->date_of_birth, "1999-01-01");
	assert_int_equal(p->sex, CCCD_SEX_FEMALE);
	assert_string_equal(p->sex_text, "Nữ");
	assert_string_equal(p->nationality, "Việt Nam");
	assert_string_equal(p->nationality_alpha_3, "VNM");
	assert_string_equal(p->date_of_issue, "2022-07-15");
	assert_string_equal(p->date_of_expiry, "2039-01-01");
	assert_false(p->no_expiry);
	assert_string_equal(
	        p->place_of_issue_derived,
	        "Cục Cảnh sát quản lý hành chính về trật tự xã hội");
	assert_int_equal(p->old_number_count, 2);
	assert_string_equal(p->old_numbers[0], "012345678");
	assert_string_equal(p->old_numbers[1], "001199999999");
	assert_string_equal(p->place_of_residence.label, "Nơi thường trú");
	assert_string_equal(p->place_of_residence.as_of, "card issue");
	assert_string_equal(p->place_of_origin.label, "Quê quán");
	assert_string_equal(p->father_name, "Nguyễn Văn B");
	assert_string_equal(p->mother_name, "Trần Thị C");
	assert_string_equal(p->spouse_name, "Lê D");
	assert_string_equal(p->ethnicity, "Tày");
	assert_string_equal(p->religion, "Không");
	assert_string_equal(p->personal_features, "Sẹo chấm, C: 1cm");
	assert_int_equal(p->notes, 0);
	assert_int_equal(p->number_notes, 0);
}

static void person_compose_finds_codes_with_their_tables(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	const struct cccd_person *p = compose(&mrz, &dg13);

	(void)state;
	assert_string_equal(p->ethnicity_code.code, "02");
	assert_string_equal(p->ethnicity_code.table, "ethnic_groups");
	assert_string_equal(p->ethnicity_code.date, "1979-03-02");
	assert_string_equal(p->ethnicity_code.confidence, "general");
	assert_string_equal(p->nationality_code.code, "VNM");
	assert_string_equal(p->place_of_residence.province.code, "001");
	assert_string_equal(p->place_of_residence.province_new.code, "01");
	assert_string_equal(p->place_of_origin.province.code, "002");
	assert_string_equal(p->place_of_origin.province_new.code, "08");
	assert_string_equal(p->place_of_origin.province_new.name,
	                    "Tuyên Quang");
	assert_string_equal(p->place_of_origin.province.confidence, "low");
	assert_string_equal(p->place_of_origin.province_new.date, "2025-07-01");
	assert_string_equal(p->birth_registration.name, "Hà Nội");
	/* Not established: the table is there, without a code. */
	assert_string_equal(p->health_nationality.code, "");
	assert_string_equal(p->health_nationality.table,
	                    "health_nationalities");
}

static void person_compose_keeps_unknown_texts_without_code(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	const struct cccd_person *p = NULL;

	(void)state;
	card_set_field(&dg13, CCCD_DG13_ETHNICITY, "Người sao Hoả");
	card_set_field(&dg13, CCCD_DG13_PLACE_OF_RESIDENCE, "Berlin, Đức");
	card_set_field(&dg13, CCCD_DG13_ID_NUMBER, "999199000001");
	p = compose(&mrz, &dg13);
	assert_string_equal(p->ethnicity, "Người sao Hoả");
	assert_string_equal(p->ethnicity_code.code, "");
	assert_string_equal(p->ethnicity_code.table, "ethnic_groups");
	assert_string_equal(p->place_of_residence.province.code, "");
	assert_int_equal(p->number_notes, CCCD_NUMBER_PLACE_UNKNOWN);
}

static void person_compose_decides_the_kind(void **state)
{
	static const struct {
		const char *issue;
		const char *expiry;
		enum cccd_document_kind kind;
		const char *basis;
		const char *issued_by;
		const char *label;
	} cases[] = {
		{ "30/06/2024", "01/01/2039", CCCD_KIND_CCCD, "date_of_issue",
		  "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
		  "Nơi thường trú" },
		{ "01/07/2024", "01/01/2039", CCCD_KIND_CAN_CUOC,
		  "date_of_issue", "Bộ Công an", "Nơi cư trú" },
		{ "15072022", "01/01/2039", CCCD_KIND_CCCD, "date_of_issue",
		  "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
		  "Nơi thường trú" },
		{ "", "01/01/2039", CCCD_KIND_UNKNOWN, "no_date_of_issue", "",
		  "Nơi thường trú hoặc nơi cư trú" },
		{ "2024", "01/01/2039", CCCD_KIND_UNKNOWN, "no_date_of_issue",
		  "", "Nơi thường trú hoặc nơi cư trú" },
		/* The fourteenth birthday: only the later law has it. */
		{ "", "01/01/2013", CCCD_KIND_CAN_CUOC, "date_of_expiry", "",
		  "Nơi cư trú" },
	};
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_dg13 dg13 = card_full_dg13();
		const struct cccd_person *p = NULL;

		dg13.issue = (struct cccd_field_date){ 0 };
		card_set_date(&dg13, CCCD_DG13_DATE_OF_ISSUE, &dg13.issue,
		              cases[i].issue);
		card_set_date(&dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13.expiry,
		              cases[i].expiry);
		p = compose(&mrz, &dg13);
		assert_int_equal(p->document_kind, cases[i].kind);
		assert_string_equal(p->document_kind_basis, cases[i].basis);
		assert_string_equal(p->place_of_issue_derived,
		                    cases[i].issued_by);
		assert_string_equal(p->place_of_residence.label,
		                    cases[i].label);
	}
}

static void person_compose_knows_no_expiry(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m12_mrz_text");
	const struct cccd_person *p = compose(&mrz, NULL);
	struct cccd_dg13 dg13 = { .national = true };

	(void)state;
	assert_true(p->no_expiry);
	assert_string_equal(p->date_of_expiry, "");
	assert_string_equal(p->id_number, "001060000002");
	assert_string_equal(p->date_of_birth, "1960-01-01");
	assert_int_equal(p->sex, CCCD_SEX_MALE);
	/* Whatever DG13 makes of it. */
	card_set_date(&dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13.expiry,
	              "31/12/2099");
	assert_true(compose(&mrz, &dg13)->no_expiry);
	/* Words in DG13 alone. */
	mrz = card_mrz_named("m11_mrz_text");
	dg13.expiry = (struct cccd_field_date){ .form = CCCD_FORM_NO_EXPIRY };
	assert_true(compose(&mrz, &dg13)->no_expiry);
}

static void person_compose_pivots_two_digit_years(void **state)
{
	static const struct {
		const char *mrz;
		const char *birth;
		const char *expiry;
		bool none;
	} cases[] = {
		/* Born in 26: this year, before today, or a hundred ago. */
		{ "IDVNM2260000018001226000001<<62611230M4011230VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "2026-11-23", "2040-11-23", false },
		{ "IDVNM2260000018001226000001<<62611240M4011230VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "1926-11-24", "2040-11-23", false },
		/* A filler for the day, and for day and month. */
		{ "IDVNM1990000014001199000001<<59901<<0F3901016VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "1999-01", "2039-01-01", false },
		{ "IDVNM1990000014001199000001<<599<<<<0F3901016VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "1999", "2039-01-01", false },
		/* 991231 is no date here, and one everywhere else. */
		{ "IDVNM1990000014001199000001<<59901018F9912315VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "1999-01-01", "", true },
		{ "I<UTOD231458907<<<<<<<<<<<<<<<9901018F9912315UTO"
		  "<<<<<<<<<<<0ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		  "1999-01-01", "1999-12-31", false },
		{ "I<UTOD231458907<<<<<<<<<<<<<<<9901018F7611230UTO"
		  "<<<<<<<<<<<0ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		  "1999-01-01", "2076-11-23", false },
		/* Somebody of 101 years: the number knows the century. */
		{ "IDVNM0250000011001025000001<<12501010M9912315VNM"
		  "<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  "1925-01-01", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_mrz mrz = card_mrz_of(cases[i].mrz);
		const struct cccd_person *p = compose(&mrz, NULL);

		assert_string_equal(p->date_of_birth, cases[i].birth);
		assert_string_equal(p->date_of_expiry, cases[i].expiry);
		assert_int_equal(p->no_expiry, cases[i].none);
	}
}

static void person_compose_leaves_foreign_documents_alone(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m03_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	struct cccd_dg11 dg11 = {
		.full_name = span_bytes(span_text("Müller<<Jürgen<Karl")),
		.date_of_birth = { .state = CCCD_DATE_COMPLETE,
		                   .year = 1874,
		                   .month = 8,
		                   .day = 12,
		                   .has_century = true },
		.place_of_birth = span_bytes(span_text("Zenith")),
		.permanent_address = span_bytes(span_text("Straße 1, Utopia")),
	};
	struct cccd_dg12 dg12 = {
		.issuing_authority = span_bytes(span_text("Ministry")),
		.date_of_issue = { .state = CCCD_DATE_COMPLETE,
		                   .year = 2020,
		                   .month = 1,
		                   .day = 2,
		                   .has_century = true },
	};
	static struct cccd_person p;
	struct person_input input = { .dg1 = &mrz,
		                      .dg11 = &dg11,
		                      .dg12 = &dg12,
		                      .dg13 = &dg13,
		                      .tables = &tables.view,
		                      .today = today };

	(void)state;
	assert_int_not_equal(mrz.format, CCCD_MRZ_NONE);
	assert_int_equal(person_compose(&input, &p), CCCD_OK);
	assert_string_equal(p.full_name, "Müller Jürgen Karl");
	assert_int_equal(p.full_name_source, CCCD_SOURCE_DG11);
	assert_string_equal(p.id_number, "");
	assert_string_equal(p.ethnicity, "");
	assert_string_equal(p.father_name, "");
	assert_string_equal(p.place_of_issue_derived, "");
	assert_string_equal(p.place_of_residence.text, "Straße 1, Utopia");
	assert_string_equal(p.place_of_residence.label, "Địa chỉ");
	assert_string_equal(p.place_of_origin.text, "Zenith");
	assert_string_equal(p.issuing_authority, "Ministry");
	assert_string_equal(p.date_of_issue, "2020-01-02");
	assert_int_equal(p.number_notes, 0);
	assert_string_equal(p.birth_registration.code, "");
}

static void person_compose_reads_every_specimen(void **state)
{
	(void)state;
	for (int i = 1; i <= 12; i++) {
		char name[32];
		struct cccd_mrz mrz = { 0 };
		const struct cccd_person *p = NULL;

		(void)snprintf(name, sizeof(name), "m%02d_mrz_text", i);
		mrz = card_mrz_named(name);
		p = compose(&mrz, NULL);
		assert_string_equal(p->document_number, mrz.document_number);
		assert_string_equal(p->name_primary, mrz.primary_identifier);
		assert_true(p->full_name[0] != '\0');
		assert_int_equal(p->id_number[0] != '\0', i >= 11);
		if (mrz.format == CCCD_MRZ_TD3)
			assert_string_equal(
			        cccd_document_kind_name(p->document_kind),
			        "passport");
	}
}

static void person_number_of_mrz_wants_its_place(void **state)
{
	static const struct {
		enum cccd_mrz_format format;
		const char *issuer;
		const char *optional;
		const char *number;
	} cases[] = {
		{ CCCD_MRZ_TD1, "VNM", "001199000001<<5", "001199000001" },
		{ CCCD_MRZ_TD1, "VNM", "001199000001", "001199000001" },
		{ CCCD_MRZ_TD3, "VNM", "001199000001", "001199000001" },
		{ CCCD_MRZ_TD1, "VNM", "001199000001<5", "" },
		{ CCCD_MRZ_TD1, "VNM", "001199000001125", "" },
		{ CCCD_MRZ_TD3, "VNM", "00119900000112", "" },
		{ CCCD_MRZ_TD3, "VNM", "123456789", "" },
		{ CCCD_MRZ_TD1, "LAO", "001199000001<<5", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_mrz mrz = { .format = cases[i].format };

		(void)snprintf(mrz.issuing_state, sizeof(mrz.issuing_state),
		               "%s", cases[i].issuer);
		(void)snprintf(mrz.optional_data, sizeof(mrz.optional_data),
		               "%s", cases[i].optional);
		assert_true(span_equal(person_number_of_mrz(&mrz),
		                       span_text(cases[i].number)));
	}
}

static void person_compose_needs_something(void **state)
{
	static struct cccd_person p;
	struct cccd_dg13 foreign = { .national = false };
	struct person_input input = { .dg13 = &foreign, .today = today };

	(void)state;
	assert_int_equal(person_compose(&input, &p), CCCD_ERR_DATA_MISSING);
}

static void person_compose_cleans_and_cuts_texts(void **state)
{
	static char long_text[4000];
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	const struct cccd_person *p = NULL;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	card_set_field(&dg13, CCCD_DG13_PLACE_OF_RESIDENCE, long_text);
	card_set_field(&dg13, CCCD_DG13_FULL_NAME, "A\x1B[2J\u202EB\n C");
	dg13.fields[CCCD_DG13_RELIGION].state = CCCD_FIELD_INVALID;
	dg13.fields[CCCD_DG13_RELIGION].text = (struct cccd_bytes){ 0 };
	p = compose(&mrz, &dg13);
	assert_string_equal(p->full_name, "A [2JB C");
	assert_true(strlen(p->place_of_residence.text) > 200);
	assert_int_equal(p->notes,
	                 CCCD_PERSON_TEXT_CUT | CCCD_PERSON_FIELD_INVALID);
	assert_string_equal(p->religion, "");
}

static void person_apply_tables_cuts_on_characters(void **state)
{
	static char name[2 * CCCD_PERSON_WORD_MAX];
	static const struct cccd_table_row rows[] = {
		{ "1", name, "", "", "Kinh" },
		{ "code-too-long", "Mường", "", "", "" },
	};
	static const struct cccd_table table = { .name = "ethnic_groups",
		                                 .rows = rows,
		                                 .row_count = 2 };
	static const struct cccd_tables all = { .ethnic_groups = &table };
	static struct cccd_person p;

	(void)state;
	/* Two bytes each, so that the room ends inside a character. */
	for (size_t i = 0; i + 2 < sizeof(name); i += 2)
		memcpy(name + i, "ê", 2);
	memcpy(p.ethnicity, "Kinh", 5);
	cccd_person_apply_tables(&p, &all);
	assert_string_equal(p.ethnicity_code.code, "1");
	assert_int_equal(strlen(p.ethnicity_code.name),
	                 CCCD_PERSON_WORD_MAX - 2);
	/* A code that has no room is none. */
	memcpy(p.ethnicity, "Mường", sizeof("Mường"));
	cccd_person_apply_tables(&p, &all);
	assert_string_equal(p.ethnicity_code.code, "");
	cccd_person_apply_tables(&p, NULL);
	assert_string_equal(p.ethnicity_code.table, "");
}

static void person_wipe_leaves_nothing(void **state)
{
	static struct cccd_person p;
	static const struct cccd_person zero;
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	struct person_input input = { .dg1 = &mrz,
		                      .dg13 = &dg13,
		                      .tables = &tables.view,
		                      .today = today };

	(void)state;
	assert_int_equal(person_compose(&input, &p), CCCD_OK);
	cccd_person_wipe(&p);
	assert_memory_equal(&p, &zero, sizeof(p));
	cccd_person_wipe(NULL);
}

static void person_age_counts_the_least(void **state)
{
	static const struct {
		const char *birth;
		struct cccd_day on;
		int age;
	} cases[] = {
		{ "2008-11-23", { 2026, 11, 22 }, 17 },
		{ "2008-11-23", { 2026, 11, 23 }, 18 },
		{ "2008-11", { 2026, 11, 29 }, 17 },
		{ "2008-11", { 2026, 11, 30 }, 18 },
		{ "2008", { 2026, 12, 30 }, 17 },
		{ "2008", { 2026, 12, 31 }, 18 },
		{ "2008-02-29", { 2026, 2, 28 }, 17 },
		{ "2008-02-29", { 2026, 3, 1 }, 18 },
		{ "2027-01-01", { 2026, 11, 23 }, -1 },
		{ "2026-11-24", { 2026, 11, 23 }, -1 },
		{ "", { 2026, 11, 23 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static struct cccd_person p;
		unsigned int age = 0;

		memcpy(p.date_of_birth, cases[i].birth,
		       strlen(cases[i].birth) + 1);
		assert_int_equal(cccd_person_age(&p, cases[i].on, &age),
		                 cases[i].age >= 0);
		if (cases[i].age >= 0)
			assert_int_equal(age, cases[i].age);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(person_compose_fills_every_member),
		cmocka_unit_test(person_compose_finds_codes_with_their_tables),
		cmocka_unit_test(
		        person_compose_keeps_unknown_texts_without_code),
		cmocka_unit_test(person_compose_decides_the_kind),
		cmocka_unit_test(person_compose_knows_no_expiry),
		cmocka_unit_test(person_compose_pivots_two_digit_years),
		cmocka_unit_test(person_compose_leaves_foreign_documents_alone),
		cmocka_unit_test(person_compose_reads_every_specimen),
		cmocka_unit_test(person_number_of_mrz_wants_its_place),
		cmocka_unit_test(person_compose_needs_something),
		cmocka_unit_test(person_compose_cleans_and_cuts_texts),
		cmocka_unit_test(person_apply_tables_cuts_on_characters),
		cmocka_unit_test(person_wipe_leaves_nothing),
		cmocka_unit_test(person_age_counts_the_least),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
