/* SPDX-License-Identifier: Apache-2.0 */
/* EF.CVCA. */
#include "apdu/lds/cvca.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_cvca cvca = { 0 };
	struct span file = span_of(data, size);

	if (cvca_parse(file, &cvca) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < cvca.count; i++)
		check_inside(cvca.references[i], file);
	return 0;
}
