/* SPDX-License-Identifier: Apache-2.0 */
/* EF.ATR/INFO and historical bytes. */
#include "apdu/lds/atr_info.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_atr_info info = { 0 };
	struct span bytes = span_of(data, size);

	(void)!atr_info_parse(bytes, &info);
	(void)historical_bytes_look(bytes);
	check_inside(span_bytes(bytes), bytes);
	return 0;
}
