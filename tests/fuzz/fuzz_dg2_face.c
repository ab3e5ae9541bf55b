/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 2; also 3 and 4 from the same bytes. */
#include "apdu/lds/dg2.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_dg2 dg2;
	struct cccd_biometrics biometrics = { 0 };
	struct span file = span_of(data, size);

	if (dg2_parse(file, &dg2) == CCCD_OK) {
		if (dg2.face_count == 0 || dg2.face_count > CCCD_FACES_MAX)
			abort();
		for (size_t i = 0; i < dg2.face_count; i++)
			check_inside(dg2.faces[i].image.bytes, file);
	}
	(void)!dg3_parse(file, &biometrics);
	(void)!dg4_parse(file, &biometrics);
	return 0;
}
