/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 16. */
#include "apdu/lds/dg16.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_dg16 dg16 = { 0 };
	struct span file = span_of(data, size);

	if (dg16_parse(file, &dg16) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < dg16.person_count; i++) {
		check_inside(dg16.persons[i].name, file);
		check_inside(dg16.persons[i].address, file);
	}
	return 0;
}
