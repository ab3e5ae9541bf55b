/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a row of a code table, by code or by any of its names. */
#include "apdu/vnm/lookup.h"

#include "base/text.h"

enum { KEY_MAX = 160 };

/* Both forms of a name: with its diacritics and without. */
struct name_key {
	char exact[KEY_MAX];
	char bare[KEY_MAX];
};

enum match { MATCH_NONE, MATCH_BARE, MATCH_EXACT };

const struct cccd_table_row *lookup_code(const struct cccd_table *table,
                                         struct span code)
{
	if (table == NULL || code.len == 0)
		return NULL;
	for (uint32_t i = 0; i < table->row_count; i++)
		if (span_equal(span_text(table->rows[i].code), code))
			return &table->rows[i];
	return NULL;
}

/* ASCII punctuation and blanks out of the form with diacritics. */
static void squeeze(char *text)
{
	size_t used = 0;

	for (size_t i = 0; text[i] != '\0'; i++)
		if (((unsigned char)text[i] & 0x80) != 0 ||
		    (text[i] >= '0' && text[i] <= '9') ||
		    (text[i] >= 'A' && text[i] <= 'Z'))
			text[used++] = text[i];
	text[used] = '\0';
}

static bool key_of(struct span name, struct name_key *ret)
{
	if (text_upper(name, ret->exact, sizeof(ret->exact)) != CCCD_OK ||
	    text_key(name, ret->bare, sizeof(ret->bare)) != CCCD_OK)
		return false;
	squeeze(ret->exact);
	return ret->bare[0] != '\0';
}

static enum match compare(const struct name_key *key, struct span name)
{
	struct name_key other;

	if (!key_of(name, &other) || strcmp(key->bare, other.bare) != 0)
		return MATCH_NONE;
	return strcmp(key->exact, other.exact) == 0 ? MATCH_EXACT : MATCH_BARE;
}

/* The best match among a row's name and its aliases. */
static enum match match_row(const struct name_key *key,
                            const struct cccd_table_row *row)
{
	enum match best = compare(key, span_text(row->name));
	struct span rest = span_text(row->aliases);

	while (rest.len > 0 && best != MATCH_EXACT) {
		const uint8_t *bar = memchr(rest.at, '|', rest.len);
		size_t len = bar == NULL ? rest.len : (size_t)(bar - rest.at);
		enum match match = compare(key, span_first(rest, len));

		best = match > best ? match : best;
		rest = span_after(rest, len + 1);
	}
	return best;
}

const struct cccd_table_row *lookup_name(const struct cccd_table *table,
                                         struct span name)
{
	const struct cccd_table_row *found = NULL;
	enum match best = MATCH_NONE;
	struct name_key key;

	if (table == NULL || !key_of(name, &key))
		return NULL;
	for (uint32_t i = 0; i < table->row_count; i++) {
		enum match match = match_row(&key, &table->rows[i]);

		if (match == MATCH_NONE || match < best)
			continue;
		/* Two rows equally near: no guess. */
		found = match == best ? NULL : &table->rows[i];
		best = match;
	}
	return found;
}

static struct span last_part(struct span address)
{
	address = text_trim(address);
	for (size_t i = address.len; i > 0; i--)
		if (address.at[i - 1] == ',')
			return text_trim(span_after(address, i));
	return address;
}

/* Without the word for the kind of place. */
static struct span skip_kind(struct span name)
{
	static const char *const kinds[] = {
		"Tỉnh ",      "tỉnh ",      "TỈNH ", "Thành phố ", "thành phố ",
		"THÀNH PHỐ ", "Thành Phố ", "TP. ",  "TP.",        "TP ",
		"Tp. ",       "Tp.",        "Tp ",   "T. ",        "T.",
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct span kind = span_text(kinds[i]);

		if (name.len > kind.len &&
		    span_equal(span_first(name, kind.len), kind))
			return text_trim(span_after(name, kind.len));
	}
	return name;
}

const struct cccd_table_row *lookup_province(const struct cccd_table *table,
                                             struct span address)
{
	struct span part = last_part(address);
	char nfc[KEY_MAX];

	if (text_nfc(part, nfc, sizeof(nfc)) != CCCD_OK)
		return NULL;
	return lookup_name(table, skip_kind(span_text(nfc)));
}
