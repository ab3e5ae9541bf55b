/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders and the encoder in this process: what they take and refuse. */
#include "service/render/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "service/render/jpeg2000_size.h"
#include "tests/service/render/images.h"

enum { NEAR = 12, SIZ_AT = 8 };

/* Renders, and looks at what came out with the library itself. */
static struct pixels render(struct span image, uint32_t side_max)
{
	struct picture picture = { 0 };
	struct pixels pixels = { 0 };

	assert_int_equal(picture_render(image, side_max, &picture),
	                 PICTURE_RENDERED);
	assert_true(image_read_jpeg(span_of(picture.at, picture.len), &pixels));
	assert_int_equal(pixels.width, picture.width);
	assert_int_equal(pixels.height, picture.height);
	picture_release(&picture);
	return pixels;
}

static enum picture_status status_of(struct span image)
{
	struct picture picture = { 0 };
	enum picture_status status =
	        picture_render(image, PICTURE_SIDE_MAX, &picture);

	assert_true((status == PICTURE_RENDERED) == (picture.at != NULL));
	picture_release(&picture);
	return status;
}

static void close_to(const struct image_form *form, const struct pixels *pixels)
{
	for (uint32_t y = 1; y + 1 < form->height; y += 3)
		for (uint32_t x = 1; x + 1 < form->width; x += 3)
			for (uint32_t i = 0; i < pixels->channels; i++) {
				size_t at = (size_t)(y * pixels->width + x) *
				                    pixels->channels +
				            i;

				assert_in_range(image_sample(form, x, y, i) +
				                        NEAR - pixels->at[at],
				                0, 2 * NEAR);
			}
}

static const struct image_form forms[] = {
	{ .kind = IMAGE_JPEG, .components = 3 },
	{ .kind = IMAGE_JPEG, .components = 1 },
	{ .kind = IMAGE_JPEG_PROGRESSIVE, .components = 3 },
	{ .kind = IMAGE_JPEG_PROGRESSIVE, .components = 1 },
	{ .kind = IMAGE_JP2, .components = 3, .bits = 8 },
	{ .kind = IMAGE_JP2, .components = 3, .bits = 8, .lossless = true },
	{ .kind = IMAGE_JP2, .components = 1, .bits = 8 },
	{ .kind = IMAGE_JP2, .components = 2, .bits = 8, .lossless = true },
	{ .kind = IMAGE_JP2, .components = 4, .bits = 8, .lossless = true },
	{ .kind = IMAGE_JP2, .components = 3, .bits = 16, .lossless = true },
	{ .kind = IMAGE_JP2, .components = 3, .bits = 5, .lossless = true },
	{ .kind = IMAGE_JP2,
	  .components = 3,
	  .bits = 12,
	  .is_signed = true,
	  .lossless = true },
	{ .kind = IMAGE_JP2,
	  .components = 3,
	  .bits = 8,
	  .ycc = true,
	  .lossless = true },
	{ .kind = IMAGE_CODESTREAM, .components = 3, .bits = 8 },
	{ .kind = IMAGE_CODESTREAM, .components = 1, .bits = 8, .tile = 32 },
	{ .kind = IMAGE_CODESTREAM, .components = 3, .bits = 8, .offset = 7 },
};

static void picture_render_takes_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct image_form form = forms[i];
		struct pixels pixels = { 0 };
		uint8_t *at = NULL;
		size_t len = 0;

		form.width = 90;
		form.height = 120;
		at = image_make(&form, &len);
		pixels = render(span_of(at, len), PICTURE_SIDE_MAX);
		assert_int_equal(pixels.width, form.width);
		assert_int_equal(pixels.height, form.height);
		assert_int_equal(pixels.channels, form.components < 3 ? 1 : 3);
		close_to(&form, &pixels);
		free(pixels.at);
		free(at);
	}
}

/* Both specimens show one face: so do their pictures. */
static void picture_render_shows_the_specimen(void **state)
{
	size_t len = 0;
	size_t len2 = 0;
	uint8_t *jpeg = image_load("tests/sim/profiles/specimen.jpg", &len);
	uint8_t *jp2 = image_load("tests/sim/profiles/specimen.jp2", &len2);
	struct pixels original = { 0 };
	struct pixels first = render(span_of(jpeg, len), PICTURE_SIDE_MAX);
	struct pixels second = render(span_of(jp2, len2), PICTURE_SIDE_MAX);

	(void)state;
	assert_true(image_read_jpeg(span_of(jpeg, len), &original));
	assert_true(image_distance(&original, &first) < 2);
	assert_true(image_distance(&original, &second) < 6);
	free(original.at);
	free(first.at);
	free(second.at);
	free(jpeg);
	free(jp2);
}

static void picture_render_bounds_the_size(void **state)
{
	static const uint32_t sides[][5] = {
		/* width, height, bound, and what comes out */
		{ 300, 400, 200, 150, 200 }, { 400, 300, 200, 200, 150 },
		{ 300, 400, 400, 300, 400 }, { 300, 400, 2000, 300, 400 },
		{ 600, 2, 16, 16, 1 },       { 2400, 1800, 2000, 2000, 1500 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		const struct image_form form = { .kind = IMAGE_JPEG,
			                         .components = 3,
			                         .width = sides[i][0],
			                         .height = sides[i][1] };
		size_t len = 0;
		uint8_t *at = image_make(&form, &len);
		struct pixels pixels = render(span_of(at, len), sides[i][2]);

		assert_int_equal(pixels.width, sides[i][3]);
		assert_int_equal(pixels.height, sides[i][4]);
		/* From dark to light, as before. */
		assert_true(pixels.at[0] < 60);
		assert_true(pixels.at[(pixels.width - 1) * 3] > 195);
		free(pixels.at);
		free(at);
	}
}

static void picture_render_refuses_other_formats(void **state)
{
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n' };
	const struct image_form cmyk = {
		.kind = IMAGE_JPEG, .components = 4, .width = 9, .height = 9
	};
	size_t len = 0;
	uint8_t *at = image_make(&cmyk, &len);

	(void)state;
	assert_int_equal(status_of(SPAN(png)), PICTURE_UNSUPPORTED);
	assert_int_equal(status_of(span_of(NULL, 0)), PICTURE_UNSUPPORTED);
	assert_int_equal(status_of(span_of(png, 1)), PICTURE_UNSUPPORTED);
	assert_int_equal(status_of(span_of(at, len)), PICTURE_UNSUPPORTED);
	assert_int_equal(status_of(span_of(at, PICTURE_INPUT_MAX + 1)),
	                 PICTURE_TOO_LARGE);
	free(at);
}

/* A face cut short is refused: nobody signed the grey that fills it up.
 * Only the end marker itself may be missing. */
static void picture_render_refuses_truncation(void **state)
{
	static const char *const names[] = {
		"tests/sim/profiles/specimen.jpg",
		"tests/sim/profiles/specimen.jp2"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = 0;
		uint8_t *at = image_load(names[i], &len);

		for (size_t cut = 3; cut + 2 < len; cut += 1 + cut / 40) {
			enum picture_status status =
			        status_of(span_of(at, cut));

			assert_true(status == PICTURE_MALFORMED ||
			            status == PICTURE_UNSUPPORTED);
		}
		free(at);
	}
}

/* Cut between two scans: nothing but the end marker is missed. */
static void picture_render_refuses_missing_scans(void **state)
{
	const struct image_form form = { .kind = IMAGE_JPEG_PROGRESSIVE,
		                         .width = 64,
		                         .height = 64,
		                         .components = 3 };
	size_t len = 0;
	uint8_t *at = image_make(&form, &len);
	unsigned int cuts = 0;

	(void)state;
	for (size_t i = 2; i + 2 < len; i++) {
		if (at[i] != 0xFF || at[i + 1] != 0xC4)
			continue;
		assert_int_equal(status_of(span_of(at, i)), PICTURE_MALFORMED);
		cuts++;
	}
	assert_true(cuts > 3);
	free(at);
}

/* A tile that says "up to the end", and an end that comes too early. */
static void picture_render_refuses_missing_packets(void **state)
{
	const struct image_form form = { .kind = IMAGE_CODESTREAM,
		                         .width = 90,
		                         .height = 120,
		                         .components = 3,
		                         .bits = 8 };
	size_t len = 0;
	size_t tile = 0;
	uint8_t *at = image_make(&form, &len);

	(void)state;
	while (at[tile] != 0xFF || at[tile + 1] != 0x90)
		tile++;
	/* Psot [ISO/IEC 15444-1 A.4.2] */
	memset(at + tile + 6, 0, 4);
	assert_int_equal(status_of(span_of(at, len)), PICTURE_RENDERED);
	memcpy(at + len / 2, "\xFF\xD9", 2);
	assert_int_equal(status_of(span_of(at, len / 2 + 2)),
	                 PICTURE_MALFORMED);
	free(at);
}

static void put(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Offsets into the codestream. */
enum {
	SIZ_X = SIZ_AT,
	SIZ_Y = SIZ_X + 4,
	SIZ_X_OFFSET = SIZ_Y + 4,
	SIZ_TILE_X = SIZ_X_OFFSET + 8,
	SIZ_TILE_Y = SIZ_TILE_X + 4,
	SIZ_TILE_X_OFFSET = SIZ_TILE_Y + 4,
	SIZ_COMPONENTS = SIZ_TILE_X_OFFSET + 8,
};

struct lie {
	size_t at;
	uint32_t value;
	enum picture_status status;
};

/* [ISO/IEC 15444-1 A.5.1] what a decoder would allocate by */
static const struct lie lies[] = {
	{ SIZ_X, 0xFFFFFFFF, PICTURE_TOO_LARGE },
	{ SIZ_X, 8193, PICTURE_TOO_LARGE },
	{ SIZ_X, 0, PICTURE_MALFORMED },
	{ SIZ_Y, 0x7FFFFFFF, PICTURE_TOO_LARGE },
	{ SIZ_X_OFFSET, 90, PICTURE_MALFORMED },
	{ SIZ_X_OFFSET, 0xFFFFFFFF, PICTURE_MALFORMED },
	{ SIZ_TILE_X, 0, PICTURE_MALFORMED },
	{ SIZ_TILE_Y, 0, PICTURE_MALFORMED },
	{ SIZ_TILE_X_OFFSET, 1, PICTURE_MALFORMED },
	/* The upper half of what is put there is the count. */
	{ SIZ_COMPONENTS, 0x00000700, PICTURE_MALFORMED },
	{ SIZ_COMPONENTS, 0x00050700, PICTURE_UNSUPPORTED },
	{ SIZ_COMPONENTS, 0x40000700, PICTURE_UNSUPPORTED },
	{ SIZ_COMPONENTS, 0x00031000, PICTURE_UNSUPPORTED },
	{ SIZ_COMPONENTS, 0x00030700, PICTURE_MALFORMED },
};

static void jpeg2000_check_size_refuses_what_would_be_allocated(void **state)
{
	const struct image_form form = { .kind = IMAGE_CODESTREAM,
		                         .width = 90,
		                         .height = 120,
		                         .components = 3,
		                         .bits = 8 };
	size_t len = 0;
	uint8_t *at = image_make(&form, &len);
	uint8_t *copy = malloc(len);
	bool boxed = true;

	(void)state;
	assert_non_null(copy);
	assert_int_equal(jpeg2000_check_size(span_of(at, len), &boxed),
	                 PICTURE_RENDERED);
	assert_false(boxed);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		enum picture_status status;

		memcpy(copy, at, len);
		put(copy + lies[i].at, lies[i].value);
		status = jpeg2000_check_size(span_of(copy, len), &boxed);
		if (status != lies[i].status)
			print_error("lie %zu\n", i);
		assert_int_equal(status, lies[i].status);
		assert_int_equal(status_of(span_of(copy, len)), status);
	}
	/* 90 × 120 tiles of one pixel each. */
	memcpy(copy, at, len);
	put(copy + SIZ_TILE_X, 1);
	put(copy + SIZ_TILE_Y, 1);
	assert_int_equal(status_of(span_of(copy, len)), PICTURE_TOO_LARGE);
	free(copy);
	free(at);
}

static void jpeg2000_check_size_refuses_lying_boxes(void **state)
{
	static const uint32_t lengths[] = { 0xFFFFFFFF, 7, 2, 1, 12345 };
	size_t len = 0;
	uint8_t *at = image_load("tests/sim/profiles/specimen.jp2", &len);
	bool boxed = false;

	(void)state;
	assert_int_equal(jpeg2000_check_size(span_of(at, len), &boxed),
	                 PICTURE_RENDERED);
	assert_true(boxed);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		/* The file type box, behind the signature box. */
		put(at + 12, lengths[i]);
		assert_int_equal(status_of(span_of(at, len)),
		                 PICTURE_MALFORMED);
	}
	free(at);
}

/* The entropy-coded bytes after @at end before the next marker. */
static size_t end_of_scan(const uint8_t *bytes, size_t at)
{
	while (bytes[at] != 0xFF || bytes[at + 1] == 0)
		at++;
	return at;
}

/* Each scan costs a pass over the whole picture; makers need ten. */
static void jpeg_decode_refuses_a_bomb_of_scans(void **state)
{
	const struct image_form form = { .kind = IMAGE_JPEG_PROGRESSIVE,
		                         .width = 64,
		                         .height = 64,
		                         .components = 1 };
	size_t len = 0;
	size_t scan = 0;
	size_t scan_len = 0;
	uint8_t *at = image_make(&form, &len);
	uint8_t *bomb = NULL;

	(void)state;
	while (at[scan] != 0xFF || at[scan + 1] != 0xDA)
		scan++;
	scan_len = end_of_scan(at, scan + 2) - scan;
	bomb = malloc(scan + 100 * scan_len + 2);
	assert_non_null(bomb);
	memcpy(bomb, at, scan);
	for (size_t i = 0; i < 100; i++)
		memcpy(bomb + scan + i * scan_len, at + scan, scan_len);
	/* Ten times the first scan can be shown, a hundred times cannot. */
	memcpy(bomb + scan + 10 * scan_len, "\xFF\xD9", 2);
	assert_int_equal(status_of(span_of(bomb, scan + 10 * scan_len + 2)),
	                 PICTURE_RENDERED);
	memcpy(bomb + scan + 10 * scan_len, at + scan, 2);
	memcpy(bomb + scan + 100 * scan_len, "\xFF\xD9", 2);
	assert_int_equal(status_of(span_of(bomb, scan + 100 * scan_len + 2)),
	                 PICTURE_TOO_LARGE);
	free(bomb);
	free(at);
}

static void jpeg_decode_refuses_huge_dimensions(void **state)
{
	static const uint16_t sizes[][2] = {
		{ 65500, 65500 }, { 8193, 1 }, { 1, 8193 }, { 4000, 4000 }
	};
	size_t len = 0;
	size_t frame = 0;
	uint8_t *at = image_load("tests/sim/profiles/specimen.jpg", &len);

	(void)state;
	while (at[frame] != 0xFF || at[frame + 1] != 0xC0)
		frame++;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		at[frame + 5] = (uint8_t)(sizes[i][0] >> 8);
		at[frame + 6] = (uint8_t)sizes[i][0];
		at[frame + 7] = (uint8_t)(sizes[i][1] >> 8);
		at[frame + 8] = (uint8_t)sizes[i][1];
		assert_int_equal(status_of(span_of(at, len)),
		                 PICTURE_TOO_LARGE);
	}
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picture_render_takes_every_form),
		cmocka_unit_test(picture_render_shows_the_specimen),
		cmocka_unit_test(picture_render_bounds_the_size),
		cmocka_unit_test(picture_render_refuses_other_formats),
		cmocka_unit_test(picture_render_refuses_truncation),
		cmocka_unit_test(picture_render_refuses_missing_scans),
		cmocka_unit_test(picture_render_refuses_missing_packets),
		cmocka_unit_test(
		        jpeg2000_check_size_refuses_what_would_be_allocated),
		cmocka_unit_test(jpeg2000_check_size_refuses_lying_boxes),
		cmocka_unit_test(jpeg_decode_refuses_a_bomb_of_scans),
		cmocka_unit_test(jpeg_decode_refuses_huge_dimensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
