/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging against a hostile card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/iso7816/secure_messaging.h"
#include "apdu/tlv/tlv.h"
#include "tests/apdu/iso7816/sm_fixture.h"

static enum cccd_err unwrap(const struct secure_messaging *sm,
                            struct span rapdu, bool *ret_open)
{
	struct secure_messaging copy = *sm;
	BUF plain = buf_make(70000);
	struct response response = { 0 };
	enum cccd_err err = sm_unwrap(&copy, rapdu, &plain, &response);

	*ret_open = sm_is_open(&copy);
	if (err == CCCD_OK)
		assert_int_equal(copy.proven, sm->proven + 1);
	else
		assert_int_equal(plain.len, 0);
	return err;
}

static void assert_refused(const struct secure_messaging *sm,
                           const struct buf *rapdu)
{
	bool open = true;

	assert_int_equal(unwrap(sm, buf_span(rapdu), &open),
	                 CCCD_ERR_SM_BROKEN);
	assert_false(open);
}

static void assert_taken(const struct secure_messaging *sm,
                         const struct buf *rapdu)
{
	bool open = false;

	assert_int_equal(unwrap(sm, buf_span(rapdu), &open), CCCD_OK);
	assert_true(open);
}

static void good_response(const struct secure_messaging *sm, struct buf *ret)
{
	put_cryptogram(ret, sm, span_text("twenty bytes of data"));
	put(ret, "\x99\x02\x90\x00", 4);
	finish(ret, sm, "\x90\x00");
}

/* [9303-11 9.8.3, 9.8.5] */
static void pitfall_01_sm_unwrap_refuses_every_flipped_bit(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(512);

		open_plain(&sm, all_ciphers[c]);
		good_response(&sm, &rapdu);
		assert_taken(&sm, &rapdu);
		for (size_t bit = 0; bit < rapdu.len * 8; bit++) {
			uint8_t mask = (uint8_t)(1U << (bit % 8));

			rapdu.at[bit / 8] ^= mask;
			assert_refused(&sm, &rapdu);
			rapdu.at[bit / 8] ^= mask;
		}
		sm_close(&sm);
	}
}

/* Every sequence of up to four of the three objects, but the right one. */
static void put_choice(struct buf *ret, const struct span parts[static 3],
                       unsigned int choice)
{
	for (; choice > 0; choice /= 4) {
		unsigned int which = choice % 4;

		if (which > 0)
			put(ret, parts[which - 1].at, parts[which - 1].len);
	}
	put(ret, "\x90\x00", 2);
}

static void refuse_arrangements(const struct secure_messaging *sm)
{
	BUF good = buf_make(512);
	struct span parts[3];
	struct tlv_reader reader;
	unsigned int accepted = 0;

	good_response(sm, &good);
	reader = tlv_open(span_first(buf_span(&good), good.len - 2));
	for (size_t i = 0; i < 3; i++) {
		struct tlv object = { 0 };

		assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
		parts[i] = object.whole;
	}
	for (unsigned int choice = 0; choice < 256; choice++) {
		BUF rapdu = buf_make(512);
		bool open = false;

		put_choice(&rapdu, parts, choice);
		if (span_equal(buf_span(&rapdu), buf_span(&good))) {
			assert_taken(sm, &rapdu);
			accepted++;
			continue;
		}
		assert_int_equal(unwrap(sm, buf_span(&rapdu), &open),
		                 CCCD_ERR_SM_BROKEN);
	}
	assert_true(accepted > 0);
}

static void pitfall_01_sm_unwrap_refuses_other_arrangements(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;

		open_plain(&sm, all_ciphers[c]);
		refuse_arrangements(&sm);
		sm_close(&sm);
	}
}

/* The same, but signed by a card that knows the keys. */
static void sm_unwrap_refuses_signed_nonsense(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "", 0 },                                 /* no status */
		{ "\x99\x02\x90\x00\x99\x02\x90\x00", 8 }, /* twice */
		{ "\x99\x01\x90", 3 },                     /* short */
		{ "\x99\x03\x90\x00\x00", 5 },             /* long */
		{ "\x99\x02\x62\x82", 4 },                 /* other word */
		{ "\x80\x01\x00\x99\x02\x90\x00", 7 },     /* unknown */
		{ "\x87\x00\x99\x02\x90\x00", 6 },         /* empty */
		{ "\x87\x01\x01\x99\x02\x90\x00", 7 },     /* no block */
		{ "\x87\x02\x01\x00\x99\x02\x90\x00", 8 }, /* part block */
		{ "\x85\x00\x99\x02\x90\x00", 6 },         /* empty */
		{ "\x81\x01\x00\x99\x02\x90\x00", 7 },     /* plain data */
		{ "\x87\x80\x99\x02\x90\x00", 6 },         /* indefinite */
		{ "\x99\x02\x90\x00\x87\x01\x01", 7 },     /* order */
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct secure_messaging sm;
			BUF rapdu = buf_make(512);

			open_plain(&sm, all_ciphers[c]);
			put(&rapdu, rows[i].bytes, rows[i].len);
			finish(&rapdu, &sm, "\x90\x00");
			assert_refused(&sm, &rapdu);
			sm_close(&sm);
		}
}

static void signed_cryptogram(const struct secure_messaging *sm,
                              const char *plain, size_t blocks,
                              uint8_t indicator, struct buf *ret)
{
	size_t len = blocks * cipher_block_len(sm->cipher);
	BUF text = buf_make(512);
	BUF value = buf_make(512);

	for (size_t i = 0; i < len; i++)
		put(&text, i < strlen(plain) ? &plain[i] : "\0", 1);
	seal(sm, &text);
	put(&value, &indicator, 1);
	put(&value, text.at, text.len);
	put_object(ret, 0x87, buf_span(&value));
	put(ret, "\x99\x02\x90\x00", 4);
	finish(ret, sm, "\x90\x00");
}

/* The code is the one of a wrong MAC: no oracle. */
static void pitfall_26_sm_unwrap_gives_one_code_for_bad_padding(void **state)
{
	static const struct {
		const char *plain;
		size_t blocks;
		uint8_t indicator;
		bool good;
	} rows[] = {
		{ "data\x80", 1, 0x01, true },  { "\x80", 1, 0x01, true },
		{ "data\x80", 1, 0x02, false }, { "data\x80", 2, 0x01, false },
		{ "data", 1, 0x01, false },     { "data\x81", 1, 0x01, false },
		{ "", 1, 0x01, false },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct secure_messaging sm;
			BUF rapdu = buf_make(512);

			open_plain(&sm, all_ciphers[c]);
			signed_cryptogram(&sm, rows[i].plain, rows[i].blocks,
			                  rows[i].indicator, &rapdu);
			if (rows[i].good)
				assert_taken(&sm, &rapdu);
			else
				assert_refused(&sm, &rapdu);
			sm_close(&sm);
		}
}

/* The MAC covers the bytes as they came, long length forms included. */
static void sm_unwrap_takes_lengths_longer_than_needed(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(512);
		BUF inner = buf_make(512);
		struct tlv_reader reader;
		struct span value = { 0 };
		uint8_t len = 0;

		open_plain(&sm, all_ciphers[c]);
		put_cryptogram(&inner, &sm, span_text("data"));
		reader = tlv_open(buf_span(&inner));
		assert_int_equal(tlv_expect(&reader, 0x87, &value), CCCD_OK);
		put(&rapdu, "\x87\x82\x00", 3);
		len = (uint8_t)value.len;
		put(&rapdu, &len, 1);
		put(&rapdu, value.at, value.len);
		put(&rapdu, "\x99\x81\x02\x90\x00", 5);
		finish(&rapdu, &sm, "\x90\x00");
		assert_taken(&sm, &rapdu);
		sm_close(&sm);
	}
}

static void pitfall_24_sm_unwrap_closes_on_a_naked_status(void **state)
{
	static const char *const words[] = { "\x67\x00", "\x69\x88", "\x69\x82",
		                             "\x90\x00" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(8);

		open_plain(&sm, CIPHER_AES128);
		put(&rapdu, words[i], 2);
		assert_refused(&sm, &rapdu);
		rapdu.len = 1;
		assert_refused(&sm, &rapdu);
		rapdu.len = 0;
		assert_refused(&sm, &rapdu);
		sm_close(&sm);
	}
}

static void sm_unwrap_takes_the_longest_response(void **state)
{
	static uint8_t data[65500];

	(void)state;
	memset(data, 0xA5, sizeof(data));
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		struct response response = { 0 };
		BUF rapdu = buf_make(70000);
		BUF plain = buf_make(70000);

		open_plain(&sm, all_ciphers[c]);
		put_cryptogram(&rapdu, &sm, SPAN(data));
		put(&rapdu, "\x99\x02\x90\x00", 4);
		finish(&rapdu, &sm, "\x90\x00");
		assert_int_equal(
		        sm_unwrap(&sm, buf_span(&rapdu), &plain, &response),
		        CCCD_OK);
		assert_true(span_equal(response.data, SPAN(data)));
		sm_close(&sm);
	}
}

/* A response of the full short Le must fit 256 bytes of data. */
static void sm_short_le_is_the_largest_that_fits(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		uint8_t data[256] = { 0 };
		struct secure_messaging sm;
		size_t le = 0;

		open_plain(&sm, all_ciphers[c]);
		le = sm_short_le(&sm);
		for (size_t extra = 0; extra < 2; extra++) {
			BUF rapdu = buf_make(512);

			put_cryptogram(&rapdu, &sm, span_of(data, le + extra));
			put(&rapdu, "\x99\x02\x90\x00", 4);
			finish(&rapdu, &sm, "\x90\x00");
			assert_int_equal(rapdu.len <= 258, extra == 0);
		}
		sm_close(&sm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        pitfall_01_sm_unwrap_refuses_every_flipped_bit),
		cmocka_unit_test(
		        pitfall_01_sm_unwrap_refuses_other_arrangements),
		cmocka_unit_test(sm_unwrap_refuses_signed_nonsense),
		cmocka_unit_test(
		        pitfall_26_sm_unwrap_gives_one_code_for_bad_padding),
		cmocka_unit_test(sm_unwrap_takes_lengths_longer_than_needed),
		cmocka_unit_test(pitfall_24_sm_unwrap_closes_on_a_naked_status),
		cmocka_unit_test(sm_unwrap_takes_the_longest_response),
		cmocka_unit_test(sm_short_le_is_the_largest_that_fits),
	};

	return cmocka_run_group_tests_name("sm_hostile", tests, NULL, NULL);
}
