/* SPDX-License-Identifier: Apache-2.0 */
/* Any way in: what the desk has becomes a bounded plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/vnm/access_key.h"
#include "tests/support/vectors.h"

#define LINE_1 "IDVNM1990000014001199000001<<5"
#define LINE_2 "9901018F3901016VNM<<<<<<<<<<<2"
#define LINE_3 "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
#define INFO   "199000001499010183901016"
#define QR     "001199000001||Nguyễn Văn A|01011999|Nữ|Hà Nội|15072022"

/* Attempts as letters: C PACE-CAN, M PACE-MRZ, B BAC, P PIN, U PUK. */
static void assert_attempts(const struct access_plan *plan, const char *wanted)
{
	char text[ACCESS_ATTEMPTS_MAX + 1] = { 0 };

	for (size_t i = 0; i < plan->count; i++) {
		const struct access_attempt *attempt = &plan->attempts[i];

		text[i] = "?CMPU"[attempt->password];
		if (attempt->protocol == ACCESS_BAC)
			text[i] = 'B';
	}
	assert_string_equal(text, wanted);
}

static void assert_value(const struct access_plan *plan, size_t index,
                         const char *value)
{
	assert_int_equal(plan->attempts[index].len, strlen(value));
	assert_memory_equal(plan->attempts[index].value, value, strlen(value));
}

static bool has_note(const struct access_plan *plan, enum access_note_code code)
{
	for (size_t i = 0; i < plan->note_count; i++)
		if (plan->notes[i].code == code)
			return true;
	return false;
}

/* Static: a plan is too large for a frame of a test. */
static struct access_plan *plan_of(const struct access_input *input,
                                   enum cccd_err wanted)
{
	static struct access_plan plan;

	assert_int_equal(access_plan_make(input, &plan), wanted);
	return &plan;
}

static struct access_plan *plan_mrz(const char *text, enum cccd_err wanted)
{
	struct access_input input = { .mrz = span_text(text) };

	return plan_of(&input, wanted);
}

static void plan_takes_every_specimen_mrz(void **state)
{
	struct vectors *v = vectors_open("mrz");

	(void)state;
	for (int i = 1; i <= 12; i++) {
		struct access_plan *plan = NULL;
		char name[48];
		const char *info = NULL;
		bool vietnamese = i >= 11;

		(void)snprintf(name, sizeof(name), "m%02d_mrz_text", i);
		plan = plan_mrz(vectors_text(v, name), CCCD_OK);
		(void)snprintf(name, sizeof(name), "m%02d_mrz_information_text",
		               i);
		info = vectors_text(v, name);
		assert_attempts(plan, vietnamese ? "CMB" : "MB");
		assert_value(plan, vietnamese ? 1 : 0, info);
		assert_value(plan, vietnamese ? 2 : 1, info);
		assert_true(plan->has_mrz);
		if (!vietnamese)
			continue;
		(void)snprintf(name, sizeof(name), "m%02d_cccd_can_text", i);
		assert_value(plan, 0, vectors_text(v, name));
		(void)snprintf(name, sizeof(name), "m%02d_cccd_id_number_text",
		               i);
		assert_string_equal(plan->id_number, vectors_text(v, name));
		assert_int_equal(plan->note_count, 0);
	}
	vectors_close(v);
}

static void plan_takes_every_specimen_information(void **state)
{
	struct vectors *v = vectors_open("mrz");

	(void)state;
	for (int i = 1; i <= 12; i++) {
		struct access_plan *plan = NULL;
		char name[48];

		(void)snprintf(name, sizeof(name), "m%02d_mrz_information_text",
		               i);
		plan = plan_mrz(vectors_text(v, name), CCCD_OK);
		assert_attempts(plan, "MB");
		assert_value(plan, 0, vectors_text(v, name));
		assert_false(plan->has_mrz);
		assert_string_equal(plan->id_number, "");
	}
	vectors_close(v);
}

static void plan_takes_an_mrz_in_any_dress(void **state)
{
	static const char *const cases[] = {
		LINE_1 LINE_2 LINE_3,
		LINE_1 "\n" LINE_2 "\n" LINE_3,
		LINE_1 "\r\n" LINE_2 "\r\n" LINE_3 "\r\n",
		LINE_1 "\r" LINE_2 "\r" LINE_3 "\r",
		"  " LINE_1 " \n " LINE_2 "\t\n" LINE_3 "  ",
		"IDVNM 199000001 4 001199000001 << 5 " LINE_2 " " LINE_3,
		"idvnm1990000014001199000001<<5" LINE_2
		"nguyen<<van<a<<<<<<<<<<<<<<<<<",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct access_plan *plan = plan_mrz(cases[i], CCCD_OK);

		assert_attempts(plan, "CMB");
		assert_value(plan, 0, "000001");
		assert_value(plan, 1, INFO);
		assert_int_equal(has_note(plan, ACCESS_NOTE_MRZ_SMALL), i == 6);
	}
}

struct doubt {
	const char *text;
	const char *attempts;
	enum access_note_code code;
	unsigned int position;
	char read;
	char meant;
};

static const struct doubt doubts[] = {
	/* Letters for digits, in the dates. */
	{ LINE_1 "99O1018F3901016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CONFUSION, 33, 'O', '0' },
	{ LINE_1 "990I018F3901016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CONFUSION, 34, 'I', '1' },
	{ LINE_1 "990101BF3901016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CONFUSION, 37, 'B', '8' },
	{ LINE_1 "9901018F39O1016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CONFUSION, 41, 'O', '0' },
	{ LINE_1 "9901018F390101GVNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CONFUSION, 45, 'G', '6' },
	/* In the number: what else is sound is used. */
	{ "IDVNM199O000014001199000001<<5" LINE_2 LINE_3, "",
	  ACCESS_NOTE_MRZ_CONFUSION, 9, 'O', '0' },
	{ "IDVNM1990000014OO1199000001<<5" LINE_2 LINE_3, "MB",
	  ACCESS_NOTE_MRZ_CONFUSION, 16, 'O', '0' },
	{ "IDVNM1990000014001199000001<<S" LINE_2 LINE_3, "MB",
	  ACCESS_NOTE_MRZ_CONFUSION, 30, 'S', '5' },
	{ "IDVNM1990000014001199000001KK5" LINE_2 LINE_3, "CMB",
	  ACCESS_NOTE_MRZ_CONFUSION, 28, 'K', '<' },
	/* Digits for letters. */
	{ "1DVNM1990000014001199000001<<5" LINE_2 LINE_3, "CMB",
	  ACCESS_NOTE_MRZ_CONFUSION, 1, '1', 'I' },
	{ LINE_1 LINE_2 "NGUYEN<<VAN<4<<<<<<<<<<<<<<<<<", "CMB",
	  ACCESS_NOTE_MRZ_CONFUSION, 73, '4', '\0' },
	{ LINE_1 LINE_2 "N6UYEN<<VAN<A<<<<<<<<<<<<<<<<<", "CMB",
	  ACCESS_NOTE_MRZ_CONFUSION, 62, '6', 'G' },
	{ LINE_1 "9901018F3901016VNMKK<<<<<<<<<2" LINE_3, "CMB",
	  ACCESS_NOTE_MRZ_CONFUSION, 49, 'K', '<' },
	/* Digits for digits: only the check digits notice. */
	{ LINE_1 "9901078F3901016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_CHECK_BIRTH, 0, '8', '\0' },
	{ LINE_1 "9901018F3907016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_CHECK_EXPIRY, 0, '6', '\0' },
	{ "IDVNM1990000074001199000001<<5" LINE_2 LINE_3, "",
	  ACCESS_NOTE_CHECK_NUMBER, 0, '4', '\0' },
	{ "IDVNM1990000014007199000001<<5" LINE_2 LINE_3, "MB",
	  ACCESS_NOTE_CHECK_ID_NUMBER, 30, '5', '\0' },
	{ LINE_1 "9901018F3901016VNM<<<<<<<<<<<3" LINE_3, "CMB",
	  ACCESS_NOTE_CHECK_COMPOSITE, 0, '3', '\0' },
	/* The two places of the number contradict each other. */
	{ "IDVNM1990000014001199000002<<6" LINE_2 LINE_3, "MB",
	  ACCESS_NOTE_NUMBERS_DIFFER, 6, '\0', '\0' },
	/* Signs that no MRZ has. */
	{ LINE_1 LINE_2 "NGUYEN\u00AB<VAN<A<<<<<<<<<<<<<<<<<", "CMB",
	  ACCESS_NOTE_MRZ_CHARACTER, 67, '?', '<' },
	{ "IDVNM19900000140011990OOOO1\u2039<5" LINE_2 LINE_3, "",
	  ACCESS_NOTE_MRZ_CHARACTER, 28, '?', '<' },
	{ LINE_1 "99O1.18F3901016VNM<<<<<<<<<<<2" LINE_3, "C",
	  ACCESS_NOTE_MRZ_CHARACTER, 35, '.', '\0' },
	/* Passports: the number may hold letters. */
	{ "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	  "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10",
	  "", ACCESS_NOTE_MRZ_CONFUSION, 50, 'O', '0' },
	{ "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	  "L898902C36UTO74O8122F1204159ZE184226B<<<<<10",
	  "", ACCESS_NOTE_MRZ_CONFUSION, 60, 'O', '0' },
	/* The information alone. */
	{ "I99000001499010183901016", "", ACCESS_NOTE_MRZ_CONFUSION, 1, 'I',
	  '1' },
	{ "19900000149901O183901016", "", ACCESS_NOTE_MRZ_CONFUSION, 15, 'O',
	  '0' },
	{ "199000001599010183901016", "", ACCESS_NOTE_CHECK_NUMBER, 10, '5',
	  '\0' },
	/* Lengths. */
	{ LINE_1 LINE_2, "", ACCESS_NOTE_MRZ_LENGTH, 60, '\0', '\0' },
	{ LINE_1 LINE_2 LINE_3 "<", "", ACCESS_NOTE_MRZ_LENGTH, 91, '\0',
	  '\0' },
	{ "19900000149901018390101", "", ACCESS_NOTE_MRZ_LENGTH, 23, '\0',
	  '\0' },
	{ "x", "", ACCESS_NOTE_MRZ_LENGTH, 1, '\0', '\0' },
};

/* Reported, and never tried with what was only guessed. */
static void plan_reports_ocr_doubts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(doubts); i++) {
		const struct doubt *doubt = &doubts[i];
		bool none = doubt->attempts[0] == '\0';
		struct access_plan *plan =
		        plan_mrz(doubt->text,
		                 none ? CCCD_ERR_USAGE_KEY_MALFORMED : CCCD_OK);
		bool found = false;

		assert_attempts(plan, doubt->attempts);
		for (size_t j = 0; j < plan->note_count; j++) {
			const struct access_note *note = &plan->notes[j];

			found = found || (note->code == doubt->code &&
			                  note->position == doubt->position &&
			                  note->read == doubt->read &&
			                  note->meant == doubt->meant);
		}
		if (!found)
			fail_msg("row %zu lacks its note", i);
	}
}

static void plan_uses_wrong_digits_only_when_told(void **state)
{
	struct access_input input = {
		.mrz = span_text("199000001599010183901016"),
		.as_printed = true,
	};
	struct access_plan *plan = plan_of(&input, CCCD_OK);

	(void)state;
	assert_attempts(plan, "MB");
	assert_value(plan, 0, "199000001599010183901016");
	assert_true(has_note(plan, ACCESS_NOTE_CHECK_NUMBER));
}

static void plan_derives_can_of_id_number(void **state)
{
	struct access_input input = { .id_number = span_text("001060000002") };
	struct access_plan *plan = plan_of(&input, CCCD_OK);

	(void)state;
	assert_attempts(plan, "C");
	assert_value(plan, 0, "000002");
	assert_string_equal(plan->id_number, "001060000002");
	assert_int_equal(plan->note_count, 0);
}

static void plan_joins_number_birth_and_expiry(void **state)
{
	static const struct {
		const char *number;
		const char *birth;
		const char *expiry;
		const char *issuer;
		const char *attempts;
		const char *information;
	} cases[] = {
		{ "001199000001", "990101", "390101", "VNM", "CMB", INFO },
		{ "001199000001", "01/01/1999", "2039-01-01", "", "CMB", INFO },
		{ "001060000002", "1960-01-01", "none", "VNM", "CMB",
		  "060000002060010109912315" },
		{ "001060000002", "600101", "Không thời hạn", "", "CMB",
		  "060000002060010109912315" },
		{ "001060000002", "600101", "991231", "", "CMB",
		  "060000002060010109912315" },
		{ "199000001", "990101", "390101", "VNM", "CMB", INFO },
		{ "199000001", "990101", "390101", "", "MB", INFO },
		{ "L898902C<", "690806", "940623", "UTO", "MB",
		  "L898902C<369080619406236" },
		{ "L898902C", "690806", "940623", "", "MB",
		  "L898902C<369080619406236" },
		{ "D23145890734", "340712", "950712", "UTO", "MB",
		  "D23145890734934071279507122" },
		/* Twelve digits of another State keep them all. */
		{ "591123456789", "800101", "300101", "BEL", "MB",
		  "591123456789080010143001019" },
		{ "001199000001", "1999", "390101", "VNM", "CMB",
		  "199000001499<<<<03901016" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct access_input input = {
			.number = span_text(cases[i].number),
			.birth = span_text(cases[i].birth),
			.expiry = span_text(cases[i].expiry),
			.issuer = span_text(cases[i].issuer),
		};
		struct access_plan *plan = plan_of(&input, CCCD_OK);
		const struct access_attempt *last =
		        &plan->attempts[plan->count - 1];

		assert_attempts(plan, cases[i].attempts);
		assert_int_equal(last->len, strlen(cases[i].information));
		assert_memory_equal(last->value, cases[i].information,
		                    last->len);
	}
}

static void plan_notes_the_vietnamese_assumption(void **state)
{
	struct access_input input = { .number = span_text("001199000001") };
	struct access_plan *plan = plan_of(&input, CCCD_OK);

	(void)state;
	assert_true(has_note(plan, ACCESS_NOTE_ASSUMED_VIETNAMESE));
	input.issuer = span_text("VNM");
	plan = plan_of(&input, CCCD_OK);
	assert_false(has_note(plan, ACCESS_NOTE_ASSUMED_VIETNAMESE));
}

static void plan_of_qr_has_no_mrz_unless_expiry_is_known(void **state)
{
	struct access_input input = { .qr = span_text(QR) };
	struct access_plan *plan = plan_of(&input, CCCD_OK);

	(void)state;
	assert_attempts(plan, "C");
	assert_value(plan, 0, "000001");
	assert_true(plan->has_qr);
	assert_true(has_note(plan, ACCESS_NOTE_EXPIRY_MISSING));

	input.expiry = span_text("01/01/2039");
	plan = plan_of(&input, CCCD_OK);
	assert_attempts(plan, "CMB");
	assert_value(plan, 2, INFO);
}

static void plan_derives_expiry_only_when_asked(void **state)
{
	struct access_input input = { .qr = span_text(QR),
		                      .derive_expiry = true };
	struct access_plan *plan = plan_of(&input, CCCD_OK);

	(void)state;
	/* Issued half a year after 23: valid until 40. */
	assert_attempts(plan, "CMB");
	assert_value(plan, 1, "199000001499010183901016");
	assert_true(has_note(plan, ACCESS_NOTE_EXPIRY_DERIVED));

	/* There is one candidate only; a second is not made up. */
	input.derive_index = 1;
	plan = plan_of(&input, CCCD_OK);
	assert_attempts(plan, "C");
}

static void plan_refuses_contradictions(void **state)
{
	struct access_input input = { .id_number = span_text("001199000001"),
		                      .can = span_text("000002") };

	(void)state;
	assert_true(has_note(plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED),
	                     ACCESS_NOTE_KEYS_DISAGREE));
	input = (struct access_input){ .id_number = span_text("001199000002"),
		                       .qr = span_text(QR) };
	assert_true(has_note(plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED),
	                     ACCESS_NOTE_KEYS_DISAGREE));
	input = (struct access_input){ .id_number = span_text("001199000002"),
		                       .mrz = span_text(INFO) };
	assert_true(has_note(plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED),
	                     ACCESS_NOTE_KEYS_DISAGREE));
	input = (struct access_input){ .id_number = span_text("001199000001"),
		                       .mrz = span_text(INFO),
		                       .can = span_text("000001"),
		                       .qr = span_text(QR) };
	assert_attempts(plan_of(&input, CCCD_OK), "CMB");
}

static void plan_takes_can_pin_and_puk(void **state)
{
	struct access_input input = { .can = span_text("123456") };

	(void)state;
	assert_attempts(plan_of(&input, CCCD_OK), "C");
	input = (struct access_input){ .can = span_text("123456"),
		                       .mrz = span_text(INFO) };
	assert_attempts(plan_of(&input, CCCD_OK), "CMB");
	input = (struct access_input){ .pin = span_text("123456") };
	assert_attempts(plan_of(&input, CCCD_OK), "P");
	input = (struct access_input){ .puk = span_text("1234567890") };
	assert_attempts(plan_of(&input, CCCD_OK), "U");
}

static void plan_refuses_malformed_keys(void **state)
{
	static const char *const bad_can[] = { "12345", "1234567", "12345a",
		                               "12 456" };
	static const char *const bad_pin[] = { "123", "12a4",
		                               "12345678901234567" };
	struct access_input input = { 0 };

	(void)state;
	plan_of(&input, CCCD_ERR_USAGE_KEY_MISSING);
	for (size_t i = 0; i < ARRAY_LEN(bad_can); i++) {
		input = (struct access_input){ .can = span_text(bad_can[i]) };
		plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_pin); i++) {
		input = (struct access_input){ .pin = span_text(bad_pin[i]) };
		plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
	}
	input = (struct access_input){ .number = span_text("199000001"),
		                       .birth = span_text("991301"),
		                       .expiry = span_text("390101") };
	plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
	input.birth = span_text("990101");
	input.expiry = span_text("39-01-01");
	plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
	input = (struct access_input){ .number = span_text("Đ99000001"),
		                       .birth = span_text("990101"),
		                       .expiry = span_text("390101") };
	plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
}

static void plan_fails_without_attempts_left_behind(void **state)
{
	struct access_input input = { .can = span_text("123456"),
		                      .birth = span_text("rubbish") };
	struct access_plan *plan =
	        plan_of(&input, CCCD_ERR_USAGE_KEY_MALFORMED);
	static const struct access_attempt zero;

	(void)state;
	assert_int_equal(plan->count, 0);
	assert_memory_equal(&plan->attempts[0], &zero, sizeof(zero));
}

static void notes_have_names(void **state)
{
	(void)state;
	for (int i = ACCESS_NOTE_MRZ_LENGTH; i <= ACCESS_NOTE_QR_MANGLED; i++)
		assert_true(access_note_name((enum access_note_code)i)[0] !=
		            '\0');
	assert_string_equal(access_note_name((enum access_note_code)99), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_takes_every_specimen_mrz),
		cmocka_unit_test(plan_takes_every_specimen_information),
		cmocka_unit_test(plan_takes_an_mrz_in_any_dress),
		cmocka_unit_test(plan_reports_ocr_doubts),
		cmocka_unit_test(plan_uses_wrong_digits_only_when_told),
		cmocka_unit_test(plan_derives_can_of_id_number),
		cmocka_unit_test(plan_joins_number_birth_and_expiry),
		cmocka_unit_test(plan_notes_the_vietnamese_assumption),
		cmocka_unit_test(plan_of_qr_has_no_mrz_unless_expiry_is_known),
		cmocka_unit_test(plan_derives_expiry_only_when_asked),
		cmocka_unit_test(plan_refuses_contradictions),
		cmocka_unit_test(plan_takes_can_pin_and_puk),
		cmocka_unit_test(plan_refuses_malformed_keys),
		cmocka_unit_test(plan_fails_without_attempts_left_behind),
		cmocka_unit_test(notes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
