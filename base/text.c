/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode text through libutf8proc; work memory is ours and is wiped. */
#include "base/text.h"

#include <utf8proc.h>

#include "base/buf.h"

typedef utf8proc_int32_t (*map_code)(utf8proc_int32_t code, void *context);
typedef void (*change_codes)(utf8proc_int32_t *codes, size_t count);

static bool is_blank(utf8proc_int32_t code)
{
	return code <= ' ' || (code >= 0x7F && code <= 0xA0) ||
	       code == 0x3000 || code == 0x2028 || code == 0x2029;
}

/* From the first letter that is more than ASCII, or NUL. */
static struct span after_ascii(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.at[len] > 0 && text.at[len] < 0x80)
		len++;
	return span_after(text, len);
}

bool text_is_utf8(struct span text)
{
	/* Most of what comes is ASCII, which need not be decoded. */
	for (text = after_ascii(text); text.len > 0; text = after_ascii(text)) {
		utf8proc_int32_t code = 0;
		utf8proc_ssize_t used = utf8proc_iterate(
		        text.at, (utf8proc_ssize_t)text.len, &code);

		if (used <= 0 || code == 0)
			return false;
		text = span_after(text, (size_t)used);
	}
	return true;
}

bool text_has_controls(struct span text)
{
	while (text.len > 0) {
		utf8proc_int32_t code = 0;
		utf8proc_ssize_t used = utf8proc_iterate(
		        text.at, (utf8proc_ssize_t)text.len, &code);

		if (used <= 0)
			return false;
		if (code < ' ' || (code >= 0x7F && code < 0xA0))
			return true;
		text = span_after(text, (size_t)used);
	}
	return false;
}

bool text_is_digits(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.len > 0;
}

size_t text_length(struct span text)
{
	size_t count = 0;

	if (!text_is_utf8(text))
		return 0;
	for (size_t i = 0; i < text.len; i++)
		count += (text.at[i] & 0xC0) != 0x80;
	return count;
}

struct span text_trim(struct span text)
{
	while (text.len > 0 && memchr(" \t\r\n", text.at[0], 4) != NULL)
		text = span_after(text, 1);
	while (text.len > 0 &&
	       memchr(" \t\r\n", text.at[text.len - 1], 4) != NULL)
		text.len--;
	return text;
}

struct span text_cut(struct span text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && (text.at[max] & 0xC0) == 0x80)
		max--;
	return span_of(text.at, max);
}

/* Runs of blanks to one, none at the ends; returns the new length. */
static size_t collapse(uint8_t *at, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == ' ' && (used == 0 || at[used - 1] == ' '))
			continue;
		at[used++] = at[i];
	}
	while (used > 0 && at[used - 1] == ' ')
		used--;
	return used;
}

/* @change: between decomposing and writing; may be NULL. */
static enum cccd_err map_text_as(struct span text, map_code map,
                                 unsigned int options, change_codes change,
                                 char *ret, size_t cap)
{
	BUF work = buf_make(sizeof(utf8proc_int32_t) * 4 *
	                    ((size_t)TEXT_INPUT_MAX + 1));
	utf8proc_option_t option = (utf8proc_option_t)options;
	utf8proc_ssize_t have = (utf8proc_ssize_t)text.len;
	utf8proc_int32_t *codes = NULL;
	utf8proc_ssize_t count = 0;

	if (text.len > TEXT_INPUT_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (!text_is_utf8(text))
		return CCCD_ERR_DATA_MALFORMED;
	count = utf8proc_decompose_custom(text.at, have, NULL, 0, option, map,
	                                  NULL);
	if (count < 0)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(buf_reserve(&work, ((size_t)count + 1) * sizeof(*codes)));
	codes = (utf8proc_int32_t *)(void *)work.at;
	count = utf8proc_decompose_custom(text.at, have, codes, count, option,
	                                  map, NULL);
	if (count > 0 && change != NULL)
		change(codes, (size_t)count);
	/* In place: UTF-8 never takes more room than the code points. */
	count = count < 0 ? count : utf8proc_reencode(codes, count, option);
	work.len = work.cap;
	if (count < 0)
		return CCCD_ERR_DATA_MALFORMED;
	count = (utf8proc_ssize_t)collapse(work.at, (size_t)count);
	if ((size_t)count >= cap)
		return CCCD_ERR_DATA_TOO_LARGE;
	memcpy(ret, work.at, (size_t)count);
	ret[count] = '\0';
	return CCCD_OK;
}

static enum cccd_err map_text(struct span text, map_code map,
                              unsigned int options, char *ret, size_t cap)
{
	return map_text_as(text, map, options, NULL, ret, cap);
}

static utf8proc_int32_t map_blank(utf8proc_int32_t code, void *context)
{
	(void)context;
	return is_blank(code) ? ' ' : code;
}

static utf8proc_int32_t map_upper(utf8proc_int32_t code, void *context)
{
	return utf8proc_toupper(map_blank(code, context));
}

/* Letters with a stroke have no decomposition [Unicode 15, UAX 15]. */
static utf8proc_int32_t map_stroke(utf8proc_int32_t code, void *context)
{
	if (code == 0x0111 || code == 0x00F0)
		return 'd';
	/* Eth and African D look the same and come out of wrong keyboards. */
	if (code == 0x0110 || code == 0x00D0 || code == 0x0189)
		return 'D';
	return map_blank(code, context);
}

static utf8proc_int32_t map_stroke_upper(utf8proc_int32_t code, void *context)
{
	return utf8proc_toupper(map_stroke(code, context));
}

enum {
	NFC = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE,
	BARE = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE |
	       UTF8PROC_STRIPMARK,
	DECOMPOSED = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE,
};

enum cccd_err text_nfc(struct span text, char *ret, size_t cap)
{
	return map_text(text, map_blank, NFC, ret, cap);
}

enum cccd_err text_upper(struct span text, char *ret, size_t cap)
{
	return map_text(text, map_upper, NFC, ret, cap);
}

enum cccd_err text_strip(struct span text, char *ret, size_t cap)
{
	return map_text(text, map_stroke, BARE, ret, cap);
}

/* ASCII punctuation and blanks say nothing about which name it is. */
static bool is_key_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte & 0x80) != 0;
}

enum cccd_err text_key(struct span text, char *ret, size_t cap)
{
	size_t used = 0;

	TRY(map_text(text, map_stroke_upper, BARE, ret, cap));
	for (size_t i = 0; ret[i] != '\0'; i++)
		if (is_key_byte(ret[i]))
			ret[used++] = ret[i];
	ret[used] = '\0';
	return CCCD_OK;
}

/* Look-alikes to the Vietnamese letter, everything upper case. */
static utf8proc_int32_t map_lookalike_upper(utf8proc_int32_t code,
                                            void *context)
{
	if (code == 0x00F0 || code == 0x00D0 || code == 0x0189 ||
	    code == 0x0256)
		return 0x0110;
	return map_upper(code, context);
}

/* Grave, acute, hook above, tilde, dot below: the five written tones. */
static bool is_tone(utf8proc_int32_t code)
{
	return code == 0x0300 || code == 0x0301 || code == 0x0309 ||
	       code == 0x0303 || code == 0x0323;
}

/* Tones to the end of their words, in place; a word is what stands between
 * blanks, hyphens and the like. */
static void move_tones(utf8proc_int32_t *codes, size_t count)
{
	enum { TONES_MAX = 8 };
	utf8proc_int32_t tones[TONES_MAX] = { 0 };
	size_t used = 0;
	size_t held = 0;

	for (size_t i = 0; i <= count; i++) {
		bool ends = i == count ||
		            (codes[i] < 0x80 && !is_key_byte((char)codes[i]));

		if (!ends && is_tone(codes[i]) && held < TONES_MAX) {
			tones[held++] = codes[i];
			continue;
		}
		for (size_t t = 0; ends && t < held; t++)
			codes[used++] = tones[t];
		held = ends ? 0 : held;
		if (i < count)
			codes[used++] = codes[i];
	}
	/* Every tone held was put back, so nothing is left over. */
}

enum cccd_err text_toned(struct span text, char *ret, size_t cap)
{
	return map_text_as(text, map_lookalike_upper, DECOMPOSED, move_tones,
	                   ret, cap);
}
