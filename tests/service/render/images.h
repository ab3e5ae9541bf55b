/* SPDX-License-Identifier: Apache-2.0 */
/* Images of every kind that a card may hold, and a look at a JPEG. */
#ifndef TESTS_SERVICE_RENDER_IMAGES_H
#define TESTS_SERVICE_RENDER_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum image_kind {
	IMAGE_JPEG,
	IMAGE_JPEG_PROGRESSIVE,
	IMAGE_JP2,
	IMAGE_CODESTREAM,
};

/**
 * struct image_form - what to make.
 * @components: 1 grey, 2 grey and alpha, 3 colour, 4 CMYK or with alpha
 * @bits:       JPEG 2000 only
 * @is_signed:  likewise
 * @ycc:        JP2: sYCC with both differences at half size
 * @lossless:   JPEG 2000: the reversible transforms
 * @tile:       side of a tile, 0 for one tile
 * @offset:     of the image on its grid
 */
struct image_form {
	enum image_kind kind;
	uint32_t width;
	uint32_t height;
	uint32_t components;
	uint32_t bits;
	bool is_signed;
	bool ycc;
	bool lossless;
	uint32_t tile;
	uint32_t offset;
};

/**
 * image_make() - red grows to the right, green downwards, blue stays; grey
 * grows to the right.
 *
 * Return: the file; the caller frees. Ends the program when it cannot.
 */
uint8_t *image_make(const struct image_form *form, size_t *ret_len);

/* What a pixel of such an image should be. */
uint8_t image_sample(const struct image_form *form, uint32_t x, uint32_t y,
                     uint32_t channel);

/**
 * struct pixels - a JPEG decoded by the library, strictly.
 * @at: owned
 */
struct pixels {
	uint8_t *at;
	uint32_t width;
	uint32_t height;
	uint32_t channels;
};

/* False when it is no JPEG, has metadata, or brings any warning. */
bool image_read_jpeg(struct span bytes, struct pixels *ret);

/* Mean difference of two images of one size and kind, in steps of 255. */
double image_distance(const struct pixels *a, const struct pixels *b);

/* A whole file of the source tree; ends the program when it cannot. */
uint8_t *image_load(const char *name, size_t *ret_len);

#endif
