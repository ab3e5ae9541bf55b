/* SPDX-License-Identifier: Apache-2.0 */
/* Displayed portrait and signature, Doc 9303-10 4.7.5 and 4.7.7. */
#include "apdu/lds/dg5.h"

#include "apdu/lds/image.h"
#include "apdu/tlv/tlv.h"

enum {
	TAG_DG5 = 0x65,
	TAG_PORTRAIT = 0x5F40,
	TAG_DG7 = 0x67,
	TAG_SIGNATURE = 0x5F43,
};

static enum cccd_err read_images(struct span file, uint32_t tag,
                                 uint32_t image_tag, struct cccd_images *ret)
{
	struct cccd_images images = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(file, tag, &value));
	reader = tlv_open(value);
	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_INTEGER)
			TRY(tlv_unsigned(object.value, &images.declared_count));
		if (object.tag != image_tag)
			continue;
		if (images.count == CCCD_IMAGES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		images.images[images.count++] = image_look(object.value);
	}
	if (images.count == 0)
		return CCCD_ERR_DATA_MISSING;
	*ret = images;
	return CCCD_OK;
}

enum cccd_err dg5_parse(struct span file, struct cccd_images *ret)
{
	return read_images(file, TAG_DG5, TAG_PORTRAIT, ret);
}

enum cccd_err dg7_parse(struct span file, struct cccd_images *ret)
{
	return read_images(file, TAG_DG7, TAG_SIGNATURE, ret);
}
