/* SPDX-License-Identifier: Apache-2.0 */
/* What is believed of an answer of the picture process. */
#include "lib/picture_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "base/file.h"
#include "base/macros.h"

enum { REPLY_MAX = 1 << 20, WIDTH = 360, HEIGHT = 480, SIDE_MAX = 480 };

/* Offsets into the specimen, found by the set-up. */
enum { AFTER_SOI = 2, AFTER_APP0 = 20 };

static struct buf jpeg;
static size_t frame;
static size_t scan;

static void put(struct buf *reply, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(
		        buf_append_byte(reply,
		                        (uint8_t)(value >> (24 - 8 * i))),
		        CCCD_OK);
}

static void put_head(struct buf *reply, uint32_t status, uint32_t width,
                     uint32_t height, size_t len)
{
	put(reply, PICTURE_MARK);
	put(reply, status);
	put(reply, width);
	put(reply, height);
	put(reply, (uint32_t)len);
}

static enum cccd_err parse(struct span reply)
{
	struct cccd_error error = { .tries_left = -1 };
	struct picture_reply picture = { 0 };
	enum cccd_err err =
	        picture_reply_parse(reply, SIDE_MAX, &error, &picture);

	assert_int_equal(error.code, err);
	assert_true((err == CCCD_OK) == (picture.jpeg.at != NULL));
	return err;
}

/* The picture with a right head. */
static enum cccd_err parse_jpeg(struct span bytes, uint32_t width,
                                uint32_t height)
{
	BUF reply = buf_make(REPLY_MAX);

	put_head(&reply, PICTURE_RENDERED, width, height, bytes.len);
	assert_int_equal(buf_append(&reply, bytes), CCCD_OK);
	return parse(buf_span(&reply));
}

static void picture_reply_takes_a_clean_picture(void **state)
{
	BUF reply = buf_make(REPLY_MAX);
	struct picture_reply picture = { 0 };

	(void)state;
	put_head(&reply, PICTURE_RENDERED, WIDTH, HEIGHT, jpeg.len);
	assert_int_equal(buf_append(&reply, buf_span(&jpeg)), CCCD_OK);
	assert_int_equal(
	        picture_reply_parse(buf_span(&reply), SIDE_MAX, NULL, &picture),
	        CCCD_OK);
	assert_int_equal(picture.width, WIDTH);
	assert_int_equal(picture.height, HEIGHT);
	assert_true(span_equal(picture.jpeg, buf_span(&jpeg)));
}

static void picture_reply_refuses_another_size(void **state)
{
	static const uint32_t sizes[][2] = {
		{ WIDTH, HEIGHT - 1 }, { WIDTH + 1, HEIGHT },
		{ HEIGHT, WIDTH },     { 0, HEIGHT },
		{ WIDTH, 0 },          { WIDTH, 0x10000 + HEIGHT }
	};
	struct picture_reply picture = { 0 };
	BUF reply = buf_make(REPLY_MAX);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		assert_int_equal(
		        parse_jpeg(buf_span(&jpeg), sizes[i][0], sizes[i][1]),
		        CCCD_ERR_DATA_PICTURE);
	/* Right, but larger than asked for. */
	put_head(&reply, PICTURE_RENDERED, WIDTH, HEIGHT, jpeg.len);
	assert_int_equal(buf_append(&reply, buf_span(&jpeg)), CCCD_OK);
	assert_int_equal(picture_reply_parse(buf_span(&reply), SIDE_MAX - 1,
	                                     NULL, &picture),
	                 CCCD_ERR_DATA_PICTURE);
}

struct status {
	uint32_t status;
	enum cccd_err err;
};

static void picture_reply_passes_refusals_on(void **state)
{
	static const struct status statuses[] = {
		{ PICTURE_NONE, CCCD_ERR_DATA_PICTURE },
		{ PICTURE_MALFORMED, CCCD_ERR_DATA_PICTURE },
		{ PICTURE_TOO_LARGE, CCCD_ERR_DATA_TOO_LARGE },
		{ PICTURE_UNSUPPORTED, CCCD_ERR_DATA_UNSUPPORTED },
		{ PICTURE_UNCONFINED, CCCD_ERR_RENDERER },
		{ 6, CCCD_ERR_DATA_PICTURE },
		{ UINT32_MAX, CCCD_ERR_DATA_PICTURE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		BUF reply = buf_make(REPLY_MAX);

		put_head(&reply, statuses[i].status, 0, 0, 0);
		assert_int_equal(parse(buf_span(&reply)), statuses[i].err);
	}
}

static void picture_reply_refuses_every_truncation(void **state)
{
	BUF reply = buf_make(REPLY_MAX);

	(void)state;
	put_head(&reply, PICTURE_RENDERED, WIDTH, HEIGHT, jpeg.len);
	assert_int_equal(buf_append(&reply, buf_span(&jpeg)), CCCD_OK);
	for (size_t i = 0; i < reply.len; i++)
		assert_int_equal(parse(span_of(reply.at, i)),
		                 CCCD_ERR_DATA_PICTURE);
	/* Cut, and announced so. */
	for (size_t i = 0; i < jpeg.len; i += 1 + i / 100)
		assert_int_equal(parse_jpeg(span_of(jpeg.at, i), WIDTH, HEIGHT),
		                 CCCD_ERR_DATA_PICTURE);
}

/* @bytes put in at @at. */
static enum cccd_err parse_with(size_t at, const char *bytes, size_t len)
{
	BUF other = buf_make(REPLY_MAX);
	struct span whole = buf_span(&jpeg);

	assert_int_equal(buf_append(&other, span_first(whole, at)), CCCD_OK);
	assert_int_equal(buf_append(&other, span_of(bytes, len)), CCCD_OK);
	assert_int_equal(buf_append(&other, span_after(whole, at)), CCCD_OK);
	return parse_jpeg(buf_span(&other), WIDTH, HEIGHT);
}

/* Whatever could carry more than a picture, or another picture. */
static void picture_reply_refuses_what_is_no_picture(void **state)
{
	static const char comment[] = "\xFF\xFE\x00\x04hi";
	static const char exif[] = "\xFF\xE1\x00\x06"
	                           "Exif";
	static const char restart[] = "\xFF\xDD\x00\x04\x00\x01";
	static const char jfif[] = "\xFF\xE0\x00\x10JFIF";
	static const char fill[] = "\xFF";
	static const char mark[] = "\xFF\xD0";
	static const char nothing[] = "\xFF\xD9";

	(void)state;
	assert_int_equal(parse_with(AFTER_APP0, "", 0), CCCD_OK);
	assert_int_equal(parse_with(AFTER_APP0, comment, 6),
	                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(AFTER_SOI, exif, 8), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(AFTER_APP0, restart, 6),
	                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(AFTER_SOI, jfif, 8), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(AFTER_SOI, fill, 1), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(scan, mark, 2), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(jpeg.len, "", 1), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(jpeg.len, nothing, 2),
	                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(scan, nothing, 2), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_with(0, " ", 1), CCCD_ERR_DATA_PICTURE);
}

/* A byte of the picture changed for the time of one look. */
static enum cccd_err parse_changed(size_t at, uint8_t value)
{
	uint8_t kept = jpeg.at[at];
	enum cccd_err err = CCCD_OK;

	jpeg.at[at] = value;
	err = parse_jpeg(buf_span(&jpeg), WIDTH, HEIGHT);
	jpeg.at[at] = kept;
	return err;
}

static void picture_reply_refuses_other_frames(void **state)
{
	/* Extended, progressive, lossless, arithmetic. */
	static const uint8_t frames[] = { 0xC1, 0xC2, 0xC3, 0xC9 };
	struct span segment = span_of(jpeg.at + frame, 19);
	BUF two = buf_make(REPLY_MAX);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(frames); i++)
		assert_int_equal(parse_changed(frame + 1, frames[i]),
		                 CCCD_ERR_DATA_PICTURE);
	/* Twelve bits; two and four components; a length to nowhere. */
	assert_int_equal(parse_changed(frame + 4, 12), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_changed(frame + 9, 2), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_changed(frame + 9, 4), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_changed(frame + 2, 0xFF), CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_changed(frame + 3, 1), CCCD_ERR_DATA_PICTURE);
	/* Two frames, and none. */
	assert_int_equal(buf_append(&two, segment), CCCD_OK);
	assert_int_equal(parse_with(frame, (const char *)two.at, two.len),
	                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(parse_changed(frame + 1, 0xDB), CCCD_ERR_DATA_PICTURE);
}

/* The end marker lies one byte behind what was received. */
static void picture_reply_looks_at_nothing_behind_it(void **state)
{
	static const uint8_t tail[] = { 0xFF, 0x00, 0xFF, 0xD9 };
	BUF reply = buf_make(REPLY_MAX);

	(void)state;
	put_head(&reply, PICTURE_RENDERED, WIDTH, HEIGHT, jpeg.len + 1);
	assert_int_equal(buf_append(&reply, span_of(jpeg.at, jpeg.len - 2)),
	                 CCCD_OK);
	assert_int_equal(buf_append(&reply, SPAN(tail)), CCCD_OK);
	assert_int_equal(parse(span_of(reply.at, reply.len - 1)),
	                 CCCD_ERR_DATA_PICTURE);
}

static size_t find(uint8_t marker)
{
	for (size_t i = AFTER_APP0; i + 1 < jpeg.len; i++)
		if (jpeg.at[i] == 0xFF && jpeg.at[i + 1] == marker)
			return i;
	return 0;
}

static int load(void **state)
{
	const char *root = getenv("CCCD_SOURCE_DIR");
	char path[512];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/sim/profiles/specimen.jpg",
	               root != NULL ? root : ".");
	jpeg = buf_make(REPLY_MAX);
	if (file_read(path, NULL, &jpeg) != CCCD_OK)
		return -1;
	frame = find(0xC0);
	scan = find(0xDA);
	/* Behind the head of the scan. */
	scan += 2U + jpeg.at[scan + 3];
	return frame > 0 ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	buf_release(&jpeg);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picture_reply_takes_a_clean_picture),
		cmocka_unit_test(picture_reply_refuses_another_size),
		cmocka_unit_test(picture_reply_passes_refusals_on),
		cmocka_unit_test(picture_reply_refuses_every_truncation),
		cmocka_unit_test(picture_reply_refuses_what_is_no_picture),
		cmocka_unit_test(picture_reply_refuses_other_frames),
		cmocka_unit_test(picture_reply_looks_at_nothing_behind_it),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
