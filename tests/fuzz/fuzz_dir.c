/* SPDX-License-Identifier: Apache-2.0 */
/* EF.DIR. */
#include "apdu/lds/dir.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_dir dir = { 0 };
	struct span file = span_of(data, size);

	if (dir_parse(file, &dir) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < dir.count; i++)
		check_inside(dir.aids[i], file);
	return 0;
}
