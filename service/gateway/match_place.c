/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, loosely: the units of July 2025 replaced those on the cards. */
#include "service/gateway/match_inside.h"

#include "base/text.h"

enum {
	KEY_MAX = CITIZEN_TEXT_MAX,
	PARTS_MAX = 12,
};

/** struct place - an address in a form that compares. */
struct place {
	char whole[KEY_MAX];
	size_t first;     /* bytes of its first part */
	char province[4]; /* code of today, "" when not known */
	size_t parts;
};

static void place_wipe(struct place *place)
{
	wipe(place, sizeof(*place));
}

#define PLACE CLEANUP(place_wipe) struct place

/* What kind of unit it is; a blank or a dot must follow. */
static const char *const unit_words[] = {
	"THANH PHO", "THI TRAN", "THI XA", "DAC KHU", "HUYEN", "PHUONG",
	"TINH",      "QUAN",     "XA",     "TP",      "TX",    "TT",
	"Q",         "H",        "P",      "X",       "T",
};

static bool starts_with(const char *text, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char byte = text[i];

		if (byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 'a' + 'A');
		if (byte != word[i])
			return false;
	}
	return true;
}

/* The key of a part without the word for its kind: "Xã Ea Tu" is EATU. */
static CHECKED enum cccd_err part_key(struct span part, char *ret, size_t cap)
{
	char bare[KEY_MAX];
	const char *from = bare;
	enum cccd_err err = text_strip(part, bare, sizeof(bare));

	for (size_t i = 0; err == CCCD_OK && i < ARRAY_LEN(unit_words); i++) {
		size_t len = strlen(unit_words[i]);

		if (!starts_with(bare, unit_words[i], len) ||
		    (bare[len] != ' ' && bare[len] != '.'))
			continue;
		from = bare + len + 1;
		break;
	}
	if (err == CCCD_OK)
		err = text_key(span_text(from), ret, cap);
	wipe(bare, sizeof(bare));
	return err;
}

static void set_code(char ret[static 4], const char *code)
{
	if (strlen(code) < 4)
		memcpy(ret, code, strlen(code) + 1);
}

static CHECKED enum cccd_err add_row(struct span name, const char *code,
                                     const char *now,
                                     struct match_provinces *ret)
{
	if (ret->count == MATCH_PROVINCES_MAX)
		return CCCD_ERR_POLICY_CONFIG;
	if (part_key(name, ret->rows[ret->count].key,
	             sizeof(ret->rows[0].key)) != CCCD_OK)
		return CCCD_ERR_POLICY_CONFIG;
	set_code(ret->rows[ret->count].code, code);
	set_code(ret->rows[ret->count].now, now);
	ret->count++;
	return CCCD_OK;
}

static CHECKED enum cccd_err add_table(const struct cccd_table *table,
                                       bool today, struct match_provinces *ret)
{
	for (uint32_t i = 0; table != NULL && i < table->row_count; i++) {
		const struct cccd_table_row *row = &table->rows[i];
		const char *now = today ? row->code : row->to;
		const char *at = row->aliases;

		TRY(add_row(span_text(row->name), row->code, now, ret));
		while (*at != '\0') {
			size_t len = strcspn(at, "|");

			TRY(add_row(span_of(at, len), "", now, ret));
			at += len;
			at += *at == '|';
		}
	}
	return CCCD_OK;
}

enum cccd_err match_provinces_make(const struct cccd_tables *tables,
                                   struct match_provinces *ret)
{
	*ret = (struct match_provinces){ .count = 0 };
	TRY(add_table(tables->provinces_34, true, ret));
	return add_table(tables->provinces_63, false, ret);
}

/* Today's province by its name, or by that of one it took in; the tables of
 * today come first. */
static void find_named(const struct match_provinces *provinces, const char *key,
                       struct place *ret)
{
	ret->province[0] = '\0';
	for (size_t i = 0; provinces != NULL && i < provinces->count; i++) {
		if (strcmp(provinces->rows[i].key, key) != 0)
			continue;
		set_code(ret->province, provinces->rows[i].now);
		return;
	}
}

/* Two digits stand for a province of today, or else for one of before,
 * whose code has a zero in front; codes are not used twice. */
static void find_coded(const struct match_provinces *provinces,
                       const char *code, struct place *ret)
{
	size_t len = strlen(code);

	for (size_t i = 0; provinces != NULL && i < provinces->count; i++) {
		const char *row = provinces->rows[i].code;

		if (strcmp(row, code) != 0 &&
		    (len != 2 || row[0] != '0' || strcmp(row + 1, code) != 0))
			continue;
		set_code(ret->province, provinces->rows[i].now);
		return;
	}
}

/* Parts between commas; the first is house or hamlet, the last a province. */
static CHECKED enum cccd_err make_place(const char *text,
                                        const struct match_provinces *provinces,
                                        struct place *ret)
{
	char key[KEY_MAX] = "";
	size_t used = 0;

	for (const char *at = text; ret->parts < PARTS_MAX;) {
		size_t len = strcspn(at, ",;");

		TRY(part_key(span_of(at, len), key, sizeof(key)));
		if (used + strlen(key) >= sizeof(ret->whole))
			return CCCD_ERR_DATA_TOO_LARGE;
		memcpy(ret->whole + used, key, strlen(key) + 1);
		used += strlen(key);
		if (key[0] != '\0')
			find_named(provinces, key, ret);
		if (key[0] != '\0' && ret->parts++ == 0)
			ret->first = strlen(key);
		at += len;
		if (*at == '\0')
			break;
		at++;
	}
	wipe(key, sizeof(key));
	return CCCD_OK;
}

static CHECKED enum cccd_err
registry_place(const struct citizen_address *from,
               const struct match_provinces *provinces, struct place *ret)
{
	TRY(make_place(from->text[0] != '\0' ? from->text : from->detail,
	               provinces, ret));
	if (from->province[0] != '\0')
		find_coded(provinces, from->province, ret);
	return CCCD_OK;
}

/* The first part of the card's is house or hamlet only if others follow. */
static struct match_found compare(const struct place *card,
                                  const struct place *registry, bool coded)
{
	bool provinces =
	        card->province[0] != '\0' && registry->province[0] != '\0';

	if (card->whole[0] != '\0' && strcmp(card->whole, registry->whole) == 0)
		return match_same(MATCH_EXACT);
	if (provinces && strcmp(card->province, registry->province) != 0)
		return match_differs();
	if (registry->whole[0] == '\0' || card->parts < 2 ||
	    (registry->parts < 2 && !coded))
		return provinces ? match_same(MATCH_PROVINCE_ONLY)
		                 : (struct match_found){ MATCH_MISSING, 0 };
	return card->first == registry->first &&
	                       memcmp(card->whole, registry->whole,
	                              card->first) == 0
	               ? match_same(MATCH_ADMINISTRATIVE)
	               : match_differs();
}

enum cccd_err match_places(const char *card,
                           const struct citizen_address *registry,
                           const struct match_rules *rules,
                           struct match_found *ret)
{
	PLACE ours = { .parts = 0 };
	PLACE theirs = { .parts = 0 };
	bool coded = registry->province[0] != '\0';

	*ret = (struct match_found){ .state = MATCH_MISSING };
	if (match_is_empty(card) || (!coded && registry->text[0] == '\0' &&
	                             registry->detail[0] == '\0'))
		return CCCD_OK;
	TRY(make_place(card, rules->provinces, &ours));
	TRY(registry_place(registry, rules->provinces, &theirs));
	*ret = compare(&ours, &theirs, coded);
	return CCCD_OK;
}
