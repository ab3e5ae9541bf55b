/* SPDX-License-Identifier: Apache-2.0 */
/* The access key made from an MRZ, or from three fields of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/mrz.h"
#include "base/digest.h"
#include "tests/apdu/lds/mrz_records.h"

/* Another digit than @c. */
static char other_digit(char c)
{
	return c == '9' ? '8' : '9';
}

static void assert_information(const struct secret *secret,
                               const char *expected)
{
	assert_int_equal(secret->len, strlen(expected));
	assert_memory_equal(secret->bytes, expected, secret->len);
}

static void information_agrees_with_the_vectors(void **state)
{
	struct cccd_mrz mrz = { 0 };
	struct secret information = { 0 };

	(void)state;
	for (int i = 1; i <= MRZ_RECORDS; i++) {
		struct digest k = { 0 };
		char name[32];

		mrz_record_parse(i, &mrz);
		assert_int_equal(mrz_information(&mrz, &information), CCCD_OK);
		assert_information(&information,
		                   mrz_record_text(i, "mrz_information"));
		/* [9303-11 9.7.2, D.2] K and its first 16 bytes, Kseed */
		assert_int_equal(digest_compute(DIGEST_SHA1,
		                                secret_span(&information), &k),
		                 CCCD_OK);
		(void)snprintf(name, sizeof(name), "m%02d_pace_k", i);
		assert_true(span_equal(digest_span(&k),
		                       vectors_bytes(mrz_vectors(), name)));
	}
	memset(&mrz, 0, sizeof(mrz));
	assert_int_equal(mrz_information(&mrz, &information),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void information_comes_from_every_form_of_text(void **state)
{
	static const char *const forms[] = {
		"IDVNM1990000014001199000001<<5"
		"9901018F3901016VNM<<<<<<<<<<<2"
		"NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
		"IDVNM1990000014001199000001<<5\r\n"
		"9901018F3901016VNM<<<<<<<<<<<2\r\n"
		"NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<\r\n",
		" idvnm1990000014 001199000001<<5\n"
		"\t9901018f3901016vnm<<<<<<<<<<<2\n"
		"nguyen<<van<a<<<<<<<<<<<<<<<<<",
		"199000001499010183901016",
		"199000001 4 990101 8 390101 6",
	};
	struct secret information = { 0 };
	bool digits = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		assert_int_equal(mrz_information_from_text(span_text(forms[i]),
		                                           &information,
		                                           &digits),
		                 CCCD_OK);
		assert_information(&information, "199000001499010183901016");
		assert_true(digits);
	}
}

static void slips_of_the_finger_are_reported(void **state)
{
	struct secret information = { 0 };
	bool digits = true;
	size_t reported = 0;

	(void)state;
	for (size_t i = 0; i < MRZ_INFORMATION_LEN; i++) {
		char typed[] = "199000001499010183901016";
		enum cccd_err err = CCCD_OK;

		typed[i] = other_digit(typed[i]);
		err = mrz_information_from_text(span_text(typed), &information,
		                                &digits);
		/* Some slips make a date that is none. */
		if (err != CCCD_OK) {
			assert_int_equal(err, CCCD_ERR_DATA_MALFORMED);
			continue;
		}
		reported++;
		assert_false(digits);
		assert_information(&information, typed);
	}
	assert_true(reported >= 18);
}

static void text_that_is_no_mrz_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"001199000001",
		"19900000149901018390101",
		"199000001499010183901016199000001499010",
		"IDVNM1990000014001199000001<<5",
		"199000001-4-990101-8-390101-6",
	};
	char huge[1024];
	struct secret information = { 0 };
	bool digits = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(mrz_information_from_text(span_text(bad[i]),
		                                           &information,
		                                           &digits),
		                 CCCD_ERR_DATA_MALFORMED);
	memset(huge, 'A', sizeof(huge));
	assert_int_equal(
	        mrz_information_from_text(SPAN(huge), &information, &digits),
	        CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(information.len, 0);
}

static void information_comes_from_three_fields(void **state)
{
	static const struct {
		const char *number;
		const char *birth;
		const char *expiry;
		const char *information;
	} rows[] = {
		{ "199000001", "990101", "390101", "199000001499010183901016" },
		{ "199000001", "1999-01-01", "2039-01-01",
		  "199000001499010183901016" },
		{ "199 000 001", "19990101", "20390101",
		  "199000001499010183901016" },
		{ "l898902c", "690806", "940623", "L898902C<369080619406236" },
		{ "L898902C<", "690806", "940623", "L898902C<369080619406236" },
		{ "D23145890734", "340712", "950712",
		  "D23145890734934071279507122" },
		{ "D23145890", "64<<<<", "120415", "D23145890764<<<<41204159" },
	};
	struct secret information = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(
		        mrz_information_from_document(span_text(rows[i].number),
		                                      span_text(rows[i].birth),
		                                      span_text(rows[i].expiry),
		                                      &information),
		        CCCD_OK);
		assert_information(&information, rows[i].information);
	}
}

static void fields_of_a_wrong_form_are_refused(void **state)
{
	static const struct {
		const char *number;
		const char *birth;
		const char *expiry;
	} rows[] = {
		{ "", "990101", "390101" },
		{ "<<<", "990101", "390101" },
		{ "12345678901234567890123", "990101", "390101" },
		{ "A-1", "990101", "390101" },
		{ "199000001", "", "390101" },
		{ "199000001", "9901", "390101" },
		{ "199000001", "991301", "390101" },
		{ "199000001", "1999/01/01", "390101" },
		{ "199000001", "990101", "390230" },
		{ "199000001", "990101", "39-01-01" },
	};
	struct secret information = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(
		        mrz_information_from_document(span_text(rows[i].number),
		                                      span_text(rows[i].birth),
		                                      span_text(rows[i].expiry),
		                                      &information),
		        CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(information.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(information_agrees_with_the_vectors),
		cmocka_unit_test(information_comes_from_every_form_of_text),
		cmocka_unit_test(slips_of_the_finger_are_reported),
		cmocka_unit_test(text_that_is_no_mrz_is_refused),
		cmocka_unit_test(information_comes_from_three_fields),
		cmocka_unit_test(fields_of_a_wrong_form_are_refused),
	};

	return cmocka_run_group_tests_name("apdu.lds.mrz_information", tests,
	                                   mrz_records_open, mrz_records_close);
}
