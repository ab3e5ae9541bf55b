/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a transcript: a strict reader and its writer. */
#include "reader/trace.h"

#include <stdio.h>

#include "base/hex.h"

enum {
	DIGITS_MAX = 10,
	HEX_CHUNK = 256,
	DOMAIN_LAST = CCCD_DOMAIN_MEMORY,
	CODES_PER_DOMAIN = 0x40,
};

/* What is left of the line. */
struct cursor {
	struct span rest;
};

static bool take(struct cursor *cursor, uint8_t byte)
{
	if (cursor->rest.len == 0 || cursor->rest.at[0] != byte)
		return false;
	cursor->rest = span_after(cursor->rest, 1);
	return true;
}

/* Printable ASCII; neither quote nor backslash, so nothing is escaped. */
static bool is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte <= 0x7E && byte != '"' && byte != '\\';
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* The bytes that @fits accepts; may be none. */
static struct span take_while(struct cursor *cursor, bool (*fits)(uint8_t))
{
	size_t len = 0;
	struct span taken;

	while (len < cursor->rest.len && fits(cursor->rest.at[len]))
		len++;
	taken = span_first(cursor->rest, len);
	cursor->rest = span_after(cursor->rest, len);
	return taken;
}

static enum cccd_err take_text(struct cursor *cursor, struct span *ret)
{
	struct span text;

	if (!take(cursor, '"'))
		return CCCD_ERR_DATA_MALFORMED;
	text = take_while(cursor, is_plain);
	if (!take(cursor, '"'))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = text;
	return CCCD_OK;
}

static enum cccd_err take_number(struct cursor *cursor, struct span *ret)
{
	struct span digits = take_while(cursor, is_digit);

	if (digits.len == 0 || digits.len > DIGITS_MAX ||
	    (digits.len > 1 && digits.at[0] == '0'))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = digits;
	return CCCD_OK;
}

static enum cccd_err take_member(struct cursor *cursor,
                                 struct trace_member *ret)
{
	struct trace_member member = { 0 };

	TRY(take_text(cursor, &member.name));
	if (member.name.len == 0 || !take(cursor, ':'))
		return CCCD_ERR_DATA_MALFORMED;
	member.is_text = cursor->rest.len > 0 && cursor->rest.at[0] == '"';
	if (member.is_text)
		TRY(take_text(cursor, &member.value));
	else
		TRY(take_number(cursor, &member.value));
	*ret = member;
	return CCCD_OK;
}

static const struct trace_member *find(const struct trace_line *line,
                                       struct span name)
{
	for (size_t i = 0; i < line->count; i++)
		if (span_equal(line->members[i].name, name))
			return &line->members[i];
	return NULL;
}

enum cccd_err trace_parse(struct span text, struct trace_line *ret)
{
	struct cursor cursor = { text };
	struct trace_line line = { .count = 0 };

	if (text.len > TRACE_LINE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (!take(&cursor, '{'))
		return CCCD_ERR_DATA_MALFORMED;
	do {
		struct trace_member member = { 0 };

		if (line.count == TRACE_MEMBERS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(take_member(&cursor, &member));
		if (find(&line, member.name) != NULL)
			return CCCD_ERR_DATA_DUPLICATE;
		line.members[line.count++] = member;
	} while (take(&cursor, ','));
	if (!take(&cursor, '}') || cursor.rest.len != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = line;
	return CCCD_OK;
}

bool trace_has(const struct trace_line *line, const char *name)
{
	return find(line, span_text(name)) != NULL;
}

bool trace_is(const struct trace_line *line, const char *name,
              const char *value)
{
	const struct trace_member *member = find(line, span_text(name));

	return member != NULL && member->is_text &&
	       span_equal(member->value, span_text(value));
}

enum cccd_err trace_number(const struct trace_line *line, const char *name,
                           uint32_t *ret)
{
	const struct trace_member *member = find(line, span_text(name));
	uint64_t value = 0;

	if (member == NULL)
		return CCCD_ERR_DATA_MISSING;
	if (member->is_text)
		return CCCD_ERR_DATA_MALFORMED;
	for (size_t i = 0; i < member->value.len; i++)
		value = value * 10 + (uint64_t)(member->value.at[i] - '0');
	if (value > UINT32_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	*ret = (uint32_t)value;
	return CCCD_OK;
}

/* The digits as the writer makes them: pairs, upper case, no blanks. */
static enum cccd_err check_hex(struct span digits)
{
	if (digits.len % 2 != 0)
		return CCCD_ERR_DATA_MALFORMED;
	for (size_t i = 0; i < digits.len; i++)
		if (!is_digit(digits.at[i]) &&
		    (digits.at[i] < 'A' || digits.at[i] > 'F'))
			return CCCD_ERR_DATA_MALFORMED;
	return CCCD_OK;
}

enum cccd_err trace_hex(const struct trace_line *line, const char *name,
                        struct buf *ret)
{
	const struct trace_member *member = find(line, span_text(name));
	char chunk[HEX_CHUNK + 1];
	struct span rest;

	if (member == NULL)
		return CCCD_ERR_DATA_MISSING;
	if (!member->is_text)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(check_hex(member->value));
	buf_reset(ret);
	for (rest = member->value; rest.len > 0;) {
		struct span part = span_first(rest, HEX_CHUNK);

		memcpy(chunk, part.at, part.len);
		chunk[part.len] = '\0';
		TRY(hex_decode(chunk, ret));
		rest = span_after(rest, part.len);
	}
	return CCCD_OK;
}

enum cccd_err trace_result(const struct trace_line *line, enum cccd_err *ret)
{
	if (!trace_has(line, "result"))
		return CCCD_ERR_DATA_MISSING;
	if (trace_is(line, "result", cccd_err_code(CCCD_OK))) {
		*ret = CCCD_OK;
		return CCCD_OK;
	}
	for (int domain = 1; domain <= DOMAIN_LAST; domain++) {
		for (int code = 1; code < CODES_PER_DOMAIN; code++) {
			enum cccd_err err = (enum cccd_err)(domain << 8 | code);

			if (!trace_is(line, "result", cccd_err_code(err)))
				continue;
			*ret = err;
			return CCCD_OK;
		}
	}
	return CCCD_ERR_DATA_UNSUPPORTED;
}

static void put(struct trace_writer *writer, const char *text)
{
	if (writer->err == CCCD_OK)
		writer->err = buf_append(&writer->text, span_text(text));
}

static void put_name(struct trace_writer *writer, const char *name)
{
	put(writer, writer->text.len == 0 ? "{\"" : ",\"");
	put(writer, name);
	put(writer, "\":");
}

void trace_begin(struct trace_writer *writer)
{
	buf_reset(&writer->text);
	writer->text.max = TRACE_LINE_MAX + 1;
	writer->err = CCCD_OK;
}

void trace_put_text(struct trace_writer *writer, const char *name,
                    const char *value)
{
	put_name(writer, name);
	put(writer, "\"");
	put(writer, value);
	put(writer, "\"");
}

void trace_put_number(struct trace_writer *writer, const char *name,
                      uint32_t value)
{
	char digits[DIGITS_MAX + 1];

	(void)snprintf(digits, sizeof(digits), "%u", (unsigned int)value);
	put_name(writer, name);
	put(writer, digits);
}

void trace_put_hex(struct trace_writer *writer, const char *name,
                   struct span bytes)
{
	char chunk[HEX_CHUNK + 1];

	put_name(writer, name);
	put(writer, "\"");
	while (bytes.len > 0) {
		struct span part = span_first(bytes, HEX_CHUNK / 2);

		hex_encode(part, chunk, sizeof(chunk));
		put(writer, chunk);
		bytes = span_after(bytes, part.len);
	}
	put(writer, "\"");
}

enum cccd_err trace_end(struct trace_writer *writer)
{
	put(writer, "}\n");
	return writer->err;
}

void trace_writer_release(struct trace_writer *writer)
{
	buf_release(&writer->text);
}
