/* SPDX-License-Identifier: Apache-2.0 */
/* EF.ATR/INFO [9303-10 3.11.1] and historical bytes [7816-4 12.1.1]. */
#include "apdu/lds/atr_info.h"

#include "apdu/tlv/tlv.h"

enum {
	TAG_CARD_CAPABILITIES = 0x47,
	TAG_EXTENDED_LENGTH = 0x7F66,
	/* Compact-TLV: the tag's second half, and category indicators. */
	COMPACT_CARD_CAPABILITIES = 0x7,
	CATEGORY_STATUS_AT_END = 0x00,
	CATEGORY_COMPACT = 0x80,
	STATUS_LEN = 3,
};

/* One to three bytes of software functions [7816-4 12.1.1.9]. */
static struct cccd_card_capabilities capabilities_of(struct span value)
{
	uint8_t functions[3] = { 0 };
	struct span known = span_first(value, sizeof(functions));

	for (size_t i = 0; i < known.len; i++)
		functions[i] = known.at[i];
	return (struct cccd_card_capabilities){
		.present = known.len > 0,
		.select_by_df_name = (functions[0] & 0x80) != 0,
		.short_ef_identifier = (functions[0] & 0x04) != 0,
		.command_chaining = (functions[2] & 0x80) != 0,
		.extended_length = (functions[2] & 0x40) != 0,
		.extended_length_information = (functions[2] & 0x20) != 0,
	};
}

/* Two INTEGERs: command, then response [9303-10 table 29] */
static enum cccd_err read_extended_length(struct span value,
                                          struct cccd_atr_info *info)
{
	struct tlv_reader reader = tlv_open(value);
	struct span command = { 0 };
	struct span response = { 0 };

	TRY(tlv_expect(&reader, TAG_INTEGER, &command));
	TRY(tlv_expect(&reader, TAG_INTEGER, &response));
	TRY(tlv_unsigned(command, &info->max_command));
	return tlv_unsigned(response, &info->max_response);
}

static bool at_padding(const struct tlv_reader *reader)
{
	return tlv_at_end(reader) || reader->rest.at[0] == 0x00 ||
	       reader->rest.at[0] == 0xFF;
}

enum cccd_err atr_info_parse(struct span file, struct cccd_atr_info *ret)
{
	struct cccd_atr_info info = { 0 };
	struct tlv_reader reader = tlv_open(file);
	struct tlv object = { 0 };

	while (!at_padding(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_CARD_CAPABILITIES)
			info.capabilities = capabilities_of(object.value);
		if (object.tag == TAG_EXTENDED_LENGTH)
			TRY(read_extended_length(object.value, &info));
	}
	*ret = info;
	return CCCD_OK;
}

struct cccd_card_capabilities historical_bytes_look(struct span bytes)
{
	struct span rest = span_after(bytes, 1);
	struct cccd_card_capabilities none = { 0 };

	if (bytes.len == 0)
		return none;
	if (bytes.at[0] == CATEGORY_STATUS_AT_END && rest.len >= STATUS_LEN)
		rest = span_first(rest, rest.len - STATUS_LEN);
	else if (bytes.at[0] != CATEGORY_COMPACT)
		return none;
	while (rest.len > 0) {
		size_t len = rest.at[0] & 0x0F;
		unsigned int tag = rest.at[0] >> 4;

		rest = span_after(rest, 1);
		if (len > rest.len)
			return none;
		if (tag == COMPACT_CARD_CAPABILITIES)
			return capabilities_of(span_first(rest, len));
		rest = span_after(rest, len);
	}
	return none;
}
