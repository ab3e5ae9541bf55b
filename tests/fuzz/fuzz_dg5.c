/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups 5 and 7. */
#include "apdu/lds/dg5.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_images images;
	struct span file = span_of(data, size);

	if (dg5_parse(file, &images) != CCCD_OK &&
	    dg7_parse(file, &images) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < images.count; i++)
		check_inside(images.images[i].bytes, file);
	return 0;
}
