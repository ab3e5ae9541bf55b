/* SPDX-License-Identifier: Apache-2.0 */
/* Vietnamese names, in full and as the MRZ writes them [9303-3 4.6]. */
#include "apdu/vnm/names.h"

#include "base/secret.h"
#include "base/text.h"

enum { WORK_MAX = 512 };

/* Longest name that is looked at; the rest cannot reach the MRZ. */
struct work {
	char text[WORK_MAX];
};

static void work_wipe(struct work *work)
{
	wipe(work, sizeof(*work));
}

static bool is_letter(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

/* Upper case Latin letters, '<' between parts; "" without a letter. */
static enum cccd_err transliterate(struct span name, struct work *ret)
{
	CLEANUP(work_wipe) struct work bare = { 0 };
	size_t used = 0;

	TRY(text_strip(name, bare.text, sizeof(bare.text)));
	for (size_t i = 0; bare.text[i] != '\0'; i++) {
		char byte = bare.text[i];

		if (byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 'a' + 'A');
		/* [9303-3 4.6.1] hyphens become fillers, apostrophes go. */
		if (is_letter(byte))
			ret->text[used++] = byte;
		else if ((byte == ' ' || byte == '-') && used > 0 &&
		         ret->text[used - 1] != '<')
			ret->text[used++] = '<';
	}
	while (used > 0 && ret->text[used - 1] == '<')
		used--;
	ret->text[used] = '\0';
	return used > 0 ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}

enum cccd_err names_to_mrz(struct span name, char ret[static MRZ_NAME_LEN + 1])
{
	CLEANUP(work_wipe) struct work parts = { 0 };
	size_t used = 0;
	bool split = false;

	TRY(transliterate(name, &parts));
	for (size_t i = 0; parts.text[i] != '\0' && used < MRZ_NAME_LEN; i++) {
		ret[used++] = parts.text[i];
		/* Primary and secondary identifier are two fillers apart. */
		if (parts.text[i] == '<' && !split && used < MRZ_NAME_LEN)
			ret[used++] = '<';
		split = split || parts.text[i] == '<';
	}
	memset(ret + used, '<', MRZ_NAME_LEN - used);
	ret[MRZ_NAME_LEN] = '\0';
	return CCCD_OK;
}

/* The MRZ line as parts with single fillers between. */
static bool line_parts(struct span line, struct work *ret)
{
	size_t used = 0;

	if (line.len >= WORK_MAX)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		char byte = (char)line.at[i];

		if (!is_letter(byte) && byte != '<')
			return false;
		if (byte == '<' && (used == 0 || ret->text[used - 1] == '<'))
			continue;
		ret->text[used++] = byte;
	}
	while (used > 0 && ret->text[used - 1] == '<')
		used--;
	ret->text[used] = '\0';
	return used > 0;
}

/* Letters alone: where the parts end does not count. */
static size_t letters_of(const char *text, struct work *ret)
{
	size_t used = 0;

	for (; *text != '\0'; text++)
		if (is_letter(*text))
			ret->text[used++] = *text;
	ret->text[used] = '\0';
	return used;
}

/* A line without room for two more letters was full when it was written. */
static bool line_is_full(struct span line)
{
	size_t used = line.len;

	while (used > 0 && line.at[used - 1] == '<')
		used--;
	return used + 2 >= line.len;
}

static const char *part_end(const char *part)
{
	while (*part != '\0' && *part != '<')
		part++;
	return part;
}

/* Every part of @line begins the part of @name that stands at its place. */
static bool parts_begin(const char *name, const char *line)
{
	while (*line != '\0') {
		const char *line_end = part_end(line);
		const char *name_end = part_end(name);
		size_t len = (size_t)(line_end - line);

		if (len == 0 || len > (size_t)(name_end - name) ||
		    memcmp(name, line, len) != 0)
			return false;
		line = *line_end == '<' ? line_end + 1 : line_end;
		name = *name_end == '<' ? name_end + 1 : name_end;
	}
	return true;
}

/* Where the surname ends in the line: the part before "<<". */
static bool same_split(struct span line, const char *name)
{
	size_t primary = 0;

	while (primary + 1 < line.len &&
	       (line.at[primary] != '<' || line.at[primary + 1] != '<'))
		primary++;
	return primary == (size_t)(part_end(name) - name);
}

enum name_match names_compare(struct span full, struct span line)
{
	CLEANUP(work_wipe) struct work name = { 0 };
	CLEANUP(work_wipe) struct work mrz = { 0 };
	CLEANUP(work_wipe) struct work name_letters = { 0 };
	CLEANUP(work_wipe) struct work mrz_letters = { 0 };
	size_t len = 0;

	if (transliterate(full, &name) != CCCD_OK || !line_parts(line, &mrz))
		return NAME_UNKNOWN;
	(void)letters_of(name.text, &name_letters);
	len = letters_of(mrz.text, &mrz_letters);
	if (strcmp(name_letters.text, mrz_letters.text) == 0)
		return same_split(line, name.text) ? NAME_SAME
		                                   : NAME_SAME_SPLIT_ELSEWHERE;
	if (!line_is_full(line))
		return NAME_DIFFERS;
	if (strncmp(name_letters.text, mrz_letters.text, len) == 0)
		return NAME_CUT;
	return parts_begin(name.text, mrz.text) ? NAME_ABBREVIATED
	                                        : NAME_DIFFERS;
}

bool names_same(struct span a, struct span b)
{
	CLEANUP(work_wipe) struct work left = { 0 };
	CLEANUP(work_wipe) struct work right = { 0 };

	if (text_key(a, left.text, sizeof(left.text)) != CCCD_OK ||
	    text_key(b, right.text, sizeof(right.text)) != CCCD_OK)
		return false;
	return left.text[0] != '\0' && strcmp(left.text, right.text) == 0;
}

/*
 * What is left of a name when everything goes that Telex (s f r x j w z,
 * doubled a e o d) or VNI (digits) may have eaten or left behind.
 */
static bool skeleton(struct span name, struct work *ret)
{
	CLEANUP(work_wipe) struct work key = { 0 };
	size_t used = 0;

	if (text_key(name, key.text, sizeof(key.text)) != CCCD_OK)
		return false;
	for (size_t i = 0; key.text[i] != '\0'; i++) {
		char byte = key.text[i];

		if ((byte >= '0' && byte <= '9') ||
		    strchr("SFRXJWZ", byte) != NULL)
			continue;
		if (used > 0 && strchr("AEOD", byte) != NULL &&
		    ret->text[used - 1] == byte)
			continue;
		ret->text[used++] = byte;
	}
	ret->text[used] = '\0';
	return used > 0;
}

bool names_same_typed(struct span a, struct span b)
{
	CLEANUP(work_wipe) struct work left = { 0 };
	CLEANUP(work_wipe) struct work right = { 0 };

	return skeleton(a, &left) && skeleton(b, &right) &&
	       strcmp(left.text, right.text) == 0;
}

void names_split(struct span full, struct span *ret_family,
                 struct span *ret_given)
{
	size_t len = 0;

	full = text_trim(full);
	while (len < full.len && full.at[len] != ' ')
		len++;
	*ret_family = span_first(full, len);
	*ret_given = text_trim(span_after(full, len));
}
