/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a picture process that somebody took over. */
#include "lib/picture_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct picture_reply found = { 0 };
	enum cccd_err err = picture_reply_parse(
	        span_of(data, size), PICTURE_SIDE_MAX, &error, &found);

	if (err != error.code)
		abort();
	if (err == CCCD_OK &&
	    (found.jpeg.at != data + PICTURE_HEAD ||
	     found.jpeg.len != size - PICTURE_HEAD || found.width == 0 ||
	     found.width > PICTURE_SIDE_MAX || found.height == 0 ||
	     found.height > PICTURE_SIDE_MAX))
		abort();
	return 0;
}
