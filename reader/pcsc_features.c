/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader says of itself: PC/SC part 10. */
#include "reader/pcsc_features.h"

#include <winscard.h>

#include <reader.h>

enum {
	HEAD_LEN = 2,
	VALUE_LEN = 4,
	/* Longest data field that the property may state. */
	DATA_MAX = 65536,
	DATA_MIN = 256,
	/* CLA INS P1 P2, three bytes of Lc, three of Le. */
	EXTENDED_HEAD = 4 + 3 + 3,
	STATUS_LEN = 2,
};

/* The value of @tag; one level, every length checked. */
static bool find(struct span list, uint8_t tag, struct span *ret)
{
	while (list.len >= HEAD_LEN) {
		size_t len = list.at[1];

		if (len > list.len - HEAD_LEN)
			return false;
		if (list.at[0] == tag) {
			*ret = span_of(list.at + HEAD_LEN, len);
			return true;
		}
		list = span_after(list, HEAD_LEN + len);
	}
	return false;
}

uint32_t features_find(struct span list, uint8_t tag)
{
	struct span value = { 0 };
	uint32_t code = 0;

	if (!find(list, tag, &value) || value.len != VALUE_LEN)
		return 0;
	for (size_t i = 0; i < VALUE_LEN; i++)
		code = code << 8 | value.at[i];
	return code;
}

static size_t at_most(size_t value, size_t max)
{
	return value < max ? value : max;
}

bool features_bound_card(struct span properties, struct reader_card *card)
{
	struct span value = { 0 };
	uint32_t data = 0;

	if (!find(properties, PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize,
	          &value) ||
	    value.len != VALUE_LEN)
		return false;
	for (size_t i = VALUE_LEN; i-- > 0;)
		data = data << 8 | value.at[i];
	if (data == 0) {
		card->max_command = READER_SHORT_COMMAND_MAX;
		card->max_response = READER_SHORT_RESPONSE_MAX;
	} else if (data >= DATA_MIN && data <= DATA_MAX) {
		card->max_command =
		        at_most(data + EXTENDED_HEAD, READER_COMMAND_MAX);
		card->max_response =
		        at_most(data + STATUS_LEN, READER_RESPONSE_MAX);
	} else {
		return false;
	}
	return true;
}
