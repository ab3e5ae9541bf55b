/* SPDX-License-Identifier: Apache-2.0 */
/* LDIF as the ICAO PKD publishes it: RFC 2849. */
#include "apdu/auth/ldif.h"

enum { NOT_BASE64 = 64 };

/* 0 to 63; NOT_BASE64 for any other character. */
static uint32_t base64_value(uint8_t c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(digits, c, sizeof(digits) - 1);

	return at == NULL ? NOT_BASE64 : (uint32_t)(at - digits);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Four characters have become 24 bits; @count of them were there. */
static enum cccd_err put_group(struct buf *ret, uint32_t bits, size_t count)
{
	uint8_t bytes[3] = { (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
		             (uint8_t)bits };

	return buf_append(ret, span_of(bytes, count - 1));
}

/* After the first "=" only padding and blanks. */
static bool ends_well(struct span rest)
{
	size_t padding = 0;

	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] == '=')
			padding++;
		else if (!is_blank(rest.at[i]))
			return false;
	}
	return padding <= 2;
}

enum cccd_err base64_decode(struct span text, struct buf *ret)
{
	uint32_t bits = 0;
	size_t count = 0;
	size_t i = 0;

	for (; i < text.len && text.at[i] != '='; i++) {
		uint32_t value = base64_value(text.at[i]);

		if (is_blank(text.at[i]))
			continue;
		if (value == NOT_BASE64)
			return CCCD_ERR_DATA_MALFORMED;
		bits = bits << 6 | value;
		if (++count == 4) {
			TRY(put_group(ret, bits, count));
			bits = 0;
			count = 0;
		}
	}
	if (count == 1 || !ends_well(span_after(text, i)))
		return CCCD_ERR_DATA_MALFORMED;
	if (count == 0)
		return CCCD_OK;
	return put_group(ret, bits << (6 * (4 - count)), count);
}

/* One line without its end; @rest moves behind it. */
static struct span take_line(struct span *rest)
{
	const uint8_t *end = memchr(rest->at, '\n', rest->len);
	size_t len = end == NULL ? rest->len : (size_t)(end - rest->at);
	struct span line = span_first(*rest, len);

	*rest = span_after(*rest, end == NULL ? len : len + 1);
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* A line that begins with a blank continues the one before. */
static bool continues(struct span rest)
{
	return rest.len > 0 && rest.at[0] == ' ';
}

static size_t name_len(struct span line)
{
	size_t len = 0;

	while (len < line.len && line.at[len] != ':' && line.at[len] != ';' &&
	       !is_blank(line.at[len]))
		len++;
	return len;
}

static bool take_name(struct span line, char ret[static LDIF_NAME_MAX],
                      struct span *ret_value, bool *ret_base64)
{
	size_t len = name_len(line);
	const uint8_t *colon =
	        line.len == 0 ? NULL : memchr(line.at, ':', line.len);

	if (len == 0 || len >= LDIF_NAME_MAX || colon == NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		int c = line.at[i];

		ret[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	ret[len] = '\0';
	*ret_value = span_after(line, (size_t)(colon - line.at) + 1);
	*ret_base64 = ret_value->len > 0 && ret_value->at[0] == ':';
	if (*ret_base64)
		*ret_value = span_after(*ret_value, 1);
	return true;
}

bool ldif_is(struct span text)
{
	char name[LDIF_NAME_MAX];
	struct span value = { 0 };
	bool base64 = false;

	while (text.len > 0) {
		struct span line = take_line(&text);

		if (line.len == 0 || line.at[0] == '#')
			continue;
		return take_name(line, name, &value, &base64) &&
		       (strcmp(name, "dn") == 0 ||
		        strcmp(name, "version") == 0);
	}
	return false;
}

struct ldif_reader ldif_open(struct span text)
{
	return (struct ldif_reader){ .rest = text };
}

/* The whole logical line, folds removed. */
static enum cccd_err unfold(struct ldif_reader *reader, struct span first,
                            struct buf *ret)
{
	buf_reset(ret);
	TRY(buf_append(ret, first));
	while (continues(reader->rest))
		TRY(buf_append(ret, span_after(take_line(&reader->rest), 1)));
	return CCCD_OK;
}

static void skip_folds(struct ldif_reader *reader)
{
	while (continues(reader->rest))
		(void)take_line(&reader->rest);
}

static struct span trim_left(struct span value)
{
	while (value.len > 0 && value.at[0] == ' ')
		value = span_after(value, 1);
	return value;
}

static enum cccd_err take_attribute(struct ldif_reader *reader,
                                    struct span first,
                                    struct ldif_attribute *ret)
{
	BUF line = buf_make(2 * ret->value.max + LDIF_NAME_MAX);
	enum cccd_err err = unfold(reader, first, &line);
	struct span value = { 0 };
	bool base64 = false;

	skip_folds(reader);
	TRY(err);
	if (!take_name(buf_span(&line), ret->name, &value, &base64))
		return CCCD_ERR_DATA_MALFORMED;
	buf_reset(&ret->value);
	if (base64)
		return base64_decode(value, &ret->value);
	return buf_append(&ret->value, trim_left(value));
}

enum cccd_err ldif_next(struct ldif_reader *reader, struct ldif_attribute *ret,
                        bool *ret_end)
{
	*ret_end = false;
	while (reader->rest.len > 0) {
		struct span line = take_line(&reader->rest);

		if (line.len > 0 && line.at[0] == '#')
			skip_folds(reader);
		else if (line.len > 0 && line.at[0] != '-')
			return take_attribute(reader, line, ret);
	}
	*ret_end = true;
	return CCCD_OK;
}
