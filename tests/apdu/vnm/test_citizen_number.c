/* SPDX-License-Identifier: Apache-2.0 */
/* The 12-digit citizen number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Before cmocka, whose fail() is a macro. */
#include "tests/apdu/vnm/tables.h"

#include <cmocka.h>

#include "apdu/vnm/citizen_number.h"

static const struct cccd_day today = { 2026, 11, 23 };

static int setup(void **state)
{
	static struct json_tables tables;

	tables = test_tables();
	*state = &tables;
	return 0;
}

static int teardown(void **state)
{
	json_tables_release(*state);
	return 0;
}

/* Every one of the 63 codes, both sexes, three centuries. */
static const struct {
	const char *digits;
	const char *place;
	unsigned int year;
	enum cccd_sex sex;
	const char *can;
	uint32_t notes;
} numbers[] = {
	{ "001199000001", "Hà Nội", 1999, CCCD_SEX_FEMALE, "000001", 0 },
	{ "001060000002", "Hà Nội", 1960, CCCD_SEX_MALE, "000002", 0 },
	{ "002200000003", "Hà Giang", 2000, CCCD_SEX_MALE, "000003", 0 },
	{ "004399000004", "Cao Bằng", 2099, CCCD_SEX_FEMALE, "000004",
	  CCCD_NUMBER_BIRTH_FUTURE },
	{ "006099123456", "Bắc Kạn", 1999, CCCD_SEX_MALE, "123456", 0 },
	{ "008100999999", "Tuyên Quang", 1900, CCCD_SEX_FEMALE, "999999", 0 },
	{ "010226000001", "Lào Cai", 2026, CCCD_SEX_MALE, "000001", 0 },
	{ "011327000001", "Điện Biên", 2027, CCCD_SEX_FEMALE, "000001",
	  CCCD_NUMBER_BIRTH_FUTURE },
	{ "012080000012", "Lai Châu", 1980, CCCD_SEX_MALE, "000012", 0 },
	{ "014181000014", "Sơn La", 1981, CCCD_SEX_FEMALE, "000014", 0 },
	{ "015082000015", "Yên Bái", 1982, CCCD_SEX_MALE, "000015", 0 },
	{ "017183000017", "Hoà Bình", 1983, CCCD_SEX_FEMALE, "000017", 0 },
	{ "019084000019", "Thái Nguyên", 1984, CCCD_SEX_MALE, "000019", 0 },
	{ "020185000020", "Lạng Sơn", 1985, CCCD_SEX_FEMALE, "000020", 0 },
	{ "022086000022", "Quảng Ninh", 1986, CCCD_SEX_MALE, "000022", 0 },
	{ "024187000024", "Bắc Giang", 1987, CCCD_SEX_FEMALE, "000024", 0 },
	{ "025088000025", "Phú Thọ", 1988, CCCD_SEX_MALE, "000025", 0 },
	{ "026189000026", "Vĩnh Phúc", 1989, CCCD_SEX_FEMALE, "000026", 0 },
	{ "027090000027", "Bắc Ninh", 1990, CCCD_SEX_MALE, "000027", 0 },
	{ "030191000030", "Hải Dương", 1991, CCCD_SEX_FEMALE, "000030", 0 },
	{ "031092000031", "Hải Phòng", 1992, CCCD_SEX_MALE, "000031", 0 },
	{ "033193000033", "Hưng Yên", 1993, CCCD_SEX_FEMALE, "000033", 0 },
	{ "034094000034", "Thái Bình", 1994, CCCD_SEX_MALE, "000034", 0 },
	{ "035195000035", "Hà Nam", 1995, CCCD_SEX_FEMALE, "000035", 0 },
	{ "036096000036", "Nam Định", 1996, CCCD_SEX_MALE, "000036", 0 },
	{ "037197000037", "Ninh Bình", 1997, CCCD_SEX_FEMALE, "000037", 0 },
	{ "038098000038", "Thanh Hoá", 1998, CCCD_SEX_MALE, "000038", 0 },
	{ "040301000040", "Nghệ An", 2001, CCCD_SEX_FEMALE, "000040", 0 },
	{ "042202000042", "Hà Tĩnh", 2002, CCCD_SEX_MALE, "000042", 0 },
	{ "044303000044", "Quảng Bình", 2003, CCCD_SEX_FEMALE, "000044", 0 },
	{ "045204000045", "Quảng Trị", 2004, CCCD_SEX_MALE, "000045", 0 },
	{ "046305000046", "Thừa Thiên Huế", 2005, CCCD_SEX_FEMALE, "000046",
	  0 },
	{ "048206000048", "Đà Nẵng", 2006, CCCD_SEX_MALE, "000048", 0 },
	{ "049307000049", "Quảng Nam", 2007, CCCD_SEX_FEMALE, "000049", 0 },
	{ "051208000051", "Quảng Ngãi", 2008, CCCD_SEX_MALE, "000051", 0 },
	{ "052309000052", "Bình Định", 2009, CCCD_SEX_FEMALE, "000052", 0 },
	{ "054210000054", "Phú Yên", 2010, CCCD_SEX_MALE, "000054", 0 },
	{ "056311000056", "Khánh Hoà", 2011, CCCD_SEX_FEMALE, "000056", 0 },
	{ "058212000058", "Ninh Thuận", 2012, CCCD_SEX_MALE, "000058", 0 },
	{ "060313000060", "Bình Thuận", 2013, CCCD_SEX_FEMALE, "000060", 0 },
	{ "062214000062", "Kon Tum", 2014, CCCD_SEX_MALE, "000062", 0 },
	{ "064315000064", "Gia Lai", 2015, CCCD_SEX_FEMALE, "000064", 0 },
	{ "066216000066", "Đắk Lắk", 2016, CCCD_SEX_MALE, "000066", 0 },
	{ "067317000067", "Đắk Nông", 2017, CCCD_SEX_FEMALE, "000067", 0 },
	{ "068218000068", "Lâm Đồng", 2018, CCCD_SEX_MALE, "000068", 0 },
	{ "070319000070", "Bình Phước", 2019, CCCD_SEX_FEMALE, "000070", 0 },
	{ "072220000072", "Tây Ninh", 2020, CCCD_SEX_MALE, "000072", 0 },
	{ "074321000074", "Bình Dương", 2021, CCCD_SEX_FEMALE, "000074", 0 },
	{ "075222000075", "Đồng Nai", 2022, CCCD_SEX_MALE, "000075", 0 },
	{ "077323000077", "Bà Rịa - Vũng Tàu", 2023, CCCD_SEX_FEMALE, "000077",
	  0 },
	{ "079224000079", "TP. Hồ Chí Minh", 2024, CCCD_SEX_MALE, "000079", 0 },
	{ "080325000080", "Long An", 2025, CCCD_SEX_FEMALE, "000080", 0 },
	{ "082026000082", "Tiền Giang", 1926, CCCD_SEX_MALE, "000082", 0 },
	{ "083127000083", "Bến Tre", 1927, CCCD_SEX_FEMALE, "000083", 0 },
	{ "084028000084", "Trà Vinh", 1928, CCCD_SEX_MALE, "000084", 0 },
	{ "086129000086", "Vĩnh Long", 1929, CCCD_SEX_FEMALE, "000086", 0 },
	{ "087030000087", "Đồng Tháp", 1930, CCCD_SEX_MALE, "000087", 0 },
	{ "089131000089", "An Giang", 1931, CCCD_SEX_FEMALE, "000089", 0 },
	{ "091032000091", "Kiên Giang", 1932, CCCD_SEX_MALE, "000091", 0 },
	{ "092133000092", "Cần Thơ", 1933, CCCD_SEX_FEMALE, "000092", 0 },
	{ "093034000093", "Hậu Giang", 1934, CCCD_SEX_MALE, "000093", 0 },
	{ "094135000094", "Sóc Trăng", 1935, CCCD_SEX_FEMALE, "000094", 0 },
	{ "095036000095", "Bạc Liêu", 1936, CCCD_SEX_MALE, "000095", 0 },
	{ "096137000096", "Cà Mau", 1937, CCCD_SEX_FEMALE, "000096", 0 },
	/* Codes of countries and codes that nobody listed. */
	{ "023199000001", "", 1999, CCCD_SEX_FEMALE, "000001",
	  CCCD_NUMBER_PLACE_UNKNOWN },
	{ "000000000000", "", 1900, CCCD_SEX_MALE, "000000",
	  CCCD_NUMBER_PLACE_UNKNOWN },
	{ "999999999999", "", 2399, CCCD_SEX_FEMALE, "999999",
	  CCCD_NUMBER_PLACE_UNKNOWN | CCCD_NUMBER_BIRTH_FUTURE },
	{ "139085000001", "", 1985, CCCD_SEX_MALE, "000001",
	  CCCD_NUMBER_PLACE_UNKNOWN },
	{ "001450000001", "Hà Nội", 2150, CCCD_SEX_MALE, "000001",
	  CCCD_NUMBER_BIRTH_FUTURE },
	{ "001751000001", "Hà Nội", 2251, CCCD_SEX_FEMALE, "000001",
	  CCCD_NUMBER_BIRTH_FUTURE },
	{ " 001 199 000 001 ", "Hà Nội", 1999, CCCD_SEX_FEMALE, "000001", 0 },
	{ "001199000001\r\n", "Hà Nội", 1999, CCCD_SEX_FEMALE, "000001", 0 },
};

static void citizen_number_parse_takes_numbers_apart(void **state)
{
	const struct json_tables *tables = *state;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct cccd_citizen_number number = { 0 };

		assert_int_equal(
		        citizen_number_parse(span_text(numbers[i].digits),
		                             tables->view.provinces_63, today,
		                             &number),
		        CCCD_OK);
		assert_string_equal(number.place_name, numbers[i].place);
		assert_int_equal(number.birth_year, numbers[i].year);
		assert_int_equal(number.sex, numbers[i].sex);
		assert_string_equal(number.can, numbers[i].can);
		assert_int_equal(number.notes, numbers[i].notes);
	}
}

static void citizen_number_parse_refuses_other_texts(void **state)
{
	static const char *const cases[] = {
		"",
		"00119900000",
		"0011990000012",
		"OO1199000001",
		"001-199-000001",
		"00119900000l",
		"012345678",
		"B1234567",
		"001199000001|",
		"０01199000001",
		"0011990000 1",
		"-01199000001",
		"001199000001x",
		"            ",
	};
	struct cccd_citizen_number number = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(citizen_number_parse(span_text(cases[i]), NULL,
		                                      today, &number),
		                 CCCD_ERR_USAGE_KEY_MALFORMED);
	assert_int_equal(citizen_number_parse(span_of("00119900000\0", 12),
	                                      NULL, today, &number),
	                 CCCD_ERR_USAGE_KEY_MALFORMED);
}

static void citizen_number_parse_notes_a_missing_table(void **state)
{
	struct cccd_citizen_number number = { 0 };

	(void)state;
	assert_int_equal(citizen_number_parse(span_text("001199000001"), NULL,
	                                      today, &number),
	                 CCCD_OK);
	assert_int_equal(number.notes, CCCD_NUMBER_NO_TABLE);
	assert_string_equal(number.place_code, "001");
}

static void citizen_number_hints_compare_year_and_sex(void **state)
{
	struct cccd_citizen_number number = { 0 };
	struct cccd_day born = { 1999, 1, 1 };
	struct cccd_day other = { 1998, 1, 1 };
	struct cccd_day unknown = { 0 };

	(void)state;
	assert_int_equal(citizen_number_parse(span_text("001199000001"), NULL,
	                                      today, &number),
	                 CCCD_OK);
	assert_int_equal(citizen_number_hints(&number, born, CCCD_SEX_FEMALE),
	                 0);
	assert_int_equal(citizen_number_hints(&number, unknown, CCCD_SEX_NONE),
	                 0);
	assert_int_equal(
	        citizen_number_hints(&number, born, CCCD_SEX_UNSPECIFIED), 0);
	assert_int_equal(citizen_number_hints(&number, other, CCCD_SEX_FEMALE),
	                 CCCD_NUMBER_YEAR_DIFFERS);
	assert_int_equal(citizen_number_hints(&number, born, CCCD_SEX_MALE),
	                 CCCD_NUMBER_SEX_DIFFERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(citizen_number_parse_takes_numbers_apart),
		cmocka_unit_test(citizen_number_parse_refuses_other_texts),
		cmocka_unit_test(citizen_number_parse_notes_a_missing_table),
		cmocka_unit_test(citizen_number_hints_compare_year_and_sex),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
