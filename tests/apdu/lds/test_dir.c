/* SPDX-License-Identifier: Apache-2.0 */
/* EF.DIR, EF.ATR/INFO, historical bytes and EF.CVCA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/atr_info.h"
#include "apdu/lds/cvca.h"
#include "apdu/lds/dir.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

/* [9303-10 tables 28 and 29] */
static const char atr_info[] = "\x43\x01\xB8"
                               "\x47\x03\x94\x11\xE0"
                               "\x7F\x66\x08\x02\x02\x04\x00\x02\x02\x10\x00";

static void atr_info_tells_its_limits(void **state)
{
	struct cccd_atr_info info = { 0 };

	(void)state;
	assert_int_equal(atr_info_parse(HEX(atr_info), &info), CCCD_OK);
	assert_true(info.capabilities.present);
	assert_true(info.capabilities.select_by_df_name);
	assert_true(info.capabilities.short_ef_identifier);
	assert_true(info.capabilities.command_chaining);
	assert_true(info.capabilities.extended_length);
	assert_true(info.capabilities.extended_length_information);
	assert_int_equal(info.max_command, 1024);
	assert_int_equal(info.max_response, 4096);
}

static void atr_info_may_be_silent_and_padded(void **state)
{
	struct cccd_atr_info info = { .max_command = 1 };

	(void)state;
	assert_int_equal(
	        atr_info_parse(HEX("\x47\x02\x80\x01\x00\x00\x00"), &info),
	        CCCD_OK);
	assert_int_equal(info.max_command, 0);
	assert_true(info.capabilities.select_by_df_name);
	assert_false(info.capabilities.short_ef_identifier);
	assert_false(info.capabilities.extended_length);
	assert_int_equal(atr_info_parse(HEX("\xFF\xFF"), &info), CCCD_OK);
	assert_false(info.capabilities.present);
	assert_int_equal(atr_info_parse(span_of(NULL, 0), &info), CCCD_OK);
}

static void atr_info_that_breaks_its_form_is_refused(void **state)
{
	struct cccd_atr_info info = { 0 };

	(void)state;
	assert_int_equal(
	        atr_info_parse(HEX("\x7F\x66\x04\x02\x02\x04\x00"), &info),
	        CCCD_ERR_DATA_MISSING);
	assert_int_equal(atr_info_parse(HEX("\x7F\x66\x06\x02\x01\xFF\x02\x01"
	                                    "\x01"),
	                                &info),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(atr_info_parse(HEX("\x47\x05\x94"), &info),
	                 CCCD_ERR_DATA_TRUNCATED);
}

/* [7816-4 12.1.1] */
static void historical_bytes_tell_capabilities(void **state)
{
	struct cccd_card_capabilities told = { 0 };

	(void)state;
	told = historical_bytes_look(HEX("\x80\x73\x84\x01\x40"));
	assert_true(told.present);
	assert_true(told.extended_length);
	assert_false(told.command_chaining);
	assert_false(told.extended_length_information);
	/* Category 00: three bytes of status stand at the end. */
	told = historical_bytes_look(
	        HEX("\x00\x31\xC0\x73\xF7\x01\xC0\x00\x90\x00"));
	assert_true(told.extended_length);
	assert_true(told.command_chaining);
	/* One byte of functions says nothing about lengths. */
	told = historical_bytes_look(HEX("\x80\x71\x84"));
	assert_true(told.present);
	assert_true(told.short_ef_identifier);
	assert_false(told.extended_length);
}

static void historical_bytes_of_other_forms_are_silent(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "", 0 },
		{ "\x80", 1 },
		{ "\x10\x73\x84\x01\x40", 5 }, /* DIR reference */
		{ "\x41\x42\x43\x44", 4 },     /* a vendor's text */
		{ "\x80\x75\x84\x01\x40", 5 }, /* length beyond the end */
		{ "\x80\x31\xC0", 3 },
		{ "\x00\x73", 2 },
		{ "\x80\x70", 2 },
		{ "\x00\x31\xC0\x72\x84\x01", 6 }, /* status at the end */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *copy = malloc(rows[i].len + 1);

		assert_non_null(copy);
		memcpy(copy, rows[i].bytes, rows[i].len);
		assert_false(historical_bytes_look(span_of(copy, rows[i].len))
		                     .present);
		free(copy);
	}
}

/* [9303-10 table 31] */
static const char dir[] = "\x61\x09\x4F\x07\xA0\x00\x00\x02\x47\x10\x01"
                          "\x61\x09\x4F\x07\xA0\x00\x00\x02\x47\x20\x01"
                          "\x61\x09\x4F\x07\xA0\x00\x00\x02\x47\x20\x03"
                          "\x61\x0B\x4F\x05\xE8\x28\x81\xC1\x17\x50\x02\x41"
                          "\x42";

static void dir_lists_applications(void **state)
{
	struct cccd_dir list = { 0 };

	(void)state;
	assert_int_equal(dir_parse(HEX(dir), &list), CCCD_OK);
	assert_int_equal(list.count, 4);
	assert_true(list.emrtd);
	assert_true(list.travel_records);
	assert_false(list.visa_records);
	assert_true(list.additional_biometrics);
	assert_int_equal(list.aids[3].len, 5);
	assert_int_equal(dir_parse(HEX("\x61\x09\x4F\x07\xA0\x00\x00\x02\x47"
	                               "\x20\x02\x00\x00\x00"),
	                           &list),
	                 CCCD_OK);
	assert_true(list.visa_records);
	assert_false(list.emrtd);
	assert_int_equal(dir_parse(HEX("\x00\x00"), &list), CCCD_OK);
	assert_int_equal(list.count, 0);
}

static void dir_is_bounded(void **state)
{
	uint8_t memory[128];
	struct cccd_dir list = { 0 };

	(void)state;
	for (size_t n = CCCD_APPLICATIONS_MAX; n <= CCCD_APPLICATIONS_MAX + 1;
	     n++) {
		struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
		struct span file = { 0 };

		for (size_t i = 0; i < n; i++)
			tlv_put(&writer, 0x61, HEX("\x4F\x01\xA0"));
		assert_int_equal(tlv_written(&writer, &file), CCCD_OK);
		assert_int_equal(dir_parse(file, &list),
		                 n == CCCD_APPLICATIONS_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_TOO_LARGE);
	}
}

/* [9303-11 K.2] 36 bytes, two references */
static const char cvca[] = "\x42\x0E"
                           "VNMCVCA0000002"
                           "\x42\x0E"
                           "VNMCVCA0000001"
                           "\x00\x00\x00\x00";

static void cvca_names_two_references(void **state)
{
	struct cccd_cvca file = { 0 };

	(void)state;
	assert_int_equal(sizeof(cvca) - 1, 36);
	assert_int_equal(cvca_parse(HEX(cvca), &file), CCCD_OK);
	assert_int_equal(file.count, 2);
	assert_memory_equal(file.references[0].at, "VNMCVCA0000002", 14);
	assert_int_equal(file.references[1].len, 14);
	assert_int_equal(cvca_parse(HEX("\x42\x01\x41"), &file), CCCD_OK);
	assert_int_equal(file.count, 1);
}

static void cvca_of_another_form_is_refused(void **state)
{
	struct cccd_cvca file = { 0 };

	(void)state;
	assert_int_equal(cvca_parse(HEX("\x00\x00\x00"), &file),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(cvca_parse(span_of(NULL, 0), &file),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(
	        cvca_parse(HEX("\x42\x01\x41\x42\x01\x42\x42\x01\x43"), &file),
	        CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(cvca_parse(HEX("\x42\x01\x41\x00\x42\x01\x42"), &file),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(cvca_parse(HEX("\x43\x01\x41"), &file),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(cvca_parse(HEX("\x42\x00"), &file),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(cvca_parse(HEX("\x42\x11"
	                                "AAAAAAAAAAAAAAAAA"),
	                            &file),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(cvca_parse(HEX("\x42\x05\x41"), &file),
	                 CCCD_ERR_DATA_TRUNCATED);
}

static enum cccd_err parse_atr_info(struct span file)
{
	struct cccd_atr_info info = { 0 };

	return atr_info_parse(file, &info);
}

static enum cccd_err parse_dir(struct span file)
{
	struct cccd_dir list = { 0 };

	return dir_parse(file, &list);
}

static enum cccd_err parse_cvca(struct span file)
{
	struct cccd_cvca list = { 0 };

	return cvca_parse(file, &list);
}

/* These files end where their objects do: a prefix may well be valid. */
static void pitfall_27_hostile_files_are_survived(void **state)
{
	(void)state;
	hostile_mutate(HEX(atr_info), parse_atr_info);
	hostile_lying_lengths(HEX(atr_info), parse_atr_info);
	hostile_mutate(HEX(dir), parse_dir);
	hostile_lying_lengths(HEX(dir), parse_dir);
	hostile_mutate(HEX(cvca), parse_cvca);
	hostile_lying_lengths(HEX(cvca), parse_cvca);
	/* Whole objects are a valid file, so cut only inside the first. */
	for (size_t len = 1; len < 11; len++)
		assert_int_equal(parse_dir(span_of(dir, len)),
		                 CCCD_ERR_DATA_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(atr_info_tells_its_limits),
		cmocka_unit_test(atr_info_may_be_silent_and_padded),
		cmocka_unit_test(atr_info_that_breaks_its_form_is_refused),
		cmocka_unit_test(historical_bytes_tell_capabilities),
		cmocka_unit_test(historical_bytes_of_other_forms_are_silent),
		cmocka_unit_test(dir_lists_applications),
		cmocka_unit_test(dir_is_bounded),
		cmocka_unit_test(cvca_names_two_references),
		cmocka_unit_test(cvca_of_another_form_is_refused),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.dir", tests, NULL, NULL);
}
