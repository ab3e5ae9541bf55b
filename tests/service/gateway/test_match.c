/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of docs/gateway-matching.md, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "lib/json/tables.h"
#include "service/gateway/match.h"

enum {
	SAME = MATCH_SAME,
	DIFFERS = MATCH_DIFFERS,
	MISSING = MATCH_MISSING,
};

/* One pair of values and what becomes of it. */
struct row {
	const char *card;
	const char *registry;
	unsigned int state;
	unsigned int note;
};

static const struct row names[] = {
	{ "Nguyễn Văn An", "NGUYỄN VĂN AN", SAME, MATCH_EXACT },
	{ "nguyễn văn an", "Nguyễn Văn An", SAME, MATCH_EXACT },
	{ "Nguyễn Văn An", "Nguye\u0302\u0303n Va\u0306n An", SAME,
	  MATCH_EXACT },
	{ "Nguyễn  Văn   An ", "NGUYỄN VĂN AN", SAME, MATCH_EXACT },
	{ "Nguyễn\tVăn\u00A0An", "NGUYỄN VĂN AN", SAME, MATCH_EXACT },
	{ "ĐỖ THỊ Ý", "Đỗ Thị Ý", SAME, MATCH_EXACT },
	{ "Bru-Vân Kiều", "BRU VÂN KIỀU", SAME, MATCH_SPACING },
	{ "H'Hen Niê", "H’Hen Niê", SAME, MATCH_SPACING },
	{ "HʼHen Niê", "H’HEN NIE", SAME, MATCH_DIACRITICS },
	{ "H'Hen Niê", "HHEN NIÊ", SAME, MATCH_SPACING },
	{ "Nguyễn Văn An", "NGUYỄN VĂNAN", SAME, MATCH_SPACING },
	{ "Trần Hoà", "Trần Hòa", SAME, MATCH_TONE_PLACEMENT },
	{ "TRẦN HÒA", "trần hoà", SAME, MATCH_TONE_PLACEMENT },
	{ "Lê Thuỳ", "Lê Thùy", SAME, MATCH_TONE_PLACEMENT },
	{ "Lê Thuý Hoà", "LÊ THÚY HÒA", SAME, MATCH_TONE_PLACEMENT },
	{ "Khoẻ", "Khỏe", SAME, MATCH_TONE_PLACEMENT },
	{ "Đỗ Oanh", "Ðỗ Oanh", SAME, MATCH_TONE_PLACEMENT },
	{ "Nguyễn Văn An", "NGUYEN VAN AN", SAME, MATCH_DIACRITICS },
	{ "NGUYEN VAN AN", "Nguyễn Văn An", SAME, MATCH_DIACRITICS },
	{ "Đặng Đức", "DANG DUC", SAME, MATCH_DIACRITICS },
	{ "Trần Hoà", "TRAN HOA", SAME, MATCH_DIACRITICS },
	{ "Nguyễn Văn Hùng", "Nguyễn Văn Hưng", SAME, MATCH_OTHER_DIACRITICS },
	{ "Nguyễn Văn An", "Nguyễn Văn Ân", SAME, MATCH_OTHER_DIACRITICS },
	{ "Đỗ Văn An", "Dỗ Văn An", SAME, MATCH_OTHER_DIACRITICS },
	{ "Nguyễn Văn An", "Nguyễn Văn Anh", DIFFERS, 0 },
	{ "Nguyễn Văn An", "Nguyễn Thị An", DIFFERS, 0 },
	{ "Nguyễn Văn An", "An Văn Nguyễn", DIFFERS, 0 },
	{ "Nguyễn Văn An", "Nguyễn Văn", DIFFERS, 0 },
	{ "Nguyễn Văn An", "", MISSING, 0 },
	{ "", "Nguyễn Văn An", MISSING, 0 },
	{ NULL, "Nguyễn Văn An", MISSING, 0 },
	{ "Nguyễn Văn An", " - ", MISSING, 0 },
	{ "---", "---", MISSING, 0 },
	{ "K'Brểu", "K\u00B4Brểu", SAME, MATCH_SPACING },
	{ "K\u00B4Breu", "K'Brểu", SAME, MATCH_DIACRITICS },
	{ "H\u00B7Lan", "H Lan", SAME, MATCH_SPACING },
	{ "\u00B4\u00B7", "An", MISSING, 0 },
	{ "Ksor H\u200BLan", "Ksor HLan", SAME, MATCH_EXACT },
};

static const struct row truncated[] = {
	{ "NGUYEN THI HOANG ANH TUYE", "Nguyễn Thị Hoàng Anh Tuyết", SAME,
	  MATCH_TRUNCATED },
	{ "NGUYEN THI", "Nguyễn Thị Hoàng Anh Tuyết", DIFFERS, 0 },
	{ "NGUYEN THI HOANG ANH TUYE", "Nguyễn Thị Hoàng Anh Thư", DIFFERS, 0 },
	{ "Nguyễn Thị Hoàng Anh Tuyết", "NGUYEN THI HOANG ANH TUYE", DIFFERS,
	  0 },
};

static const struct row strict_names[] = {
	{ "Nguyễn Văn Hùng", "Nguyễn Văn Hưng", DIFFERS, 0 },
	{ "Nguyễn Văn An", "NGUYEN VAN AN", SAME, MATCH_DIACRITICS },
	{ "Trần Hoà", "Trần Hòa", SAME, MATCH_TONE_PLACEMENT },
};

static const struct row dates[] = {
	{ "1990-01-31", "1990-01-31", SAME, MATCH_EXACT },
	{ "1990", "1990", SAME, MATCH_EXACT },
	{ "1990-01", "1990-01", SAME, MATCH_EXACT },
	{ "1990-01-31", "1990", SAME, MATCH_YEAR_ONLY },
	{ "1990", "1990-01-31", SAME, MATCH_YEAR_ONLY },
	{ "1990-01", "1990", SAME, MATCH_YEAR_ONLY },
	{ "1990-01-31", "1990-01", SAME, MATCH_MONTH_ONLY },
	{ "1990-01-31", "1990-01-30", DIFFERS, 0 },
	{ "1990-01-31", "1991", DIFFERS, 0 },
	{ "1990", "1991-01-31", DIFFERS, 0 },
	{ "1990-02", "1990-01-31", DIFFERS, 0 },
	{ "1990-01-31", "", MISSING, 0 },
	{ "", "1990-01-31", MISSING, 0 },
	{ NULL, "1990-01-31", MISSING, 0 },
	{ "31/01/1990", "1990-01-31", MISSING, 0 },
	{ "1990-01-31", "19900131", MISSING, 0 },
};

static const struct row sexes[] = {
	{ "male", "male", SAME, MATCH_EXACT },
	{ "female", "female", SAME, MATCH_EXACT },
	{ "Nam", "male", SAME, MATCH_EXACT },
	{ "Nữ", "female", SAME, MATCH_EXACT },
	{ "NU", "Nữ", SAME, MATCH_EXACT },
	{ "M", "male", SAME, MATCH_EXACT },
	{ "F", "female", SAME, MATCH_EXACT },
	{ "male", "female", DIFFERS, 0 },
	{ "Nữ", "male", DIFFERS, 0 },
	{ "unspecified", "male", MISSING, 0 },
	{ "male", "unspecified", MISSING, 0 },
	{ "male", "", MISSING, 0 },
	{ "", "female", MISSING, 0 },
	{ "male", "1", MISSING, 0 },
	{ NULL, "male", MISSING, 0 },
};

/* Of numbers: the registry's @registry is its id, @old its old number. */
static const struct {
	const char *card;
	const char *card_old;
	const char *registry;
	const char *old;
	unsigned int state;
	unsigned int note;
} numbers[] = {
	{ "001090000001", "", "001090000001", "", SAME, MATCH_EXACT },
	{ "001090000001", "", "001090000002", "", DIFFERS, 0 },
	{ "001090000001", "012345678", "001090000002", "012345678", DIFFERS,
	  0 },
	{ "001090000001", "012345678", "", "012345678", SAME,
	  MATCH_BY_OLD_NUMBER },
	{ "001090000001", "012345678", "", "112345678", DIFFERS, 0 },
	{ "001090000001", "", "", "012345678", MISSING, 0 },
	{ "001090000001", "", "", "", MISSING, 0 },
	{ "", "", "001090000001", "", MISSING, 0 },
	{ "012345678", "", "", "012345678", SAME, MATCH_BY_OLD_NUMBER },
	{ "012345678", "", "001090000001", "012345678", SAME,
	  MATCH_BY_OLD_NUMBER },
	{ "012345678", "", "001090000001", "112345678", DIFFERS, 0 },
	{ "012345678", "", "001090000001", "", MISSING, 0 },
};

/* Addresses; @province stands beside @registry as detail when not "". */
static const struct {
	const char *card;
	const char *registry;
	const char *province;
	unsigned int state;
	unsigned int note;
} places[] = {
	{ "Thôn 3, Ea Tu, Buôn Ma Thuột, Đắk Lắk",
	  "THÔN 3, EA TU, BUÔN MA THUỘT, ĐẮK LẮK", "", SAME, MATCH_EXACT },
	{ "Thôn 3, Xã Ea Tu, TP. Buôn Ma Thuột, Tỉnh Đắk Lắk",
	  "Thôn 3, Ea Tu, Buôn Ma Thuột, Dak Lak", "", SAME, MATCH_EXACT },
	{ "Số 1 Phố Huế, Phường Ngô Thì Nhậm, Quận Hai Bà Trưng, Hà Nội",
	  "Số 1 Phố Huế, Phường Hai Bà Trưng, Hà Nội", "", SAME,
	  MATCH_ADMINISTRATIVE },
	{ "Tổ 5, Minh Xuân, Tuyên Quang, Hà Giang",
	  "Tổ 5, Minh Xuân, Tuyên Quang", "", SAME, MATCH_ADMINISTRATIVE },
	/* Hà Giang went into Tuyên Quang: 002 and 08 are one today. */
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "Tổ 5", "08", SAME,
	  MATCH_ADMINISTRATIVE },
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "Tổ 5", "02", SAME,
	  MATCH_ADMINISTRATIVE },
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "", "08", SAME,
	  MATCH_PROVINCE_ONLY },
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "Tổ 6", "08", DIFFERS,
	  0 },
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "Tổ 5", "01", DIFFERS,
	  0 },
	{ "Tổ 5, Quang Trung, TP Hà Giang, Hà Giang", "", "79", DIFFERS, 0 },
	{ "Khu 2, Hồng Gai, Hạ Long, Quảng Ninh",
	  "Khu 2, Hồng Gai, Tỉnh Quảng Ninh", "", SAME, MATCH_ADMINISTRATIVE },
	{ "Khu 2, Hồng Gai, Hạ Long, Quảng Ninh",
	  "Khu 2, Hồng Gai, Hạ Long, Hải Phòng", "", DIFFERS, 0 },
	{ "Hà Giang", "Tuyên Quang", "", SAME, MATCH_PROVINCE_ONLY },
	{ "Hà Giang", "Cao Bằng", "", DIFFERS, 0 },
	{ "Tổ 5, Nơi Không Có", "Tổ 5, Chỗ Khác", "", SAME,
	  MATCH_ADMINISTRATIVE },
	{ "Tổ 5, Nơi Không Có", "", "01", MISSING, 0 },
	{ "Tổ 5, Quang Trung, Hà Giang", "", "", MISSING, 0 },
	{ "", "Tổ 5, Quang Trung, Hà Giang", "", MISSING, 0 },
	{ "Tổ 5, Quang Trung, Hà Giang,", "TỔ 5, QUANG TRUNG, TUYÊN QUANG,", "",
	  SAME, MATCH_ADMINISTRATIVE },
};

/* One test's worth of person, registry and rules. */
struct bench {
	struct match_person person;
	struct registry_answer *answer;
	struct match_rules rules;
	struct match_provinces provinces;
	struct match_result result;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct json_tables tables = { 0 };
	struct cccd_error error = { 0 };
	char path[512];

	assert_non_null(bench);
	bench->answer = registry_answer_new();
	assert_non_null(bench->answer);
	(void)snprintf(path, sizeof(path), "%s/data/tables",
	               getenv("CCCD_SOURCE_DIR"));
	assert_int_equal(json_tables_load(path, &error, &tables), CCCD_OK);
	assert_int_equal(match_provinces_make(&tables.view, &bench->provinces),
	                 CCCD_OK);
	json_tables_release(&tables);
	bench->rules.provinces = &bench->provinces;
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	registry_answer_free(bench->answer);
	free(bench);
	return 0;
}

/* Everybody agrees about everything. */
static void begin(struct bench *bench)
{
	struct citizen *citizen = &bench->answer->citizen;

	bench->person = (struct match_person){
		.id_number = "001090000001",
		.full_name = "Nguyễn Văn An",
		.date_of_birth = "1990-01-31",
		.sex = "male",
	};
	registry_answer_wipe(bench->answer);
	bench->answer->outcome = REGISTRY_FOUND;
	(void)snprintf(citizen->id_number, CITIZEN_NUMBER_MAX, "001090000001");
	(void)snprintf(citizen->full_name, CITIZEN_NAME_MAX, "NGUYỄN VĂN AN");
	(void)snprintf(citizen->date_of_birth, CITIZEN_DATE_MAX, "1990-01-31");
	(void)snprintf(citizen->sex, CITIZEN_CODE_MAX, "male");
}

static void compare(struct bench *bench)
{
	assert_int_equal(match_compare(&bench->person, bench->answer,
	                               &bench->rules, &bench->result),
	                 CCCD_OK);
}

static void assert_field(const struct bench *bench, enum match_field field,
                         size_t row, unsigned int state, unsigned int note)
{
	if ((unsigned int)bench->result.states[field] != state ||
	    (unsigned int)bench->result.notes[field] != note)
		print_error("%s row %zu: %s %s\n", match_field_name(field), row,
		            match_state_name(bench->result.states[field]),
		            match_note_name(bench->result.notes[field]));
	assert_int_equal(bench->result.states[field], state);
	assert_int_equal(bench->result.notes[field], note);
}

static void compare_rows(struct bench *bench, enum match_field field,
                         const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct citizen *citizen = &bench->answer->citizen;

		begin(bench);
		bench->person.name_truncated = rows == truncated;
		if (field == MATCH_NAME) {
			bench->person.full_name = rows[i].card;
			(void)snprintf(citizen->full_name, CITIZEN_NAME_MAX,
			               "%s", rows[i].registry);
		} else if (field == MATCH_DATE_OF_BIRTH) {
			bench->person.date_of_birth = rows[i].card;
			(void)snprintf(citizen->date_of_birth, CITIZEN_DATE_MAX,
			               "%s", rows[i].registry);
		} else {
			bench->person.sex = rows[i].card;
			(void)snprintf(citizen->sex, CITIZEN_CODE_MAX, "%s",
			               rows[i].registry);
		}
		compare(bench);
		assert_field(bench, field, i, rows[i].state, rows[i].note);
		/* A deciding field that differs decides; one that is missing
		 * leaves it open, but for the sex. */
		if (rows[i].state == DIFFERS)
			assert_int_equal(bench->result.verdict, MATCH_MISMATCH);
		else if (rows[i].state == MISSING && field != MATCH_SEX)
			assert_int_equal(bench->result.verdict,
			                 MATCH_UNDETERMINED);
		else
			assert_int_equal(bench->result.verdict, MATCH_MATCH);
	}
}

static void match_compare_follows_the_table_of_names(void **state)
{
	struct bench *bench = *state;

	compare_rows(bench, MATCH_NAME, names, ARRAY_LEN(names));
	compare_rows(bench, MATCH_NAME, truncated, ARRAY_LEN(truncated));
	bench->rules.diacritics_count = true;
	compare_rows(bench, MATCH_NAME, strict_names, ARRAY_LEN(strict_names));
}

static void match_compare_follows_the_table_of_dates(void **state)
{
	compare_rows(*state, MATCH_DATE_OF_BIRTH, dates, ARRAY_LEN(dates));
}

static void match_compare_follows_the_table_of_sexes(void **state)
{
	compare_rows(*state, MATCH_SEX, sexes, ARRAY_LEN(sexes));
}

static void match_compare_follows_the_table_of_numbers(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct citizen *citizen = &bench->answer->citizen;

		begin(bench);
		bench->person.id_number = numbers[i].card;
		bench->person.old_numbers[0] = numbers[i].card_old;
		bench->person.old_number_count =
		        numbers[i].card_old[0] != '\0' ? 1 : 0;
		(void)snprintf(citizen->id_number, CITIZEN_NUMBER_MAX, "%s",
		               numbers[i].registry);
		(void)snprintf(citizen->old_number, CITIZEN_NUMBER_MAX, "%s",
		               numbers[i].old);
		compare(bench);
		assert_field(bench, MATCH_ID_NUMBER, i, numbers[i].state,
		             numbers[i].note);
		assert_int_equal(bench->result.verdict,
		                 numbers[i].state == SAME ? MATCH_MATCH
		                 : numbers[i].state == DIFFERS
		                         ? MATCH_MISMATCH
		                         : MATCH_UNDETERMINED);
	}
}

static void put_place(struct bench *bench, size_t row,
                      struct citizen_address *ret)
{
	bool coded = places[row].province[0] != '\0';

	begin(bench);
	bench->person.residence = places[row].card;
	bench->person.origin = places[row].card;
	(void)snprintf(coded ? ret->detail : ret->text, CITIZEN_TEXT_MAX, "%s",
	               places[row].registry);
	(void)snprintf(ret->province, CITIZEN_CODE_MAX, "%s",
	               places[row].province);
}

static void match_compare_follows_the_table_of_places(void **state)
{
	struct bench *bench = *state;
	struct citizen *citizen = &bench->answer->citizen;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		put_place(bench, i, &citizen->permanent_residence);
		compare(bench);
		assert_field(bench, MATCH_RESIDENCE, i, places[i].state,
		             places[i].note);
		assert_int_equal(bench->result.verdict, MATCH_MATCH);
		put_place(bench, i, &citizen->current_residence);
		compare(bench);
		assert_field(bench, MATCH_RESIDENCE, i, places[i].state,
		             places[i].note);
		put_place(bench, i, &citizen->origin);
		compare(bench);
		assert_field(bench, MATCH_ORIGIN, i, places[i].state,
		             places[i].note);
	}
}

static void match_compare_takes_the_better_residence(void **state)
{
	struct bench *bench = *state;
	struct citizen *citizen = &bench->answer->citizen;

	begin(bench);
	bench->person.residence = "Tổ 5, Quang Trung, Hà Giang";
	(void)snprintf(citizen->permanent_residence.text, CITIZEN_TEXT_MAX,
	               "Tổ 9, Cao Bằng");
	compare(bench);
	assert_field(bench, MATCH_RESIDENCE, 0, DIFFERS, 0);
	assert_int_equal(bench->result.verdict, MATCH_MATCH);
	(void)snprintf(citizen->current_residence.text, CITIZEN_TEXT_MAX,
	               "Tổ 5, Quang Trung, Hà Giang");
	compare(bench);
	assert_field(bench, MATCH_RESIDENCE, 1, SAME, MATCH_EXACT);
}

static void match_compare_without_tables_knows_no_provinces(void **state)
{
	struct bench *bench = *state;

	bench->rules.provinces = NULL;
	put_place(bench, 6, &bench->answer->citizen.permanent_residence);
	compare(bench);
	assert_field(bench, MATCH_RESIDENCE, 6, MISSING, 0);
}

static void match_compare_tells_of_the_family(void **state)
{
	struct bench *bench = *state;
	struct citizen *citizen = &bench->answer->citizen;

	begin(bench);
	bench->person.father_name = "Nguyễn Văn Bình";
	bench->person.mother_name = "Trần Thị Hoà";
	bench->person.spouse_name = "Lê Thị Cúc";
	bench->person.old_numbers[0] = "012345678";
	bench->person.old_number_count = 1;
	(void)snprintf(citizen->father.full_name, CITIZEN_NAME_MAX,
	               "NGUYỄN VĂN BÍNH");
	(void)snprintf(citizen->mother.full_name, CITIZEN_NAME_MAX,
	               "TRẦN THỊ HÒA");
	(void)snprintf(citizen->spouse.full_name, CITIZEN_NAME_MAX,
	               "PHẠM THỊ DUNG");
	(void)snprintf(citizen->old_number, CITIZEN_NUMBER_MAX, "112345678");
	compare(bench);
	assert_field(bench, MATCH_FATHER_NAME, 0, SAME, MATCH_OTHER_DIACRITICS);
	assert_field(bench, MATCH_MOTHER_NAME, 0, SAME, MATCH_TONE_PLACEMENT);
	assert_field(bench, MATCH_SPOUSE_NAME, 0, DIFFERS, 0);
	assert_field(bench, MATCH_OLD_NUMBER, 0, DIFFERS, 0);
	/* Told, not decided by. */
	assert_int_equal(bench->result.verdict, MATCH_MATCH);
}

/* No way of not finding out is a pass. */
static void match_compare_passes_nothing_but_answers(void **state)
{
	struct bench *bench = *state;

	for (int outcome = 0; outcome < REGISTRY_OUTCOMES; outcome++) {
		enum match_verdict wanted = MATCH_UNDETERMINED;

		begin(bench);
		bench->answer->outcome = (enum registry_outcome)outcome;
		compare(bench);
		if (outcome == REGISTRY_FOUND || outcome == REGISTRY_CONFIRMED)
			wanted = MATCH_MATCH;
		if (outcome == REGISTRY_NOT_FOUND)
			wanted = MATCH_NOT_FOUND;
		assert_int_equal(bench->result.verdict, wanted);
		for (int field = 0;
		     wanted != MATCH_MATCH && field < MATCH_FIELDS; field++)
			assert_int_equal(bench->result.states[field],
			                 MATCH_MISSING);
	}
}

static void match_compare_confirms_only_what_was_asked(void **state)
{
	struct bench *bench = *state;

	begin(bench);
	bench->answer->outcome = REGISTRY_CONFIRMED;
	compare(bench);
	assert_field(bench, MATCH_NAME, 0, SAME, MATCH_CONFIRMED);
	assert_field(bench, MATCH_SEX, 0, MISSING, 0);
	bench->person.full_name = "";
	compare(bench);
	assert_int_equal(bench->result.verdict, MATCH_UNDETERMINED);
}

static void match_compare_refuses_text_that_is_none(void **state)
{
	struct bench *bench = *state;

	begin(bench);
	bench->person.full_name = "\xFFNguy";
	assert_int_equal(match_compare(&bench->person, bench->answer,
	                               &bench->rules, &bench->result),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void match_names_of_words_are_distinct(void **state)
{
	(void)state;
	assert_string_equal(match_verdict_name(MATCH_UNDETERMINED),
	                    "undetermined");
	assert_string_equal(match_verdict_name(MATCH_MATCH), "match");
	assert_string_equal(match_verdict_name(MATCH_MISMATCH), "mismatch");
	assert_string_equal(match_verdict_name(MATCH_NOT_FOUND), "not_found");
	assert_string_equal(match_state_name(MATCH_SAME), "match");
	assert_string_equal(match_field_name(MATCH_NAME), "name");
	assert_string_equal(match_field_name(MATCH_FIELDS), "");
	for (int a = 0; a < MATCH_NOTES; a++)
		for (int b = 0; b < a; b++)
			assert_string_not_equal(
			        match_note_name((enum match_note)a),
			        match_note_name((enum match_note)b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(match_compare_follows_the_table_of_names),
		TEST(match_compare_follows_the_table_of_dates),
		TEST(match_compare_follows_the_table_of_sexes),
		TEST(match_compare_follows_the_table_of_numbers),
		TEST(match_compare_follows_the_table_of_places),
		TEST(match_compare_takes_the_better_residence),
		TEST(match_compare_without_tables_knows_no_provinces),
		TEST(match_compare_tells_of_the_family),
		TEST(match_compare_passes_nothing_but_answers),
		TEST(match_compare_confirms_only_what_was_asked),
		TEST(match_compare_refuses_text_that_is_none),
		TEST(match_names_of_words_are_distinct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
