/* SPDX-License-Identifier: Apache-2.0 */
/* The person of the card against the registry's: docs/gateway-matching.md. */
#ifndef SERVICE_GATEWAY_MATCH_H
#define SERVICE_GATEWAY_MATCH_H

#include <cccd/tables.h>

#include "service/gateway/connectors/connector.h"

enum { MATCH_OLD_NUMBERS_MAX = 4 };

/**
 * struct match_person - what a verified assertion says of the holder.
 *
 * Borrowed UTF-8; NULL and "" both mean that it says nothing.
 * @id_number:      12 digits, or 9 on an old document
 * @name_truncated: the name comes from an MRZ too short for it
 * @date_of_birth:  YYYY, YYYY-MM or YYYY-MM-DD
 * @sex:            "male", "female", or the word on the card
 * @residence:      the address at issue, one line
 */
struct match_person {
	const char *id_number;
	const char *old_numbers[MATCH_OLD_NUMBERS_MAX];
	size_t old_number_count;
	const char *full_name;
	bool name_truncated;
	const char *date_of_birth;
	const char *sex;
	const char *residence;
	const char *origin;
	const char *father_name;
	const char *mother_name;
	const char *spouse_name;
};

/** enum match_field - what is compared, in the order of the reply. */
enum match_field {
	MATCH_ID_NUMBER = 0,
	MATCH_NAME,
	MATCH_DATE_OF_BIRTH,
	MATCH_SEX,
	/* The fields above decide; those below are only told. */
	MATCH_OLD_NUMBER,
	MATCH_RESIDENCE,
	MATCH_ORIGIN,
	MATCH_FATHER_NAME,
	MATCH_MOTHER_NAME,
	MATCH_SPOUSE_NAME,
	MATCH_FIELDS,
};

/** enum match_state - of one field. */
enum match_state {
	MATCH_MISSING = 0, /* one of the two sides says nothing */
	MATCH_SAME,
	MATCH_DIFFERS,
};

/** enum match_note - in which way two values are the same. */
enum match_note {
	MATCH_EXACT = 0,
	MATCH_SPACING,          /* blanks, hyphens, dots */
	MATCH_TONE_PLACEMENT,   /* hoà for hòa */
	MATCH_DIACRITICS,       /* one side has none */
	MATCH_OTHER_DIACRITICS, /* both have some, not the same */
	MATCH_TRUNCATED,        /* the MRZ had no room for more */
	MATCH_YEAR_ONLY,        /* one side knows no more of the birth */
	MATCH_MONTH_ONLY,
	MATCH_BY_OLD_NUMBER,  /* nine digits against nine digits */
	MATCH_ADMINISTRATIVE, /* same place, other names of its units */
	MATCH_PROVINCE_ONLY,  /* no more could be compared */
	MATCH_CONFIRMED,      /* the registry's word; no value was seen */
	MATCH_NOTES,
};

/** enum match_verdict - of the whole check. */
enum match_verdict {
	MATCH_UNDETERMINED = 0,
	MATCH_MATCH,
	MATCH_MISMATCH,
	MATCH_NOT_FOUND,
};

enum { MATCH_PROVINCES_MAX = 256, MATCH_PROVINCE_KEY_MAX = 24 };

/**
 * struct match_provinces - names and codes of provinces, ready to look up.
 * @key:  as addresses are compared; "" for a row that is only a code
 * @code: of the table; "" for a further name
 * @now:  the province of today
 */
struct match_provinces {
	struct {
		char key[MATCH_PROVINCE_KEY_MAX];
		char code[4];
		char now[4];
	} rows[MATCH_PROVINCES_MAX];
	size_t count;
};

/**
 * match_provinces_make() - once, when the tables are loaded or replaced.
 * @tables: provinces_34 and provinces_63 are used; either may be NULL
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG when a table does not fit;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err match_provinces_make(const struct cccd_tables *tables,
                                           struct match_provinces *ret);

/**
 * struct match_rules - what a site may choose.
 * @diacritics_count: names with other diacritics on both sides differ
 * @provinces:        before and after July 2025; NULL when not at hand
 */
struct match_rules {
	bool diacritics_count;
	const struct match_provinces *provinces;
};

struct match_result {
	enum match_verdict verdict;
	enum match_state states[MATCH_FIELDS];
	enum match_note notes[MATCH_FIELDS];
};

/**
 * match_compare() - field by field; pure.
 * @answer: of any outcome; one that is no answer gives MATCH_UNDETERMINED
 *
 * MATCH_MATCH needs number, name and birth date to be the same and the sex
 * not to differ; a deciding field that differs gives MATCH_MISMATCH; a
 * missing one MATCH_UNDETERMINED.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when a text of the person is not
 * UTF-8 or too long; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err match_compare(const struct match_person *person,
                                    const struct registry_answer *answer,
                                    const struct match_rules *rules,
                                    struct match_result *ret);

/* Words of the reply: "match", "differs", "missing"; "name",
 * "date_of_birth", …; "diacritics", … and "" for MATCH_EXACT. */
const char *match_verdict_name(enum match_verdict verdict);
const char *match_state_name(enum match_state state);
const char *match_field_name(enum match_field field);
const char *match_note_name(enum match_note note);

#endif
