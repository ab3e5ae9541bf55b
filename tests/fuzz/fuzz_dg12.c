/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 12. */
#include "apdu/lds/dg12.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_dg12 dg12 = { 0 };
	struct span file = span_of(data, size);

	if (dg12_parse(file, &dg12) != CCCD_OK)
		return 0;
	check_inside(dg12.issuing_authority, file);
	check_inside(dg12.front_image.bytes, file);
	check_text(dg12.personalization_time,
	           sizeof(dg12.personalization_time));
	for (size_t i = 0; i < dg12.other_person_count; i++)
		check_inside(dg12.other_persons[i], file);
	return 0;
}
