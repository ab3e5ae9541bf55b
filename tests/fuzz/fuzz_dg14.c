/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 14 and the keys in it. */
#include "apdu/lds/dg15.h"
#include "apdu/lds/security_info.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_security_infos infos;
	struct cccd_public_key key = { 0 };

	if (dg14_parse(span_of(data, size), &infos) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < infos.chip_auth_key_count; i++) {
		struct span spki =
		        bytes_span(infos.chip_auth_key[i].public_key);

		if (public_key_look(spki, &key) == CCCD_OK)
			check_inside(key.curve, spki);
	}
	return 0;
}
