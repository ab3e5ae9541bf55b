/* SPDX-License-Identifier: Apache-2.0 */
/* The 12-digit citizen number: PPP C YY NNNNNN. */
#include "apdu/vnm/citizen_number.h"

#include "apdu/vnm/lookup.h"
#include "base/text.h"

bool citizen_number_is(struct span text)
{
	return text.len == CITIZEN_NUMBER_LEN && text_is_digits(text);
}

/* The digits of @text without blanks; false when they are not twelve. */
static bool collect(struct span text, char digits[static 13])
{
	size_t used = 0;

	text = text_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ' ')
			continue;
		if (used == CITIZEN_NUMBER_LEN)
			return false;
		digits[used++] = (char)text.at[i];
	}
	digits[used] = '\0';
	return citizen_number_is(span_of(digits, used));
}

static void find_place(const struct cccd_table *provinces,
                       struct cccd_citizen_number *number)
{
	const struct cccd_table_row *row = NULL;
	struct span name = { 0 };

	if (provinces == NULL || provinces->row_count == 0) {
		number->notes |= CCCD_NUMBER_NO_TABLE;
		return;
	}
	row = lookup_code(provinces, span_of(number->place_code, 3));
	if (row == NULL) {
		number->notes |= CCCD_NUMBER_PLACE_UNKNOWN;
		return;
	}
	name = text_cut(span_text(row->name), sizeof(number->place_name) - 1);
	memcpy(number->place_name, name.at, name.len);
}

enum cccd_err citizen_number_parse(struct span text,
                                   const struct cccd_table *provinces,
                                   struct cccd_day today,
                                   struct cccd_citizen_number *ret)
{
	struct cccd_citizen_number number = { 0 };
	unsigned int century = 0;
	unsigned int year = 0;

	if (!collect(text, number.digits))
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	memcpy(number.place_code, number.digits, 3);
	memcpy(number.can, number.digits + CITIZEN_NUMBER_LEN - CAN_LEN,
	       CAN_LEN);
	/* 0/1 are 1900-1999, 2/3 2000-2099 and so on; odd is female. */
	century = (unsigned int)(number.digits[3] - '0') / 2;
	year = (unsigned int)(number.digits[4] - '0') * 10 +
	       (unsigned int)(number.digits[5] - '0');
	number.birth_year = (uint16_t)(1900 + century * 100 + year);
	number.sex = (number.digits[3] - '0') % 2 == 0 ? CCCD_SEX_MALE
	                                               : CCCD_SEX_FEMALE;
	if (today.year != 0 && number.birth_year > today.year)
		number.notes |= CCCD_NUMBER_BIRTH_FUTURE;
	find_place(provinces, &number);
	*ret = number;
	return CCCD_OK;
}

uint32_t citizen_number_hints(const struct cccd_citizen_number *number,
                              struct cccd_day birth, enum cccd_sex sex)
{
	uint32_t notes = 0;

	if (birth.year != 0 && birth.year != number->birth_year)
		notes |= CCCD_NUMBER_YEAR_DIFFERS;
	if ((sex == CCCD_SEX_MALE || sex == CCCD_SEX_FEMALE) &&
	    sex != number->sex)
		notes |= CCCD_NUMBER_SEX_DIFFERS;
	return notes;
}
