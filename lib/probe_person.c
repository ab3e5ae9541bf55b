/* SPDX-License-Identifier: Apache-2.0 */
/* DG1, DG2 and DG13 of a card without what they say of the person. */
#include "lib/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* Images are told in steps of this many bytes. */
enum { IMAGE_STEP = 4096 };

static struct cccd_probe_field field_of(uint32_t number,
                                        const struct cccd_field *field)
{
	/* Fields 13 and 14 hold no string themselves but nested ones. */
	bool nested = field->tag == 0 && field->raw.len > 0;

	return (struct cccd_probe_field){
		.number = number,
		.state = field->state,
		.tag = nested ? field->raw.at[0] : field->tag,
		.length = probe_length_class(
		        field->text.len > 0 ? field->text.len : field->raw.len),
	};
}

static struct cccd_probe_field extra_of(const struct cccd_extra_field *extra)
{
	uint32_t number = extra->number;

	/* A number that no table has might be anybody's. */
	if (number > CCCD_PROBE_NUMBER_MAX)
		number = CCCD_PROBE_NUMBER_MAX + 1;
	return (struct cccd_probe_field){
		.number = number,
		.state = CCCD_FIELD_PRESENT,
		.tag = extra->raw.len > 0 ? extra->raw.at[0] : 0,
		.length = probe_length_class(extra->raw.len),
	};
}

/* One letter for a run of letters, 9 for each digit, the rest as it is. */
static void shape_of(struct cccd_bytes text,
                     char shape[static CCCD_PROBE_SHAPE_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < text.len && used + 1 < CCCD_PROBE_SHAPE_MAX;
	     i++) {
		uint8_t c = text.at[i];
		char sign = 'A';

		if (c >= '0' && c <= '9')
			sign = '9';
		else if (strchr(" ./-", c) != NULL && c != '\0')
			sign = (char)c;
		if (sign != 'A' || used == 0 || shape[used - 1] != 'A')
			shape[used++] = sign;
	}
	shape[used] = '\0';
}

static struct cccd_probe_date date_of(const struct cccd_field_date *date,
                                      const struct cccd_field *field)
{
	struct cccd_probe_date told = { .form = date->form,
		                        .precision = "none" };

	if (date->date.year != 0)
		told.precision = "year";
	if (date->date.month != 0)
		told.precision = "month";
	if (date->date.day != 0)
		told.precision = "day";
	if (field->state == CCCD_FIELD_PRESENT && date->form == CCCD_FORM_NONE)
		shape_of(field->text, told.shape);
	return told;
}

static void tell_dg13(const struct cccd_dg13 *from, struct cccd_probe_dg13 *to)
{
	to->present = true;
	to->national = from->national;
	to->facts = from->facts;
	for (uint32_t i = 1; i < CCCD_DG13_FIELDS; i++)
		to->fields[i] = field_of(i, &from->fields[i]);
	to->father = field_of(CCCD_DG13_PARENTS, &from->father);
	to->mother = field_of(CCCD_DG13_PARENTS, &from->mother);
	to->spouse = field_of(CCCD_DG13_SPOUSE, &from->spouse);
	to->birth =
	        date_of(&from->birth, &from->fields[CCCD_DG13_DATE_OF_BIRTH]);
	to->issue =
	        date_of(&from->issue, &from->fields[CCCD_DG13_DATE_OF_ISSUE]);
	to->expiry =
	        date_of(&from->expiry, &from->fields[CCCD_DG13_DATE_OF_EXPIRY]);
	to->extra_count = from->extra_count;
	for (uint32_t i = 0; i < from->extra_count; i++)
		to->extras[i] = extra_of(&from->extras[i]);
}

enum cccd_err probe_dg13(const struct cccd_document *document,
                         struct cccd_probe_dg13 *ret)
{
	struct cccd_dg13 *dg13 = calloc(1, sizeof(*dg13));

	if (dg13 == NULL)
		return CCCD_ERR_MEMORY;
	if (cccd_document_dg13(document, dg13) == CCCD_OK)
		tell_dg13(dg13, ret);
	wipe(dg13, sizeof(*dg13));
	free(dg13);
	return CCCD_OK;
}

static bool is_right(const struct cccd_mrz_check *check)
{
	return check->printed == '\0' || check->correct;
}

static void tell_mrz(const struct cccd_mrz *from, struct cccd_probe_mrz *to)
{
	to->present = true;
	to->format = from->format;
	memcpy(to->document_code, from->document_code,
	       sizeof(to->document_code));
	memcpy(to->issuing_state, from->issuing_state,
	       sizeof(to->issuing_state));
	to->checks_correct = is_right(&from->document_number_check) &&
	                     is_right(&from->date_of_birth_check) &&
	                     is_right(&from->date_of_expiry_check) &&
	                     is_right(&from->optional_data_check) &&
	                     is_right(&from->composite_check);
	to->birth = from->date_of_birth.state;
	to->expiry = from->date_of_expiry.state;
	to->no_expiry = strcmp(from->date_of_expiry.text, "991231") == 0;
	to->long_number = from->long_number;
	to->name_truncated = from->name_truncated;
	to->sex_stated = from->sex == 'M' || from->sex == 'F';
	to->optional_length = probe_length_class(strlen(from->optional_data));
	to->optional_2_length =
	        probe_length_class(strlen(from->optional_data_2));
}

/* Constants: the structure outlives the session. */
static const char *image_class(size_t len)
{
	static const char *const names[] = {
		"0",           "1-4096",      "4097-8192",   "8193-12288",
		"12289-16384", "16385-20480", "20481-24576", "24577-28672",
		"28673-32768", "32769+",
	};
	size_t step = (len + IMAGE_STEP - 1) / IMAGE_STEP;

	return names[step < ARRAY_LEN(names) ? step : ARRAY_LEN(names) - 1];
}

static void tell_face(const struct cccd_dg2 *from, struct cccd_probe_face *to)
{
	const struct cccd_face *face = &from->faces[0];

	to->present = true;
	to->declared_count = from->declared_count;
	to->face_count = from->face_count;
	if (from->face_count == 0)
		return;
	to->standard = face->standard;
	to->format_owner = face->format_owner;
	to->format_type = face->format_type;
	to->format = face->image.format;
	to->width = face->image.width;
	to->height = face->image.height;
	to->declared_width = face->declared_width;
	to->declared_height = face->declared_height;
	to->size = image_class(face->image.bytes.len);
}

enum cccd_err probe_person_files(const struct cccd_document *document,
                                 struct cccd_probe *ret)
{
	struct cccd_mrz mrz = { 0 };
	struct cccd_dg2 *dg2 = calloc(1, sizeof(*dg2));

	if (dg2 == NULL)
		return CCCD_ERR_MEMORY;
	if (cccd_document_dg2(document, dg2) == CCCD_OK)
		tell_face(dg2, &ret->dg2);
	free(dg2);
	if (cccd_document_dg1(document, &mrz) == CCCD_OK)
		tell_mrz(&mrz, &ret->dg1);
	wipe(&mrz, sizeof(mrz));
	return CCCD_OK;
}
