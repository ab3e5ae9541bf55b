/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the Logical Data Structure, Doc 9303-10. */
#ifndef CCCD_LDS_H
#define CCCD_LDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/bytes.h>
#include <cccd/security_info.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_file - every elementary file a reader may meet. */
enum cccd_file {
	CCCD_FILE_NONE = 0,
	CCCD_FILE_DG1 = 1, /* data groups have their own number */
	CCCD_FILE_DG2,
	CCCD_FILE_DG3,
	CCCD_FILE_DG4,
	CCCD_FILE_DG5,
	CCCD_FILE_DG6,
	CCCD_FILE_DG7,
	CCCD_FILE_DG8,
	CCCD_FILE_DG9,
	CCCD_FILE_DG10,
	CCCD_FILE_DG11,
	CCCD_FILE_DG12,
	CCCD_FILE_DG13,
	CCCD_FILE_DG14,
	CCCD_FILE_DG15,
	CCCD_FILE_DG16,
	CCCD_FILE_COM,
	CCCD_FILE_SOD,
	CCCD_FILE_CVCA,
	CCCD_FILE_CARD_ACCESS,
	CCCD_FILE_CARD_SECURITY,
	CCCD_FILE_ATR_INFO,
	CCCD_FILE_DIR,
};

enum { CCCD_FILES_COUNT = 24 }; /* array size when indexed by cccd_file */

/** enum cccd_date_state - how much of a date is known. */
enum cccd_date_state {
	CCCD_DATE_UNKNOWN = 0, /* absent, or fillers throughout */
	CCCD_DATE_PARTIAL,     /* year alone, or year and month, … */
	CCCD_DATE_COMPLETE,
	CCCD_DATE_INVALID, /* no date of the calendar: see @text */
};

enum { CCCD_DATE_TEXT_MAX = 9 };

/**
 * struct cccd_date - a date as a document states it.
 * @state:       which of the numbers count
 * @text:        as it stands there: YYMMDD in an MRZ, CCYYMMDD elsewhere
 * @year:        0 to 99 when @has_century is false; -1 when not known
 * @month:       1 to 12; 0 when not known
 * @day:         1 to 31; 0 when not known
 * @has_century: @year has four digits
 *
 * An unknown part is two fillers or two zeros [9303-3 4.8, 9303-10 4.7.11].
 * What century an MRZ means is not for this structure to say.
 */
struct cccd_date {
	enum cccd_date_state state;
	char text[CCCD_DATE_TEXT_MAX];
	int year;
	int month;
	int day;
	bool has_century;
};

/** enum cccd_mrz_format - Doc 9303 parts 5, 6 and 4. */
enum cccd_mrz_format {
	CCCD_MRZ_NONE = 0,
	CCCD_MRZ_TD1, /* card, three lines of 30 */
	CCCD_MRZ_TD2, /* two lines of 36 */
	CCCD_MRZ_TD3, /* passport, two lines of 44 */
};

/**
 * struct cccd_mrz_check - one check digit [9303-3 4.9].
 * @printed:  character in its place; 0 when the format has no such digit
 * @computed: digit that belongs there
 * @correct:  they agree, or a filler stands where the clause permits it
 */
struct cccd_mrz_check {
	char printed;
	char computed;
	bool correct;
};

enum {
	CCCD_MRZ_TEXT_MAX = 91,
	CCCD_MRZ_NUMBER_MAX = 25,
	CCCD_MRZ_NAME_MAX = 40,
};

/**
 * struct cccd_mrz - a machine readable zone, field by field.
 * @text:            all of it, without line breaks
 * @document_number: complete: a number of more than nine characters is put
 *                   together from its two places [9303-5 4.2.2]
 * @long_number:     it had two places
 * @sex:             'M', 'F' or '<', as printed
 * @optional_data:   first field, less what belongs to a long number
 * @optional_data_2: TD1 only
 * @name:            the name field as it stands, with fillers
 * @name_truncated:  its last position is used: the name may have been cut
 *                   [9303-4 4.2.3]
 *
 * Texts end in NUL; trailing fillers are removed, and in names inner ones are
 * blanks. A wrong check digit is a fact here, never a failure.
 */
struct cccd_mrz {
	enum cccd_mrz_format format;
	char text[CCCD_MRZ_TEXT_MAX];
	char document_code[3];
	char issuing_state[4];
	char document_number[CCCD_MRZ_NUMBER_MAX];
	bool long_number;
	char nationality[4];
	char sex;
	struct cccd_date date_of_birth;
	struct cccd_date date_of_expiry;
	char optional_data[16];
	char optional_data_2[12];
	char name[CCCD_MRZ_NAME_MAX];
	char primary_identifier[CCCD_MRZ_NAME_MAX];
	char secondary_identifier[CCCD_MRZ_NAME_MAX];
	bool name_truncated;
	struct cccd_mrz_check document_number_check;
	struct cccd_mrz_check date_of_birth_check;
	struct cccd_mrz_check date_of_expiry_check;
	struct cccd_mrz_check optional_data_check; /* TD3 only */
	struct cccd_mrz_check composite_check;
};

#ifdef __cplusplus
}
#endif

#endif
