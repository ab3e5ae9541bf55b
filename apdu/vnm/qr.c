/* SPDX-License-Identifier: Apache-2.0 */
/* The text in the card's QR code, as scanners deliver it. */
#include "apdu/vnm/qr.h"

#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/keyboard.h"
#include "base/secret.h"
#include "base/text.h"

/* Positions in the text of 2021 [no clause: read off printed cards]. */
enum qr_field {
	QR_NUMBER,
	QR_OLD_NUMBER,
	QR_NAME,
	QR_BIRTH,
	QR_SEX,
	QR_RESIDENCE,
	QR_ISSUE,
	QR_LATER,
};

enum { QR_FIELDS_2021 = 7, QR_FIELDS_2024 = 11 };

struct fields {
	struct span at[QR_FIELDS_MAX];
	size_t count;
};

void qr_wipe(struct cccd_qr *qr)
{
	wipe(qr, sizeof(*qr));
}

enum cccd_sex sex_from_text(struct span text)
{
	static const struct {
		const char *key;
		enum cccd_sex sex;
	} words[] = {
		{ "NAM", CCCD_SEX_MALE },
		{ "NU", CCCD_SEX_FEMALE },
		{ "M", CCCD_SEX_MALE },
		{ "F", CCCD_SEX_FEMALE },
		{ "MALE", CCCD_SEX_MALE },
		{ "FEMALE", CCCD_SEX_FEMALE },
		/* As Telex and VNI are typed. */
		{ "NUWX", CCCD_SEX_FEMALE },
		{ "NUXW", CCCD_SEX_FEMALE },
		{ "NU74", CCCD_SEX_FEMALE },
		{ "NU47", CCCD_SEX_FEMALE },
	};
	char key[16];

	if (text.len > 32 || text_key(text, key, sizeof(key)) != CCCD_OK)
		return CCCD_SEX_NONE;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(key, words[i].key) == 0)
			return words[i].sex;
	return CCCD_SEX_NONE;
}

/* Byte order mark, line ends, NUL that some scanners append. */
static struct span unwrap(struct span text, uint32_t *notes)
{
	static const uint8_t bom[] = { 0xEF, 0xBB, 0xBF };
	struct span rest = text;

	if (span_equal(span_first(rest, sizeof(bom)), SPAN(bom))) {
		*notes |= CCCD_QR_BOM;
		rest = span_after(rest, sizeof(bom));
	}
	while (rest.len > 0 && rest.at[rest.len - 1] == '\0')
		rest.len--;
	text = text_trim(rest);
	if (text.len != rest.len)
		*notes |= CCCD_QR_LINE_ENDS;
	return text;
}

/* Bytes of what stands for '|' after the number; 0 when nothing does. */
static size_t find_separator(struct span text, size_t number_len,
                             struct span *ret)
{
	/* What '|' turns into on other layouts, or through full width. */
	static const char *const others[] = {
		"|", "~", "\\", "¦", "#", ">", ";", "│", "｜", "ǀ", "\t", "*",
	};
	struct span rest = span_after(text, number_len);

	while (rest.len > 0 && rest.at[0] == ' ')
		rest = span_after(rest, 1);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct span other = span_text(others[i]);

		if (rest.len >= other.len &&
		    span_equal(span_first(rest, other.len), other)) {
			*ret = other;
			return other.len;
		}
	}
	return 0;
}

static bool starts_with(struct span text, struct span start)
{
	return text.len >= start.len &&
	       span_equal(span_first(text, start.len), start);
}

static void split(struct span text, struct span separator,
                  struct fields *fields, uint32_t *notes)
{
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!starts_with(span_after(text, i), separator))
			continue;
		if (fields->count == QR_FIELDS_MAX - 1) {
			*notes |= CCCD_QR_EXTRA_FIELDS;
			break;
		}
		fields->at[fields->count++] =
		        text_trim(span_of(text.at + start, i - start));
		i += separator.len - 1;
		start = i + 1;
	}
	fields->at[fields->count++] = text_trim(span_after(text, start));
}

/* A date of eight digits, ddMMyyyy or another known form. */
static bool field_date(struct span field, struct cccd_day *ret, uint32_t *notes)
{
	char digits[DATE_DIGITS + 1];

	if (day_read(field, ret) != CCCD_FORM_NONE)
		return true;
	if (keyboard_digits(field, digits, DATE_DIGITS) != field.len ||
	    day_read(span_of(digits, DATE_DIGITS), ret) == CCCD_FORM_NONE)
		return false;
	*notes |= CCCD_QR_LAYOUT_DIGITS;
	return true;
}

/* Where the birth date is: at its position, or before the sex. */
static size_t find_birth(const struct fields *fields, struct cccd_qr *qr)
{
	struct cccd_day ignored;
	uint32_t notes = 0;
	size_t i = 0;

	if (fields->count > QR_SEX &&
	    field_date(fields->at[QR_BIRTH], &ignored, &notes))
		return QR_BIRTH;
	for (i = QR_NAME; i + 1 < fields->count; i++)
		if (field_date(fields->at[i], &ignored, &notes) &&
		    sex_from_text(fields->at[i + 1]) != CCCD_SEX_NONE)
			break;
	if (i + 1 >= fields->count)
		return QR_BIRTH;
	qr->notes |= i == QR_BIRTH - 1 && fields->count == QR_FIELDS_2021 - 1
	                     ? CCCD_QR_NO_OLD_NUMBER
	                     : CCCD_QR_SHIFTED;
	return i;
}

static struct span field_at(const struct fields *fields, size_t index)
{
	return index < fields->count ? fields->at[index] : span_of(NULL, 0);
}

/* A text field, NFC; what does not fit is cut and noted. */
static enum cccd_err take_text(struct span field, char *ret, size_t cap,
                               uint32_t *notes)
{
	struct span part = text_cut(field, cap / 2);
	enum cccd_err err = text_nfc(field, ret, cap);

	if (err != CCCD_ERR_DATA_TOO_LARGE)
		return err;
	*notes |= CCCD_QR_TEXT_CUT;
	err = text_nfc(part, ret, cap);
	return err == CCCD_ERR_DATA_TOO_LARGE ? CCCD_OK : err;
}

/* Whether a name holds only letters, blanks, hyphens, apostrophes, dots. */
static bool name_is_whole(const char *name)
{
	for (; *name != '\0'; name++) {
		char byte = *name;

		if ((byte & 0x80) != 0 || (byte >= 'a' && byte <= 'z') ||
		    (byte >= 'A' && byte <= 'Z') ||
		    strchr(" -'.,()", byte) != NULL)
			continue;
		return false;
	}
	return true;
}

/* Signs of UTF-8 read as Windows-1252, and of lost letters. */
static bool name_is_garbled(const char *name)
{
	static const char *const signs[] = { "\u00BB", "\u00BA", "\u00C6",
		                             "\u00C4", "\u00BC", "\u00BD",
		                             "\uFFFD" };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strstr(name, signs[i]) != NULL)
			return true;
	return false;
}

static enum cccd_err take_texts(const struct fields *fields, size_t birth,
                                struct cccd_qr *qr)
{
	struct span old =
	        birth >= 2 ? field_at(fields, birth - 2) : span_of(NULL, 0);

	if (text_is_digits(old) && old.len < sizeof(qr->old_number) &&
	    birth > QR_NAME)
		memcpy(qr->old_number, old.at, old.len);
	TRY(take_text(field_at(fields, birth - 1), qr->full_name,
	              sizeof(qr->full_name), &qr->notes));
	TRY(take_text(field_at(fields, birth + 1), qr->sex_text,
	              sizeof(qr->sex_text), &qr->notes));
	TRY(take_text(field_at(fields, birth + 2), qr->residence,
	              sizeof(qr->residence), &qr->notes));
	if (!name_is_whole(qr->full_name) || name_is_garbled(qr->full_name))
		qr->notes |= CCCD_QR_TEXT_DAMAGED;
	for (size_t i = 0; i < CCCD_QR_LATER_FIELDS; i++)
		TRY(take_text(field_at(fields, birth + 4 + i), qr->later[i],
		              sizeof(qr->later[i]), &qr->notes));
	return CCCD_OK;
}

/* The issue date: three after the birth, or the next date behind that. */
static bool find_issue(const struct fields *fields, size_t birth,
                       struct cccd_qr *qr)
{
	for (size_t i = birth + 3; i < fields->count; i++) {
		if (!field_date(fields->at[i], &qr->issue, &qr->notes))
			continue;
		if (i != birth + 3)
			qr->notes |= CCCD_QR_SHIFTED;
		return true;
	}
	return false;
}

static enum cccd_err take_fields(const struct fields *fields,
                                 struct cccd_qr *qr)
{
	size_t birth = find_birth(fields, qr);

	qr->field_count = (uint32_t)fields->count;
	if (fields->count > QR_FIELDS_2024)
		qr->notes |= CCCD_QR_EXTRA_FIELDS;
	if (!field_date(field_at(fields, birth), &qr->birth, &qr->notes))
		qr->notes |= CCCD_QR_BIRTH_UNREADABLE;
	if (!find_issue(fields, birth, qr))
		qr->notes |= CCCD_QR_ISSUE_UNREADABLE;
	/* Six fields are a known short form; fewer are something else. */
	if (fields->count < QR_FIELDS_2021 - 1 ||
	    (fields->count == QR_FIELDS_2021 - 1 &&
	     (qr->notes & CCCD_QR_BIRTH_UNREADABLE) != 0))
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	qr->sex = sex_from_text(field_at(fields, birth + 1));
	if (qr->sex == CCCD_SEX_NONE)
		qr->notes |= CCCD_QR_SEX_UNREADABLE;
	if ((qr->notes & CCCD_QR_NOT_UTF8) != 0)
		return CCCD_OK;
	return take_texts(fields, birth, qr);
}

enum cccd_err qr_parse(struct span text, struct cccd_qr *ret)
{
	CLEANUP(qr_wipe) struct cccd_qr qr = { 0 };
	struct fields fields = { 0 };
	struct span separator = { 0 };
	size_t number_len = 0;

	if (text.len > QR_TEXT_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	text = unwrap(text, &qr.notes);
	number_len = keyboard_digits(text, qr.id_number, CITIZEN_NUMBER_LEN);
	if (number_len == 0 ||
	    find_separator(text, number_len, &separator) == 0)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	if (number_len != CITIZEN_NUMBER_LEN)
		qr.notes |= CCCD_QR_LAYOUT_DIGITS;
	if (!span_equal(separator, span_text("|")))
		qr.notes |= CCCD_QR_OTHER_SEPARATOR;
	if (!text_is_utf8(text))
		qr.notes |= CCCD_QR_NOT_UTF8;
	split(text, separator, &fields, &qr.notes);
	TRY(take_fields(&fields, &qr));
	*ret = qr;
	return CCCD_OK;
}
