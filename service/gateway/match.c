/* SPDX-License-Identifier: Apache-2.0 */
/* The person of the card against the registry's: docs/gateway-matching.md. */
#include "service/gateway/match.h"

#include "service/gateway/connectors/citizen_words.h"
#include "service/gateway/match_inside.h"

enum { NUMBER_LEN = 12, OLD_NUMBER_LEN = 9 };

static const char *const verdict_names[] = {
	[MATCH_UNDETERMINED] = "undetermined",
	[MATCH_MATCH] = "match",
	[MATCH_MISMATCH] = "mismatch",
	[MATCH_NOT_FOUND] = "not_found",
};
static const char *const state_names[] = {
	[MATCH_MISSING] = "missing",
	[MATCH_SAME] = "match",
	[MATCH_DIFFERS] = "differs",
};
static const char *const field_names[MATCH_FIELDS] = {
	[MATCH_ID_NUMBER] = "id_number",
	[MATCH_NAME] = "name",
	[MATCH_DATE_OF_BIRTH] = "date_of_birth",
	[MATCH_SEX] = "sex",
	[MATCH_OLD_NUMBER] = "old_number",
	[MATCH_RESIDENCE] = "residence",
	[MATCH_ORIGIN] = "origin",
	[MATCH_FATHER_NAME] = "father_name",
	[MATCH_MOTHER_NAME] = "mother_name",
	[MATCH_SPOUSE_NAME] = "spouse_name",
};
static const char *const note_names[MATCH_NOTES] = {
	[MATCH_EXACT] = "",
	[MATCH_SPACING] = "spacing",
	[MATCH_TONE_PLACEMENT] = "tone_placement",
	[MATCH_DIACRITICS] = "diacritics",
	[MATCH_OTHER_DIACRITICS] = "other_diacritics",
	[MATCH_TRUNCATED] = "truncated",
	[MATCH_YEAR_ONLY] = "year_only",
	[MATCH_MONTH_ONLY] = "month_only",
	[MATCH_BY_OLD_NUMBER] = "old_number",
	[MATCH_ADMINISTRATIVE] = "administrative",
	[MATCH_PROVINCE_ONLY] = "province_only",
	[MATCH_CONFIRMED] = "confirmed",
};

static const char *word(const char *const *names, size_t count, size_t at)
{
	return at < count ? names[at] : "";
}

const char *match_verdict_name(enum match_verdict verdict)
{
	return word(verdict_names, ARRAY_LEN(verdict_names), (size_t)verdict);
}

const char *match_state_name(enum match_state state)
{
	return word(state_names, ARRAY_LEN(state_names), (size_t)state);
}

const char *match_field_name(enum match_field field)
{
	return word(field_names, ARRAY_LEN(field_names), (size_t)field);
}

const char *match_note_name(enum match_note note)
{
	return word(note_names, ARRAY_LEN(note_names), (size_t)note);
}

static bool is_old(const char *number)
{
	return !match_is_empty(number) && strlen(number) == OLD_NUMBER_LEN;
}

/* Whether the card knows this number of nine digits. */
static bool has_old(const struct match_person *person, const char *old)
{
	if (is_old(person->id_number) && strcmp(person->id_number, old) == 0)
		return true;
	for (size_t i = 0;
	     i < person->old_number_count && i < MATCH_OLD_NUMBERS_MAX; i++)
		if (!match_is_empty(person->old_numbers[i]) &&
		    strcmp(person->old_numbers[i], old) == 0)
			return true;
	return false;
}

/* Twelve digits decide where both sides have them, else nine. */
static struct match_found compare_numbers(const struct match_person *person,
                                          const struct citizen *citizen)
{
	bool ours = !match_is_empty(person->id_number) &&
	            strlen(person->id_number) == NUMBER_LEN;

	if (ours && citizen->id_number[0] != '\0')
		return strcmp(person->id_number, citizen->id_number) == 0
		               ? match_same(MATCH_EXACT)
		               : match_differs();
	if (citizen->old_number[0] == '\0')
		return (struct match_found){ MATCH_MISSING, MATCH_EXACT };
	if (has_old(person, citizen->old_number))
		return match_same(MATCH_BY_OLD_NUMBER);
	/* A card that lists no old number cannot contradict one. */
	if (is_old(person->id_number) || person->old_number_count > 0)
		return match_differs();
	return (struct match_found){ MATCH_MISSING, MATCH_EXACT };
}

static struct match_found compare_old(const struct match_person *person,
                                      const struct citizen *citizen)
{
	if (citizen->old_number[0] == '\0' ||
	    (person->old_number_count == 0 && !is_old(person->id_number)))
		return (struct match_found){ MATCH_MISSING, MATCH_EXACT };
	return has_old(person, citizen->old_number) ? match_same(MATCH_EXACT)
	                                            : match_differs();
}

/* YYYY, YYYY-MM, YYYY-MM-DD; 0 for anything else. */
static size_t date_len(const char *date)
{
	static const char pattern[] = "dddd-dd-dd";
	size_t len = match_is_empty(date) ? 0 : strlen(date);

	if (len != 4 && len != 7 && len != 10)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == 'd' ? date[i] < '0' || date[i] > '9'
		                      : date[i] != pattern[i])
			return 0;
	return len;
}

/* So far as the less exact of the two goes. */
static struct match_found compare_dates(const char *card, const char *registry)
{
	size_t ours = date_len(card);
	size_t theirs = date_len(registry);
	size_t len = ours < theirs ? ours : theirs;

	if (len == 0)
		return (struct match_found){ MATCH_MISSING, MATCH_EXACT };
	if (strncmp(card, registry, len) != 0)
		return match_differs();
	if (ours == theirs)
		return match_same(MATCH_EXACT);
	return match_same(len == 4 ? MATCH_YEAR_ONLY : MATCH_MONTH_ONLY);
}

static struct match_found compare_sexes(const char *card, const char *registry)
{
	const char *ours = match_is_empty(card) ? "" : citizen_sex_word(card);
	const char *theirs = citizen_sex_word(registry);

	if (ours[0] == '\0' || theirs[0] == '\0')
		return (struct match_found){ MATCH_MISSING, MATCH_EXACT };
	return strcmp(ours, theirs) == 0 ? match_same(MATCH_EXACT)
	                                 : match_differs();
}

static void put(struct match_result *result, enum match_field field,
                struct match_found found)
{
	result->states[field] = found.state;
	result->notes[field] = found.note;
}

static CHECKED enum cccd_err put_names(const struct match_person *person,
                                       const struct citizen *citizen,
                                       const struct match_rules *rules,
                                       struct match_result *result)
{
	const struct {
		enum match_field field;
		const char *card;
		const char *registry;
		bool truncated;
	} pairs[] = {
		{ MATCH_NAME, person->full_name, citizen->full_name,
		  person->name_truncated },
		{ MATCH_FATHER_NAME, person->father_name,
		  citizen->father.full_name, false },
		{ MATCH_MOTHER_NAME, person->mother_name,
		  citizen->mother.full_name, false },
		{ MATCH_SPOUSE_NAME, person->spouse_name,
		  citizen->spouse.full_name, false },
	};
	struct match_found found = { MATCH_MISSING, MATCH_EXACT };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		TRY(match_names(pairs[i].card, pairs[i].registry,
		                pairs[i].truncated, rules, &found));
		put(result, pairs[i].field, found);
	}
	return CCCD_OK;
}

/* The card's residence is the permanent one, else where somebody lives. */
static CHECKED enum cccd_err put_places(const struct match_person *person,
                                        const struct citizen *citizen,
                                        const struct match_rules *rules,
                                        struct match_result *result)
{
	struct match_found found = { MATCH_MISSING, MATCH_EXACT };
	struct match_found current = { MATCH_MISSING, MATCH_EXACT };

	TRY(match_places(person->origin, &citizen->origin, rules, &found));
	put(result, MATCH_ORIGIN, found);
	TRY(match_places(person->residence, &citizen->permanent_residence,
	                 rules, &found));
	TRY(match_places(person->residence, &citizen->current_residence, rules,
	                 &current));
	if (found.state != MATCH_SAME && current.state != MATCH_MISSING)
		found = current;
	put(result, MATCH_RESIDENCE, found);
	return CCCD_OK;
}

static enum match_verdict decide(const struct match_result *result)
{
	for (int field = MATCH_ID_NUMBER; field <= MATCH_SEX; field++)
		if (result->states[field] == MATCH_DIFFERS)
			return MATCH_MISMATCH;
	/* The sex may be missing: old documents and registries lack it. */
	for (int field = MATCH_ID_NUMBER; field < MATCH_SEX; field++)
		if (result->states[field] != MATCH_SAME)
			return MATCH_UNDETERMINED;
	return MATCH_MATCH;
}

/* What was asked is what is confirmed. */
static void confirm(const struct match_person *person,
                    struct match_result *result)
{
	const struct match_found yes = match_same(MATCH_CONFIRMED);

	if (match_is_empty(person->id_number) ||
	    match_is_empty(person->full_name) ||
	    date_len(person->date_of_birth) == 0)
		return;
	put(result, MATCH_ID_NUMBER, yes);
	put(result, MATCH_NAME, yes);
	put(result, MATCH_DATE_OF_BIRTH, yes);
	result->verdict = MATCH_MATCH;
}

enum cccd_err match_compare(const struct match_person *person,
                            const struct registry_answer *answer,
                            const struct match_rules *rules,
                            struct match_result *ret)
{
	struct match_result result = { .verdict = MATCH_UNDETERMINED };
	const struct citizen *citizen = &answer->citizen;

	if (answer->outcome == REGISTRY_NOT_FOUND)
		result.verdict = MATCH_NOT_FOUND;
	if (answer->outcome == REGISTRY_CONFIRMED)
		confirm(person, &result);
	if (answer->outcome == REGISTRY_FOUND) {
		put(&result, MATCH_ID_NUMBER, compare_numbers(person, citizen));
		put(&result, MATCH_OLD_NUMBER, compare_old(person, citizen));
		put(&result, MATCH_DATE_OF_BIRTH,
		    compare_dates(person->date_of_birth,
		                  citizen->date_of_birth));
		put(&result, MATCH_SEX,
		    compare_sexes(person->sex, citizen->sex));
		TRY(put_names(person, citizen, rules, &result));
		TRY(put_places(person, citizen, rules, &result));
		result.verdict = decide(&result);
	}
	*ret = result;
	return CCCD_OK;
}
