/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of BER-TLV objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

static void put_writes_shortest_lengths(void **state)
{
	static const struct {
		size_t len;
		const char *head;
		size_t head_len;
	} rows[] = {
		{ 0, "\x04\x00", 2 },
		{ 0x7F, "\x04\x7F", 2 },
		{ 0x80, "\x04\x81\x80", 3 },
		{ 0xFF, "\x04\x81\xFF", 3 },
		{ 0x100, "\x04\x82\x01\x00", 4 },
		{ 0xFFFF, "\x04\x82\xFF\xFF", 4 },
		{ 0x10000, "\x04\x83\x01\x00\x00", 5 },
		{ 0x1000000, "\x04\x84\x01\x00\x00\x00", 6 },
	};
	uint8_t memory[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
		struct span out = { 0 };

		tlv_put_head(&writer, TAG_OCTET_STRING, rows[i].len);
		assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
		assert_int_equal(out.len, rows[i].head_len);
		assert_memory_equal(out.at, rows[i].head, out.len);
	}
}

static void begin_and_finish_nest(void **state)
{
	uint8_t memory[600];
	uint8_t content[300] = { 0xAB };
	struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
	struct tlv_reader reader = { 0 };
	struct span out = { 0 };
	struct span value = { 0 };
	size_t outer = tlv_begin(&writer, 0x7F61);
	size_t inner = 0;

	(void)state;
	tlv_put(&writer, TAG_INTEGER, HEX("\x01"));
	inner = tlv_begin(&writer, 0x7F60);
	tlv_put(&writer, 0x5F2E, SPAN(content));
	tlv_finish(&writer, inner);
	tlv_finish(&writer, outer);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	assert_int_equal(tlv_only(out, 0x7F61, &value), CCCD_OK);
	reader = tlv_open_der(value);
	assert_int_equal(tlv_expect(&reader, TAG_INTEGER, &value), CCCD_OK);
	assert_int_equal(tlv_expect(&reader, 0x7F60, &value), CCCD_OK);
	assert_int_equal(tlv_end(&reader), CCCD_OK);
	assert_int_equal(tlv_only(value, 0x5F2E, &value), CCCD_OK);
	assert_true(span_equal(value, SPAN(content)));
}

static void first_failure_stays(void **state)
{
	uint8_t memory[4] = { 0 };
	struct tlv_writer writer = tlv_writer(memory, 3);
	struct span out = { 0 };

	(void)state;
	tlv_put(&writer, TAG_INTEGER, HEX("\x01\x02"));
	assert_int_equal(tlv_written(&writer, &out), CCCD_ERR_DATA_TOO_LARGE);
	tlv_put_raw(&writer, HEX("\x05"));
	tlv_finish(&writer, 0);
	assert_int_equal(tlv_written(&writer, &out), CCCD_ERR_DATA_TOO_LARGE);
	assert_null(out.at);
	assert_int_equal(memory[3], 0);
}

static void finish_without_room_fails(void **state)
{
	uint8_t memory[131];

	(void)state;
	/* 1 tag, 2 length, 128 content: fits in 131 and in nothing less. */
	for (size_t cap = 120; cap <= sizeof(memory); cap++) {
		struct tlv_writer writer = tlv_writer(memory, cap);
		struct span out = { 0 };
		size_t mark = tlv_begin(&writer, TAG_SEQUENCE);
		uint8_t content[128] = { 0 };
		enum cccd_err err = CCCD_OK;

		tlv_put_raw(&writer, SPAN(content));
		tlv_finish(&writer, mark);
		err = tlv_written(&writer, &out);
		assert_int_equal(err, cap == sizeof(memory)
		                              ? CCCD_OK
		                              : CCCD_ERR_DATA_TOO_LARGE);
	}
}

static void impossible_tags_and_marks_are_refused(void **state)
{
	uint8_t memory[16];
	struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
	struct span out = { 0 };

	(void)state;
	tlv_put(&writer, 0, HEX("\x01"));
	assert_int_equal(tlv_written(&writer, &out), CCCD_ERR_INTERNAL);
	writer = tlv_writer(memory, sizeof(memory));
	tlv_put(&writer, 0x1000000, HEX("\x01"));
	assert_int_equal(tlv_written(&writer, &out), CCCD_ERR_INTERNAL);
	writer = tlv_writer(memory, sizeof(memory));
	tlv_finish(&writer, 1);
	assert_int_equal(tlv_written(&writer, &out), CCCD_ERR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_writes_shortest_lengths),
		cmocka_unit_test(begin_and_finish_nest),
		cmocka_unit_test(first_failure_stays),
		cmocka_unit_test(finish_without_room_fails),
		cmocka_unit_test(impossible_tags_and_marks_are_refused),
	};

	return cmocka_run_group_tests_name("apdu.tlv.writer", tests, NULL,
	                                   NULL);
}
