/* SPDX-License-Identifier: Apache-2.0 */
/* EF.DIR: which applications a chip lists, Doc 9303-10 3.11.2. */
#include "apdu/lds/dir.h"

#include "apdu/lds/lds.h"
#include "apdu/tlv/tlv.h"

enum { TAG_APPLICATION = 0x61, TAG_AID = 0x4F };

/* [9303-10 table 31] */
static const uint8_t travel_records[] = { 0xA0, 0x00, 0x00, 0x02,
	                                  0x47, 0x20, 0x01 };
static const uint8_t visa_records[] = {
	0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x02
};
static const uint8_t additional_biometrics[] = { 0xA0, 0x00, 0x00, 0x02,
	                                         0x47, 0x20, 0x03 };

static enum cccd_err add(struct span aid, struct cccd_dir *dir)
{
	if (dir->count == CCCD_APPLICATIONS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	dir->aids[dir->count++] = span_bytes(aid);
	dir->emrtd |= span_equal(aid, SPAN(lds1_aid));
	dir->travel_records |= span_equal(aid, SPAN(travel_records));
	dir->visa_records |= span_equal(aid, SPAN(visa_records));
	dir->additional_biometrics |=
	        span_equal(aid, SPAN(additional_biometrics));
	return CCCD_OK;
}

static enum cccd_err read_application(struct span value, struct cccd_dir *dir)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };

	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_AID)
			TRY(add(object.value, dir));
	}
	return CCCD_OK;
}

enum cccd_err dir_parse(struct span file, struct cccd_dir *ret)
{
	struct cccd_dir dir = { 0 };
	struct tlv_reader reader = tlv_open(file);
	struct tlv object = { 0 };

	while (!tlv_at_end(&reader) && reader.rest.at[0] != 0x00 &&
	       reader.rest.at[0] != 0xFF) {
		TRY(tlv_next(&reader, &object));
		if (object.tag == TAG_APPLICATION)
			TRY(read_application(object.value, &dir));
		else if (object.tag == TAG_AID)
			TRY(add(object.value, &dir));
	}
	*ret = dir;
	return CCCD_OK;
}
