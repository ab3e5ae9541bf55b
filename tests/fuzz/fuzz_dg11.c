/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 11. */
#include "apdu/lds/dg11.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_dg11 dg11 = { 0 };
	struct span file = span_of(data, size);

	if (dg11_parse(file, &dg11) != CCCD_OK)
		return 0;
	check_inside(dg11.full_name, file);
	check_inside(dg11.permanent_address, file);
	check_inside(dg11.proof_of_citizenship.bytes, file);
	check_text(dg11.date_of_birth.text, sizeof(dg11.date_of_birth.text));
	for (size_t i = 0; i < dg11.other_name_count; i++)
		check_inside(dg11.other_names[i], file);
	return 0;
}
