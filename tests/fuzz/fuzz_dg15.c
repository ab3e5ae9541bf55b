/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 15 and any SubjectPublicKeyInfo. */
#include "apdu/lds/dg15.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_public_key key = { 0 };
	struct span file = span_of(data, size);

	if (dg15_parse(file, &key) == CCCD_OK)
		check_inside(key.whole, file);
	if (public_key_look(file, &key) == CCCD_OK)
		check_inside(key.curve, file);
	return 0;
}
