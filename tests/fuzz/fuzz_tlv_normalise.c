/* SPDX-License-Identifier: Apache-2.0 */
/* Indefinite lengths to definite ones; twice is once. */
#include "apdu/tlv/tlv.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	BUF once = buf_make(65536);
	BUF twice = buf_make(65536);
	size_t used = 0;

	if (tlv_normalise(span_of(data, size), &once, &used) != CCCD_OK)
		return 0;
	if (used > size ||
	    tlv_normalise(buf_span(&once), &twice, &used) != CCCD_OK ||
	    used != once.len || !span_equal(buf_span(&once), buf_span(&twice)))
		abort();
	return 0;
}
