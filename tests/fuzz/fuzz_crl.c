/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate revocation list. */
#include <stdlib.h>

#include "apdu/auth/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795392000, AGE = 86400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t serial[] = { 0x12, 0x67 };
	struct crl crl = { 0 };

	if (crl_parse(span_of(data, size), &crl) != CCCD_OK)
		return 0;
	if (crl_revokes(&crl, SPAN(serial)) && crl.count == 0)
		abort();
	(void)crl_is_fresh(&crl, NOW, AGE);
	return 0;
}
