/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped code tables and how rows are found in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Before cmocka, whose fail() is a macro. */
#include "tests/apdu/vnm/tables.h"

#include <cmocka.h>

#include "apdu/vnm/lookup.h"

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

static const char *code_of(const struct cccd_table_row *row)
{
	return row == NULL ? "none" : row->code;
}

static void tables_are_whole(void **state)
{
	const struct cccd_table *old = tables.view.provinces_63;
	const struct cccd_table *now = tables.view.provinces_34;
	unsigned int formed[34] = { 0 };
	unsigned int merged = 0;

	(void)state;
	assert_int_equal(old->row_count, 63);
	assert_int_equal(now->row_count, 34);
	assert_int_equal(tables.view.ethnic_groups->row_count, 55);
	assert_int_equal(tables.view.nationalities->row_count, 249);
	assert_int_equal(tables.view.health_nationalities->row_count, 0);
	assert_int_equal(tables.view.communes->row_count, 0);
	/* Every old province became part of one new province. */
	for (uint32_t i = 0; i < old->row_count; i++) {
		const struct cccd_table_row *row =
		        lookup_code(now, span_text(old->rows[i].to));

		assert_non_null(row);
		formed[row - now->rows]++;
	}
	/* 23 were merged, 11 kept their borders. */
	for (size_t i = 0; i < ARRAY_LEN(formed); i++) {
		assert_true(formed[i] >= 1);
		merged += formed[i] > 1;
	}
	assert_int_equal(merged, 23);
}

static void lookup_name_ignores_case_and_punctuation(void **state)
{
	static const struct {
		const char *name;
		const char *code;
	} cases[] = {
		{ "Kinh", "01" },
		{ "KINH", "01" },
		{ "Tày", "02" },
		{ "tay", "02" },
		{ "Bru-Vân Kiều", "23" },
		{ "bru vân kiều", "23" },
		{ "BRU VAN KIEU", "23" },
		{ "Khơ-me", "05" },
		{ "Khmer", "05" },
		{ "H'Mông", "08" },
		{ "Mông", "08" },
		{ "HMông", "08" },
		{ "Ê-đê", "12" },
		{ "Gié Triêng", "27" },
		{ "Co", "30" },
		{ "Cơ Ho", "16" },
		{ "Ơ Đu", "53" },
		{ "E\u0302 \u0110e\u0302", "12" },
		{ "Người nước ngoài", "55" },
		{ "", "none" },
		{ "-", "none" },
		{ "Kinhh", "none" },
		{ "\xFF", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
		        code_of(lookup_name(tables.view.ethnic_groups,
		                            span_text(cases[i].name))),
		        cases[i].code);
	assert_null(lookup_name(NULL, span_text("Kinh")));
}

static void lookup_name_prefers_diacritics_and_never_guesses(void **state)
{
	static const struct cccd_table_row rows[] = {
		{ "1", "Tày", "", "", "" },
		{ "2", "Tây", "", "", "" },
		{ "3", "Khác", "", "", "Tấy|Lạ" },
		{ "4", "Lạ", "", "", "" },
	};
	static const struct cccd_table table = { .name = "t",
		                                 .rows = rows,
		                                 .row_count = 4 };

	(void)state;
	assert_string_equal(code_of(lookup_name(&table, span_text("tÀY"))),
	                    "1");
	assert_string_equal(code_of(lookup_name(&table, span_text("Tây"))),
	                    "2");
	assert_string_equal(code_of(lookup_name(&table, span_text("Tấy"))),
	                    "3");
	/* Three rows match "Tay" equally well; two rows are called "Lạ". */
	assert_null(lookup_name(&table, span_text("Tay")));
	assert_null(lookup_name(&table, span_text("Lạ")));
}

static void lookup_province_takes_the_end_of_an_address(void **state)
{
	static const struct {
		const char *address;
		const char *code;
	} cases[] = {
		{ "Số 1 Phố Huế, Hoàn Kiếm, Hà Nội", "001" },
		{ "Hà Nội", "001" },
		{ "Xã A, Huyện B, Tỉnh Thừa Thiên Huế", "046" },
		{ "Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", "079" },
		{ "Quận 1, TP.Hồ Chí Minh", "079" },
		{ "Quận 1, Thành phố Hồ Chí Minh", "079" },
		{ "Quận 1, TPHCM", "079" },
		{ "Thị trấn X, Bà Rịa-Vũng Tàu", "077" },
		{ "X, Đắc Lắc", "066" },
		{ "X, Thanh Hóa", "038" },
		{ "X, THANH HOÁ ", "038" },
		{ "Hà Nội, Berlin", "none" },
		{ "Hà Nội,", "none" },
		{ "", "none" },
		{ "X, Hà Nội mới", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
		        code_of(lookup_province(tables.view.provinces_63,
		                                span_text(cases[i].address))),
		        cases[i].code);
}

static void lookup_finds_nationalities(void **state)
{
	static const struct {
		const char *name;
		const char *code;
	} cases[] = {
		{ "Việt Nam", "VNM" },
		{ "VIỆT NAM", "VNM" },
		{ "Lào", "LAO" },
		{ "Cam-pu-chia", "KHM" },
		{ "Hàn Quốc", "KOR" },
		{ "Hoa Kỳ", "USA" },
		{ "Mỹ", "USA" },
		{ "Vương quốc Anh", "GBR" },
		{ "Cộng hoà Séc giả", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
		        code_of(lookup_name(tables.view.nationalities,
		                            span_text(cases[i].name))),
		        cases[i].code);
	assert_string_equal(
	        code_of(lookup_code(tables.view.sexes, span_text("male"))),
	        "male");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(lookup_name_ignores_case_and_punctuation),
		cmocka_unit_test(
		        lookup_name_prefers_diacritics_and_never_guesses),
		cmocka_unit_test(lookup_province_takes_the_end_of_an_address),
		cmocka_unit_test(lookup_finds_nationalities),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
