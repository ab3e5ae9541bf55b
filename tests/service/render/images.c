/* SPDX-License-Identifier: Apache-2.0 */
/* Making images with the encoders of the libraries under test. */
#include "tests/service/render/images.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <openjpeg.h>

enum { STREAM_MAX = 16 << 20, PATH_LEN = 512, BLUE = 100 };

static void insist(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "images: %s\n", what);
	abort();
}

uint8_t image_sample(const struct image_form *form, uint32_t x, uint32_t y,
                     uint32_t channel)
{
	uint32_t right = form->width > 1 ? x * 255 / (form->width - 1) : 0;
	uint32_t down = form->height > 1 ? y * 255 / (form->height - 1) : 0;

	switch (channel) {
	case 0: return (uint8_t)right;
	case 1: return form->components == 2 ? 255 : (uint8_t)down;
	case 2: return BLUE;
	default: return 255;
	}
}

static void set_form(const struct image_form *form, j_compress_ptr jpeg)
{
	static const J_COLOR_SPACE spaces[] = { JCS_UNKNOWN, JCS_GRAYSCALE,
		                                JCS_UNKNOWN, JCS_RGB,
		                                JCS_CMYK };

	jpeg->image_width = form->width;
	jpeg->image_height = form->height;
	jpeg->input_components = (int)form->components;
	jpeg->in_color_space = spaces[form->components];
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, 95, TRUE);
	if (form->kind == IMAGE_JPEG_PROGRESSIVE)
		jpeg_simple_progression(jpeg);
}

static uint8_t *make_jpeg(const struct image_form *form, size_t *ret_len)
{
	struct jpeg_compress_struct jpeg = { 0 };
	struct jpeg_error_mgr error;
	unsigned char *out = NULL;
	unsigned long len = 0;
	uint8_t *row = malloc((size_t)form->width * form->components);

	insist(row != NULL, "no memory");
	jpeg.err = jpeg_std_error(&error);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &out, &len);
	set_form(form, &jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	/* Metadata that must not come out again. */
	jpeg_write_marker(&jpeg, JPEG_COM, (const JOCTET *)"secret", 6);
	jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (const JOCTET *)"Exif", 5);
	for (uint32_t y = 0; y < form->height; y++) {
		for (uint32_t x = 0; x < form->width; x++)
			for (uint32_t i = 0; i < form->components; i++)
				row[x * form->components + i] =
				        image_sample(form, x, y, i);
		(void)jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	free(row);
	*ret_len = len;
	return out;
}

/* A file in memory for the JPEG 2000 encoder, which goes back in it. */
struct memory {
	uint8_t *at;
	size_t offset;
	size_t len;
};

static OPJ_SIZE_T put(void *buffer, OPJ_SIZE_T len, void *context)
{
	struct memory *memory = context;

	insist(len <= STREAM_MAX - memory->offset, "too large");
	memcpy(memory->at + memory->offset, buffer, len);
	memory->offset += len;
	if (memory->len < memory->offset)
		memory->len = memory->offset;
	return len;
}

static OPJ_BOOL seek(OPJ_OFF_T offset, void *context)
{
	struct memory *memory = context;

	insist(offset >= 0 && offset <= STREAM_MAX, "seek");
	memory->offset = (size_t)offset;
	return OPJ_TRUE;
}

static OPJ_OFF_T skip(OPJ_OFF_T len, void *context)
{
	struct memory *memory = context;

	(void)seek((OPJ_OFF_T)memory->offset + len, context);
	return len;
}

/* RGB to the component of sYCC that is asked for. */
static double to_ycc(const double rgb[static 3], uint32_t component)
{
	double y = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];

	if (component == 0)
		return y;
	return component == 1 ? 128 + (rgb[2] - y) * 0.564
	                      : 128 + (rgb[0] - y) * 0.713;
}

static OPJ_INT32 value_of(const struct image_form *form, uint32_t x, uint32_t y,
                          uint32_t component)
{
	double value = image_sample(form, x, y, component);
	double top = (double)((1U << form->bits) - 1);
	OPJ_INT32 whole;

	if (form->ycc) {
		const double rgb[] = { image_sample(form, x, y, 0),
			               image_sample(form, x, y, 1),
			               image_sample(form, x, y, 2) };

		value = to_ycc(rgb, component);
	}
	whole = (OPJ_INT32)(value * top / 255 + 0.5);
	return form->is_signed ? whole - (1 << (form->bits - 1)) : whole;
}

static void fill(const struct image_form *form, opj_image_t *image)
{
	for (uint32_t i = 0; i < image->numcomps; i++) {
		opj_image_comp_t *component = &image->comps[i];

		for (uint32_t y = 0; y < component->h; y++)
			for (uint32_t x = 0; x < component->w; x++)
				component->data[y * component->w + x] =
				        value_of(form, x * component->dx,
				                 y * component->dy, i);
	}
}

static opj_image_t *make_image(const struct image_form *form)
{
	opj_image_cmptparm_t parameters[4] = { 0 };
	opj_image_t *image = NULL;
	OPJ_COLOR_SPACE space =
	        form->components < 3 ? OPJ_CLRSPC_GRAY : OPJ_CLRSPC_SRGB;

	for (uint32_t i = 0; i < form->components; i++) {
		uint32_t step = form->ycc && i > 0 ? 2 : 1;

		parameters[i].dx = step;
		parameters[i].dy = step;
		parameters[i].w = (form->width + step - 1) / step;
		parameters[i].h = (form->height + step - 1) / step;
		parameters[i].x0 = form->offset;
		parameters[i].y0 = form->offset;
		parameters[i].prec = form->bits;
		parameters[i].sgnd = form->is_signed;
	}
	image = opj_image_create(form->components, parameters,
	                         form->ycc ? OPJ_CLRSPC_SYCC : space);
	insist(image != NULL, "no image");
	image->x0 = form->offset;
	image->y0 = form->offset;
	image->x1 = form->offset + form->width;
	image->y1 = form->offset + form->height;
	fill(form, image);
	return image;
}

static opj_codec_t *make_codec(const struct image_form *form,
                               opj_image_t *image)
{
	opj_codec_t *codec = opj_create_compress(
	        form->kind == IMAGE_JP2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
	opj_cparameters_t *parameters = calloc(1, sizeof(*parameters));

	insist(codec != NULL && parameters != NULL, "no codec");
	opj_set_default_encoder_parameters(parameters);
	parameters->irreversible = !form->lossless;
	parameters->tcp_numlayers = 1;
	parameters->tcp_rates[0] = form->lossless ? 1 : 4;
	parameters->cp_disto_alloc = 1;
	parameters->numresolution = form->width < 64 ? 3 : 6;
	parameters->tcp_mct = form->components == 3 && !form->ycc;
	if (form->tile > 0) {
		parameters->tile_size_on = OPJ_TRUE;
		parameters->cp_tdx = (int)form->tile;
		parameters->cp_tdy = (int)form->tile;
	}
	insist(opj_setup_encoder(codec, parameters, image), "bad parameters");
	free(parameters);
	return codec;
}

static uint8_t *make_jpeg2000(const struct image_form *form, size_t *ret_len)
{
	struct memory memory = { .at = malloc(STREAM_MAX) };
	opj_stream_t *stream = opj_stream_create(65536, OPJ_FALSE);
	opj_image_t *image = make_image(form);
	opj_codec_t *codec = make_codec(form, image);

	insist(memory.at != NULL && stream != NULL, "no memory");
	opj_stream_set_write_function(stream, put);
	opj_stream_set_seek_function(stream, seek);
	opj_stream_set_skip_function(stream, skip);
	opj_stream_set_user_data(stream, &memory, NULL);
	insist(opj_start_compress(codec, image, stream) &&
	               opj_encode(codec, stream) &&
	               opj_end_compress(codec, stream),
	       "not encoded");
	opj_stream_destroy(stream);
	opj_destroy_codec(codec);
	opj_image_destroy(image);
	*ret_len = memory.len;
	return memory.at;
}

uint8_t *image_make(const struct image_form *form, size_t *ret_len)
{
	if (form->kind == IMAGE_JPEG || form->kind == IMAGE_JPEG_PROGRESSIVE)
		return make_jpeg(form, ret_len);
	return make_jpeg2000(form, ret_len);
}

struct strict {
	struct jpeg_error_mgr manager;
	jmp_buf back;
};

static void give_up(j_common_ptr common)
{
	longjmp(((struct strict *)(void *)common->err)->back, 1);
}

static void warn(j_common_ptr common, int level)
{
	if (level < 0)
		give_up(common);
}

static void read_all(struct jpeg_decompress_struct *jpeg, struct pixels *ret)
{
	(void)jpeg_start_decompress(jpeg);
	ret->width = jpeg->output_width;
	ret->height = jpeg->output_height;
	ret->channels = (uint32_t)jpeg->output_components;
	ret->at = malloc((size_t)ret->width * ret->height * ret->channels);
	insist(ret->at != NULL, "no memory");
	while (jpeg->output_scanline < jpeg->output_height) {
		JSAMPROW row = ret->at + (size_t)jpeg->output_scanline *
		                                 ret->width * ret->channels;

		(void)jpeg_read_scanlines(jpeg, &row, 1);
	}
	(void)jpeg_finish_decompress(jpeg);
}

/* Whether nothing but JFIF stands beside the picture. */
static bool is_clean(struct jpeg_decompress_struct *jpeg)
{
	bool clean = jpeg->marker_list == NULL && !jpeg->progressive_mode &&
	             jpeg->saw_JFIF_marker && !jpeg->saw_Adobe_marker;

	return clean;
}

bool image_read_jpeg(struct span bytes, struct pixels *ret)
{
	struct jpeg_decompress_struct jpeg = { 0 };
	struct strict strict;
	volatile bool good = false;

	*ret = (struct pixels){ 0 };
	jpeg.err = jpeg_std_error(&strict.manager);
	strict.manager.error_exit = give_up;
	strict.manager.emit_message = warn;
	if (setjmp(strict.back) == 0) {
		jpeg_create_decompress(&jpeg);
		jpeg_mem_src(&jpeg, bytes.at, (unsigned long)bytes.len);
		for (int i = 1; i < 16; i++)
			jpeg_save_markers(&jpeg, JPEG_APP0 + i, 0xFFFF);
		jpeg_save_markers(&jpeg, JPEG_COM, 0xFFFF);
		(void)jpeg_read_header(&jpeg, TRUE);
		good = is_clean(&jpeg);
		read_all(&jpeg, ret);
	} else {
		good = false;
	}
	jpeg_destroy_decompress(&jpeg);
	return good;
}

double image_distance(const struct pixels *a, const struct pixels *b)
{
	size_t len = (size_t)a->width * a->height * a->channels;
	double sum = 0;

	insist(a->width == b->width && a->height == b->height &&
	               a->channels == b->channels,
	       "two sizes");
	for (size_t i = 0; i < len; i++)
		sum += abs(a->at[i] - b->at[i]);
	return sum / (double)len;
}

uint8_t *image_load(const char *name, size_t *ret_len)
{
	const char *root = getenv("CCCD_SOURCE_DIR");
	char path[PATH_LEN];
	uint8_t *at = malloc(STREAM_MAX);
	FILE *file = NULL;

	insist(at != NULL, "no memory");
	(void)snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".",
	               name);
	file = fopen(path, "rb");
	insist(file != NULL, path);
	*ret_len = fread(at, 1, STREAM_MAX, file);
	(void)fclose(file);
	return at;
}
