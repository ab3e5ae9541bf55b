/* SPDX-License-Identifier: Apache-2.0 */
/* Portraits: DG2 in both standards, DG3 to DG5, DG7, image headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/dg2.h"
#include "apdu/lds/dg5.h"
#include "apdu/lds/image.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

#define HEX(text) span_of(text, sizeof(text) - 1)

enum { FILE_MAX = 16384 };

/* 413 x 531 in every header. */
static const char jpeg[] =
        "\xFF\xD8\xFF\xE0\x00\x04\x4A\x46"
        "\xFF\xFF\xDB\x00\x03\x00"
        "\xFF\xC4\x00\x02"
        "\xFF\xC2\x00\x0B\x08\x02\x13\x01\x9D\x01\x01\x11\x00"
        "\xFF\xDA\x00\x02\xFF\xD9";
static const char boxes[] = "\x00\x00\x00\x0CjP  \x0D\x0A\x87\x0A"
                            "\x00\x00\x00\x14"
                            "ftypjp2 \x00\x00\x00\x00jp2 "
                            "\x00\x00\x00\x2Djp2h"
                            "\x00\x00\x00\x16ihdr\x00\x00\x02\x13\x00\x00\x01"
                            "\x9D\x00\x03\x07\x07\x00\x00";
static const char codestream[] = "\xFF\x4F\xFF\x51\x00\x2F\x00\x00"
                                 "\x00\x00\x01\xA0\x00\x00\x02\x14"
                                 "\x00\x00\x00\x03\x00\x00\x00\x01";
static const char png[] = "\x89PNG\x0D\x0A\x1A\x0A\x00\x00\x00\x0DIHDR"
                          "\x00\x00\x01\x9D\x00\x00\x02\x13\x08\x02";

static void images_are_known_by_their_signature(void **state)
{
	const struct {
		struct span bytes;
		enum cccd_image_format format;
	} rows[] = { { HEX(jpeg), CCCD_IMAGE_JPEG },
		     { HEX(boxes), CCCD_IMAGE_JPEG2000 },
		     { HEX(codestream), CCCD_IMAGE_JPEG2000 },
		     { HEX(png), CCCD_IMAGE_PNG } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_image image = image_look(rows[i].bytes);

		assert_int_equal(image.format, rows[i].format);
		assert_int_equal(image.width, 413);
		assert_int_equal(image.height, 531);
		assert_ptr_equal(image.bytes.at, rows[i].bytes.at);
		assert_int_equal(image.bytes.len, rows[i].bytes.len);
	}
}

/* Cut anywhere, an image has at most its format. */
static void cut_images_have_no_size(void **state)
{
	const struct span rows[] = { HEX(jpeg), HEX(boxes), HEX(codestream),
		                     HEX(png) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t len = 0; len <= rows[i].len; len++) {
			uint8_t *copy = malloc(len + 1);
			struct cccd_image image = { 0 };

			assert_non_null(copy);
			memcpy(copy, rows[i].at, len);
			image = image_look(span_of(copy, len));
			assert_true(image.width == 0 || image.width == 413 ||
			            image.width == 416);
			assert_true(len >= 3 ||
			            image.format == CCCD_IMAGE_UNKNOWN);
			free(copy);
		}
	}
}

static void broken_images_end_the_walk(void **state)
{
	struct cccd_image image = { 0 };

	(void)state;
	/* A segment of length 0 would stand still. */
	image = image_look(HEX("\xFF\xD8\xFF\xE0\x00\x00\xFF\xC0\x00\x0B\x08"
	                       "\x02\x13\x01\x9D"));
	assert_int_equal(image.width, 0);
	/* A box of length 0 reaches to the end, one of 7 nowhere. */
	image = image_look(HEX("\x00\x00\x00\x0CjP  \x0D\x0A\x87\x0A"
	                       "\x00\x00\x00\x07"
	                       "ftypjp2h"));
	assert_int_equal(image.format, CCCD_IMAGE_JPEG2000);
	assert_int_equal(image.width, 0);
	/* An offset beyond the grid */
	image = image_look(HEX("\xFF\x4F\xFF\x51\x00\x2F\x00\x00"
	                       "\x00\x00\x00\x01\x00\x00\x02\x14"
	                       "\x00\x00\x00\x03\x00\x00\x00\x01"));
	assert_int_equal(image.width, 0);
	assert_int_equal(image_look(HEX("GIF89a")).format, CCCD_IMAGE_UNKNOWN);
}

/* A facial record of ISO/IEC 19794-5 with @points feature points. */
static void put_record(struct tlv_writer *writer, struct span image,
                       uint8_t points)
{
	uint8_t zeros[20] = { 0 };
	uint8_t head[6] = { 0, 0, 0, 0, 0, points };
	size_t len = 20 + 8U * points + 12 + image.len;

	head[2] = (uint8_t)(len >> 8);
	head[3] = (uint8_t)len;
	tlv_put_raw(writer, SPAN(head));
	tlv_put_raw(writer, span_of(zeros, 14));
	for (uint8_t i = 0; i < points; i++)
		tlv_put_raw(writer, span_of(zeros, 8));
	tlv_put_raw(writer, HEX("\x01\x00\x01\x90\x02\x00\x01\x00\x00\x00"
	                        "\x00\x00"));
	tlv_put_raw(writer, image);
}

static void put_facial_header(struct tlv_writer *writer, uint8_t images)
{
	uint8_t head[14] = { 'F', 'A', 'C', 0, '0', '1', '0' };

	head[13] = images;
	tlv_put_raw(writer, SPAN(head));
}

static void put_bit_header(struct tlv_writer *writer)
{
	tlv_put(writer, 0xA1,
	        HEX("\x80\x02\x01\x01\x81\x01\x02\x87\x02\x01\x01\x88\x02\x00"
	            "\x08"));
}

/* @count templates, each with a record of @images images. */
static struct span make_19794(uint8_t count, uint8_t images, uint8_t points,
                              uint8_t *memory)
{
	struct tlv_writer writer = tlv_writer(memory, FILE_MAX);
	size_t file = tlv_begin(&writer, 0x75);
	size_t group = tlv_begin(&writer, 0x7F61);
	struct span out = { 0 };

	tlv_put(&writer, TAG_INTEGER, span_of(&count, 1));
	for (uint8_t i = 0; i < count; i++) {
		size_t template = tlv_begin(&writer, 0x7F60);
		size_t data = 0;

		put_bit_header(&writer);
		data = tlv_begin(&writer, 0x5F2E);
		put_facial_header(&writer, images);
		for (uint8_t j = 0; j < images; j++)
			put_record(&writer, j % 2 ? HEX(boxes) : HEX(jpeg),
			           points);
		tlv_finish(&writer, data);
		tlv_finish(&writer, template);
	}
	tlv_finish(&writer, group);
	tlv_finish(&writer, file);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return out;
}

static void assert_is(struct cccd_bytes bytes, struct span expected)
{
	assert_true(span_equal(bytes_span(bytes), expected));
}

static void dg2_of_iso_19794_is_read(void **state)
{
	static uint8_t memory[FILE_MAX];
	static struct cccd_dg2 dg2;

	(void)state;
	/* The image moves with the feature points: nothing is hard-coded. */
	for (uint8_t points = 0; points < 8; points++) {
		assert_int_equal(
		        dg2_parse(make_19794(1, 1, points, memory), &dg2),
		        CCCD_OK);
		assert_int_equal(dg2.declared_count, 1);
		assert_int_equal(dg2.face_count, 1);
		assert_int_equal(dg2.faces[0].standard,
		                 CCCD_BIOMETRIC_ISO_19794);
		assert_int_equal(dg2.faces[0].format_owner, 0x0101);
		assert_int_equal(dg2.faces[0].format_type, 0x0008);
		assert_int_equal(dg2.faces[0].declared_width, 400);
		assert_int_equal(dg2.faces[0].declared_height, 512);
		assert_int_equal(dg2.faces[0].image.format, CCCD_IMAGE_JPEG);
		assert_int_equal(dg2.faces[0].image.width, 413);
		assert_int_equal(dg2.faces[0].image.height, 531);
		assert_is(dg2.faces[0].image.bytes, HEX(jpeg));
	}
}

static void dg2_holds_several_faces(void **state)
{
	static uint8_t memory[FILE_MAX];
	static struct cccd_dg2 dg2;

	(void)state;
	assert_int_equal(dg2_parse(make_19794(2, 3, 1, memory), &dg2), CCCD_OK);
	assert_int_equal(dg2.face_count, 6);
	assert_int_equal(dg2.faces[4].image.format, CCCD_IMAGE_JPEG2000);
	assert_is(dg2.faces[4].image.bytes, HEX(boxes));
	assert_int_equal(dg2_parse(make_19794(9, 1, 0, memory), &dg2), CCCD_OK);
	assert_int_equal(dg2.face_count, 9);
	assert_int_equal(dg2_parse(make_19794(5, 2, 0, memory), &dg2),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(dg2_parse(make_19794(0, 0, 0, memory), &dg2),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(dg2_parse(make_19794(1, 0, 0, memory), &dg2),
	                 CCCD_ERR_DATA_MISSING);
}

static size_t number_of(const char *text)
{
	return strtoul(text, NULL, 10);
}

/* [9303-10 A.3] the header of the example before our own record */
static void dg2_header_of_the_vectors_is_read(void **state)
{
	struct vectors *vectors = vectors_open("lds");
	struct span header = vectors_bytes(vectors, "dg2_header");
	size_t total =
	        number_of(vectors_text(vectors, "dg2_total_length_text"));
	size_t data_len =
	        number_of(vectors_text(vectors, "dg2_image_length_text"));
	static uint8_t memory[FILE_MAX];
	static uint8_t image[FILE_MAX];
	struct tlv_writer writer = tlv_writer(memory, total);
	static struct cccd_dg2 dg2;

	(void)state;
	assert_int_equal(
	        header.len,
	        number_of(vectors_text(vectors, "dg2_image_offset_text")));
	memcpy(image, codestream, sizeof(codestream) - 1);
	tlv_put_raw(&writer, header);
	put_facial_header(&writer, 1);
	put_record(&writer, span_of(image, data_len - 14 - 32), 0);
	assert_int_equal(writer.len, total);
	assert_int_equal(dg2_parse(span_of(memory, total), &dg2), CCCD_OK);
	assert_int_equal(dg2.faces[0].image.format, CCCD_IMAGE_JPEG2000);
	assert_int_equal(dg2.faces[0].image.bytes.len, data_len - 46);
	vectors_close(vectors);
}

/* ISO/IEC 39794-5, the parts that lead to the image and some beside it. */
static struct span make_39794(struct span image, uint8_t *memory)
{
	static const uint32_t path[] = { 0x75, 0x7F61, 0x7F60, 0x7F2E,
		                         0xA1, 0x65,   0xA1,   0x30,
		                         0xA1, 0xA0,   0xA0 };
	struct tlv_writer writer = tlv_writer(memory, FILE_MAX);
	size_t marks[ARRAY_LEN(path)];
	size_t mark = 0;
	struct span out = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(path); i++) {
		marks[i] = tlv_begin(&writer, path[i]);
		if (path[i] == 0x7F61)
			tlv_put(&writer, TAG_INTEGER, HEX("\x01"));
		if (path[i] == 0x7F60)
			put_bit_header(&writer);
		if (path[i] == 0x65) /* versionBlock */
			tlv_put(&writer, 0xA0, HEX("\x80\x01\x03"));
		if (path[i] == 0x30) /* representationId */
			tlv_put(&writer, 0x80, HEX("\x01"));
	}
	tlv_put(&writer, 0x80, image);
	mark = tlv_begin(&writer, 0xA1); /* imageInformation2DBlock */
	tlv_put(&writer, 0xA0, HEX("\x80\x01\x02"));
	tlv_put(&writer, 0xA7, HEX("\x80\x02\x01\x9D\x81\x02\x02\x13"));
	tlv_finish(&writer, mark);
	for (size_t i = ARRAY_LEN(path); i > 0; i--)
		tlv_finish(&writer, marks[i - 1]);
	assert_int_equal(tlv_written(&writer, &out), CCCD_OK);
	return out;
}

static void dg2_of_iso_39794_is_read(void **state)
{
	static uint8_t memory[FILE_MAX];
	static struct cccd_dg2 dg2;

	(void)state;
	assert_int_equal(dg2_parse(make_39794(HEX(boxes), memory), &dg2),
	                 CCCD_OK);
	assert_int_equal(dg2.face_count, 1);
	assert_int_equal(dg2.faces[0].standard, CCCD_BIOMETRIC_ISO_39794);
	assert_int_equal(dg2.faces[0].declared_width, 413);
	assert_int_equal(dg2.faces[0].declared_height, 531);
	assert_int_equal(dg2.faces[0].image.format, CCCD_IMAGE_JPEG2000);
	assert_int_equal(dg2.faces[0].image.width, 413);
	assert_is(dg2.faces[0].image.bytes, HEX(boxes));
}

static void records_of_other_kinds_are_refused(void **state)
{
	static uint8_t memory[FILE_MAX];
	static struct cccd_dg2 dg2;
	struct span file = make_19794(1, 1, 0, memory);
	size_t at = 0;

	(void)state;
	while (memcmp(memory + at, "FAC", 4) != 0)
		at++;
	memory[at + 5] = '3'; /* ISO/IEC 19794-5:2011 */
	assert_int_equal(dg2_parse(file, &dg2), CCCD_ERR_DATA_UNSUPPORTED);
	memory[at + 5] = '1';
	assert_int_equal(dg2_parse(file, &dg2), CCCD_OK);
	memory[at] = 'X';
	assert_int_equal(dg2_parse(file, &dg2), CCCD_ERR_DATA_UNSUPPORTED);
	assert_int_equal(dg2_parse(HEX("\x75\x05\x7F\x61\x02\x7F\x60"), &dg2),
	                 CCCD_ERR_DATA_TRUNCATED);
	/* A template without its data block */
	assert_int_equal(dg2_parse(HEX("\x75\x09\x7F\x61\x06\x7F\x60\x03\xA1"
	                               "\x01\x00"),
	                           &dg2),
	                 CCCD_ERR_DATA_MALFORMED);
	/* Two data blocks: which one was meant? */
	assert_int_equal(dg2_parse(HEX("\x75\x0E\x7F\x61\x0B\x7F\x60\x08\x5F"
	                               "\x2E\x01\x00\x7F\x2E\x01\x00"),
	                           &dg2),
	                 CCCD_ERR_DATA_DUPLICATE);
	assert_int_equal(
	        dg2_parse(HEX("\x75\x06\x7F\x61\x03\x7F\x60\x00"), &dg2),
	        CCCD_ERR_DATA_MISSING);
}

static void dg3_and_dg4_are_only_counted(void **state)
{
	struct cccd_biometrics biometrics = { 0 };

	(void)state;
	/* [9303-10 4.7.3.2.2] no finger, with random data beside */
	assert_int_equal(dg3_parse(HEX("\x63\x0A\x7F\x61\x03\x02\x01\x00\x53"
	                               "\x02\xAA\xBB"),
	                           &biometrics),
	                 CCCD_OK);
	assert_int_equal(biometrics.declared_count, 0);
	assert_int_equal(biometrics.count, 0);
	assert_int_equal(
	        dg3_parse(HEX("\x63\x11\x7F\x61\x0E\x02\x01\x02\x7F\x60\x00"
	                      "\x7F\x60\x05\x5F\x2E\x02\x01\x02"),
	                  &biometrics),
	        CCCD_OK);
	assert_int_equal(biometrics.declared_count, 2);
	assert_int_equal(biometrics.count, 2);
	assert_int_equal(
	        dg4_parse(HEX("\x76\x06\x7F\x61\x03\x02\x01\x00"), &biometrics),
	        CCCD_OK);
	assert_int_equal(
	        dg4_parse(HEX("\x63\x06\x7F\x61\x03\x02\x01\x00"), &biometrics),
	        CCCD_ERR_DATA_MISSING);
}

static void displayed_images_are_read(void **state)
{
	struct vectors *vectors = vectors_open("lds");
	struct span header = vectors_bytes(vectors, "dg5_header");
	uint8_t file[12 + 2000] = { 0 };
	static struct cccd_images images;

	(void)state;
	/* [9303-10 A.4] */
	assert_int_equal(header.len, 12);
	memcpy(file, header.at, header.len);
	memcpy(file + 12, jpeg, sizeof(jpeg) - 1);
	assert_int_equal(dg5_parse(SPAN(file), &images), CCCD_OK);
	assert_int_equal(images.declared_count, 1);
	assert_int_equal(images.count, 1);
	assert_int_equal(images.images[0].bytes.len, 2000);
	assert_int_equal(images.images[0].format, CCCD_IMAGE_JPEG);
	assert_int_equal(images.images[0].width, 413);
	assert_int_equal(dg5_parse(span_of(file, 2011), &images),
	                 CCCD_ERR_DATA_TRUNCATED);
	assert_int_equal(dg7_parse(HEX("\x67\x0B\x02\x01\x02\x5F\x43\x01\x00"
	                               "\x5F\x43\x01\x01"),
	                           &images),
	                 CCCD_OK);
	assert_int_equal(images.count, 2);
	assert_int_equal(dg7_parse(HEX("\x67\x03\x02\x01\x00"), &images),
	                 CCCD_ERR_DATA_MISSING);
	vectors_close(vectors);
}

static void too_many_displayed_images_are_refused(void **state)
{
	uint8_t memory[64];
	static struct cccd_images images;

	(void)state;
	for (size_t n = CCCD_IMAGES_MAX; n <= CCCD_IMAGES_MAX + 1; n++) {
		struct tlv_writer writer = tlv_writer(memory, sizeof(memory));
		size_t mark = tlv_begin(&writer, 0x65);
		struct span file = { 0 };

		for (size_t i = 0; i < n; i++)
			tlv_put(&writer, 0x5F40, HEX("\x00"));
		tlv_finish(&writer, mark);
		assert_int_equal(tlv_written(&writer, &file), CCCD_OK);
		assert_int_equal(dg5_parse(file, &images),
		                 n == CCCD_IMAGES_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_TOO_LARGE);
	}
}

static enum cccd_err parse_dg2(struct span file)
{
	static struct cccd_dg2 dg2;

	return dg2_parse(file, &dg2);
}

static enum cccd_err parse_dg3(struct span file)
{
	struct cccd_biometrics biometrics = { 0 };

	return dg3_parse(file, &biometrics);
}

static enum cccd_err parse_dg5(struct span file)
{
	static struct cccd_images images;

	return dg5_parse(file, &images);
}

static void pitfall_27_hostile_files_are_survived(void **state)
{
	static uint8_t memory[FILE_MAX];

	(void)state;
	hostile_all(make_19794(2, 2, 2, memory), parse_dg2);
	hostile_all(make_39794(HEX(jpeg), memory), parse_dg2);
	hostile_all(HEX("\x63\x0A\x7F\x61\x03\x02\x01\x00\x53\x02\xAA\xBB"),
	            parse_dg3);
	hostile_all(HEX("\x65\x0D\x02\x01\x01\x5F\x40\x07\xFF\xD8\xFF\xC0\x00"
	                "\x0B\x08"),
	            parse_dg5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_are_known_by_their_signature),
		cmocka_unit_test(cut_images_have_no_size),
		cmocka_unit_test(broken_images_end_the_walk),
		cmocka_unit_test(dg2_of_iso_19794_is_read),
		cmocka_unit_test(dg2_holds_several_faces),
		cmocka_unit_test(dg2_header_of_the_vectors_is_read),
		cmocka_unit_test(dg2_of_iso_39794_is_read),
		cmocka_unit_test(records_of_other_kinds_are_refused),
		cmocka_unit_test(dg3_and_dg4_are_only_counted),
		cmocka_unit_test(displayed_images_are_read),
		cmocka_unit_test(too_many_displayed_images_are_refused),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.dg2", tests, NULL, NULL);
}
