/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal, both ways. */
#include "base/hex.h"

void hex_encode(struct span bytes, char *text, size_t cap)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = 0;

	if (cap == 0)
		return;
	for (size_t i = 0; i < bytes.len && used + 2 < cap; i++) {
		text[used++] = digits[bytes.at[i] >> 4];
		text[used++] = digits[bytes.at[i] & 0x0F];
	}
	text[used] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum cccd_err hex_decode(const char *text, struct buf *ret)
{
	int high = -1;

	for (; *text != '\0'; text++) {
		int value = hex_value(*text);

		if (*text == ' ' || *text == '\n')
			continue;
		if (value < 0)
			return CCCD_ERR_DATA_MALFORMED;
		if (high < 0) {
			high = value;
			continue;
		}
		TRY(buf_append_byte(ret, (uint8_t)(high << 4 | value)));
		high = -1;
	}
	return high < 0 ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}
