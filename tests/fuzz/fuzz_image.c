/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of images. */
#include "apdu/lds/image.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size);
	struct cccd_image image = image_look(bytes);

	check_inside(image.bytes, bytes);
	if (image.format == CCCD_IMAGE_UNKNOWN &&
	    (image.width != 0 || image.height != 0))
		abort();
	return 0;
}
