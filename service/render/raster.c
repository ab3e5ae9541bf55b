/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels: made with a cap, shrunk by averaging. */
#include "service/render/raster.h"

#include <stdlib.h>

#include "base/macros.h"

bool raster_fits(uint32_t width, uint32_t height)
{
	return width > 0 && height > 0 && width <= RASTER_SIDE_MAX &&
	       height <= RASTER_SIDE_MAX &&
	       (uint64_t)width * height <= RASTER_PIXELS_MAX;
}

bool raster_make(uint32_t width, uint32_t height, uint32_t channels,
                 struct raster *ret)
{
	uint8_t *at = NULL;

	if (!raster_fits(width, height))
		return false;
	at = calloc((size_t)width * height, channels);
	if (at == NULL)
		return false;
	*ret = (struct raster){
		.at = at, .width = width, .height = height, .channels = channels
	};
	return true;
}

/* A side in proportion, at least one pixel. */
static uint32_t scaled(uint32_t side, uint32_t to, uint32_t from)
{
	uint64_t whole = ((uint64_t)side * to + from / 2) / from;

	return whole > 0 ? (uint32_t)whole : 1;
}

/* The mean of one channel over columns x0… and rows y0…, ends excluded. */
static uint8_t mean(const struct raster *from, const uint32_t x[static 2],
                    const uint32_t y[static 2], uint32_t channel)
{
	uint64_t sum = 0;
	uint64_t count = (uint64_t)(x[1] - x[0]) * (y[1] - y[0]);

	for (uint32_t row = y[0]; row < y[1]; row++) {
		const uint8_t *at =
		        from->at + (size_t)row * from->width * from->channels;

		for (uint32_t column = x[0]; column < x[1]; column++)
			sum += at[(size_t)column * from->channels + channel];
	}
	return count > 0 ? (uint8_t)((sum + count / 2) / count) : 0;
}

/* Where the pixel @i of @to comes from, in a side of @from: never empty,
 * because @from is not shorter. */
static void stretch(uint32_t i, uint32_t to, uint32_t from,
                    uint32_t ret[static 2])
{
	ret[0] = (uint32_t)((uint64_t)i * from / to);
	ret[1] = (uint32_t)(((uint64_t)i + 1) * from / to);
}

static void average(const struct raster *from, struct raster *to)
{
	uint8_t *at = to->at;
	uint32_t x[2];
	uint32_t y[2];

	for (uint32_t row = 0; row < to->height; row++) {
		stretch(row, to->height, from->height, y);
		for (uint32_t column = 0; column < to->width; column++) {
			stretch(column, to->width, from->width, x);
			for (uint32_t i = 0; i < to->channels; i++)
				*at++ = mean(from, x, y, i);
		}
	}
}

bool raster_shrink(struct raster *raster, uint32_t side_max)
{
	CLEANUP(raster_release) struct raster small = { 0 };
	struct raster old = *raster;
	uint32_t longest = old.width > old.height ? old.width : old.height;

	if (longest <= side_max)
		return true;
	if (!raster_make(scaled(old.width, side_max, longest),
	                 scaled(old.height, side_max, longest), old.channels,
	                 &small))
		return false;
	average(&old, &small);
	*raster = small;
	small = old;
	return true;
}

void raster_release(struct raster *raster)
{
	if (raster == NULL)
		return;
	free(raster->at);
	*raster = (struct raster){ 0 };
}
