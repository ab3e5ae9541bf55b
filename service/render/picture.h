/* SPDX-License-Identifier: Apache-2.0 */
/* One image of a card to one clean JPEG; everything in memory. */
#ifndef SERVICE_RENDER_PICTURE_H
#define SERVICE_RENDER_PICTURE_H

#include "base/picture.h"
#include "base/span.h"
#include "service/render/raster.h"

/**
 * struct picture - a baseline JPEG without metadata.
 * @at: @len bytes, owned
 */
struct picture {
	uint8_t *at;
	size_t len;
	uint32_t width;
	uint32_t height;
};

/**
 * picture_render() - decode, bound, encode.
 * @image:    JPEG, JPEG 2000 codestream or JP2, told apart by signature
 * @side_max: PICTURE_SIDE_MIN to PICTURE_SIDE_MAX pixels
 * @ret:      written on PICTURE_RENDERED only
 *
 * Makes no system call but for memory. Time is bounded by the caps and by
 * the limits of the process, not here.
 */
CHECKED enum picture_status picture_render(struct span image, uint32_t side_max,
                                           struct picture *ret);

/* Accepts NULL and zeroed pictures. */
void picture_release(struct picture *picture);

/* The decoders; @ret is written on PICTURE_RENDERED only. */
CHECKED enum picture_status jpeg_decode(struct span image, struct raster *ret);
CHECKED enum picture_status jpeg2000_decode(struct span image,
                                            struct raster *ret);

/* The encoder. */
CHECKED enum picture_status jpeg_encode(const struct raster *raster,
                                        struct picture *ret);

#endif
