/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the sources of a person tell one story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "apdu/vnm/consistency.h"
#include "apdu/vnm/qr.h"
#include "tests/apdu/vnm/card_data.h"

/* Static: two of them are too large for the frame of a test. */
static const struct cccd_qr *qr_of(const char *text)
{
	static struct cccd_qr qr;

	assert_int_equal(qr_parse(span_text(text), &qr), CCCD_OK);
	return &qr;
}

static void assert_verdict(const struct consistency_input *input,
                           enum cccd_verdict verdict, const char *reason)
{
	struct consistency result = consistency_check(input);

	assert_string_equal(result.reason, reason);
	assert_int_equal(result.verdict, verdict);
}

static void consistency_check_accepts_one_story(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	struct access_attempt can = { ACCESS_PACE, ACCESS_CAN, "000001", 6 };
	struct consistency_input input = { .dg1 = &mrz,
		                           .dg13 = &dg13,
		                           .used = &can,
		                           .id_number = "001199000001" };
	struct consistency result;

	(void)state;
	input.qr = qr_of("001199000001|012345678|Nguyễn Văn A|01011999|Nữ|"
	                 "Hà Nội|15072022");
	result = consistency_check(&input);
	assert_int_equal(result.verdict, CCCD_SUCCESSFUL);
	assert_string_equal(result.reason, "");
	assert_int_equal(result.count, 12);
}

static void consistency_check_finds_each_difference(void **state)
{
	static const struct {
		enum cccd_dg13_number number;
		const char *text;
		enum cccd_verdict verdict;
		const char *reason;
	} cases[] = {
		{ CCCD_DG13_ID_NUMBER, "001199000002", CCCD_FAILED,
		  "number_differs" },
		{ CCCD_DG13_ID_NUMBER, "002199000001", CCCD_FAILED,
		  "number_differs" },
		{ CCCD_DG13_ID_NUMBER, "00119900000", CCCD_FAILED,
		  "number_malformed" },
		{ CCCD_DG13_FULL_NAME, "Nguyễn Văn B", CCCD_FAILED,
		  "name_differs" },
		{ CCCD_DG13_FULL_NAME, "阮文", CCCD_UNDETERMINED,
		  "name_not_comparable" },
		{ CCCD_DG13_DATE_OF_BIRTH, "02/01/1999", CCCD_FAILED,
		  "birth_differs" },
		{ CCCD_DG13_DATE_OF_BIRTH, "1999", CCCD_SUCCESSFUL, "" },
		{ CCCD_DG13_DATE_OF_BIRTH, "rất lâu", CCCD_UNDETERMINED,
		  "birth_unreadable" },
		{ CCCD_DG13_SEX, "Nam", CCCD_FAILED, "sex_differs" },
		{ CCCD_DG13_SEX, "?", CCCD_UNDETERMINED, "sex_unreadable" },
		{ CCCD_DG13_DATE_OF_EXPIRY, "01/01/2040", CCCD_FAILED,
		  "expiry_differs" },
		{ CCCD_DG13_DATE_OF_EXPIRY, "mai", CCCD_UNDETERMINED,
		  "expiry_unreadable" },
	};
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cccd_dg13 dg13 = card_full_dg13();
		struct consistency_input input = { .dg1 = &mrz, .dg13 = &dg13 };

		card_set_field(&dg13, cases[i].number, cases[i].text);
		if (cases[i].number == CCCD_DG13_DATE_OF_BIRTH)
			card_set_date(&dg13, cases[i].number, &dg13.birth,
			              cases[i].text);
		if (cases[i].number == CCCD_DG13_DATE_OF_EXPIRY)
			card_set_date(&dg13, cases[i].number, &dg13.expiry,
			              cases[i].text);
		assert_verdict(&input, cases[i].verdict, cases[i].reason);
	}
}

static void consistency_check_compares_no_expiry(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m12_mrz_text");
	struct cccd_dg13 dg13 = { .national = true };
	struct consistency_input input = { .dg1 = &mrz, .dg13 = &dg13 };

	(void)state;
	card_set_field(&dg13, CCCD_DG13_DATE_OF_EXPIRY, "Không thời hạn");
	dg13.expiry.form = CCCD_FORM_NO_EXPIRY;
	assert_verdict(&input, CCCD_SUCCESSFUL, "");
	card_set_date(&dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13.expiry,
	              "31/12/2099");
	assert_verdict(&input, CCCD_SUCCESSFUL, "");
	card_set_date(&dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13.expiry,
	              "01/01/2030");
	assert_verdict(&input, CCCD_FAILED, "expiry_differs");
	mrz = card_mrz_named("m11_mrz_text");
	dg13.expiry.form = CCCD_FORM_NO_EXPIRY;
	assert_verdict(&input, CCCD_FAILED, "expiry_differs");
}

static void consistency_check_compares_password_and_number(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct access_attempt can = { ACCESS_PACE, ACCESS_CAN, "123456", 6 };
	struct access_attempt key = { ACCESS_BAC, ACCESS_MRZ,
		                      "199000001499010183901016", 24 };
	struct consistency_input input = { .dg1 = &mrz, .used = &can };

	(void)state;
	assert_verdict(&input, CCCD_UNDETERMINED, "can_unlike_number");
	input.used = &key;
	assert_verdict(&input, CCCD_SUCCESSFUL, "");
	key.value[23] = '7';
	assert_verdict(&input, CCCD_FAILED, "password_differs");
	input.used = NULL;
	input.id_number = "001199000002";
	assert_verdict(&input, CCCD_FAILED, "given_number_differs");
}

static void consistency_check_compares_the_qr(void **state)
{
	static const struct {
		const char *qr;
		enum cccd_verdict verdict;
		const char *reason;
	} cases[] = {
		{ "001199000001||NGUYEN VAN A|01011999|Nữ|HN|15072022",
		  CCCD_SUCCESSFUL, "" },
		{ "001199000002||Nguyễn Văn A|01011999|Nữ|HN|15072022",
		  CCCD_FAILED, "qr_number_differs" },
		{ "001199000001||Nguyễn Văn B|01011999|Nữ|HN|15072022",
		  CCCD_FAILED, "qr_name_differs" },
		{ "001199000001||Nguyeexn Vawn A|01011999|Nữ|HN|15072022",
		  CCCD_UNDETERMINED, "qr_name_mangled" },
		{ "001199000001||Nguy?n V?n A|01011999|Nữ|HN|15072022",
		  CCCD_UNDETERMINED, "qr_name_damaged" },
		{ "001199000001||Nguyễn Văn A|02011999|Nữ|HN|15072022",
		  CCCD_FAILED, "qr_birth_differs" },
		{ "001199000001||Nguyễn Văn A|xx|Nữ|HN|15072022",
		  CCCD_UNDETERMINED, "qr_birth_unreadable" },
		{ "001199000001||Nguyễn Văn A|01011999|Nam|HN|15072022",
		  CCCD_FAILED, "qr_sex_differs" },
		{ "001199000001||Nguyễn Văn A|01011999|N?|HN|15072022",
		  CCCD_UNDETERMINED, "qr_sex_unreadable" },
		{ "001199000001||Nguyễn Văn A|01011999|Nữ|HN|16072022",
		  CCCD_FAILED, "qr_issue_differs" },
	};
	struct cccd_mrz mrz = card_mrz_named("m11_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct consistency_input input = { .dg1 = &mrz,
			                           .dg13 = &dg13,
			                           .qr = qr_of(cases[i].qr) };

		assert_verdict(&input, cases[i].verdict, cases[i].reason);
	}
}

static void consistency_check_has_nothing_to_say_of_others(void **state)
{
	struct cccd_mrz mrz = card_mrz_named("m01_mrz_text");
	struct cccd_dg13 dg13 = card_full_dg13();
	struct consistency_input input = { .dg1 = &mrz, .dg13 = &dg13 };

	(void)state;
	/* Another State's DG13 is not ours to compare. */
	assert_verdict(&input, CCCD_NOT_SUPPORTED, "nothing_to_compare");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consistency_check_accepts_one_story),
		cmocka_unit_test(consistency_check_finds_each_difference),
		cmocka_unit_test(consistency_check_compares_no_expiry),
		cmocka_unit_test(
		        consistency_check_compares_password_and_number),
		cmocka_unit_test(consistency_check_compares_the_qr),
		cmocka_unit_test(
		        consistency_check_has_nothing_to_say_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
