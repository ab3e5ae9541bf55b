/* SPDX-License-Identifier: Apache-2.0 */
/* One person from the data groups of any Doc 9303 document. */
#include "apdu/vnm/person.h"

#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/expiry.h"
#include "apdu/vnm/qr.h"
#include "base/secret.h"
#include "base/text.h"

/* A person being composed, with what it is composed from. */
struct work {
	const struct person_input *in;
	const struct cccd_dg13 *dg13; /* NULL unless it counts */
	bool vietnamese;              /* a Vietnamese identity card */
	struct cccd_day birth;
	struct cccd_day issue;
	struct cccd_person *person;
};

void cccd_person_wipe(struct cccd_person *person)
{
	if (person != NULL)
		wipe(person, sizeof(*person));
}

const char *cccd_document_kind_name(enum cccd_document_kind kind)
{
	static const char *const names[] = {
		[CCCD_KIND_UNKNOWN] = "",
		[CCCD_KIND_CCCD] = "cccd",
		[CCCD_KIND_CAN_CUOC] = "can_cuoc",
		[CCCD_KIND_PASSPORT] = "passport",
		[CCCD_KIND_OTHER] = "other",
	};

	return (unsigned int)kind < ARRAY_LEN(names) ? names[kind] : "";
}

const char *cccd_source_name(enum cccd_source source)
{
	static const char *const names[] = {
		[CCCD_SOURCE_NONE] = "",     [CCCD_SOURCE_DG1] = "dg1",
		[CCCD_SOURCE_DG11] = "dg11", [CCCD_SOURCE_DG12] = "dg12",
		[CCCD_SOURCE_DG13] = "dg13", [CCCD_SOURCE_DERIVED] = "derived",
	};

	return (unsigned int)source < ARRAY_LEN(names) ? names[source] : "";
}

const char *cccd_sex_name(enum cccd_sex sex)
{
	static const char *const names[] = {
		[CCCD_SEX_NONE] = "",
		[CCCD_SEX_MALE] = "male",
		[CCCD_SEX_FEMALE] = "female",
		[CCCD_SEX_UNSPECIFIED] = "unspecified",
	};

	return (unsigned int)sex < ARRAY_LEN(names) ? names[sex] : "";
}

bool cccd_person_age(const struct cccd_person *person, struct cccd_day on,
                     unsigned int *ret_least)
{
	struct cccd_day birth = { 0 };
	unsigned int age = 0;

	if (day_read(span_text(person->date_of_birth), &birth) ==
	            CCCD_FORM_NONE ||
	    birth.year > on.year)
		return false;
	/* "At least" takes the latest day that the date may mean. */
	if (birth.month == 0)
		birth.month = 12;
	if (birth.day == 0)
		birth.day = (uint8_t)day_month_days(birth.year, birth.month);
	age = (unsigned int)(on.year - birth.year);
	birth.year = on.year;
	if (day_compare(on, birth) < 0) {
		if (age == 0)
			return false;
		age--;
	}
	*ret_least = age;
	return true;
}

bool person_is_vietnamese_card(const struct cccd_mrz *mrz)
{
	return mrz->format == CCCD_MRZ_TD1 && mrz->document_code[0] == 'I' &&
	       strcmp(mrz->issuing_state, "VNM") == 0;
}

struct span person_number_of_mrz(const struct cccd_mrz *mrz)
{
	struct span optional = span_text(mrz->optional_data);
	struct span number = span_first(optional, CITIZEN_NUMBER_LEN);
	struct span rest = span_after(optional, CITIZEN_NUMBER_LEN);

	if (strcmp(mrz->issuing_state, "VNM") != 0 ||
	    !citizen_number_is(number))
		return span_of(NULL, 0);
	if (rest.len == 0)
		return number;
	if (mrz->format != CCCD_MRZ_TD1 || rest.len != 3 ||
	    memcmp(rest.at, "<<", 2) != 0)
		return span_of(NULL, 0);
	return number;
}

/* A text in NFC; what is too long is cut, what is no text left out. */
static enum cccd_err put(struct work *work, struct span text, char *ret,
                         size_t cap)
{
	enum cccd_err err = text_nfc(text, ret, cap);

	if (err == CCCD_ERR_DATA_TOO_LARGE) {
		work->person->notes |= CCCD_PERSON_TEXT_CUT;
		/* NFC may lengthen a text threefold at the most [UAX 15]. */
		err = text_nfc(text_cut(text, (cap - 1) / 3), ret, cap);
	}
	if (err == CCCD_ERR_DATA_MALFORMED) {
		work->person->notes |= CCCD_PERSON_FIELD_INVALID;
		return CCCD_OK;
	}
	return err;
}

#define PUT(work, text, member) \
	put(work, text, (work)->person->member, sizeof((work)->person->member))

/* The text of a field of DG13; empty when it is absent. */
static struct span field(struct work *work, enum cccd_dg13_number number)
{
	if (work->dg13 == NULL)
		return span_of(NULL, 0);
	if (work->dg13->fields[number].state == CCCD_FIELD_INVALID)
		work->person->notes |= CCCD_PERSON_FIELD_INVALID;
	return text_trim(bytes_span(work->dg13->fields[number].text));
}

static void copy_text(const char *text, char *ret, size_t cap)
{
	size_t len = strlen(text);

	len = len < cap ? len : cap - 1;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

/* [9303-3 5, part D] ICAO codes of States that ISO 3166-1 spells
 * otherwise. */
static const char *alpha_3_of(const char *code)
{
	static const struct {
		const char *icao;
		const char *iso;
	} rows[] = {
		{ "D", "DEU" },   { "GBD", "GBR" }, { "GBN", "GBR" },
		{ "GBO", "GBR" }, { "GBP", "GBR" }, { "GBS", "GBR" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].icao, code) == 0)
			return rows[i].iso;
	return code;
}

static enum cccd_err take_number(struct work *work)
{
	const struct cccd_mrz *mrz = work->in->dg1;
	struct cccd_person *person = work->person;
	struct span number = field(work, CCCD_DG13_ID_NUMBER);

	if (mrz != NULL) {
		copy_text(mrz->document_number, person->document_number,
		          sizeof(person->document_number));
		copy_text(mrz->issuing_state, person->issuing_state,
		          sizeof(person->issuing_state));
	}
	if (!citizen_number_is(number) && mrz != NULL)
		number = person_number_of_mrz(mrz);
	if (number.at != NULL && citizen_number_is(number))
		memcpy(person->id_number, number.at, number.len);
	return CCCD_OK;
}

/* "PRIMARY<<SECONDARY" of DG11 as words. */
static enum cccd_err put_filled(struct work *work, struct span text)
{
	char words[CCCD_PERSON_NAME_MAX];
	struct span part = text_cut(text, sizeof(words) - 1);
	enum cccd_err err = CCCD_OK;

	for (size_t i = 0; i < part.len; i++) {
		words[i] = (char)part.at[i];
		if (words[i] == '<')
			words[i] = ' ';
	}
	err = PUT(work, span_of(words, part.len), full_name);
	wipe(words, sizeof(words));
	return err;
}

static enum cccd_err put_mrz_name(struct work *work)
{
	const struct cccd_mrz *mrz = work->in->dg1;
	char words[2 * CCCD_MRZ_NAME_MAX];
	size_t first = strlen(mrz->primary_identifier);
	size_t second = strlen(mrz->secondary_identifier);
	enum cccd_err err = CCCD_OK;

	memcpy(words, mrz->primary_identifier, first);
	words[first] = ' ';
	memcpy(words + first + 1, mrz->secondary_identifier, second);
	err = PUT(work, span_of(words, first + 1 + second), full_name);
	wipe(words, sizeof(words));
	return err;
}

static enum cccd_err take_names(struct work *work)
{
	const struct person_input *in = work->in;
	struct cccd_person *person = work->person;

	if (in->dg1 != NULL) {
		copy_text(in->dg1->primary_identifier, person->name_primary,
		          sizeof(person->name_primary));
		copy_text(in->dg1->secondary_identifier, person->name_secondary,
		          sizeof(person->name_secondary));
		person->name_truncated = in->dg1->name_truncated;
	}
	TRY(PUT(work, field(work, CCCD_DG13_FULL_NAME), full_name));
	if (person->full_name[0] != '\0') {
		person->full_name_source = CCCD_SOURCE_DG13;
		return CCCD_OK;
	}
	if (in->dg11 != NULL)
		TRY(put_filled(work, bytes_span(in->dg11->full_name)));
	if (person->full_name[0] != '\0') {
		person->full_name_source = CCCD_SOURCE_DG11;
		return CCCD_OK;
	}
	if (in->dg1 != NULL)
		TRY(put_mrz_name(work));
	if (person->full_name[0] != '\0')
		person->full_name_source = CCCD_SOURCE_DG1;
	return CCCD_OK;
}

/* The full date of DG11 if it is that of DG1 with its century. */
static bool birth_of_dg11(struct work *work)
{
	const struct cccd_date *date = &work->in->dg11->date_of_birth;
	const struct cccd_date *mrz = NULL;
	struct cccd_day day = { 0 };

	day = person_birth_of_mrz(date, NULL, work->in->today);
	if (day.year == 0 || !date->has_century)
		return false;
	if (work->in->dg1 != NULL) {
		mrz = &work->in->dg1->date_of_birth;
		if (mrz->state == CCCD_DATE_COMPLETE &&
		    (mrz->year != day.year % 100 || mrz->month != day.month ||
		     mrz->day != day.day))
			return false;
	}
	work->birth = day;
	work->person->date_of_birth_source = CCCD_SOURCE_DG11;
	return true;
}

static void take_birth(struct work *work)
{
	const struct person_input *in = work->in;
	struct cccd_person *person = work->person;

	if (work->dg13 != NULL && work->dg13->birth.form != CCCD_FORM_NONE) {
		work->birth = work->dg13->birth.date;
		person->date_of_birth_source = CCCD_SOURCE_DG13;
	} else if (in->dg11 == NULL || !birth_of_dg11(work)) {
		if (in->dg1 == NULL)
			return;
		work->birth = person_birth_of_mrz(&in->dg1->date_of_birth,
		                                  person->id_number, in->today);
		if (work->birth.year == 0)
			return;
		person->date_of_birth_source = CCCD_SOURCE_DG1;
		person->notes |= CCCD_PERSON_BIRTH_PIVOT;
	}
	day_write(work->birth, person->date_of_birth);
}

static void take_issue(struct work *work)
{
	const struct person_input *in = work->in;

	if (work->dg13 != NULL && work->dg13->issue.form != CCCD_FORM_NONE)
		work->issue = work->dg13->issue.date;
	else if (in->dg12 != NULL && in->dg12->date_of_issue.has_century)
		work->issue = person_birth_of_mrz(&in->dg12->date_of_issue,
		                                  NULL, in->today);
	day_write(work->issue, work->person->date_of_issue);
}

static void take_expiry(struct work *work)
{
	const struct person_input *in = work->in;
	struct cccd_person *person = work->person;
	const struct cccd_field_date *own =
	        work->dg13 != NULL ? &work->dg13->expiry : NULL;
	struct cccd_day day = { 0 };

	/* Before any pivot: 99 is no year of this card. */
	if ((work->vietnamese && in->dg1 != NULL &&
	     expiry_is_none(span_text(in->dg1->date_of_expiry.text))) ||
	    (own != NULL && own->form == CCCD_FORM_NO_EXPIRY)) {
		person->no_expiry = true;
		return;
	}
	if (own != NULL && own->form != CCCD_FORM_NONE) {
		day = own->date;
	} else if (in->dg1 != NULL) {
		day = person_expiry_of_mrz(&in->dg1->date_of_expiry, in->today);
		if (day.year != 0)
			person->notes |= CCCD_PERSON_EXPIRY_PIVOT;
	}
	day_write(day, person->date_of_expiry);
}

static void set_kind(struct work *work, enum cccd_document_kind kind,
                     const char *basis)
{
	work->person->document_kind = kind;
	copy_text(basis, work->person->document_kind_basis,
	          sizeof(work->person->document_kind_basis));
}

/* [Law 26/2023/QH15 Art. 46] cards keep their kind until they expire. */
static void take_kind(struct work *work)
{
	const struct cccd_mrz *mrz = work->in->dg1;
	struct cccd_day child = { 0 };
	struct cccd_day expiry = { 0 };

	if (!work->vietnamese) {
		bool passport = mrz != NULL && mrz->document_code[0] == 'P';

		set_kind(work, passport ? CCCD_KIND_PASSPORT : CCCD_KIND_OTHER,
		         "document_code");
		return;
	}
	if (day_is_whole(work->issue)) {
		set_kind(work,
		         day_compare(work->issue, expiry_law_2023) >= 0
		                 ? CCCD_KIND_CAN_CUOC
		                 : CCCD_KIND_CCCD,
		         "date_of_issue");
		return;
	}
	work->person->notes |= CCCD_PERSON_ISSUE_UNKNOWN;
	child = day_is_whole(work->birth) ? day_add_years(work->birth, 14)
	                                  : child;
	/* Only the later law lets a card end at fourteen. */
	if (day_read(span_text(work->person->date_of_expiry), &expiry) !=
	            CCCD_FORM_NONE &&
	    child.year != 0 && day_compare(child, expiry) == 0)
		set_kind(work, CCCD_KIND_CAN_CUOC, "date_of_expiry");
	else
		set_kind(work, CCCD_KIND_UNKNOWN, "no_date_of_issue");
}

static enum cccd_err take_sex(struct work *work)
{
	struct span text = field(work, CCCD_DG13_SEX);
	struct cccd_person *person = work->person;

	TRY(PUT(work, text, sex_text));
	person->sex = sex_from_text(text);
	if (person->sex != CCCD_SEX_NONE || work->in->dg1 == NULL)
		return CCCD_OK;
	if (work->in->dg1->sex == 'M')
		person->sex = CCCD_SEX_MALE;
	else if (work->in->dg1->sex == 'F')
		person->sex = CCCD_SEX_FEMALE;
	else
		person->sex = CCCD_SEX_UNSPECIFIED;
	return CCCD_OK;
}

/* Words between commas, semicolons, strokes and blanks. */
static void take_old_numbers(struct work *work)
{
	struct cccd_person *person = work->person;
	struct span rest = field(work, CCCD_DG13_OLD_NUMBER);

	while (rest.len > 0 &&
	       person->old_number_count < CCCD_OLD_NUMBERS_MAX) {
		char *number = person->old_numbers[person->old_number_count];
		size_t len = 0;

		while (len < rest.len &&
		       memchr(" ,;/|\t", rest.at[len], 6) == NULL)
			len++;
		if (len >= sizeof(person->old_numbers[0]) ||
		    !text_is_utf8(span_first(rest, len))) {
			person->notes |= CCCD_PERSON_TEXT_CUT;
		} else if (len > 0) {
			memcpy(number, rest.at, len);
			person->old_number_count++;
		}
		rest = span_after(rest, len + 1);
	}
}

static void label(struct cccd_place *place, const char *text)
{
	if (place->text[0] == '\0')
		return;
	copy_text(text, place->label, sizeof(place->label));
	copy_text("card issue", place->as_of, sizeof(place->as_of));
}

static enum cccd_err take_places(struct work *work)
{
	static const char *const residence[] = {
		[CCCD_KIND_UNKNOWN] = "Nơi thường trú hoặc nơi cư trú",
		[CCCD_KIND_CCCD] = "Nơi thường trú",
		[CCCD_KIND_CAN_CUOC] = "Nơi cư trú",
		[CCCD_KIND_PASSPORT] = "Địa chỉ",
		[CCCD_KIND_OTHER] = "Địa chỉ",
	};
	static const char *const origin[] = {
		[CCCD_KIND_UNKNOWN] = "Quê quán hoặc nơi đăng ký khai sinh",
		[CCCD_KIND_CCCD] = "Quê quán",
		[CCCD_KIND_CAN_CUOC] = "Quê quán hoặc nơi đăng ký khai sinh",
		[CCCD_KIND_PASSPORT] = "Nơi sinh",
		[CCCD_KIND_OTHER] = "Nơi sinh",
	};
	struct cccd_person *person = work->person;
	const struct cccd_dg11 *dg11 = work->in->dg11;

	TRY(PUT(work, field(work, CCCD_DG13_PLACE_OF_RESIDENCE),
	        place_of_residence.text));
	TRY(PUT(work, field(work, CCCD_DG13_PLACE_OF_ORIGIN),
	        place_of_origin.text));
	if (dg11 != NULL && work->dg13 == NULL) {
		TRY(PUT(work, bytes_span(dg11->permanent_address),
		        place_of_residence.text));
		TRY(PUT(work, bytes_span(dg11->place_of_birth),
		        place_of_origin.text));
	}
	label(&person->place_of_residence, residence[person->document_kind]);
	label(&person->place_of_origin, origin[person->document_kind]);
	return CCCD_OK;
}

static enum cccd_err take_relatives(struct work *work)
{
	const struct cccd_dg13 *dg13 = work->dg13;

	if (dg13 == NULL)
		return CCCD_OK;
	if ((dg13->facts & CCCD_DG13_PARENT_UNCLEAR) != 0)
		work->person->notes |= CCCD_PERSON_PARENT_UNCLEAR;
	if ((dg13->facts & CCCD_DG13_UNPARSED_DATE) != 0)
		work->person->notes |= CCCD_PERSON_DATE_UNREADABLE;
	TRY(PUT(work, bytes_span(dg13->father.text), father_name));
	TRY(PUT(work, bytes_span(dg13->mother.text), mother_name));
	return PUT(work, bytes_span(dg13->spouse.text), spouse_name);
}

static enum cccd_err take_rest(struct work *work)
{
	const struct person_input *in = work->in;
	struct cccd_person *person = work->person;

	TRY(PUT(work, field(work, CCCD_DG13_NATIONALITY), nationality));
	if (in->dg1 != NULL)
		copy_text(alpha_3_of(in->dg1->nationality),
		          person->nationality_alpha_3,
		          sizeof(person->nationality_alpha_3));
	TRY(PUT(work, field(work, CCCD_DG13_ETHNICITY), ethnicity));
	TRY(PUT(work, field(work, CCCD_DG13_RELIGION), religion));
	TRY(PUT(work, field(work, CCCD_DG13_PERSONAL_FEATURES),
	        personal_features));
	if (in->dg12 != NULL)
		TRY(PUT(work, bytes_span(in->dg12->issuing_authority),
		        issuing_authority));
	if (!work->vietnamese || !day_is_whole(work->issue))
		return CCCD_OK;
	copy_text(day_compare(work->issue, expiry_law_2023) >= 0
	                  ? "Bộ Công an"
	                  : "Cục Cảnh sát quản lý hành chính về trật tự "
	                    "xã hội",
	          person->place_of_issue_derived,
	          sizeof(person->place_of_issue_derived));
	return CCCD_OK;
}

static void take_hints(struct work *work)
{
	struct cccd_citizen_number number = { 0 };
	struct cccd_person *person = work->person;

	if (citizen_number_parse(span_text(person->id_number), NULL,
	                         work->in->today, &number) != CCCD_OK)
		return;
	person->number_notes =
	        (number.notes & ~(uint32_t)CCCD_NUMBER_NO_TABLE) |
	        citizen_number_hints(&number, work->birth, person->sex);
	wipe(&number, sizeof(number));
}

static enum cccd_err compose(struct work *work)
{
	TRY(take_number(work));
	TRY(take_names(work));
	take_birth(work);
	take_issue(work);
	take_expiry(work);
	take_kind(work);
	TRY(take_sex(work));
	take_old_numbers(work);
	TRY(take_places(work));
	TRY(take_relatives(work));
	TRY(take_rest(work));
	take_hints(work);
	cccd_person_apply_tables(work->person, work->in->tables);
	return CCCD_OK;
}

enum cccd_err person_compose(const struct person_input *input,
                             struct cccd_person *ret)
{
	const struct cccd_mrz *mrz = input->dg1;
	const struct cccd_dg13 *dg13 = input->dg13;
	struct work work = { .in = input, .person = ret };
	enum cccd_err err = CCCD_OK;

	/* DG13 is Vietnam's only where Vietnam issued the document. */
	if (dg13 != NULL && dg13->national &&
	    (mrz == NULL || strcmp(mrz->issuing_state, "VNM") == 0))
		work.dg13 = dg13;
	if (mrz == NULL && work.dg13 == NULL)
		return CCCD_ERR_DATA_MISSING;
	work.vietnamese = mrz == NULL || person_is_vietnamese_card(mrz);
	/* Too large for a copy on the stack: composed in place. */
	wipe(ret, sizeof(*ret));
	err = compose(&work);
	if (err != CCCD_OK)
		wipe(ret, sizeof(*ret));
	return err;
}
