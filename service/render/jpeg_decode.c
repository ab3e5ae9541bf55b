/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG to pixels [ISO/IEC 10918-1]. */
#include "service/render/picture.h"

#include "base/macros.h"
#include "service/render/jpeg_error.h"

/* A progressive picture has about ten; each costs a pass over all of it. */
enum { SCANS_MAX = 64 };

/* What outlives the jump: reached through a pointer, never a register. */
struct decoding {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error error;
	struct jpeg_progress_mgr progress;
	struct raster raster;
};

static void count_scans(j_common_ptr common)
{
	const struct jpeg_decompress_struct *jpeg =
	        (struct jpeg_decompress_struct *)(void *)common;

	if (jpeg->input_scan_number > SCANS_MAX)
		jpeg_error_leave(common, PICTURE_TOO_LARGE);
}

static void start(struct decoding *work, struct span image)
{
	struct jpeg_decompress_struct *jpeg = &work->jpeg;
	j_common_ptr common = (j_common_ptr)(void *)jpeg;

	jpeg_create_decompress(jpeg);
	jpeg_mem_src(jpeg, image.at, (unsigned long)image.len);
	work->progress.progress_monitor = count_scans;
	jpeg->progress = &work->progress;
	(void)jpeg_read_header(jpeg, TRUE);
	if (!raster_fits(jpeg->image_width, jpeg->image_height))
		jpeg_error_leave(common, PICTURE_TOO_LARGE);
	if (jpeg->jpeg_color_space == JCS_CMYK ||
	    jpeg->jpeg_color_space == JCS_YCCK)
		jpeg_error_leave(common, PICTURE_UNSUPPORTED);
	jpeg->out_color_space =
	        jpeg->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
}

static void decode(struct decoding *work)
{
	struct jpeg_decompress_struct *jpeg = &work->jpeg;
	struct raster *raster = &work->raster;

	(void)jpeg_start_decompress(jpeg);
	if (!raster_make(jpeg->output_width, jpeg->output_height,
	                 (uint32_t)jpeg->output_components, raster))
		jpeg_error_leave((j_common_ptr)(void *)jpeg, PICTURE_TOO_LARGE);
	while (jpeg->output_scanline < jpeg->output_height) {
		JSAMPROW row = raster->at + (size_t)jpeg->output_scanline *
		                                    raster->width *
		                                    raster->channels;

		(void)jpeg_read_scanlines(jpeg, &row, 1);
	}
	(void)jpeg_finish_decompress(jpeg);
}

/* Apart from its caller: what changes before a jump must not be local. */
static void run(struct decoding *work, struct span image)
{
	work->jpeg.err = jpeg_error_init(&work->error);
	if (setjmp(work->error.back) != 0)
		return;
	start(work, image);
	decode(work);
	work->error.status = PICTURE_RENDERED;
}

enum picture_status jpeg_decode(struct span image, struct raster *ret)
{
	struct decoding work = { 0 };

	run(&work, image);
	jpeg_destroy_decompress(&work.jpeg);
	if (work.error.status == PICTURE_RENDERED)
		*ret = work.raster;
	else
		raster_release(&work.raster);
	return work.error.status;
}
