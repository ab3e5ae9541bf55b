/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 12: additional document details, Doc 9303-10 4.7.12. */
#include "apdu/lds/dg12.h"

#include "apdu/lds/fields.h"
#include "apdu/tlv/tlv.h"

enum { TAG_DG12 = 0x6C };

#define AT(member) offsetof(struct cccd_dg12, member)

/* [9303-10 table 73] */
static const struct field_row rows[] = {
	{ 0x5C, FIELD_BYTES, AT(tag_list), 0 },
	{ 0x5F19, FIELD_BYTES, AT(issuing_authority), 0 },
	{ 0x5F26, FIELD_DATE, AT(date_of_issue), 0 },
	{ 0xA0, FIELD_GROUP, 0, 0 },
	{ 0x5F1A, FIELD_LIST, AT(other_persons), AT(other_person_count) },
	{ 0x5F1B, FIELD_BYTES, AT(endorsements), 0 },
	{ 0x5F1C, FIELD_BYTES, AT(tax_exit_requirements), 0 },
	{ 0x5F1D, FIELD_IMAGE, AT(front_image), 0 },
	{ 0x5F1E, FIELD_IMAGE, AT(rear_image), 0 },
	{ 0x5F55, FIELD_TIME, AT(personalization_time), 0 },
	{ 0x5F56, FIELD_BYTES, AT(personalization_serial_number), 0 },
};

enum cccd_err dg12_parse(struct span file, struct cccd_dg12 *ret)
{
	const struct field_table table = { rows, ARRAY_LEN(rows) };
	struct cccd_dg12 dg12 = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(file, TAG_DG12, &value));
	TRY(fields_read(value, &table, &dg12, &dg12.unknown));
	*ret = dg12;
	return CCCD_OK;
}
