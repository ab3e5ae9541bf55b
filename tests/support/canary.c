/* SPDX-License-Identifier: Apache-2.0 */
/* Whether something secret stands in some bytes, in any form it may take. */
#include "tests/support/canary.h"

#include <assert.h>

enum { SECRET_LEN_MAX = 64, FORM_MAX = 2 * SECRET_LEN_MAX };

/* No memmem() here: it stands outside POSIX. */
static bool contains(struct span place, struct span part)
{
	const uint8_t *at = place.at;
	size_t left = place.len;

	while (left >= part.len) {
		const uint8_t *found =
		        memchr(at, part.at[0], left - part.len + 1);

		if (found == NULL)
			return false;
		if (memcmp(found, part.at, part.len) == 0)
			return true;
		left -= (size_t)(found - at) + 1;
		at = found + 1;
	}
	return false;
}

static bool backwards(struct span place, struct span secret)
{
	uint8_t form[SECRET_LEN_MAX];

	for (size_t i = 0; i < secret.len; i++)
		form[i] = secret.at[secret.len - 1 - i];
	return contains(place, span_of(form, secret.len));
}

static bool hexadecimal(struct span place, struct span secret,
                        const char digits[static 16])
{
	char form[FORM_MAX];

	for (size_t i = 0; i < secret.len; i++) {
		form[2 * i] = digits[secret.at[i] >> 4];
		form[2 * i + 1] = digits[secret.at[i] & 0xF];
	}
	return contains(place, span_of(form, 2 * secret.len));
}

/* The letters that depend on the secret alone, @shift bytes into a group. */
static bool base64(struct span place, struct span secret, size_t shift,
                   const char *last)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz0123456789";
	char form[FORM_MAX];
	size_t used = 0;
	size_t bit = (6 - shift * 8 % 6) % 6;

	for (; bit + 6 <= secret.len * 8; bit += 6) {
		size_t byte = bit / 8;
		unsigned int pair = (unsigned int)secret.at[byte] << 8;
		unsigned int value = 0;

		if (byte + 1 < secret.len)
			pair |= secret.at[byte + 1];
		value = pair >> (10 - bit % 8) & 0x3F;
		if (value < 62)
			form[used] = letters[value];
		else
			form[used] = last[value - 62];
		used++;
	}
	return contains(place, span_of(form, used));
}

const char *canary_sings(struct span place, struct span secret)
{
	assert(secret.len >= 6 && secret.len <= SECRET_LEN_MAX);
	if (contains(place, secret))
		return "plain";
	if (backwards(place, secret))
		return "backwards";
	if (hexadecimal(place, secret, "0123456789ABCDEF") ||
	    hexadecimal(place, secret, "0123456789abcdef"))
		return "hexadecimal";
	for (size_t shift = 0; shift < 3; shift++) {
		if (base64(place, secret, shift, "+/"))
			return "base64";
		if (base64(place, secret, shift, "-_"))
			return "base64url";
	}
	return NULL;
}

static bool is_plain(struct span stretch)
{
	for (size_t i = 1; i < stretch.len; i++)
		if (stretch.at[i] != stretch.at[0])
			return false;
	return true;
}

const char *canary_sings_in_part(struct span place, struct span file,
                                 size_t width, size_t step)
{
	for (size_t at = 0; at + width <= file.len; at += step) {
		struct span stretch = span_of(file.at + at, width);
		const char *form =
		        is_plain(stretch) ? NULL : canary_sings(place, stretch);

		if (form != NULL)
			return form;
	}
	return NULL;
}
