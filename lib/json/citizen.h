/* SPDX-License-Identifier: Apache-2.0 */
/* What a population registry says about one person, whatever its wire form. */
#ifndef LIB_JSON_CITIZEN_H
#define LIB_JSON_CITIZEN_H

#include "base/secret.h"

/* Room for texts, terminating NUL included; a longer value is refused, not
 * cut: half a name is another name. */
enum {
	CITIZEN_NUMBER_MAX = 16,
	CITIZEN_NAME_MAX = 256,
	CITIZEN_TEXT_MAX = 768,
	CITIZEN_DATE_MAX = 11, /* YYYY, YYYY-MM or YYYY-MM-DD */
	CITIZEN_CODE_MAX = 16,
};

/**
 * struct citizen_address - a place with the registry's codes.
 * @province: two digits; @district: three, gone since July 2025;
 * @commune:  five
 * @detail:   house, street, hamlet
 * @text:     the whole address where a registry has no codes
 */
struct citizen_address {
	char province[CITIZEN_CODE_MAX];
	char district[CITIZEN_CODE_MAX];
	char commune[CITIZEN_CODE_MAX];
	char detail[CITIZEN_TEXT_MAX];
	char country[CITIZEN_CODE_MAX];
	char text[CITIZEN_TEXT_MAX];
};

/** struct citizen_relative - somebody else, so far as the registry says. */
struct citizen_relative {
	char full_name[CITIZEN_NAME_MAX];
	char nationality[CITIZEN_CODE_MAX];
	char id_number[CITIZEN_NUMBER_MAX];
	char old_number[CITIZEN_NUMBER_MAX];
	char relation[CITIZEN_CODE_MAX]; /* of the head of household */
};

/**
 * struct citizen - one person of the registry; "" where it says nothing.
 * @id_number:     12 digits; @old_number: 9 digits
 * @date_of_birth: ISO 8601, as exact as the registry is
 * @sex:           "male", "female", "unspecified" or ""
 * The other codes stand as the registry gave them.
 */
struct citizen {
	char id_number[CITIZEN_NUMBER_MAX];
	char old_number[CITIZEN_NUMBER_MAX];
	char full_name[CITIZEN_NAME_MAX];
	char date_of_birth[CITIZEN_DATE_MAX];
	char sex[CITIZEN_CODE_MAX];
	char nationality[CITIZEN_CODE_MAX];
	char ethnicity[CITIZEN_CODE_MAX];
	char religion[CITIZEN_CODE_MAX];
	char marital_status[CITIZEN_CODE_MAX];
	char blood_group[CITIZEN_CODE_MAX];
	char household[CITIZEN_CODE_MAX];
	struct citizen_address birth_registration;
	struct citizen_address origin;
	struct citizen_address permanent_residence;
	struct citizen_address current_residence;
	struct citizen_relative father;
	struct citizen_relative mother;
	struct citizen_relative spouse;
	struct citizen_relative representative;
	struct citizen_relative head;
};

static inline void citizen_wipe(struct citizen *citizen)
{
	if (citizen != NULL)
		wipe(citizen, sizeof(*citizen));
}

#endif
