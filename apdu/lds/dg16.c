/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 16: persons to notify, Doc 9303-10 4.7.16. */
#include "apdu/lds/dg16.h"

#include "apdu/lds/fields.h"
#include "apdu/tlv/tlv.h"

enum { TAG_DG16 = 0x70, TAG_PERSON_FIRST = 0xA1, TAG_PERSON_LAST = 0xAF };

#define AT(member) offsetof(struct cccd_notified_person, member)

/* [9303-10 table 80] */
static const struct field_row rows[] = {
	{ 0x5F50, FIELD_DATE, AT(date_recorded), 0 },
	{ 0x5F51, FIELD_BYTES, AT(name), 0 },
	{ 0x5F52, FIELD_BYTES, AT(telephone), 0 },
	{ 0x5F53, FIELD_BYTES, AT(address), 0 },
};

static enum cccd_err read_person(struct span value, struct cccd_dg16 *dg16)
{
	const struct field_table table = { rows, ARRAY_LEN(rows) };
	struct cccd_notified_person person = { 0 };
	size_t unknown = 0;

	if (dg16->person_count == CCCD_PERSONS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(fields_read(value, &table, &person, &unknown));
	dg16->persons[dg16->person_count++] = person;
	return CCCD_OK;
}

enum cccd_err dg16_parse(struct span file, struct cccd_dg16 *ret)
{
	struct cccd_dg16 dg16 = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(file, TAG_DG16, &value));
	reader = tlv_open(value);
	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_INTEGER)
			TRY(tlv_unsigned(object.value, &dg16.declared_count));
		else if (object.tag >= TAG_PERSON_FIRST &&
		         object.tag <= TAG_PERSON_LAST)
			TRY(read_person(object.value, &dg16));
	}
	*ret = dg16;
	return CCCD_OK;
}
