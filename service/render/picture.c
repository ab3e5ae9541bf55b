/* SPDX-License-Identifier: Apache-2.0 */
/* Which decoder an image needs, and what is made of its pixels. */
#include "service/render/picture.h"

#include <stdlib.h>

#include "base/macros.h"

struct decoder {
	uint8_t signature[12];
	size_t len;
	enum picture_status (*decode)(struct span image, struct raster *ret);
};

/* [ISO/IEC 10918-1 B.2.1; ISO/IEC 15444-1 A.4.1, I.5.1] */
static const struct decoder decoders[] = {
	{ { 0xFF, 0xD8, 0xFF }, 3, jpeg_decode },
	{ { 0xFF, 0x4F, 0xFF, 0x51 }, 4, jpeg2000_decode },
	{ { 0, 0, 0, 12, 'j', 'P', ' ', ' ', '\r', '\n', 0x87, '\n' },
	  12,
	  jpeg2000_decode },
};

static enum picture_status decode(struct span image, struct raster *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(decoders); i++) {
		const struct decoder *decoder = &decoders[i];

		if (image.len >= decoder->len &&
		    span_equal(span_first(image, decoder->len),
		               span_of(decoder->signature, decoder->len)))
			return decoder->decode(image, ret);
	}
	return PICTURE_UNSUPPORTED;
}

enum picture_status picture_render(struct span image, uint32_t side_max,
                                   struct picture *ret)
{
	CLEANUP(raster_release) struct raster raster = { 0 };
	enum picture_status status = PICTURE_TOO_LARGE;

	if (image.len <= PICTURE_INPUT_MAX)
		status = decode(image, &raster);
	if (status != PICTURE_RENDERED)
		return status;
	if (!raster_shrink(&raster, side_max))
		return PICTURE_TOO_LARGE;
	return jpeg_encode(&raster, ret);
}

void picture_release(struct picture *picture)
{
	if (picture == NULL)
		return;
	free(picture->at);
	*picture = (struct picture){ 0 };
}
