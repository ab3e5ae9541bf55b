/* SPDX-License-Identifier: Apache-2.0 */
/* Format and size of images: JPEG, JPEG 2000, PNG. Nothing is decoded. */
#include "apdu/lds/image.h"

/* A number of @len bytes, most significant first; 0 when not all there. */
static uint32_t number_at(struct span bytes, size_t offset, size_t len)
{
	struct span part = { 0 };
	uint32_t number = 0;

	if (span_sub(bytes, offset, len, &part) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < part.len; i++)
		number = number << 8 | part.at[i];
	return number;
}

enum {
	JPEG_SOI_LEN = 2,
	JPEG_RST0 = 0xD0,
	JPEG_EOI = 0xD9,
	JPEG_SOS = 0xDA,
	JPEG_TEM = 0x01,
	JPEG_FILL = 0xFF,
};

/* SOF0 to SOF15, less DHT, JPG and DAC [10918-1 table B.1]. */
static bool is_start_of_frame(uint32_t marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 &&
	       marker != 0xC8 && marker != 0xCC;
}

/* Walks marker segments up to the frame header [10918-1 B.2.2]. */
static void look_jpeg(struct span bytes, struct cccd_image *image)
{
	size_t at = JPEG_SOI_LEN;

	while (number_at(bytes, at, 1) == JPEG_FILL) {
		uint32_t marker = number_at(bytes, at + 1, 1);

		if (marker == JPEG_FILL) {
			at++;
			continue;
		}
		if (is_start_of_frame(marker)) {
			image->height = number_at(bytes, at + 5, 2);
			image->width = number_at(bytes, at + 7, 2);
			return;
		}
		if (marker == JPEG_SOS || marker == JPEG_EOI || marker == 0)
			return;
		at += 2;
		if (marker != JPEG_TEM && (marker & 0xF8) != JPEG_RST0) {
			size_t len = number_at(bytes, at, 2);

			/* The length counts its own two bytes. */
			if (len < 2)
				return;
			at += len;
		}
	}
}

/* SIZ: size of the reference grid less the image's offset [15444-1 A.5.1] */
static void look_codestream(struct span bytes, struct cccd_image *image)
{
	enum { XSIZ = 8, YSIZ = 12, XOSIZ = 16, YOSIZ = 20 };
	uint32_t x = number_at(bytes, XSIZ, 4);
	uint32_t y = number_at(bytes, YSIZ, 4);
	uint32_t x_offset = number_at(bytes, XOSIZ, 4);
	uint32_t y_offset = number_at(bytes, YOSIZ, 4);

	if (x_offset > x || y_offset > y)
		return;
	image->width = x - x_offset;
	image->height = y - y_offset;
}

#define BOX(a, b, c, d)                                                   \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | \
	 (uint32_t)(d))

/* Walks the boxes to ihdr, which stands first in jp2h [15444-1 I.5.3]. */
static void look_boxes(struct span bytes, struct cccd_image *image)
{
	enum { HEAD_LEN = 8, LONG_HEAD_LEN = 16 };
	struct span rest = bytes;

	while (rest.len >= HEAD_LEN) {
		size_t len = number_at(rest, 0, 4);
		uint32_t type = number_at(rest, 4, 4);

		if (type == BOX('i', 'h', 'd', 'r')) {
			image->height = number_at(rest, HEAD_LEN, 4);
			image->width = number_at(rest, HEAD_LEN + 4, 4);
			return;
		}
		if (type == BOX('j', 'p', '2', 'h')) {
			/* A box of boxes: go on inside. */
			rest = span_after(rest,
			                  len == 1 ? LONG_HEAD_LEN : HEAD_LEN);
			continue;
		}
		/* [15444-1 I.4] 1: eight more bytes of length follow */
		if (len == 1 && number_at(rest, HEAD_LEN, 4) == 0)
			len = number_at(rest, HEAD_LEN + 4, 4);
		if (len < HEAD_LEN)
			return;
		rest = span_after(rest, len);
	}
}

/* IHDR is the first chunk [PNG 5.6, 11.2.2]. */
static void look_png(struct span bytes, struct cccd_image *image)
{
	if (number_at(bytes, 12, 4) != BOX('I', 'H', 'D', 'R'))
		return;
	image->width = number_at(bytes, 16, 4);
	image->height = number_at(bytes, 20, 4);
}

struct signature {
	struct span bytes;
	enum cccd_image_format format;
	void (*look)(struct span bytes, struct cccd_image *image);
};

static const uint8_t jpeg[] = { 0xFF, 0xD8, 0xFF };
static const uint8_t codestream[] = { 0xFF, 0x4F, 0xFF, 0x51 };
static const uint8_t boxes[] = { 0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50,
	                         0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A };
static const uint8_t png[] = { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };

static const struct signature signatures[] = {
	{ { jpeg, sizeof(jpeg) }, CCCD_IMAGE_JPEG, look_jpeg },
	{ { boxes, sizeof(boxes) }, CCCD_IMAGE_JPEG2000, look_boxes },
	{ { codestream, sizeof(codestream) },
	  CCCD_IMAGE_JPEG2000,
	  look_codestream },
	{ { png, sizeof(png) }, CCCD_IMAGE_PNG, look_png },
};

struct cccd_image image_look(struct span bytes)
{
	struct cccd_image image = { .bytes = span_bytes(bytes) };

	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		struct span begin = span_first(bytes, signatures[i].bytes.len);

		if (!span_equal(begin, signatures[i].bytes))
			continue;
		image.format = signatures[i].format;
		signatures[i].look(bytes, &image);
		break;
	}
	return image;
}
