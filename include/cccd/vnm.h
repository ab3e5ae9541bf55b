/* SPDX-License-Identifier: Apache-2.0 */
/* What the Vietnamese national data group (DG13) of a card holds. */
#ifndef CCCD_VNM_H
#define CCCD_VNM_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct cccd_day - a calendar day, or what is known of it.
 * @year:  0 when nothing is known
 * @month: 1 to 12, 0 when not known
 * @day:   1 to 31, 0 when not known
 */
struct cccd_day {
	uint16_t year;
	uint8_t month;
	uint8_t day;
};

/** enum cccd_date_form - how a date was written. */
enum cccd_date_form {
	CCCD_FORM_NONE = 0,  /* absent, or not a date: see the raw text */
	CCCD_FORM_SLASHES,   /* dd/MM/yyyy, MM/yyyy */
	CCCD_FORM_DMY,       /* ddMMyyyy */
	CCCD_FORM_ISO,       /* yyyy-MM-dd, yyyy-MM */
	CCCD_FORM_YMD,       /* yyyyMMdd */
	CCCD_FORM_YEAR,      /* yyyy */
	CCCD_FORM_NO_EXPIRY, /* text that means "no expiry" */
};

/** enum cccd_field_state - what became of one field of DG13. */
enum cccd_field_state {
	CCCD_FIELD_MISSING = 0, /* no such member: absent */
	CCCD_FIELD_EMPTY,       /* a member without content: absent as well */
	CCCD_FIELD_PRESENT,
	CCCD_FIELD_INVALID, /* not UTF-8, or not a string: raw bytes only */
};

/** enum cccd_dg13_number - the fields by their numbers. */
enum cccd_dg13_number {
	CCCD_DG13_ID_NUMBER = 1,
	CCCD_DG13_FULL_NAME = 2,
	CCCD_DG13_DATE_OF_BIRTH = 3,
	CCCD_DG13_SEX = 4,
	CCCD_DG13_NATIONALITY = 5,
	CCCD_DG13_ETHNICITY = 6,
	CCCD_DG13_RELIGION = 7,
	CCCD_DG13_PLACE_OF_ORIGIN = 8,
	CCCD_DG13_PLACE_OF_RESIDENCE = 9,
	CCCD_DG13_PERSONAL_FEATURES = 10,
	CCCD_DG13_DATE_OF_ISSUE = 11,
	CCCD_DG13_DATE_OF_EXPIRY = 12,
	CCCD_DG13_PARENTS = 13,
	CCCD_DG13_SPOUSE = 14,
	CCCD_DG13_OLD_NUMBER = 15,
	CCCD_DG13_UNEXPLAINED = 16, /* meaning not established: raw only */
};

enum {
	CCCD_DG13_FIELDS = 17, /* index 0 is not used */
	CCCD_DG13_EXTRA_MAX = 32,
};

/**
 * struct cccd_field - one string of DG13.
 * @state: whether there is one
 * @text:  valid UTF-8 when @state is CCCD_FIELD_PRESENT; empty otherwise
 * @raw:   everything after the field's number, as read
 * @tag:   ASN.1 tag of the string, 0 when there is none
 *
 * The bytes belong to the file that was parsed. The text is as the card
 * spells it: not normalised, and it may hold control characters.
 */
struct cccd_field {
	enum cccd_field_state state;
	struct cccd_bytes text;
	struct cccd_bytes raw;
	uint32_t tag;
};

/**
 * struct cccd_field_date - a date of DG13 beside its field.
 * @date: what the text means; year 0 when it is not a date
 * @form: how it was written
 */
struct cccd_field_date {
	struct cccd_day date;
	enum cccd_date_form form;
};

/**
 * struct cccd_extra_field - a member that found no place in the table.
 * @number: its number; 0 when it has none
 * @raw:    everything after the number, or the whole member without one
 */
struct cccd_extra_field {
	uint32_t number;
	struct cccd_bytes raw;
};

/** Facts about a DG13 that are worth a line, as bits. */
enum cccd_dg13_fact {
	CCCD_DG13_NO_VERSION = 1 << 0,     /* INTEGER 1 is not there */
	CCCD_DG13_OTHER_VERSION = 1 << 1,  /* it is not 1 */
	CCCD_DG13_NO_OID = 1 << 2,         /* no charset is announced */
	CCCD_DG13_OTHER_OID = 1 << 3,      /* not 1.0.10646.1.0.8 */
	CCCD_DG13_DUPLICATE = 1 << 4,      /* a number stands twice */
	CCCD_DG13_CONFLICT = 1 << 5,       /* … with other content */
	CCCD_DG13_UNKNOWN = 1 << 6,        /* a number not in the table */
	CCCD_DG13_ODD_MEMBER = 1 << 7,     /* not SEQUENCE { INTEGER … } */
	CCCD_DG13_INVALID_TEXT = 1 << 8,   /* some field is not UTF-8 */
	CCCD_DG13_PARENT_UNCLEAR = 1 << 9, /* one string for two parents */
	CCCD_DG13_TRAILING = 1 << 10,      /* bytes after the last element */
	CCCD_DG13_UNPARSED_DATE = 1 << 11, /* a date in no known form */
	CCCD_DG13_OTHER_STRING_TYPE = 1 << 12, /* not UTF8 / PrintableString */
};

/**
 * struct cccd_dg13 - the Vietnamese personal data.
 * @national:  this schema was found; otherwise only @content is filled:
 *             DG13 is free to every state, so that is no error
 * @content:   the value of the file's outer element, as read
 * @facts:     bits of enum cccd_dg13_fact
 * @duplicates: bit n set: field n stood more than once; the first one counts
 * @fields:    by number, 1 to 16; 13 and 14 hold the nested raw value
 * @father, @mother, @spouse: strings of fields 13 and 14
 * @birth, @issue, @expiry: fields 3, 11 and 12 as dates
 * @extras:    unknown numbers, odd members and the later duplicates
 */
struct cccd_dg13 {
	bool national;
	struct cccd_bytes content;
	uint32_t facts;
	uint32_t duplicates;
	struct cccd_field fields[CCCD_DG13_FIELDS];
	struct cccd_field father;
	struct cccd_field mother;
	struct cccd_field spouse;
	struct cccd_field_date birth;
	struct cccd_field_date issue;
	struct cccd_field_date expiry;
	struct cccd_extra_field extras[CCCD_DG13_EXTRA_MAX];
	uint32_t extra_count;
};

/** Notes on a citizen number: warnings, never a refusal. */
enum cccd_number_note {
	CCCD_NUMBER_PLACE_UNKNOWN = 1 << 0, /* code not in the table */
	CCCD_NUMBER_NO_TABLE = 1 << 1,      /* no table to look it up in */
	CCCD_NUMBER_BIRTH_FUTURE = 1 << 2,  /* birth year not yet there */
	CCCD_NUMBER_YEAR_DIFFERS = 1 << 3,  /* not the document's birth year */
	CCCD_NUMBER_SEX_DIFFERS = 1 << 4,   /* not the document's sex */
};

/** enum cccd_sex - as the document states it. */
enum cccd_sex {
	CCCD_SEX_NONE = 0, /* not stated at all */
	CCCD_SEX_MALE,
	CCCD_SEX_FEMALE,
	CCCD_SEX_UNSPECIFIED,
};

/**
 * struct cccd_citizen_number - PPP C YY NNNNNN taken apart.
 * @digits:     the whole number; text, it may begin with 0
 * @can:        its last six digits, the access number of the card
 * @place_code: province (or country) of birth registration, as of its issue
 * @place_name: from the table; "" when the code is unknown
 * @birth_year: from the century digit and YY
 * @sex:        from the century digit
 * @notes:      bits of enum cccd_number_note
 */
struct cccd_citizen_number {
	char digits[13];
	char can[7];
	char place_code[4];
	char place_name[64];
	uint16_t birth_year;
	enum cccd_sex sex;
	uint32_t notes;
};

/** Notes on a QR text, as bits. */
enum cccd_qr_note {
	CCCD_QR_BOM = 1 << 0,             /* byte order mark taken off */
	CCCD_QR_LINE_ENDS = 1 << 1,       /* CR, LF or blanks around it */
	CCCD_QR_OTHER_SEPARATOR = 1 << 2, /* not '|': keyboard layout */
	CCCD_QR_SHIFTED = 1 << 3,         /* fields not at their positions */
	CCCD_QR_NO_OLD_NUMBER = 1 << 4,   /* six fields: left out altogether */
	CCCD_QR_LAYOUT_DIGITS = 1 << 5,   /* digits typed as ă â ê ô … */
	CCCD_QR_NOT_UTF8 = 1 << 6,        /* names and address given up */
	CCCD_QR_TEXT_DAMAGED = 1 << 7,    /* name is not made of letters */
	CCCD_QR_BIRTH_UNREADABLE = 1 << 8,
	CCCD_QR_ISSUE_UNREADABLE = 1 << 9,
	CCCD_QR_SEX_UNREADABLE = 1 << 10,
	CCCD_QR_EXTRA_FIELDS = 1 << 11, /* beyond the eleventh */
	CCCD_QR_TEXT_CUT = 1 << 12,     /* a field was longer than its room */
};

enum {
	CCCD_QR_FIELD_MAX = 512,
	CCCD_QR_NAME_MAX = 256,
	CCCD_QR_LATER_FIELDS = 4,
};

/**
 * struct cccd_qr - the text in the card's QR code. It is not signed.
 * @field_count: fields found; 7 until June 2024, 11 since
 * @id_number:   12 digits, always there
 * @old_number:  "" when none
 * @full_name, @residence: NFC; "" when they did not survive
 * @birth, @issue: year 0 when unreadable
 * @sex_text:    as printed
 * @later:       fields 8 to 11 as they are: their order is not established
 * @notes:       bits of enum cccd_qr_note
 */
struct cccd_qr {
	uint32_t field_count;
	char id_number[13];
	char old_number[24];
	char full_name[CCCD_QR_NAME_MAX];
	struct cccd_day birth;
	enum cccd_sex sex;
	char sex_text[32];
	char residence[CCCD_QR_FIELD_MAX];
	struct cccd_day issue;
	char later[CCCD_QR_LATER_FIELDS][CCCD_QR_NAME_MAX];
	uint32_t notes;
};

#ifdef __cplusplus
}
#endif

#endif
