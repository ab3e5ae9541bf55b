/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 11: additional personal details, Doc 9303-10 4.7.11. */
#include "apdu/lds/dg11.h"

#include "apdu/lds/fields.h"
#include "apdu/tlv/tlv.h"

enum { TAG_DG11 = 0x6B };

#define AT(member) offsetof(struct cccd_dg11, member)

/* [9303-10 table 71] */
static const struct field_row rows[] = {
	{ 0x5C, FIELD_BYTES, AT(tag_list), 0 },
	{ 0x5F0E, FIELD_BYTES, AT(full_name), 0 },
	{ 0xA0, FIELD_GROUP, 0, 0 },
	{ 0x5F0F, FIELD_LIST, AT(other_names), AT(other_name_count) },
	{ 0x5F10, FIELD_BYTES, AT(personal_number), 0 },
	{ 0x5F2B, FIELD_DATE, AT(date_of_birth), 0 },
	{ 0x5F11, FIELD_BYTES, AT(place_of_birth), 0 },
	{ 0x5F42, FIELD_BYTES, AT(permanent_address), 0 },
	{ 0x5F12, FIELD_BYTES, AT(telephone), 0 },
	{ 0x5F13, FIELD_BYTES, AT(profession), 0 },
	{ 0x5F14, FIELD_BYTES, AT(title), 0 },
	{ 0x5F15, FIELD_BYTES, AT(personal_summary), 0 },
	{ 0x5F16, FIELD_IMAGE, AT(proof_of_citizenship), 0 },
	{ 0x5F17, FIELD_BYTES, AT(other_document_numbers), 0 },
	{ 0x5F18, FIELD_BYTES, AT(custody_information), 0 },
};

enum cccd_err dg11_parse(struct span file, struct cccd_dg11 *ret)
{
	const struct field_table table = { rows, ARRAY_LEN(rows) };
	struct cccd_dg11 dg11 = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(file, TAG_DG11, &value));
	TRY(fields_read(value, &table, &dg11, &dg11.unknown));
	*ret = dg11;
	return CCCD_OK;
}
