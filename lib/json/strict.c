/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by the letter: RFC 8259. */
#include "lib/json/strict.h"

#include "base/text.h"

/* What may come next. */
enum expect {
	EXPECT_VALUE,
	EXPECT_FIRST_ITEM, /* or the end of the array */
	EXPECT_FIRST_NAME, /* or the end of the object */
	EXPECT_NAME,
	EXPECT_COLON,
	EXPECT_NEXT, /* a comma, or the end of what is open */
	EXPECT_NOTHING,
};

/* struct scan - @objects: one bit a level, set for an object. */
struct scan {
	const uint8_t *at;
	const uint8_t *end;
	uint32_t objects;
	unsigned int depth;
	enum expect expect;
};

static struct scan scan_of(struct span text)
{
	static const uint8_t nothing[1];
	const uint8_t *at = text.len > 0 ? text.at : nothing;

	return (struct scan){ .at = at,
		              .end = at + text.len,
		              .expect = EXPECT_VALUE };
}

static int peek(const struct scan *scan)
{
	return scan->at < scan->end ? *scan->at : -1;
}

static void skip_blanks(struct scan *scan)
{
	int c = peek(scan);

	while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		scan->at++;
		c = peek(scan);
	}
}

static bool in_object(const struct scan *scan)
{
	return (scan->objects >> scan->depth & 1U) != 0;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool digits(struct scan *scan)
{
	if (!is_digit(peek(scan)))
		return false;
	while (is_digit(peek(scan)))
		scan->at++;
	return true;
}

/* [RFC 8259 6] */
static bool number(struct scan *scan)
{
	if (peek(scan) == '-')
		scan->at++;
	if (peek(scan) == '0')
		scan->at++;
	else if (!digits(scan))
		return false;
	if (peek(scan) == '.') {
		scan->at++;
		if (!digits(scan))
			return false;
	}
	if (peek(scan) != 'e' && peek(scan) != 'E')
		return true;
	scan->at++;
	if (peek(scan) == '+' || peek(scan) == '-')
		scan->at++;
	return digits(scan);
}

static int hex_value(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After the backslash. An escaped NUL would end the text for readers in C
 * and for nobody else. */
static bool escape(struct scan *scan)
{
	int c = peek(scan);
	int unit = 0;

	scan->at++;
	if (c != 'u')
		return c > 0 && strchr("\"\\/bfnrt", c) != NULL;
	for (unsigned int i = 0; i < 4; i++) {
		int digit = hex_value(peek(scan));

		if (digit < 0)
			return false;
		unit = unit * 16 + digit;
		scan->at++;
	}
	return unit != 0;
}

/* [RFC 8259 7] */
static bool string(struct scan *scan)
{
	scan->at++;
	while (scan->at < scan->end) {
		int c = *scan->at++;

		if (c == '"')
			return true;
		if (c < ' ' ||
		    (c == '\\' && (scan->at >= scan->end || !escape(scan))))
			return false;
	}
	return false;
}

static bool literal(struct scan *scan)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(scan->end - scan->at) < len ||
		    memcmp(scan->at, words[i], len) != 0)
			continue;
		scan->at += len;
		return true;
	}
	return false;
}

static bool open_level(struct scan *scan, bool object)
{
	scan->at++;
	if (++scan->depth > STRICT_DEPTH_MAX)
		return false;
	scan->objects &= ~(1U << scan->depth);
	scan->objects |= (object ? 1U : 0U) << scan->depth;
	scan->expect = object ? EXPECT_FIRST_NAME : EXPECT_FIRST_ITEM;
	return true;
}

static void value_ended(struct scan *scan)
{
	scan->expect = scan->depth > 0 ? EXPECT_NEXT : EXPECT_NOTHING;
}

static bool close_level(struct scan *scan)
{
	scan->at++;
	scan->depth--;
	value_ended(scan);
	return true;
}

static bool value(struct scan *scan)
{
	int c = peek(scan);
	bool sound = false;

	if (c == '{' || c == '[')
		return open_level(scan, c == '{');
	/* Nothing but an object may stand alone. */
	if (scan->depth == 0)
		return false;
	if (c == '"')
		sound = string(scan);
	else if (c == '-' || is_digit(c))
		sound = number(scan);
	else
		sound = literal(scan);
	value_ended(scan);
	return sound;
}

/* Written with escapes a name hides from whoever looks for its letters. */
static bool name(struct scan *scan)
{
	const uint8_t *from = scan->at;

	scan->expect = EXPECT_COLON;
	return peek(scan) == '"' && string(scan) &&
	       memchr(from, '\\', (size_t)(scan->at - from)) == NULL;
}

static bool mark(struct scan *scan)
{
	int c = peek(scan);

	if (scan->expect == EXPECT_COLON) {
		scan->at++;
		scan->expect = EXPECT_VALUE;
		return c == ':';
	}
	if (c == (in_object(scan) ? '}' : ']'))
		return close_level(scan);
	scan->at++;
	scan->expect = in_object(scan) ? EXPECT_NAME : EXPECT_VALUE;
	return c == ',';
}

/* One token; false where the grammar ends. */
static bool step(struct scan *scan)
{
	switch (scan->expect) {
	case EXPECT_FIRST_ITEM:
		if (peek(scan) == ']')
			return close_level(scan);
		return value(scan);
	case EXPECT_VALUE: return value(scan);
	case EXPECT_FIRST_NAME:
		if (peek(scan) == '}')
			return close_level(scan);
		return name(scan);
	case EXPECT_NAME: return name(scan);
	case EXPECT_COLON:
	case EXPECT_NEXT: return mark(scan);
	case EXPECT_NOTHING: break;
	}
	return false;
}

bool strict_is_tree(struct span text, const char **ret_stop)
{
	struct scan scan = scan_of(text);
	bool sound = text.len > 0 && text_is_utf8(text);

	skip_blanks(&scan);
	sound = sound && (peek(&scan) == '{' || peek(&scan) == '[');
	while (sound && scan.at < scan.end) {
		sound = step(&scan);
		skip_blanks(&scan);
	}
	if (ret_stop != NULL)
		*ret_stop = (const char *)scan.at;
	return sound && scan.expect == EXPECT_NOTHING;
}

bool strict_is_json(struct span text, const char **ret_stop)
{
	struct scan scan = scan_of(text);

	skip_blanks(&scan);
	if (ret_stop != NULL)
		*ret_stop = (const char *)scan.at;
	return peek(&scan) == '{' && strict_is_tree(text, ret_stop);
}

/* From the colon to the end of the value. */
static bool take_value(struct scan *scan, struct span *ret)
{
	const uint8_t *from = NULL;

	skip_blanks(scan);
	if (!step(scan))
		return false;
	skip_blanks(scan);
	from = scan->at;
	do {
		skip_blanks(scan);
		if (!step(scan))
			return false;
	} while (scan->depth > 1 || scan->expect != EXPECT_NEXT);
	*ret = span_of(from, (size_t)(scan->at - from));
	return true;
}

enum cccd_err strict_member(struct span text, const char *name,
                            struct span *ret)
{
	struct scan scan = scan_of(text);
	struct span contents = { 0 };

	skip_blanks(&scan);
	while (scan.at < scan.end) {
		const uint8_t *from = scan.at;
		bool named =
		        scan.depth == 1 && (scan.expect == EXPECT_FIRST_NAME ||
		                            scan.expect == EXPECT_NAME);

		if (!step(&scan))
			break;
		if (named && scan.expect == EXPECT_COLON) {
			struct span found =
			        span_of(from + 1, (size_t)(scan.at - from) - 2);

			if (!take_value(&scan, &contents))
				break;
			if (span_equal(found, span_text(name))) {
				*ret = contents;
				return CCCD_OK;
			}
		}
		skip_blanks(&scan);
	}
	return CCCD_ERR_DATA_MISSING;
}
