/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 1: the machine readable zone, Doc 9303-10 4.7.1. */
#include "apdu/lds/dg1.h"

#include "apdu/lds/mrz.h"
#include "apdu/tlv/tlv.h"

enum { TAG_DG1 = 0x61, TAG_MRZ = 0x5F1F };

enum cccd_err dg1_parse(struct span file, struct cccd_mrz *ret)
{
	struct span value = { 0 };
	struct span text = { 0 };

	TRY(tlv_only(file, TAG_DG1, &value));
	TRY(tlv_only(value, TAG_MRZ, &text));
	return mrz_parse(text, ret);
}
