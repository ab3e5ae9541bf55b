/* SPDX-License-Identifier: Apache-2.0 */
/* Names: exact, then spacing, tone placement, diacritics, in this order. */
#include "service/gateway/match_inside.h"

#include "base/text.h"

enum {
	/* Decomposed text is longer than the name, five bytes for three. */
	FORM_MAX = 5 * CITIZEN_NAME_MAX / 2,
	/* An MRZ of three lines holds 30 letters of a name, separators
	 * included [9303-5 4.2.2]; a shorter start proves too little. */
	TRUNCATED_LEAST = 20,
};

/** struct forms - one name from strict to loose. */
struct forms {
	char upper[FORM_MAX];
	char toned[FORM_MAX];
	char key[FORM_MAX];
};

static void forms_wipe(struct forms *forms)
{
	wipe(forms, sizeof(*forms));
}

#define FORMS CLEANUP(forms_wipe) struct forms

static CHECKED enum cccd_err make_forms(const char *name, struct forms *ret)
{
	struct span text = span_text(name);

	TRY(text_upper(text, ret->upper, sizeof(ret->upper)));
	TRY(text_toned(text, ret->toned, sizeof(ret->toned)));
	return text_key(text, ret->key, sizeof(ret->key));
}

/* A letter that no keyboard layout puts between words. */
static bool is_letter(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte & 0x80) != 0;
}

/* Over what is no letter: ASCII signs, dashes and quotes of U+2000 to U+203F,
 * the modifier apostrophes U+02BB to U+02BF of highland names, and the acute
 * accent U+00B4 and the dot U+00B7 that keyboards give for them. */
static const char *skip(const char *at)
{
	for (;;) {
		const uint8_t *bytes = (const uint8_t *)at;

		if (bytes[0] == 0xE2 && bytes[1] == 0x80)
			at += bytes[2] != '\0' ? 3 : 2;
		else if ((bytes[0] == 0xCA && bytes[1] >= 0xBB &&
		          bytes[1] <= 0xBF) ||
		         (bytes[0] == 0xC2 &&
		          (bytes[1] == 0xB4 || bytes[1] == 0xB7)))
			at += 2;
		else if (bytes[0] != '\0' && !is_letter(*at))
			at++;
		else
			return at;
	}
}

/* The same letters in the same order, whatever stands between them. */
static bool same_letters(const char *a, const char *b)
{
	for (;;) {
		a = skip(a);
		b = skip(b);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Whether a name has letters beyond ASCII at all. */
static bool is_bare(const struct forms *forms)
{
	const char *at = skip(forms->upper);

	while (*at != '\0' && (*at & 0x80) == 0)
		at = skip(at + 1);
	return *at == '\0';
}

static bool is_start_of(const char *start, const char *whole)
{
	size_t len = strlen(start);

	return len >= TRUNCATED_LEAST && strncmp(start, whole, len) == 0;
}

/* Both keys are the same; what else is not? */
static struct match_found compare_marks(const struct forms *card,
                                        const struct forms *registry,
                                        const struct match_rules *rules)
{
	if (is_bare(card) || is_bare(registry))
		return match_same(MATCH_DIACRITICS);
	if (rules->diacritics_count)
		return match_differs();
	return match_same(MATCH_OTHER_DIACRITICS);
}

static struct match_found compare(const struct forms *card,
                                  const struct forms *registry, bool truncated,
                                  const struct match_rules *rules)
{
	if (strcmp(card->upper, registry->upper) == 0)
		return match_same(MATCH_EXACT);
	if (same_letters(card->upper, registry->upper))
		return match_same(MATCH_SPACING);
	if (same_letters(card->toned, registry->toned))
		return match_same(MATCH_TONE_PLACEMENT);
	if (same_letters(card->key, registry->key))
		return compare_marks(card, registry, rules);
	if (truncated && is_start_of(card->key, registry->key))
		return match_same(MATCH_TRUNCATED);
	return match_differs();
}

enum cccd_err match_names(const char *card, const char *registry,
                          bool truncated, const struct match_rules *rules,
                          struct match_found *ret)
{
	FORMS ours = { { 0 }, { 0 }, { 0 } };
	FORMS theirs = { { 0 }, { 0 }, { 0 } };

	*ret = (struct match_found){ .state = MATCH_MISSING };
	if (match_is_empty(card) || match_is_empty(registry))
		return CCCD_OK;
	TRY(make_forms(card, &ours));
	TRY(make_forms(registry, &theirs));
	/* Dots and dashes are no name. */
	if (*skip(ours.key) != '\0' && *skip(theirs.key) != '\0')
		*ret = compare(&ours, &theirs, truncated, rules);
	return CCCD_OK;
}
