/* SPDX-License-Identifier: Apache-2.0 */
/* Names nobody else has: RFC 9562, version 4. */
#include "base/uuid.h"

/* [RFC 9562 4] 4, 2, 2, 2 and 6 bytes with hyphens between. */
static bool begins_group(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

enum cccd_err uuid_make(const struct random *random,
                        char ret[static UUID_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t id[UUID_LEN];
	size_t used = 0;

	TRY(random_fill(random, id, sizeof(id)));
	/* [RFC 9562 4.1, 4.2] the variant of this standard, version 4 */
	id[6] = (uint8_t)((id[6] & 0x0F) | 0x40);
	id[8] = (uint8_t)((id[8] & 0x3F) | 0x80);
	for (size_t i = 0; i < sizeof(id); i++) {
		if (begins_group(i))
			ret[used++] = '-';
		ret[used++] = digits[id[i] >> 4];
		ret[used++] = digits[id[i] & 0x0F];
	}
	ret[used] = '\0';
	return CCCD_OK;
}
