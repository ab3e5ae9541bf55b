/* SPDX-License-Identifier: Apache-2.0 */
/* QR texts: of 2021, of 2024, mangled on the way, and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/vnm/day.h"
#include "apdu/vnm/keyboard.h"
#include "apdu/vnm/qr.h"

#define GOOD                                                    \
	"001199000001|012345678|Nguyễn Văn A|01011999|Nữ|" \
	"Số 1 Phố Huế, Phường Hàng Bài, Hoàn Kiếm, Hà Nội|15072022"

struct row {
	const char *text;
	uint32_t field_count;
	const char *id_number;
	const char *old_number;
	const char *full_name;
	const char *birth;
	enum cccd_sex sex;
	const char *issue;
	uint32_t notes;
};

static const struct row good[] = {
	{ GOOD, 7, "001199000001", "012345678", "Nguyễn Văn A", "1999-01-01",
	  CCCD_SEX_FEMALE, "2022-07-15", 0 },
	{ GOOD "||||", 11, "001199000001", "012345678", "Nguyễn Văn A",
	  "1999-01-01", CCCD_SEX_FEMALE, "2022-07-15", 0 },
	{ "001060000002||Trần Thị B|01011960|Nam|Hà Nội|01072024", 7,
	  "001060000002", "", "Trần Thị B", "1960-01-01", CCCD_SEX_MALE,
	  "2024-07-01", 0 },
	{ "001060000002||Trần Thị B|01011960|Nam|Hà Nội|01072024||||", 11,
	  "001060000002", "", "Trần Thị B", "1960-01-01", CCCD_SEX_MALE,
	  "2024-07-01", 0 },
	{ "001060000002|001060999999|Trần Thị B|1960|Nam|Hà Nội|01072024", 7,
	  "001060000002", "001060999999", "Trần Thị B", "1960", CCCD_SEX_MALE,
	  "2024-07-01", 0 },
	{ "\xEF\xBB\xBF" GOOD, 7, "001199000001", "012345678", "Nguyễn Văn A",
	  "1999-01-01", CCCD_SEX_FEMALE, "2022-07-15", CCCD_QR_BOM },
	{ GOOD "\r\n", 7, "001199000001", "012345678", "Nguyễn Văn A",
	  "1999-01-01", CCCD_SEX_FEMALE, "2022-07-15", CCCD_QR_LINE_ENDS },
	{ "  " GOOD "\r", 7, "001199000001", "012345678", "Nguyễn Văn A",
	  "1999-01-01", CCCD_SEX_FEMALE, "2022-07-15", CCCD_QR_LINE_ENDS },
	{ GOOD "|||||||", 14, "001199000001", "012345678", "Nguyễn Văn A",
	  "1999-01-01", CCCD_SEX_FEMALE, "2022-07-15", CCCD_QR_EXTRA_FIELDS },
	{ "001199000001 | 012345678 | Nguyễn Văn A | 01011999 | Nữ | Hà Nội |"
	  " 15072022",
	  7, "001199000001", "012345678", "Nguyễn Văn A", "1999-01-01",
	  CCCD_SEX_FEMALE, "2022-07-15", 0 },
};

static const struct row mangled[] = {
	/* Six fields: the old number left out. */
	{ "001199000001|Nguyễn Văn A|01011999|Nữ|Hà Nội|15072022", 6,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_NO_OLD_NUMBER },
	/* A separator too many, or one inside the address. */
	{ "001199000001|||Nguyễn Văn A|01011999|Nữ|Hà Nội|15072022", 8,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_SHIFTED },
	{ "001199000001||Nguyễn Văn A|01011999|Nữ|Số 1|Hà Nội|15072022", 8,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_SHIFTED },
	/* Other separators: layouts and full width. */
	{ "001199000001~~Nguyễn Văn A~01011999~Nữ~Hà Nội~15072022", 7,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_OTHER_SEPARATOR },
	{ "001199000001\\\\Nguyễn Văn A\\01011999\\Nữ\\Hà Nội\\15072022", 7,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_OTHER_SEPARATOR },
	{ "001199000001｜｜Nguyễn Văn A｜01011999｜Nữ｜Hà Nội｜15072022", 7,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_OTHER_SEPARATOR },
	/* Telex typed without being composed, and VNI. */
	{ "001199000001||Nguyeexn Vawn A|01011999|Nuwx|Haf Nooji|15072022", 7,
	  "001199000001", "", "Nguyeexn Vawn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", 0 },
	{ "001199000001||Nguye64n Va8n A|01011999|Nu74|Ha2 No65i|15072022", 7,
	  "001199000001", "", "Nguye64n Va8n A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_TEXT_DAMAGED },
	/* Letters lost, UTF-8 read as Windows-1252. */
	{ "001199000001||Nguy?n V?n A|01011999|N?|H? N?i|15072022", 7,
	  "001199000001", "", "Nguy?n V?n A", "1999-01-01", CCCD_SEX_NONE,
	  "2022-07-15", CCCD_QR_TEXT_DAMAGED | CCCD_QR_SEX_UNREADABLE },
	{ "001199000001||Nguyá»…n VÄƒn A|01011999|Ná»¯|HÃ  Ná»™i|15072022", 7,
	  "001199000001", "", "Nguyá»…n VÄƒn A", "1999-01-01", CCCD_SEX_NONE,
	  "2022-07-15", CCCD_QR_TEXT_DAMAGED | CCCD_QR_SEX_UNREADABLE },
	/* Bytes of a scanner that knows one-byte characters only. */
	{ "001199000001||Nguy\xEAn V\xE3n A|01011999|N\xFF|H\xE0 N\xF4i|"
	  "15072022",
	  7, "001199000001", "", "", "1999-01-01", CCCD_SEX_NONE, "2022-07-15",
	  CCCD_QR_NOT_UTF8 | CCCD_QR_SEX_UNREADABLE },
	/* Diacritics lost, capitals on. */
	{ "001199000001||NGUYEN VAN A|01011999|NU|HA NOI|15072022", 7,
	  "001199000001", "", "NGUYEN VAN A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", 0 },
	/* The Vietnamese layout types letters for digits. */
	{ "đđăă\u0323\u0323đđđđđă||Nguyễn Văn A|đăđăă\u0323\u0323\u0323|Nữ|"
	  "Hà Nội|ă\u0300đ\u0303âđââ",
	  7, "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_LAYOUT_DIGITS },
	/* The same with tones composed into the vowels before them. */
	{ "đđăặ\u0323đđđđđă||Nguyễn Văn A|đăđăặ\u0323\u0323|Nữ|Hà Nội|"
	  "ằđ\u0303âđââ",
	  7, "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", CCCD_QR_LAYOUT_DIGITS },
	/* Dates that did not survive are not invented. */
	{ "001199000001||Nguyễn Văn A|0101199|Nữ|Hà Nội|15072022", 7,
	  "001199000001", "", "Nguyễn Văn A", "", CCCD_SEX_FEMALE, "2022-07-15",
	  CCCD_QR_BIRTH_UNREADABLE },
	{ "001199000001||Nguyễn Văn A|31021999|Nữ|Hà Nội|15O72022", 7,
	  "001199000001", "", "Nguyễn Văn A", "", CCCD_SEX_FEMALE, "",
	  CCCD_QR_BIRTH_UNREADABLE | CCCD_QR_ISSUE_UNREADABLE },
	{ "001199000001||Nguyễn Văn A|01011999||Hà Nội|15072022", 7,
	  "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_NONE,
	  "2022-07-15", CCCD_QR_SEX_UNREADABLE },
	{ "001199000001||Nguye\u0302\u0303n Va\u0306n A|01/01/1999|Nữ|Hà Nội|"
	  "2022-07-15",
	  7, "001199000001", "", "Nguyễn Văn A", "1999-01-01", CCCD_SEX_FEMALE,
	  "2022-07-15", 0 },
};

static void assert_row(const struct row *row)
{
	struct cccd_qr qr = { 0 };
	char text[DAY_TEXT_MAX];

	assert_int_equal(qr_parse(span_text(row->text), &qr), CCCD_OK);
	assert_string_equal(qr.id_number, row->id_number);
	assert_int_equal(qr.field_count, row->field_count);
	assert_string_equal(qr.old_number, row->old_number);
	assert_string_equal(qr.full_name, row->full_name);
	day_write(qr.birth, text);
	assert_string_equal(text, row->birth);
	assert_int_equal(qr.sex, row->sex);
	day_write(qr.issue, text);
	assert_string_equal(text, row->issue);
	assert_int_equal(qr.notes, row->notes);
}

static void qr_parse_reads_good_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_row(&good[i]);
}

static void qr_parse_survives_mangling(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mangled); i++)
		assert_row(&mangled[i]);
}

static void qr_parse_keeps_later_fields_as_they_are(void **state)
{
	struct cccd_qr qr = { 0 };

	(void)state;
	assert_int_equal(
	        qr_parse(span_text(GOOD "|001199888888||Cha X|Mẹ Y"), &qr),
	        CCCD_OK);
	assert_string_equal(qr.later[0], "001199888888");
	assert_string_equal(qr.later[1], "");
	assert_string_equal(qr.later[2], "Cha X");
	assert_string_equal(qr.later[3], "Mẹ Y");
	assert_string_equal(qr.residence,
	                    "Số 1 Phố Huế, Phường Hàng Bài, Hoàn Kiếm, Hà Nội");
}

static void qr_parse_refuses_other_texts(void **state)
{
	static const char *const cases[] = {
		"",
		"\xEF\xBB\xBF",
		"|||||||||||",
		"001199000001",
		"001199000001|",
		"001199000001|||||",
		"001199000001|Nguyễn Văn A|01011999|Nữ",
		"00119900000|012345678|Nguyễn Văn A|01011999|Nữ|HN|15072022",
		"0011990000012|012345678|Nguyễn Văn A|01011999|Nữ|HN|15072022",
		"OO1199000001||Nguyễn Văn A|01011999|Nữ|Hà Nội|15072022",
		"https://example.vn/q?n=001199000001",
		"IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2",
		"-01199000001||A|01011999|Nam|X|15072022",
		"%s%s%s%n%n%n|||||||",
		"{\"id\":\"001199000001\"}",
		"001199000001,Nguyễn Văn A,01011999,Nữ,Hà Nội,15072022",
		/* One sign for two digits that ends past the number. */
		"00119900000ặ||Nguyễn Văn A|01011999|Nữ|Hà Nội|15072022",
	};
	struct cccd_qr qr = { .field_count = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(qr_parse(span_text(cases[i]), &qr),
		                 CCCD_ERR_USAGE_KEY_MALFORMED);
	assert_int_equal(qr.field_count, 77);
}

static void qr_parse_bounds_hostile_texts(void **state)
{
	static char text[QR_TEXT_MAX + 1];
	struct cccd_qr qr = { 0 };

	(void)state;
	memset(text, '|', sizeof(text));
	memcpy(text, "001199000001", 12);
	assert_int_equal(qr_parse(span_of(text, sizeof(text)), &qr),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(qr_parse(span_of(text, QR_TEXT_MAX), &qr), CCCD_OK);
	assert_int_equal(qr.field_count, QR_FIELDS_MAX);
	assert_true((qr.notes & CCCD_QR_EXTRA_FIELDS) != 0);

	/* A name as long as the text allows is cut, not overrun. */
	memset(text, 'A', sizeof(text));
	memcpy(text, "001199000001||", 14);
	memcpy(text + QR_TEXT_MAX - 26, "|01011999|Nam|Huế|01072022", 27);
	assert_int_equal(qr_parse(span_of(text, QR_TEXT_MAX), &qr), CCCD_OK);
	assert_int_equal(strlen(qr.full_name), CCCD_QR_NAME_MAX / 2);
	assert_int_equal(qr.birth.year, 1999);
	assert_true((qr.notes & CCCD_QR_TEXT_CUT) != 0);
}

static void qr_parse_hides_no_controls(void **state)
{
	struct cccd_qr qr = { 0 };

	(void)state;
	assert_int_equal(
	        qr_parse(span_text("001199000001||\x1B[31mA\u202E B|01011999|"
	                           "Nam|a\x07|15072022"),
	                 &qr),
	        CCCD_OK);
	assert_string_equal(qr.full_name, "[31mA B");
	assert_string_equal(qr.residence, "a");
	assert_true((qr.notes & CCCD_QR_TEXT_DAMAGED) != 0);
}

static void keyboard_digits_reads_every_sign(void **state)
{
	static const struct {
		const char *typed;
		const char *digits;
	} cases[] = {
		{ "1234567890", "1234567890" },
		{ "ăâêô\u0300\u0309\u0303\u0301\u0323đ", "1234567890" },
		{ "ĂÂÊÔĐ", "12340" },
		{ "ằẳẵắặ", "1516171819" },
		{ "ầẩẫấậ", "2526272829" },
		{ "ềểễếệ", "3536373839" },
		{ "ồổỗốộ", "4546474849" },
		{ "0ă\u03002", "0152" },
	};
	char digits[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t count = strlen(cases[i].digits);

		assert_int_equal(keyboard_digits(span_text(cases[i].typed),
		                                 digits, count),
		                 strlen(cases[i].typed));
		assert_string_equal(digits, cases[i].digits);
		assert_int_equal(keyboard_digits(span_text(cases[i].typed),
		                                 digits, count + 1),
		                 0);
	}
}

static void qr_wipe_leaves_nothing(void **state)
{
	static const struct cccd_qr zero;
	struct cccd_qr qr = { 0 };

	(void)state;
	assert_int_equal(qr_parse(span_text(GOOD), &qr), CCCD_OK);
	qr_wipe(&qr);
	assert_memory_equal(&qr, &zero, sizeof(qr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qr_parse_reads_good_texts),
		cmocka_unit_test(qr_parse_survives_mangling),
		cmocka_unit_test(qr_parse_keeps_later_fields_as_they_are),
		cmocka_unit_test(qr_parse_refuses_other_texts),
		cmocka_unit_test(qr_parse_bounds_hostile_texts),
		cmocka_unit_test(qr_parse_hides_no_controls),
		cmocka_unit_test(keyboard_digits_reads_every_sign),
		cmocka_unit_test(qr_wipe_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
