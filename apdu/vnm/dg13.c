/* SPDX-License-Identifier: Apache-2.0 */
/* DG13 of the Vietnamese card: a SET of numbered strings [9303-10 4.7.13]. */
#include "apdu/vnm/dg13.h"

#include "apdu/tlv/tlv.h"
#include "apdu/vnm/day.h"
#include "base/text.h"

enum { TAG_DG13 = 0x6D };

/* 1.0.10646.1.0.8: UTF-8 of ISO/IEC 10646, announces the charset. */
static const uint8_t oid_utf8[] = { 0x28, 0xD3, 0x16, 0x01, 0x00, 0x08 };

/* Words for field 12 of a card that never expires, by their text_key(). */
static const char *const no_expiry_words[] = {
	"KHONGTHOIHAN",
	"KHONGXACDINHTHOIHAN",
	"KHONGCOTHOIHAN",
};

static bool is_string_tag(uint32_t tag)
{
	return tag == TAG_UTF8_STRING || tag == TAG_PRINTABLE_STRING ||
	       tag == TAG_NUMERIC_STRING || tag == TAG_IA5_STRING ||
	       tag == TAG_T61_STRING;
}

/* One string object into a field; @field->raw is the caller's to set. */
static void take_string(const struct tlv *object, struct cccd_field *field,
                        uint32_t *facts)
{
	field->tag = object->tag;
	if (object->value.len == 0) {
		field->state = CCCD_FIELD_EMPTY;
		return;
	}
	if (!is_string_tag(object->tag) || !text_is_utf8(object->value)) {
		field->state = CCCD_FIELD_INVALID;
		*facts |= CCCD_DG13_INVALID_TEXT;
		return;
	}
	if (object->tag != TAG_UTF8_STRING &&
	    object->tag != TAG_PRINTABLE_STRING)
		*facts |= CCCD_DG13_OTHER_STRING_TYPE;
	field->state = CCCD_FIELD_PRESENT;
	field->text = span_bytes(object->value);
	if (text_trim(object->value).len == 0) {
		field->state = CCCD_FIELD_EMPTY;
		field->text = (struct cccd_bytes){ 0 };
	}
}

/* The strings of field 13 or 14: nested in a SEQUENCE, or bare. */
static void take_relatives(struct span value, struct cccd_field *ret[2],
                           uint32_t *facts)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };
	size_t count = 0;

	if (tlv_peek(&reader) == TAG_SEQUENCE &&
	    tlv_next(&reader, &object) == CCCD_OK)
		reader = tlv_open(object.value);
	while (!tlv_at_end(&reader)) {
		if (count == 2 || ret[count] == NULL ||
		    tlv_next(&reader, &object) != CCCD_OK) {
			*facts |= CCCD_DG13_ODD_MEMBER;
			break;
		}
		ret[count]->raw = span_bytes(object.whole);
		take_string(&object, ret[count++], facts);
	}
	/* Nothing tells whose name a single string is. */
	if (count == 1 && ret[1] != NULL && ret[0]->text.len > 0)
		*facts |= CCCD_DG13_PARENT_UNCLEAR;
}

/* A plain field: at most one string after the number. */
static void take_field(struct span value, struct cccd_field *field,
                       uint32_t *facts)
{
	struct tlv_reader reader = tlv_open(value);
	struct tlv object = { 0 };

	field->state = CCCD_FIELD_EMPTY;
	if (value.len == 0)
		return;
	if (tlv_next(&reader, &object) != CCCD_OK) {
		field->state = CCCD_FIELD_INVALID;
		*facts |= CCCD_DG13_INVALID_TEXT;
		return;
	}
	take_string(&object, field, facts);
	if (!tlv_at_end(&reader))
		*facts |= CCCD_DG13_ODD_MEMBER;
}

static enum cccd_err keep_extra(struct cccd_dg13 *dg13, uint32_t number,
                                struct span raw, uint32_t fact)
{
	dg13->facts |= fact;
	if (dg13->extra_count == CCCD_DG13_EXTRA_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	dg13->extras[dg13->extra_count++] =
	        (struct cccd_extra_field){ .number = number,
		                           .raw = span_bytes(raw) };
	return CCCD_OK;
}

static enum cccd_err keep_duplicate(struct cccd_dg13 *dg13, uint32_t number,
                                    struct span raw)
{
	struct span first = bytes_span(dg13->fields[number].raw);

	dg13->duplicates |= 1U << number;
	if (!span_equal(first, raw))
		dg13->facts |= CCCD_DG13_CONFLICT;
	return keep_extra(dg13, number, raw, CCCD_DG13_DUPLICATE);
}

static enum cccd_err take_member(struct cccd_dg13 *dg13, struct span member,
                                 struct span whole)
{
	struct tlv_reader reader = tlv_open(member);
	struct cccd_field *field = NULL;
	struct span integer = { 0 };
	uint32_t number = 0;

	if (tlv_expect(&reader, TAG_INTEGER, &integer) != CCCD_OK ||
	    tlv_unsigned(integer, &number) != CCCD_OK)
		return keep_extra(dg13, 0, whole, CCCD_DG13_ODD_MEMBER);
	if (number == 0 || number >= CCCD_DG13_FIELDS)
		return keep_extra(dg13, number, reader.rest, CCCD_DG13_UNKNOWN);
	field = &dg13->fields[number];
	if (field->state != CCCD_FIELD_MISSING)
		return keep_duplicate(dg13, number, reader.rest);
	field->raw = span_bytes(reader.rest);
	field->state = CCCD_FIELD_EMPTY;
	if (number == CCCD_DG13_PARENTS || number == CCCD_DG13_SPOUSE) {
		struct cccd_field *parents[] = { &dg13->father, &dg13->mother };
		struct cccd_field *spouse[] = { &dg13->spouse, NULL };
		bool both = number == CCCD_DG13_PARENTS;

		take_relatives(reader.rest, both ? parents : spouse,
		               &dg13->facts);
		if (dg13->father.text.len + dg13->mother.text.len > 0 && both)
			field->state = CCCD_FIELD_PRESENT;
		if (dg13->spouse.text.len > 0 && !both)
			field->state = CCCD_FIELD_PRESENT;
		return CCCD_OK;
	}
	take_field(reader.rest, field, &dg13->facts);
	return CCCD_OK;
}

static enum cccd_err take_set(struct cccd_dg13 *dg13, struct span set)
{
	struct tlv_reader reader = tlv_open(set);
	struct tlv member = { 0 };

	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &member));
		if (member.tag == TAG_SEQUENCE)
			TRY(take_member(dg13, member.value, member.whole));
		else
			TRY(keep_extra(dg13, 0, member.whole,
			               CCCD_DG13_ODD_MEMBER));
	}
	return CCCD_OK;
}

static bool means_no_expiry(struct span text)
{
	char key[48];

	if (text_key(text, key, sizeof(key)) != CCCD_OK)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(no_expiry_words); i++)
		if (strcmp(key, no_expiry_words[i]) == 0)
			return true;
	return false;
}

static void take_date(struct cccd_dg13 *dg13, enum cccd_dg13_number number,
                      struct cccd_field_date *ret)
{
	const struct cccd_field *field = &dg13->fields[number];
	struct span text = text_trim(bytes_span(field->text));

	if (field->state != CCCD_FIELD_PRESENT)
		return;
	ret->form = day_read(text, &ret->date);
	if (ret->form != CCCD_FORM_NONE)
		return;
	if (number == CCCD_DG13_DATE_OF_EXPIRY && means_no_expiry(text))
		ret->form = CCCD_FORM_NO_EXPIRY;
	else
		dg13->facts |= CCCD_DG13_UNPARSED_DATE;
}

/* Version and charset are announced by most cards, not by all. */
static enum cccd_err take_header(struct cccd_dg13 *dg13,
                                 struct tlv_reader *reader, bool *ret_announced)
{
	struct span value = { 0 };
	bool present = false;
	uint32_t version = 0;

	TRY(tlv_optional(reader, TAG_INTEGER, &value, &present));
	if (!present)
		dg13->facts |= CCCD_DG13_NO_VERSION;
	else if (tlv_unsigned(value, &version) != CCCD_OK || version != 1)
		dg13->facts |= CCCD_DG13_OTHER_VERSION;
	TRY(tlv_optional(reader, TAG_OID, &value, &present));
	*ret_announced = present && span_equal(value, SPAN(oid_utf8));
	if (!present)
		dg13->facts |= CCCD_DG13_NO_OID;
	else if (!*ret_announced)
		dg13->facts |= CCCD_DG13_OTHER_OID;
	return CCCD_OK;
}

static enum cccd_err take_content(struct cccd_dg13 *dg13, bool *ret_announced)
{
	struct tlv_reader outer = tlv_open(bytes_span(dg13->content));
	struct tlv_reader inner = { 0 };
	struct span sequence = { 0 };
	struct span set = { 0 };

	TRY(tlv_expect(&outer, TAG_SEQUENCE, &sequence));
	inner = tlv_open(sequence);
	TRY(take_header(dg13, &inner, ret_announced));
	TRY(tlv_expect(&inner, TAG_SET, &set));
	if (!tlv_at_end(&outer) || !tlv_at_end(&inner))
		dg13->facts |= CCCD_DG13_TRAILING;
	TRY(take_set(dg13, set));
	take_date(dg13, CCCD_DG13_DATE_OF_BIRTH, &dg13->birth);
	take_date(dg13, CCCD_DG13_DATE_OF_ISSUE, &dg13->issue);
	take_date(dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13->expiry);
	dg13->national = *ret_announced;
	for (size_t i = 1; i < CCCD_DG13_FIELDS; i++)
		if (dg13->fields[i].state != CCCD_FIELD_MISSING)
			dg13->national = true;
	return CCCD_OK;
}

enum cccd_err dg13_parse(struct span file, struct cccd_dg13 *ret)
{
	struct tlv_reader reader = tlv_open(file);
	struct cccd_dg13 dg13 = { 0 };
	struct span content = { 0 };
	bool announced = false;
	enum cccd_err err = CCCD_OK;

	err = tlv_expect(&reader, TAG_DG13, &content);
	if (err != CCCD_OK)
		return err == CCCD_ERR_DATA_MISSING ? CCCD_ERR_DATA_MALFORMED
		                                    : err;
	dg13.content = span_bytes(content);
	err = take_content(&dg13, &announced);
	/* Another State's content may look like anything: keep it raw. */
	if (err != CCCD_OK && announced)
		return err == CCCD_ERR_DATA_MISSING ? CCCD_ERR_DATA_MALFORMED
		                                    : err;
	if (err != CCCD_OK || !dg13.national)
		dg13 = (struct cccd_dg13){ .content = span_bytes(content) };
	if (!tlv_at_end(&reader))
		dg13.facts |= CCCD_DG13_TRAILING;
	*ret = dg13;
	return CCCD_OK;
}
