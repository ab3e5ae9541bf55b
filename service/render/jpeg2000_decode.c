/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG 2000 to pixels [ISO/IEC 15444-1]. */
#include "service/render/picture.h"

#include <stdlib.h>

#include <openjpeg.h>

#include "base/macros.h"
#include "service/render/jpeg2000_size.h"

enum { STREAM_CHUNK = 65536, COLOURS = 3 };

/* The image as the library's stream sees it. */
struct source {
	struct span image;
	size_t offset;
};

/* The codec's three objects, freed together. */
struct decoding {
	opj_codec_t *codec;
	opj_stream_t *stream;
	opj_image_t *image;
};

static OPJ_SIZE_T take(void *buffer, OPJ_SIZE_T len, void *context)
{
	struct source *source = context;
	struct span rest = span_after(source->image, source->offset);

	if (rest.len == 0)
		return (OPJ_SIZE_T)-1;
	if (len > rest.len)
		len = rest.len;
	memcpy(buffer, rest.at, len);
	source->offset += len;
	return len;
}

static OPJ_OFF_T skip(OPJ_OFF_T len, void *context)
{
	struct source *source = context;

	if (len < 0 || (uint64_t)len > source->image.len - source->offset)
		return -1;
	source->offset += (size_t)len;
	return len;
}

static OPJ_BOOL seek(OPJ_OFF_T offset, void *context)
{
	struct source *source = context;

	if (offset < 0 || (uint64_t)offset > source->image.len)
		return OPJ_FALSE;
	source->offset = (size_t)offset;
	return OPJ_TRUE;
}

static void decoding_release(struct decoding *work)
{
	opj_image_destroy(work->image);
	opj_destroy_codec(work->codec);
	opj_stream_destroy(work->stream);
}

/* The parameters are mostly names of files: too large for the stack. */
static bool set_up(opj_codec_t *codec)
{
	opj_dparameters_t *parameters = calloc(1, sizeof(*parameters));
	bool good = false;

	if (parameters == NULL)
		return false;
	opj_set_default_decoder_parameters(parameters);
	/* A picture cut short is no picture: see the JPEG decoder. */
	good = opj_setup_decoder(codec, parameters) &&
	       opj_decoder_set_strict_mode(codec, OPJ_TRUE);
	free(parameters);
	return good;
}

static bool open_source(struct source *source, bool boxed,
                        struct decoding *work)
{
	work->stream = opj_stream_create(STREAM_CHUNK, OPJ_TRUE);
	work->codec =
	        opj_create_decompress(boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
	if (work->stream == NULL || work->codec == NULL)
		return false;
	opj_stream_set_read_function(work->stream, take);
	opj_stream_set_skip_function(work->stream, skip);
	opj_stream_set_seek_function(work->stream, seek);
	opj_stream_set_user_data(work->stream, source, NULL);
	opj_stream_set_user_data_length(work->stream, source->image.len);
	return set_up(work->codec);
}

static enum picture_status decode(struct decoding *work)
{
	if (!opj_read_header(work->stream, work->codec, &work->image) ||
	    work->image == NULL || work->image->numcomps == 0)
		return PICTURE_MALFORMED;
	/* The library's own reading of the size has to pass as well. */
	if (work->image->numcomps > JPEG2000_COMPONENTS_MAX ||
	    !raster_fits(work->image->comps[0].w, work->image->comps[0].h))
		return PICTURE_TOO_LARGE;
	if (!opj_decode(work->codec, work->stream, work->image) ||
	    !opj_end_decompress(work->codec, work->stream))
		return PICTURE_MALFORMED;
	return PICTURE_RENDERED;
}

/* One sample as eight bits without a sign, whatever its depth. */
static uint8_t sample(const opj_image_comp_t *component, size_t at)
{
	int64_t value = component->data[at];
	int64_t top = ((int64_t)1 << component->prec) - 1;

	if (component->sgnd)
		value += (int64_t)1 << (component->prec - 1);
	if (value < 0)
		value = 0;
	if (value > top)
		value = top;
	return (uint8_t)((value * 255 + top / 2) / top);
}

/* A component may have fewer samples than the first one: the nearest. */
static void copy_component(const opj_image_comp_t *component, uint32_t channel,
                           struct raster *raster)
{
	uint8_t *to = raster->at + channel;

	for (uint32_t y = 0; y < raster->height; y++) {
		size_t row =
		        (size_t)((uint64_t)y * component->h / raster->height) *
		        component->w;

		for (uint32_t x = 0; x < raster->width; x++) {
			size_t column = (size_t)((uint64_t)x * component->w /
			                         raster->width);

			*to = sample(component, row + column);
			to += raster->channels;
		}
	}
}

static uint8_t clamp(int32_t value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* sYCC to RGB in 16-bit fixed point [IEC 61966-2-1 annex G]. */
static void from_ycc(struct raster *raster)
{
	size_t pixels = (size_t)raster->width * raster->height;
	uint8_t *at = raster->at;

	for (size_t i = 0; i < pixels; i++, at += COLOURS) {
		int32_t y = at[0];
		int32_t cb = at[1] - 128;
		int32_t cr = at[2] - 128;

		at[0] = clamp(y + (91881 * cr + 32768) / 65536);
		at[1] = clamp(y - (22554 * cb + 46802 * cr + 32768) / 65536);
		at[2] = clamp(y + (116130 * cb + 32768) / 65536);
	}
}

static bool complete(const opj_image_t *image, uint32_t channels)
{
	for (uint32_t i = 0; i < channels; i++) {
		const opj_image_comp_t *component = &image->comps[i];

		if (component->data == NULL || component->w == 0 ||
		    component->h == 0 || component->prec == 0 ||
		    component->prec > 31)
			return false;
	}
	return true;
}

/* One or two components are grey (and alpha), more are a colour. */
static enum picture_status make_raster(const opj_image_t *image,
                                       struct raster *ret)
{
	uint32_t channels = image->numcomps < COLOURS ? 1 : COLOURS;

	if (image->color_space == OPJ_CLRSPC_CMYK ||
	    image->color_space == OPJ_CLRSPC_EYCC)
		return PICTURE_UNSUPPORTED;
	if (!complete(image, channels))
		return PICTURE_MALFORMED;
	if (!raster_make(image->comps[0].w, image->comps[0].h, channels, ret))
		return PICTURE_TOO_LARGE;
	for (uint32_t i = 0; i < channels; i++)
		copy_component(&image->comps[i], i, ret);
	/* Colours at less than full size can only be colour differences. */
	if (channels == COLOURS && (image->color_space == OPJ_CLRSPC_SYCC ||
	                            image->comps[1].w < image->comps[0].w))
		from_ycc(ret);
	return PICTURE_RENDERED;
}

enum picture_status jpeg2000_decode(struct span image, struct raster *ret)
{
	CLEANUP(decoding_release) struct decoding work = { 0 };
	struct source source = { .image = image };
	bool boxed = false;
	enum picture_status status = jpeg2000_check_size(image, &boxed);

	if (status != PICTURE_RENDERED)
		return status;
	if (!open_source(&source, boxed, &work))
		return PICTURE_TOO_LARGE;
	status = decode(&work);
	if (status != PICTURE_RENDERED)
		return status;
	return make_raster(work.image, ret);
}
