/* SPDX-License-Identifier: Apache-2.0 */
/* Biometric information templates, Doc 9303-10 4.7.2.1. */
#include "apdu/lds/biometric.h"

enum {
	TAG_GROUP = 0x7F61,
	TAG_TEMPLATE = 0x7F60,
	TAG_HEADER = 0xA1,
	TAG_DATA_19794 = 0x5F2E,
	TAG_DATA_39794 = 0x7F2E,
	TAG_FORMAT_OWNER = 0x87,
	TAG_FORMAT_TYPE = 0x88,
};

enum cccd_err biometric_open(struct span file, uint32_t tag,
                             struct tlv_reader *ret, uint32_t *ret_count)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	struct span count = { 0 };
	uint32_t number = 0;
	bool present = false;

	TRY(tlv_only(file, tag, &value));
	/* [9303-10 4.7.3.2.2] issuer's data (53) may stand beside the group. */
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_GROUP, &value));
	reader = tlv_open(value);
	TRY(tlv_optional(&reader, TAG_INTEGER, &count, &present));
	if (present)
		TRY(tlv_unsigned(count, &number));
	*ret = reader;
	*ret_count = number;
	return CCCD_OK;
}

static enum cccd_err read_header(struct span value,
                                 struct biometric_template *template)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };

	while (!tlv_at_end(&reader)) {
		uint16_t number = 0;

		TRY(tlv_next(&reader, &object));
		if (object.value.len != 2)
			continue;
		number = (uint16_t)(object.value.at[0] << 8 |
		                    object.value.at[1]);
		if (object.tag == TAG_FORMAT_OWNER)
			template->format_owner = number;
		if (object.tag == TAG_FORMAT_TYPE)
			template->format_type = number;
	}
	return CCCD_OK;
}

static enum cccd_err read_object(const struct tlv *object,
                                 struct biometric_template *template)
{
	if (object->tag == TAG_HEADER)
		return read_header(object->value, template);
	if (object->tag != TAG_DATA_19794 && object->tag != TAG_DATA_39794)
		return CCCD_OK;
	if (template->standard != CCCD_BIOMETRIC_UNKNOWN)
		return CCCD_ERR_DATA_DUPLICATE;
	template->standard = object->tag == TAG_DATA_19794
	                             ? CCCD_BIOMETRIC_ISO_19794
	                             : CCCD_BIOMETRIC_ISO_39794;
	template->data = object->value;
	return CCCD_OK;
}

enum cccd_err biometric_next(struct tlv_reader *reader,
                             struct biometric_template *ret)
{
	struct biometric_template template = { 0 };
	struct tlv_reader ahead = *reader;
	struct tlv_reader inner = { 0 };
	struct tlv object = { 0 };

	do {
		TRY(tlv_next(&ahead, &object));
	} while (object.tag != TAG_TEMPLATE);
	inner = tlv_open(object.value);
	while (!tlv_at_end(&inner)) {
		TRY(tlv_next(&inner, &object));
		TRY(read_object(&object, &template));
	}
	*reader = ahead;
	*ret = template;
	return CCCD_OK;
}
