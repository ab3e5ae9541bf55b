/* SPDX-License-Identifier: Apache-2.0 */
/* Indefinite lengths to definite ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

enum { OUT_MAX = 1 << 20 };

static void assert_normalises(struct span in, struct span expected,
                              size_t trailing)
{
	BUF out = buf_make(OUT_MAX);
	size_t used = 0;

	assert_int_equal(tlv_normalise(in, &out, &used), CCCD_OK);
	assert_int_equal(used, in.len - trailing);
	assert_int_equal(out.len, expected.len);
	assert_memory_equal(out.at, expected.at, expected.len);
}

static enum cccd_err normalise_copy(struct span in)
{
	BUF out = buf_make(OUT_MAX);
	uint8_t *copy = malloc(in.len > 0 ? in.len : 1);
	size_t used = 0;
	enum cccd_err err = CCCD_OK;

	assert_non_null(copy);
	if (in.len > 0)
		memcpy(copy, in.at, in.len);
	err = tlv_normalise(span_of(copy, in.len), &out, &used);
	if (err != CCCD_OK)
		assert_int_equal(out.len, 0);
	else
		assert_true(used <= in.len);
	free(copy);
	return err;
}

static void definite_input_is_copied_byte_for_byte(void **state)
{
	/* Long length forms included: a signature may cover them. */
	struct span in = HEX("\x30\x81\x0B\x02\x01\x05\x30\x82\x00\x02"
	                     "\x05\x00\x05\x00");

	(void)state;
	assert_normalises(in, in, 0);
}

static void trailing_bytes_are_left_alone(void **state)
{
	(void)state;
	assert_normalises(HEX("\x04\x01\x09\xAA\xBB"), HEX("\x04\x01\x09"), 2);
	assert_normalises(HEX("\x30\x80\x00\x00\x00\x00"), HEX("\x30\x00"), 2);
}

static void indefinite_lengths_become_definite(void **state)
{
	(void)state;
	assert_normalises(HEX("\x30\x80\x02\x01\x05\x00\x00"),
	                  HEX("\x30\x03\x02\x01\x05"), 0);
	/* An indefinite object inside a definite one shrinks it. */
	assert_normalises(HEX("\x30\x07\xA0\x80\x02\x01\x05\x00\x00"),
	                  HEX("\x30\x05\xA0\x03\x02\x01\x05"), 0);
	assert_normalises(HEX("\x7F\x61\x80\x30\x80\x05\x00\x00\x00\x00\x00"),
	                  HEX("\x7F\x61\x04\x30\x02\x05\x00"), 0);
}

static void grown_length_fields_move_the_contents(void **state)
{
	uint8_t in[3 + 3 + 200 + 4] = { 0x30, 0x80, 0x04, 0x81, 200 };
	uint8_t out[3 + 3 + 200] = { 0x30, 0x81, 203, 0x04, 0x81, 200 };

	(void)state;
	for (size_t i = 0; i < 200; i++)
		in[5 + i] = out[6 + i] = (uint8_t)i;
	assert_normalises(span_of(in, 5 + 200 + 2), SPAN(out), 0);
}

static void constructed_octet_strings_are_joined(void **state)
{
	(void)state;
	/* [X.690 8.7.3] */
	assert_normalises(HEX("\x24\x80\x04\x02\x01\x02\x04\x01\x03\x00\x00"),
	                  HEX("\x04\x03\x01\x02\x03"), 0);
	assert_normalises(HEX("\x24\x07\x04\x02\x01\x02\x04\x01\x03"),
	                  HEX("\x04\x03\x01\x02\x03"), 0);
	assert_normalises(HEX("\xA0\x80\x24\x80\x24\x80\x04\x01\x01\x00\x00"
	                      "\x24\x03\x04\x01\x02\x00\x00\x00\x00"),
	                  HEX("\xA0\x04\x04\x02\x01\x02"), 0);
	assert_normalises(HEX("\x24\x80\x00\x00"), HEX("\x04\x00"), 0);
}

static void strangers_in_an_octet_string_are_refused(void **state)
{
	(void)state;
	assert_int_equal(normalise_copy(HEX("\x24\x80\x02\x01\x01\x00\x00")),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void primitive_indefinite_is_refused(void **state)
{
	(void)state;
	assert_int_equal(normalise_copy(HEX("\x04\x80\x00\x00")),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void objects_beyond_their_parent_are_refused(void **state)
{
	(void)state;
	assert_int_equal(normalise_copy(HEX("\x30\x03\x04\x02\x01\x01")),
	                 CCCD_ERR_DATA_TRUNCATED);
	/* The end-of-contents would lie outside the definite object. */
	assert_int_equal(normalise_copy(HEX("\x30\x03\xA0\x80\x00\x00\x00")),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(normalise_copy(HEX("\x30\x02\xA0\x80\x00\x00")),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void every_truncation_is_refused(void **state)
{
	struct span in = HEX("\x30\x80\x30\x81\x04\x02\x02\x05\x07\xA0\x80"
	                     "\x24\x80\x04\x02\x01\x02\x00\x00\x00\x00"
	                     "\x00\x00");

	(void)state;
	assert_int_equal(normalise_copy(in), CCCD_OK);
	for (size_t len = 0; len < in.len; len++)
		assert_int_not_equal(normalise_copy(span_first(in, len)),
		                     CCCD_OK);
}

static void depth_is_bounded(void **state)
{
	uint8_t in[4 * (TLV_DEPTH_MAX + 1)] = { 0 };

	(void)state;
	for (size_t depth = 1; depth <= TLV_DEPTH_MAX + 1; depth++) {
		memset(in, 0, sizeof(in));
		for (size_t i = 0; i < depth; i++) {
			in[2 * i] = 0x30;
			in[2 * i + 1] = 0x80;
		}
		assert_int_equal(normalise_copy(span_of(in, 4 * depth)),
		                 depth <= TLV_DEPTH_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_MALFORMED);
	}
}

static void output_stays_within_its_maximum(void **state)
{
	struct span in = HEX("\x30\x80\x04\x04\x01\x02\x03\x04\x00\x00");

	(void)state;
	for (size_t max = 0; max <= 8; max++) {
		BUF out = buf_make(max);
		size_t used = 77;
		enum cccd_err err = tlv_normalise(in, &out, &used);

		assert_int_equal(err,
		                 max == 8 ? CCCD_OK : CCCD_ERR_DATA_TOO_LARGE);
		assert_int_equal(used, max == 8 ? in.len : 77);
	}
}

static void pitfall_27_sixteen_megabytes_cost_nothing(void **state)
{
	BUF out = buf_make(OUT_MAX);
	size_t used = 0;

	(void)state;
	assert_int_equal(
	        tlv_normalise(HEX("\x77\x83\xFF\xFF\xFF\x30\x80"), &out, &used),
	        CCCD_ERR_DATA_TRUNCATED);
	assert_true(out.cap < 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(definite_input_is_copied_byte_for_byte),
		cmocka_unit_test(trailing_bytes_are_left_alone),
		cmocka_unit_test(indefinite_lengths_become_definite),
		cmocka_unit_test(grown_length_fields_move_the_contents),
		cmocka_unit_test(constructed_octet_strings_are_joined),
		cmocka_unit_test(strangers_in_an_octet_string_are_refused),
		cmocka_unit_test(primitive_indefinite_is_refused),
		cmocka_unit_test(objects_beyond_their_parent_are_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(output_stays_within_its_maximum),
		cmocka_unit_test(pitfall_27_sixteen_megabytes_cost_nothing),
	};

	return cmocka_run_group_tests_name("apdu.tlv.normalise", tests, NULL,
	                                   NULL);
}
