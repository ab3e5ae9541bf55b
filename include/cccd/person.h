/* SPDX-License-Identifier: Apache-2.0 */
/* The holder of a document: one structure from DG1, DG13, DG11 and DG12. */
#ifndef CCCD_PERSON_H
#define CCCD_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/export.h>
#include <cccd/tables.h>
#include <cccd/vnm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_document_kind - what lay on the reader. */
enum cccd_document_kind {
	CCCD_KIND_UNKNOWN = 0,
	CCCD_KIND_CCCD,     /* chip card of 2021 to June 2024 */
	CCCD_KIND_CAN_CUOC, /* card of Law 26/2023/QH15 */
	CCCD_KIND_PASSPORT,
	CCCD_KIND_OTHER, /* any other Doc 9303 document */
};

/** cccd_document_kind_name() - "cccd", "can_cuoc", "passport", "other", "". */
CCCD_EXPORT const char *cccd_document_kind_name(enum cccd_document_kind kind);

/** enum cccd_source - where a value was read. */
enum cccd_source {
	CCCD_SOURCE_NONE = 0,
	CCCD_SOURCE_DG1,
	CCCD_SOURCE_DG11,
	CCCD_SOURCE_DG12,
	CCCD_SOURCE_DG13,
	CCCD_SOURCE_DERIVED, /* follows from others by a rule */
};

/** cccd_source_name() - "dg1", …, "derived", "". */
CCCD_EXPORT const char *cccd_source_name(enum cccd_source source);

/** cccd_sex_name() - "male", "female", "unspecified" or "". */
CCCD_EXPORT const char *cccd_sex_name(enum cccd_sex sex);

/* Room for texts, terminating NUL included; longer ones are cut and noted. */
enum {
	CCCD_PERSON_NAME_MAX = 256,
	CCCD_PERSON_TEXT_MAX = 768,
	CCCD_PERSON_WORD_MAX = 128,
	CCCD_PERSON_DATE_MAX = 11, /* YYYY, YYYY-MM or YYYY-MM-DD */
	CCCD_OLD_NUMBERS_MAX = 4,
};

/**
 * struct cccd_coded - a code found for a text, with the table's own words.
 * @code:       "" when the table has none for this text, or there is none
 * @name:       the table's spelling
 * @table, @version, @date: of the table, filled whenever one was asked
 * @confidence: of the table; "low" where the text was only searched
 */
struct cccd_coded {
	char code[8];
	char name[CCCD_PERSON_WORD_MAX];
	char table[CCCD_TABLE_NAME_MAX];
	char version[CCCD_TABLE_VERSION_MAX];
	char date[CCCD_TABLE_DATE_MAX];
	char confidence[CCCD_TABLE_CONFIDENCE_MAX];
};

/**
 * struct cccd_place - a place as printed.
 * @text:     as on the card, NFC; "" when absent
 * @label:    what the card calls it, in Vietnamese
 * @as_of:    "card issue": nothing tells whether it still holds
 * @province: of provinces_63, from the end of the address
 * @province_new: of provinces_34, what that province belongs to today
 */
struct cccd_place {
	char text[CCCD_PERSON_TEXT_MAX];
	char label[CCCD_PERSON_WORD_MAX];
	char as_of[16];
	struct cccd_coded province;
	struct cccd_coded province_new;
};

/** Notes on how a person was composed, as bits. */
enum cccd_person_note {
	CCCD_PERSON_TEXT_CUT = 1 << 0, /* a text was longer than its room */
	CCCD_PERSON_FIELD_INVALID = 1 << 1,   /* a field of DG13 is no UTF-8 */
	CCCD_PERSON_BIRTH_PIVOT = 1 << 2,     /* century of birth by rule */
	CCCD_PERSON_EXPIRY_PIVOT = 1 << 3,    /* century of expiry by rule */
	CCCD_PERSON_PARENT_UNCLEAR = 1 << 4,  /* one name for two parents */
	CCCD_PERSON_ISSUE_UNKNOWN = 1 << 5,   /* kind decided without a date */
	CCCD_PERSON_DATE_UNREADABLE = 1 << 6, /* a date in no known form */
};

/**
 * struct cccd_person - everything a string, because numbers begin with 0.
 *
 * Members that a document does not state are "". It holds copies: wipe it
 * with cccd_person_wipe().
 *
 * @id_number:       12 digits; only of Vietnamese documents
 * @document_number: of the MRZ
 * @document_kind_basis: how the kind was decided, e.g. "date_of_issue"
 * @issuing_state:   code of the MRZ, e.g. "VNM"
 * @full_name:       NFC, with diacritics where the document has them
 * @name_primary, @name_secondary, @name_truncated: as the MRZ has them
 * @sex_text:        as printed, "" when the document prints a letter only
 * @nationality:     as printed, or the table's name of the MRZ's code
 * @nationality_alpha_3: ISO 3166-1 alpha-3
 * @health_nationality: code the health tables want; "" until an official
 *                   table is loaded
 * @date_of_expiry:  "" with @no_expiry
 * @place_of_issue_derived: by the rule for Vietnamese cards; never printed
 *                   on the chip
 * @issuing_authority: of DG12
 * @old_numbers:     earlier numbers of the holder
 * @place_of_origin: "Quê quán", or what the card calls it
 * @birth_registration: province that the number's first digits name
 * @notes:           bits of enum cccd_person_note
 * @number_notes:    bits of enum cccd_number_note: hints, not verdicts
 */
struct cccd_person {
	char id_number[13];
	char document_number[26];
	enum cccd_document_kind document_kind;
	char document_kind_basis[32];
	char issuing_state[4];

	char full_name[CCCD_PERSON_NAME_MAX];
	enum cccd_source full_name_source;
	char name_primary[40];
	char name_secondary[40];
	bool name_truncated;
	char date_of_birth[CCCD_PERSON_DATE_MAX];
	enum cccd_source date_of_birth_source;
	enum cccd_sex sex;
	char sex_text[CCCD_PERSON_WORD_MAX];
	char nationality[CCCD_PERSON_WORD_MAX];
	char nationality_alpha_3[4];
	struct cccd_coded nationality_code;
	struct cccd_coded health_nationality;

	char date_of_issue[CCCD_PERSON_DATE_MAX];
	char date_of_expiry[CCCD_PERSON_DATE_MAX];
	bool no_expiry;
	char place_of_issue_derived[CCCD_PERSON_WORD_MAX];
	char issuing_authority[CCCD_PERSON_NAME_MAX];
	char old_numbers[CCCD_OLD_NUMBERS_MAX][24];
	uint32_t old_number_count;

	struct cccd_place place_of_residence;
	struct cccd_place place_of_origin;
	struct cccd_coded birth_registration;

	char father_name[CCCD_PERSON_NAME_MAX];
	char mother_name[CCCD_PERSON_NAME_MAX];
	char spouse_name[CCCD_PERSON_NAME_MAX];

	char ethnicity[CCCD_PERSON_WORD_MAX];
	struct cccd_coded ethnicity_code;
	char religion[CCCD_PERSON_WORD_MAX];
	char personal_features[CCCD_PERSON_TEXT_MAX];

	uint32_t notes;
	uint32_t number_notes;
};

/**
 * cccd_person_apply_tables() - look the texts up in code tables.
 * @person: filled; codes found earlier are replaced
 * @tables: borrowed for the call; may be NULL
 *
 * A text that no table knows keeps its words and gets no code.
 */
CCCD_EXPORT void cccd_person_apply_tables(struct cccd_person *person,
                                          const struct cccd_tables *tables);

/** cccd_person_wipe() - overwrite every byte; accepts NULL. */
CCCD_EXPORT void cccd_person_wipe(struct cccd_person *person);

/**
 * cccd_person_age() - whole years on a day, from the birth date.
 * @on:         a whole date
 * @ret_least:  age at least; with an unknown day or month the last day of
 *              the month or year is taken
 *
 * Return: false when the birth year is unknown or after @on.
 */
CCCD_EXPORT bool cccd_person_age(const struct cccd_person *person,
                                 struct cccd_day on, unsigned int *ret_least);

#ifdef __cplusplus
}
#endif

#endif
