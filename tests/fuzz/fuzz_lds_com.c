/* SPDX-License-Identifier: Apache-2.0 */
/* EF.COM. */
#include "apdu/lds/com.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_com com = { 0 };

	if (com_parse(span_of(data, size), &com) != CCCD_OK)
		return 0;
	check_text(com.lds_version, sizeof(com.lds_version));
	check_text(com.unicode_version, sizeof(com.unicode_version));
	if (com.file_count > CCCD_COM_FILES_MAX)
		abort();
	return 0;
}
