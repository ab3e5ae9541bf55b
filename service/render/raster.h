/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels between a decoder and the encoder. */
#ifndef SERVICE_RENDER_RASTER_H
#define SERVICE_RENDER_RASTER_H

#include <stdbool.h>
#include <stdint.h>

/* Larger images are refused before a pixel of them is decoded. */
enum { RASTER_SIDE_MAX = 8192, RASTER_PIXELS_MAX = 6 << 20 };

/**
 * struct raster - rows of 8-bit samples, left to right, top down.
 * @at:       @width × @height × @channels bytes, owned
 * @channels: 1 is grey, 3 is RGB
 */
struct raster {
	uint8_t *at;
	uint32_t width;
	uint32_t height;
	uint32_t channels;
};

/* Whether an image of this size may be decoded at all. */
bool raster_fits(uint32_t width, uint32_t height);

/* Zeroed pixels; false without memory or beyond the caps. */
bool raster_make(uint32_t width, uint32_t height, uint32_t channels,
                 struct raster *ret);

/**
 * raster_shrink() - average @raster down until no side exceeds @side_max.
 *
 * The aspect is kept as well as whole pixels allow; a smaller image is left
 * alone. False without memory: nothing changed then.
 */
bool raster_shrink(struct raster *raster, uint32_t side_max);

/* Accepts NULL and zeroed rasters. */
void raster_release(struct raster *raster);

#endif
