/* SPDX-License-Identifier: Apache-2.0 */
/* Active authentication: pieces are DG15's key, DG14's algorithm, the
 * challenge and the signature. */
#include "apdu/auth/active_auth.h"
#include "apdu/auth/iso9796.h"
#include "tests/fuzz/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire wire = { .rest = span_of(data, size) };
	struct span spki = { 0 };
	struct span algorithm = { 0 };
	struct span challenge = { 0 };
	struct active_auth_result result = { .outcome = ACTIVE_AUTH_NOT_RUN };
	struct iso9796_message message = { .digest = DIGEST_NONE };

	if (size > 8192)
		return 0;
	spki = wire_next(&wire);
	algorithm = wire_next(&wire);
	challenge = wire_next(&wire);
	if (active_auth_verify(spki, algorithm, challenge, wire.rest,
	                       &result) == CCCD_OK &&
	    result.outcome == ACTIVE_AUTH_NOT_RUN)
		__builtin_trap();
	/* Blocks that no signature could be made for. */
	if (iso9796_parse(wire.rest, &message) == CCCD_OK) {
		bool good = false;

		if (iso9796_verify(&message, challenge, &good) != CCCD_OK)
			__builtin_trap();
	}
	return 0;
}
