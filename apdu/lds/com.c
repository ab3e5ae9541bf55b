/* SPDX-License-Identifier: Apache-2.0 */
/* EF.COM, Doc 9303-10 4.6.1. */
#include "apdu/lds/com.h"

#include "apdu/lds/lds.h"
#include "apdu/lds/text.h"
#include "apdu/tlv/tlv.h"

enum {
	TAG_COM = 0x60,
	TAG_LDS_VERSION = 0x5F01,
	TAG_UNICODE_VERSION = 0x5F36,
	TAG_TAG_LIST = 0x5C,
};

static enum cccd_err read_tag_list(struct span tags, struct cccd_com *com)
{
	for (size_t i = 0; i < tags.len; i++) {
		const struct lds_file *file = lds_file_by_tag(tags.at[i]);

		if (file == NULL) {
			com->unknown++;
			continue;
		}
		if (com->file_count == CCCD_COM_FILES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		com->files[com->file_count++] = file->id;
	}
	return CCCD_OK;
}

enum cccd_err com_parse(struct span file, struct cccd_com *ret)
{
	struct cccd_com com = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };
	struct span value = { 0 };
	bool has_list = false;

	TRY(tlv_only(file, TAG_COM, &value));
	reader = tlv_open(value);
	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_LDS_VERSION) {
			text_copy(object.value, com.lds_version,
			          sizeof(com.lds_version));
		} else if (object.tag == TAG_UNICODE_VERSION) {
			text_copy(object.value, com.unicode_version,
			          sizeof(com.unicode_version));
		} else if (object.tag == TAG_TAG_LIST) {
			TRY(read_tag_list(object.value, &com));
			has_list = true;
		}
	}
	if (!has_list)
		return CCCD_ERR_DATA_MISSING;
	*ret = com;
	return CCCD_OK;
}

void com_compare(const struct cccd_com *com, const struct cccd_sod *sod,
                 uint32_t *ret_missing, uint32_t *ret_extra)
{
	uint32_t in_com = 0;
	uint32_t in_sod = 0;

	for (size_t i = 0; i < com->file_count; i++)
		in_com |= UINT32_C(1) << lds_dg_number(com->files[i]);
	for (size_t i = 0; i < sod->hash_count; i++)
		if (lds_file_by_dg(sod->hashes[i].number) != NULL)
			in_sod |= UINT32_C(1) << sod->hashes[i].number;
	/* Bit 0 gathers files that are no data group. */
	*ret_missing = in_sod & ~in_com & ~UINT32_C(1);
	*ret_extra = in_com & ~in_sod & ~UINT32_C(1);
}
