/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of optional fields, driven by tables [9303-10 4.7.11-4.7.16]. */
#include "apdu/lds/fields.h"

#include "apdu/lds/date.h"
#include "apdu/lds/image.h"
#include "apdu/lds/text.h"
#include "apdu/tlv/tlv.h"

enum { TIME_TEXT_LEN = 14, TIME_BCD_LEN = 7 };

/* The members are reached by offset: the tables stand in the callers. */
static void *member(void *result, size_t offset)
{
	return (uint8_t *)result + offset;
}

static const struct field_row *row_of(const struct field_table *table,
                                      uint32_t tag)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].tag == tag)
			return &table->rows[i];
	return NULL;
}

static enum cccd_err set_bytes(struct span value, struct cccd_bytes *bytes)
{
	if (bytes->at != NULL)
		return CCCD_ERR_DATA_DUPLICATE;
	*bytes = span_bytes(value);
	return CCCD_OK;
}

static enum cccd_err set_date(struct span value, struct cccd_date *date)
{
	if (date->state != CCCD_DATE_UNKNOWN || date->text[0] != '\0')
		return CCCD_ERR_DATA_DUPLICATE;
	*date = date_parse_bcd(value);
	return CCCD_OK;
}

/* YYYYMMDDhhmmss, or the same in seven bytes of BCD. */
static enum cccd_err set_time(struct span value, char *text)
{
	if (text[0] != '\0')
		return CCCD_ERR_DATA_DUPLICATE;
	if (value.len == TIME_BCD_LEN) {
		uint8_t digits[TIME_TEXT_LEN] = { 0 };

		text_from_bcd(value, digits);
		text_copy(SPAN(digits), text, TIME_TEXT_LEN + 1);
		return CCCD_OK;
	}
	text_copy(value, text, TIME_TEXT_LEN + 1);
	return CCCD_OK;
}

static enum cccd_err set_image(struct span value, struct cccd_image *image)
{
	if (image->bytes.at != NULL)
		return CCCD_ERR_DATA_DUPLICATE;
	*image = image_look(value);
	return CCCD_OK;
}

static enum cccd_err add_to_list(struct span value, struct cccd_bytes *list,
                                 size_t *count)
{
	if (*count == CCCD_OTHER_NAMES_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	list[(*count)++] = span_bytes(value);
	return CCCD_OK;
}

static enum cccd_err set(const struct field_row *row, struct span value,
                         void *result)
{
	void *at = member(result, row->offset);

	switch (row->kind) {
	case FIELD_BYTES: return set_bytes(value, at);
	case FIELD_DATE: return set_date(value, at);
	case FIELD_TIME: return set_time(value, at);
	case FIELD_IMAGE: return set_image(value, at);
	case FIELD_LIST:
		return add_to_list(value, at, member(result, row->count));
	case FIELD_GROUP: break; /* followed one level only */
	}
	return CCCD_ERR_DATA_MALFORMED;
}

/* One level; an INTEGER only counts what stands beside it. */
static enum cccd_err read_group(struct span value,
                                const struct field_table *table, void *result,
                                size_t *unknown)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };

	while (!tlv_at_end(&reader)) {
		const struct field_row *row = NULL;

		TRY(tlv_next(&reader, &object));
		row = row_of(table, object.tag);
		if (row != NULL)
			TRY(set(row, object.value, result));
		else
			*unknown += object.tag != TAG_INTEGER;
	}
	return CCCD_OK;
}

enum cccd_err fields_read(struct span value, const struct field_table *table,
                          void *result, size_t *ret_unknown)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };
	size_t unknown = 0;

	while (!tlv_at_end(&reader)) {
		const struct field_row *row = NULL;

		TRY(tlv_next(&reader, &object));
		row = row_of(table, object.tag);
		if (row == NULL)
			unknown++;
		else if (row->kind == FIELD_GROUP)
			TRY(read_group(object.value, table, result, &unknown));
		else
			TRY(set(row, object.value, result));
	}
	*ret_unknown = unknown;
	return CCCD_OK;
}
