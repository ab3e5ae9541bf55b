/* SPDX-License-Identifier: Apache-2.0 */
/* EF.CVCA: references of trust points, Doc 9303-11 K.2. */
#include "apdu/lds/cvca.h"

#include "apdu/tlv/tlv.h"

enum { TAG_CAR = 0x42, CAR_MAX = 16 };

static bool is_zero(struct span rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] != 0)
			return false;
	return true;
}

enum cccd_err cvca_parse(struct span file, struct cccd_cvca *ret)
{
	struct cccd_cvca cvca = { 0 };
	struct tlv_reader reader = tlv_open(file);
	struct span reference = { 0 };

	while (!is_zero(reader.rest)) {
		if (tlv_peek(&reader) != TAG_CAR)
			return CCCD_ERR_DATA_MALFORMED;
		TRY(tlv_expect(&reader, TAG_CAR, &reference));
		if (reference.len == 0 || reference.len > CAR_MAX)
			return CCCD_ERR_DATA_MALFORMED;
		if (cvca.count == CCCD_CVCA_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		cvca.references[cvca.count++] = span_bytes(reference);
	}
	if (cvca.count == 0)
		return CCCD_ERR_DATA_MISSING;
	*ret = cvca;
	return CCCD_OK;
}
