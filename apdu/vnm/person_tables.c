/* SPDX-License-Identifier: Apache-2.0 */
/* Codes for the texts of a person, with the table they come from. */
#include "apdu/vnm/lookup.h"
#include "apdu/vnm/person.h"

/* Texts of a table have room in a code, or are cut on a character. */
static void copy_cut(const char *text, char *ret, size_t cap)
{
	size_t len = strlen(text);

	len = len < cap ? len : cap - 1;
	while (len > 0 && text[len] != '\0' && (text[len] & 0xC0) == 0x80)
		len--;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

/* @row may be NULL: the table was asked and does not know the text. */
static void put_code(struct cccd_coded *coded, const struct cccd_table *table,
                     const struct cccd_table_row *row, const char *confidence)
{
	*coded = (struct cccd_coded){ 0 };
	if (table == NULL)
		return;
	copy_cut(table->name, coded->table, sizeof(coded->table));
	copy_cut(table->version, coded->version, sizeof(coded->version));
	copy_cut(table->date, coded->date, sizeof(coded->date));
	copy_cut(row == NULL          ? ""
	         : confidence == NULL ? table->confidence
	                              : confidence,
	         coded->confidence, sizeof(coded->confidence));
	if (row == NULL || strlen(row->code) >= sizeof(coded->code))
		return;
	copy_cut(row->code, coded->code, sizeof(coded->code));
	copy_cut(row->name, coded->name, sizeof(coded->name));
}

/* An address ends in its province; where that belongs today follows. */
static void code_place(struct cccd_place *place,
                       const struct cccd_tables *tables)
{
	struct span text = span_text(place->text);
	const struct cccd_table_row *old = NULL;
	const struct cccd_table_row *now = NULL;

	place->province = (struct cccd_coded){ 0 };
	place->province_new = (struct cccd_coded){ 0 };
	if (text.len == 0)
		return;
	old = lookup_province(tables->provinces_63, text);
	now = old != NULL
	              ? lookup_code(tables->provinces_34, span_text(old->to))
	              : lookup_province(tables->provinces_34, text);
	put_code(&place->province, tables->provinces_63, old, "low");
	put_code(&place->province_new, tables->provinces_34, now, "low");
}

static void code_nationality(struct cccd_person *person,
                             const struct cccd_table *table)
{
	const struct cccd_table_row *row = NULL;

	if (person->nationality[0] != '\0')
		row = lookup_name(table, span_text(person->nationality));
	if (row == NULL)
		row = lookup_code(table,
		                  span_text(person->nationality_alpha_3));
	put_code(&person->nationality_code, table, row, NULL);
	if (row == NULL)
		return;
	/* A document with a letter code only still has a name to show. */
	if (person->nationality[0] == '\0')
		copy_cut(row->name, person->nationality,
		         sizeof(person->nationality));
	if (person->nationality_alpha_3[0] == '\0' && strlen(row->code) == 3)
		copy_cut(row->code, person->nationality_alpha_3,
		         sizeof(person->nationality_alpha_3));
}

/* By name, in whatever language that table names countries. */
static void code_health_nationality(struct cccd_person *person,
                                    const struct cccd_table *table)
{
	const struct cccd_table_row *row = NULL;

	if (person->nationality[0] != '\0')
		row = lookup_name(table, span_text(person->nationality));
	if (row == NULL && person->nationality_code.name[0] != '\0')
		row = lookup_name(table,
		                  span_text(person->nationality_code.name));
	put_code(&person->health_nationality, table, row, NULL);
}

void cccd_person_apply_tables(struct cccd_person *person,
                              const struct cccd_tables *tables)
{
	const struct cccd_tables none = { 0 };
	const struct cccd_tables *at = tables != NULL ? tables : &none;
	const struct cccd_table_row *row = NULL;

	code_place(&person->place_of_residence, at);
	code_place(&person->place_of_origin, at);
	code_nationality(person, at->nationalities);
	code_health_nationality(person, at->health_nationalities);
	person->ethnicity_code = (struct cccd_coded){ 0 };
	if (person->ethnicity[0] != '\0')
		put_code(&person->ethnicity_code, at->ethnic_groups,
		         lookup_name(at->ethnic_groups,
		                     span_text(person->ethnicity)),
		         NULL);
	person->birth_registration = (struct cccd_coded){ 0 };
	if (person->id_number[0] == '\0')
		return;
	row = lookup_code(at->provinces_63, span_of(person->id_number, 3));
	put_code(&person->birth_registration, at->provinces_63, row, NULL);
	person->number_notes &= ~(uint32_t)CCCD_NUMBER_PLACE_UNKNOWN;
	if (at->provinces_63 != NULL && at->provinces_63->row_count > 0 &&
	    row == NULL)
		person->number_notes |= CCCD_NUMBER_PLACE_UNKNOWN;
}
