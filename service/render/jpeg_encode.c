/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels to a baseline JPEG without metadata [ISO/IEC 10918-1]. */
#include "service/render/picture.h"

#include <stdlib.h>

#include "base/macros.h"
#include "service/render/jpeg_error.h"

enum { QUALITY = 90 };

/* @at: PICTURE_OUTPUT_MAX bytes; the picture has to fit. */
struct encoding {
	struct jpeg_compress_struct jpeg;
	struct jpeg_error error;
	struct jpeg_destination_mgr destination;
	uint8_t *at;
	size_t len;
};

static void begin(j_compress_ptr jpeg)
{
	(void)jpeg;
}

static boolean refuse_more(j_compress_ptr jpeg)
{
	jpeg_error_leave((j_common_ptr)(void *)jpeg, PICTURE_TOO_LARGE);
}

static void write_to(struct encoding *work)
{
	work->destination = (struct jpeg_destination_mgr){
		.next_output_byte = work->at,
		.free_in_buffer = PICTURE_OUTPUT_MAX,
		.init_destination = begin,
		.empty_output_buffer = refuse_more,
		.term_destination = begin,
	};
	work->jpeg.dest = &work->destination;
}

static void encode(struct encoding *work, const struct raster *raster)
{
	struct jpeg_compress_struct *jpeg = &work->jpeg;

	jpeg_create_compress(jpeg);
	write_to(work);
	jpeg->image_width = raster->width;
	jpeg->image_height = raster->height;
	jpeg->input_components = (int)raster->channels;
	jpeg->in_color_space = raster->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, QUALITY, TRUE);
	jpeg_start_compress(jpeg, TRUE);
	while (jpeg->next_scanline < jpeg->image_height) {
		JSAMPROW row = raster->at + (size_t)jpeg->next_scanline *
		                                    raster->width *
		                                    raster->channels;

		(void)jpeg_write_scanlines(jpeg, &row, 1);
	}
	jpeg_finish_compress(jpeg);
	work->len = PICTURE_OUTPUT_MAX - work->destination.free_in_buffer;
}

/* Apart from its caller: what changes before a jump must not be local. */
static void run(struct encoding *work, const struct raster *raster)
{
	work->jpeg.err = jpeg_error_init(&work->error);
	if (setjmp(work->error.back) != 0)
		return;
	encode(work, raster);
	work->error.status = PICTURE_RENDERED;
}

enum picture_status jpeg_encode(const struct raster *raster,
                                struct picture *ret)
{
	struct encoding work = { .at = malloc(PICTURE_OUTPUT_MAX) };

	if (work.at == NULL)
		return PICTURE_TOO_LARGE;
	run(&work, raster);
	jpeg_destroy_compress(&work.jpeg);
	if (work.error.status != PICTURE_RENDERED) {
		free(work.at);
		return work.error.status;
	}
	*ret = (struct picture){ .at = work.at,
		                 .len = work.len,
		                 .width = raster->width,
		                 .height = raster->height };
	return PICTURE_RENDERED;
}
