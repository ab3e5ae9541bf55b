/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 with the URL alphabet, without padding: RFC 4648 5. */
#include "base/base64url.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz"
                              "0123456789-_";

static int letter_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

static uint8_t letter_at(struct span bytes, size_t index)
{
	size_t bit = index * 6;
	unsigned int pair = (unsigned int)bytes.at[bit / 8] << 8;

	if (bit / 8 + 1 < bytes.len)
		pair |= bytes.at[bit / 8 + 1];
	return (uint8_t)letters[pair >> (10 - bit % 8) & 0x3F];
}

void base64url_text(struct span bytes, char *text)
{
	size_t len = BASE64URL_LEN(bytes.len);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)letter_at(bytes, i);
	text[len] = '\0';
}

enum cccd_err base64url_append(struct span bytes, struct buf *ret)
{
	size_t len = BASE64URL_LEN(bytes.len);

	TRY(buf_reserve(ret, ret->len + len));
	for (size_t i = 0; i < len; i++)
		ret->at[ret->len++] = letter_at(bytes, i);
	return CCCD_OK;
}

bool base64url_is(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (letter_value(text.at[i]) < 0)
			return false;
	return text.len > 0;
}

enum cccd_err base64url_decode(struct span text, struct buf *ret)
{
	unsigned int bits = 0;
	unsigned int count = 0;

	buf_reset(ret);
	TRY(buf_reserve(ret, text.len / 4 * 3 + text.len % 4 * 3 / 4));
	for (size_t i = 0; i < text.len; i++) {
		int value = letter_value(text.at[i]);

		if (value < 0)
			return CCCD_ERR_DATA_MALFORMED;
		bits = (bits << 6 | (unsigned int)value) & 0xFFFF;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		ret->at[ret->len++] = (uint8_t)(bits >> count);
	}
	/* What is left over must be zero bits of the last letter. */
	if (count >= 6 || (bits & ((1U << count) - 1)) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	return CCCD_OK;
}
