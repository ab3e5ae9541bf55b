/* SPDX-License-Identifier: Apache-2.0 */
/* Face records: ISO/IEC 19794-5:2005 5 and ISO/IEC 39794-5 annex A. */
#include "apdu/lds/face.h"

#include "apdu/lds/image.h"
#include "apdu/tlv/tlv.h"

/* ISO/IEC 19794-5:2005, tables 1 to 4: lengths in bytes. */
enum {
	FACIAL_HEADER_LEN = 14,
	FACIAL_VERSION_OFFSET = 4,
	FACIAL_COUNT_OFFSET = 12,
	FACE_INFORMATION_LEN = 20,
	FACE_POINTS_OFFSET = 4,
	FEATURE_POINT_LEN = 8,
	IMAGE_INFORMATION_LEN = 12,
	IMAGE_WIDTH_OFFSET = 2,
	IMAGE_HEIGHT_OFFSET = 4,
};

static const uint8_t format_identifier[] = { 'F', 'A', 'C', 0 };

static enum cccd_err take(struct span *rest, size_t len, struct span *ret)
{
	TRY(span_sub(*rest, 0, len, ret));
	*rest = span_after(*rest, len);
	return CCCD_OK;
}

static uint32_t number_at(struct span bytes, size_t offset, size_t len)
{
	uint32_t number = 0;

	for (size_t i = offset; i < offset + len && i < bytes.len; i++)
		number = number << 8 | bytes.at[i];
	return number;
}

static enum cccd_err add(struct cccd_face *faces, size_t *count,
                         const struct cccd_face *face)
{
	if (*count == CCCD_FACES_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	faces[(*count)++] = *face;
	return CCCD_OK;
}

/* One facial record: information, feature points, image [19794-5 5.5-5.8]. */
static enum cccd_err read_record(struct span *rest, struct cccd_face *face)
{
	struct span information = { 0 };
	struct span record = { 0 };
	struct span part = { 0 };
	size_t points = 0;

	TRY(span_sub(*rest, 0, FACE_INFORMATION_LEN, &information));
	TRY(take(rest, number_at(information, 0, 4), &record));
	TRY(take(&record, FACE_INFORMATION_LEN, &part));
	points = number_at(information, FACE_POINTS_OFFSET, 2);
	TRY(take(&record, points * FEATURE_POINT_LEN, &part));
	TRY(take(&record, IMAGE_INFORMATION_LEN, &part));
	face->declared_width = number_at(part, IMAGE_WIDTH_OFFSET, 2);
	face->declared_height = number_at(part, IMAGE_HEIGHT_OFFSET, 2);
	if (record.len == 0)
		return CCCD_ERR_DATA_MISSING;
	face->image = image_look(record);
	return CCCD_OK;
}

/* Facial record header [19794-5 5.4]; the block's own length is the bound */
static enum cccd_err read_19794(const struct cccd_face *form, struct span data,
                                struct cccd_face *faces, size_t *count)
{
	struct span header = { 0 };
	size_t images = 0;

	TRY(take(&data, FACIAL_HEADER_LEN, &header));
	if (!span_equal(span_first(header, sizeof(format_identifier)),
	                SPAN(format_identifier)))
		return CCCD_ERR_DATA_UNSUPPORTED; /* The edition of 2011, "030",
		                                     has other headers
		                                     [9303-10 4.7.2.1]. */
	if (header.at[FACIAL_VERSION_OFFSET + 1] != '1')
		return CCCD_ERR_DATA_UNSUPPORTED;
	images = number_at(header, FACIAL_COUNT_OFFSET, 2);
	if (images == 0)
		return CCCD_ERR_DATA_MISSING;
	for (size_t i = 0; i < images; i++) {
		struct cccd_face face = *form;

		TRY(read_record(&data, &face));
		TRY(add(faces, count, &face));
	}
	return CCCD_OK;
}

/* ISO/IEC 39794-5 annex A; the tags are automatic, so they count from 0. */
enum {
	TAG_STANDARDIZED = 0xA1,
	TAG_FACE_IMAGE_DATA_BLOCK = 0x65,
	TAG_REPRESENTATION_BLOCKS = 0xA1,
	TAG_IMAGE_REPRESENTATION = 0xA1,
	TAG_BASE = 0xA0,
	TAG_2D_BLOCK = 0xA0,
	TAG_DATA_2D = 0x80,
	TAG_INFORMATION_2D = 0xA1,
	TAG_IMAGE_SIZE = 0xA7,
	TAG_WIDTH = 0x80,
	TAG_HEIGHT = 0x81,
};

/* The first object with @tag of this level, whatever stands before it. */
static enum cccd_err find(struct span level, uint32_t tag, struct span *ret)
{
	struct tlv_reader reader = tlv_open(level);
	struct tlv object = { 0 };

	do {
		TRY(tlv_next(&reader, &object));
	} while (object.tag != tag);
	*ret = object.value;
	return CCCD_OK;
}

static enum cccd_err find_path(struct span level, const uint8_t *tags,
                               size_t count, struct span *ret)
{
	for (size_t i = 0; i < count; i++)
		TRY(find(level, tags[i], &level));
	*ret = level;
	return CCCD_OK;
}

/* Optional, and only a hint: the image's own header counts. */
static uint32_t declared(struct span block, uint8_t tag)
{
	const uint8_t path[] = { TAG_INFORMATION_2D, TAG_IMAGE_SIZE, tag };
	struct span value = { 0 };
	uint32_t number = 0;

	if (find_path(block, path, sizeof(path), &value) != CCCD_OK ||
	    tlv_unsigned(value, &number) != CCCD_OK)
		return 0;
	return number;
}

static enum cccd_err read_representation(struct span value,
                                         struct cccd_face *face)
{
	static const uint8_t path[] = { TAG_IMAGE_REPRESENTATION, TAG_BASE,
		                        TAG_2D_BLOCK };
	struct span block = { 0 };
	struct span image = { 0 };

	TRY(find_path(value, path, sizeof(path), &block));
	TRY(find(block, TAG_DATA_2D, &image));
	face->declared_width = declared(block, TAG_WIDTH);
	face->declared_height = declared(block, TAG_HEIGHT);
	face->image = image_look(image);
	return CCCD_OK;
}

/* [9303-10 4.5.6 table 2; 39794-5 annex A] */
static enum cccd_err read_39794(const struct cccd_face *form, struct span data,
                                struct cccd_face *faces, size_t *count)
{
	static const uint8_t path[] = { TAG_STANDARDIZED,
		                        TAG_FACE_IMAGE_DATA_BLOCK,
		                        TAG_REPRESENTATION_BLOCKS };
	struct tlv_reader reader = { 0 };
	struct span blocks = { 0 };
	struct span value = { 0 };

	TRY(find_path(data, path, sizeof(path), &blocks));
	reader = tlv_open(blocks);
	if (tlv_at_end(&reader))
		return CCCD_ERR_DATA_MISSING;
	while (!tlv_at_end(&reader)) {
		struct cccd_face face = *form;

		TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
		TRY(read_representation(value, &face));
		TRY(add(faces, count, &face));
	}
	return CCCD_OK;
}

enum cccd_err faces_read(const struct biometric_template *template,
                         struct cccd_face *faces, size_t *count)
{
	const struct cccd_face form = {
		.standard = template->standard,
		.format_owner = template->format_owner,
		.format_type = template->format_type,
	};

	switch (template->standard) {
	case CCCD_BIOMETRIC_UNKNOWN: break;
	case CCCD_BIOMETRIC_ISO_19794:
		return read_19794(&form, template->data, faces, count);
	case CCCD_BIOMETRIC_ISO_39794:
		return read_39794(&form, template->data, faces, count);
	}
	return CCCD_ERR_DATA_MISSING;
}
