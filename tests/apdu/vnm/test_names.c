/* SPDX-License-Identifier: Apache-2.0 */
/* Vietnamese names and their MRZ form [9303-3 4.6]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apdu/vnm/names.h"

static void names_to_mrz_transliterates(void **state)
{
	static const struct {
		const char *name;
		const char *line;
	} cases[] = {
		{ "Nguyễn Văn A", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<" },
		{ "TRẦN THỊ B", "TRAN<<THI<B<<<<<<<<<<<<<<<<<<<" },
		{ "Đỗ Đình Đức", "DO<<DINH<DUC<<<<<<<<<<<<<<<<<<" },
		{ "Ưng Hoàng Phúc", "UNG<<HOANG<PHUC<<<<<<<<<<<<<<<" },
		{ "Lê", "LE<<<<<<<<<<<<<<<<<<<<<<<<<<<<" },
		{ "  Phạm   Thị\tHoa ", "PHAM<<THI<HOA<<<<<<<<<<<<<<<<<" },
		{ "Y Bhiông Niê-Kdăm", "Y<<BHIONG<NIE<KDAM<<<<<<<<<<<<" },
		{ "H'Hen Niê", "HHEN<<NIE<<<<<<<<<<<<<<<<<<<<<" },
		{ "H\u2019Hen Niê", "HHEN<<NIE<<<<<<<<<<<<<<<<<<<<<" },
		/* Decomposed input gives the same as composed. */
		{ "Nguye\u0302\u0303n Va\u0306n A",
		  "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<" },
		/* Cut at 30 inside a part, and behind one. */
		{ "Công Tằng Tôn Nữ Thị Hoàng Mai Phương",
		  "CONG<<TANG<TON<NU<THI<HOANG<MA" },
		{ "Nguyễn Phước Bảo Ngọc Phương Anh",
		  "NGUYEN<<PHUOC<BAO<NGOC<PHUONG<" },
		{ "Abcdefghijklmnopqrstuvwxyzabc Def",
		  "ABCDEFGHIJKLMNOPQRSTUVWXYZABC<" },
		{ "Abcdefghijklmnopqrstuvwxyzabcdef G",
		  "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char line[MRZ_NAME_LEN + 1];

		assert_int_equal(names_to_mrz(span_text(cases[i].name), line),
		                 CCCD_OK);
		assert_string_equal(line, cases[i].line);
		assert_int_not_equal(names_compare(span_text(cases[i].name),
		                                   span_text(line)),
		                     NAME_DIFFERS);
	}
}

static void names_to_mrz_refuses_what_is_no_name(void **state)
{
	static const char *const cases[] = { "", "   ", "123", "\xFF\xFE",
		                             "李小龙" };
	char line[MRZ_NAME_LEN + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(names_to_mrz(span_text(cases[i]), line),
		                 CCCD_ERR_DATA_MALFORMED);
}

static void names_compare_tells_cases_apart(void **state)
{
	static const struct {
		const char *name;
		const char *line;
		enum name_match match;
	} cases[] = {
		{ "Nguyễn Văn A", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<", NAME_SAME },
		{ "nguyễn văn a", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<", NAME_SAME },
		{ "Nguyễn Văn A", "NGUYEN<VAN<<A<<<<<<<<<<<<<<<<<",
		  NAME_SAME_SPLIT_ELSEWHERE },
		{ "Lê", "LE<<<<<<<<<<<<<<<<<<<<<<<<<<<<", NAME_SAME },
		{ "Nguyễn Văn B", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  NAME_DIFFERS },
		{ "Nguyễn Văn An", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  NAME_DIFFERS },
		{ "Nguyễn Văn", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		  NAME_DIFFERS },
		{ "Công Tằng Tôn Nữ Thị Hoàng Mai Phương",
		  "CONG<<TANG<TON<NU<THI<HOANG<MA", NAME_CUT },
		{ "Nguyễn Phước Bảo Ngọc Phương Anh",
		  "NGUYEN<<PHUOC<BAO<NGOC<PHUONG<", NAME_CUT },
		{ "Công Tằng Tôn Nữ Thị Hoàng Mai Phương",
		  "CONG<<TANG<TON<NU<THI<HOA<MA<P", NAME_ABBREVIATED },
		{ "Công Tằng Tôn Nữ Thị Hoàng Mai Phương",
		  "CONG<<TANG<TON<NU<THI<HOANG<ME", NAME_DIFFERS },
		/* Short lines were not cut. */
		{ "Nguyễn Văn An", "NGUYEN<<VAN<<<<<<<<<<<<<<<<<<<",
		  NAME_DIFFERS },
		{ "", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<", NAME_UNKNOWN },
		{ "Nguyễn Văn A", "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
		  NAME_UNKNOWN },
		{ "Nguyễn Văn A", "nguyen<<van<a", NAME_UNKNOWN },
		{ "Nguyễn Văn A", "", NAME_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(names_compare(span_text(cases[i].name),
		                               span_text(cases[i].line)),
		                 cases[i].match);
}

static void names_same_typed_sees_through_input_methods(void **state)
{
	static const char *const typed[] = {
		"Nguyễn Văn Đức",       "NGUYEN VAN DUC",
		"Nguyeexn Vawn DDuwsc", "Nguye64n Va8n D9u71c",
		"Nguyênx Vaưn Đưcs",
	};
	static const char *const others[] = { "Nguyễn Văn Đực A",
		                              "Nguyễn Thị Đức", "Trần Văn Đức",
		                              "" };
	struct span name = span_text("Nguyễn Văn Đức");

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_true(names_same_typed(name, span_text(typed[i])));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(names_same_typed(name, span_text(others[i])));
	assert_true(names_same(name, span_text("NGUYỄN-VĂN  đức")));
	assert_false(names_same(name, span_text("Nguyeexn Vawn DDuwsc")));
	assert_false(names_same(span_text(""), span_text("")));
}

static void names_split_takes_first_word_as_family(void **state)
{
	struct span family = { 0 };
	struct span given = { 0 };

	(void)state;
	names_split(span_text(" Nguyễn Văn A "), &family, &given);
	assert_true(span_equal(family, span_text("Nguyễn")));
	assert_true(span_equal(given, span_text("Văn A")));
	names_split(span_text("Lê"), &family, &given);
	assert_true(span_equal(family, span_text("Lê")));
	assert_int_equal(given.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_to_mrz_transliterates),
		cmocka_unit_test(names_to_mrz_refuses_what_is_no_name),
		cmocka_unit_test(names_compare_tells_cases_apart),
		cmocka_unit_test(names_same_typed_sees_through_input_methods),
		cmocka_unit_test(names_split_takes_first_word_as_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
