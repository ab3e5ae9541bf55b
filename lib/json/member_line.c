/* SPDX-License-Identifier: Apache-2.0 */
/* Where a member stands: cJSON forgets lines. */
#include "lib/json/member_line.h"

/* One past the string that begins at @at. */
static size_t string_end(struct span text, size_t at)
{
	for (at++; at < text.len && text.at[at] != '"'; at++)
		at += text.at[at] == '\\';
	return at < text.len ? at + 1 : text.len;
}

unsigned int member_line(struct span text, const char *name)
{
	const struct span wanted = span_text(name);
	unsigned int depth = 0;
	unsigned int line = 1;
	bool is_key = true;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		line += c == '\n';
		depth += c == '{' || c == '[';
		depth -= (c == '}' || c == ']') && depth > 0;
		if (c == ':' || c == ',' || c == '{')
			is_key = c != ':';
		if (c != '"')
			continue;
		len = string_end(text, i) - i;
		if (depth == 1 && is_key && len == wanted.len + 2 &&
		    memcmp(text.at + i + 1, wanted.at, wanted.len) == 0)
			return line;
		i += len - 1;
	}
	return 1;
}
