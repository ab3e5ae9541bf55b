/* SPDX-License-Identifier: Apache-2.0 */
/* Whether DG1, DG13, the password used and the QR text tell one story. */
#include "apdu/vnm/consistency.h"

#include "apdu/lds/mrz.h"
#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/expiry.h"
#include "apdu/vnm/names.h"
#include "apdu/vnm/person.h"
#include "apdu/vnm/qr.h"
#include "base/text.h"

/* The comparison under way. */
struct work {
	const struct consistency_input *in;
	const struct cccd_dg13 *dg13;
	bool card; /* a Vietnamese card's MRZ is there */
	struct consistency result;
};

static void found(struct work *work, const char *item, const char *code,
                  enum cccd_verdict verdict)
{
	struct consistency *result = &work->result;

	if (result->count < CONSISTENCY_FINDINGS_MAX)
		result->findings[result->count++] =
		        (struct consistency_finding){ item, code, verdict };
}

static void agree(struct work *work, const char *item, const char *code,
                  bool same)
{
	found(work, item, same ? "" : code,
	      same ? CCCD_SUCCESSFUL : CCCD_FAILED);
}

static void unclear(struct work *work, const char *item, const char *code)
{
	found(work, item, code, CCCD_UNDETERMINED);
}

static struct span dg13_text(const struct work *work,
                             enum cccd_dg13_number number)
{
	if (work->dg13 == NULL)
		return span_of(NULL, 0);
	return text_trim(bytes_span(work->dg13->fields[number].text));
}

/* The citizen number of the chip: DG13's, else that of the MRZ. */
static struct span chip_number(const struct work *work)
{
	struct span number = dg13_text(work, CCCD_DG13_ID_NUMBER);

	if (citizen_number_is(number) || work->in->dg1 == NULL)
		return number;
	return person_number_of_mrz(work->in->dg1);
}

static void compare_numbers(struct work *work)
{
	struct span number = dg13_text(work, CCCD_DG13_ID_NUMBER);
	const struct cccd_mrz *mrz = work->in->dg1;

	if (!work->card)
		return;
	if (number.len > 0 && !citizen_number_is(number)) {
		found(work, "number", "number_malformed", CCCD_FAILED);
		return;
	}
	if (number.len == 0)
		number = chip_number(work);
	if (number.len == 0)
		return;
	agree(work, "number", "number_differs",
	      span_equal(span_after(number, 3),
	                 span_text(mrz->document_number)) &&
	              span_equal(number, person_number_of_mrz(mrz)));
}

static void compare_names(struct work *work)
{
	struct span name = dg13_text(work, CCCD_DG13_FULL_NAME);

	if (name.len == 0 || work->in->dg1 == NULL)
		return;
	switch (names_compare(name, span_text(work->in->dg1->name))) {
	case NAME_SAME:
	case NAME_SAME_SPLIT_ELSEWHERE:
	case NAME_CUT:
	case NAME_ABBREVIATED: agree(work, "name", "", true); break;
	case NAME_DIFFERS: agree(work, "name", "name_differs", false); break;
	case NAME_UNKNOWN: unclear(work, "name", "name_not_comparable"); break;
	}
}

/* Whether a whole date ends in the digits of an MRZ date. */
static bool fits_mrz(struct cccd_day day, const struct cccd_date *mrz)
{
	struct cccd_day other = { .year = day.year,
		                  .month = (uint8_t)mrz->month,
		                  .day = (uint8_t)mrz->day };

	return mrz->year == day.year % 100 && day_agrees(day, other);
}

static bool is_readable(const struct cccd_date *date)
{
	return date->state != CCCD_DATE_INVALID &&
	       date->state != CCCD_DATE_UNKNOWN && date->year >= 0;
}

static void compare_birth(struct work *work)
{
	const struct cccd_mrz *mrz = work->in->dg1;

	if (mrz == NULL || dg13_text(work, CCCD_DG13_DATE_OF_BIRTH).len == 0)
		return;
	if (work->dg13->birth.form == CCCD_FORM_NONE ||
	    !is_readable(&mrz->date_of_birth))
		unclear(work, "birth", "birth_unreadable");
	else
		agree(work, "birth", "birth_differs",
		      fits_mrz(work->dg13->birth.date, &mrz->date_of_birth));
}

static void compare_sex(struct work *work)
{
	struct span text = dg13_text(work, CCCD_DG13_SEX);
	enum cccd_sex sex = sex_from_text(text);
	char letter = sex == CCCD_SEX_MALE ? 'M' : 'F';

	if (text.len == 0 || work->in->dg1 == NULL)
		return;
	if (sex == CCCD_SEX_NONE)
		unclear(work, "sex", "sex_unreadable");
	else
		agree(work, "sex", "sex_differs", work->in->dg1->sex == letter);
}

static void compare_expiry(struct work *work)
{
	const struct cccd_mrz *mrz = work->in->dg1;
	const struct cccd_field_date *own = NULL;
	bool none = false;

	if (mrz == NULL || dg13_text(work, CCCD_DG13_DATE_OF_EXPIRY).len == 0)
		return;
	own = &work->dg13->expiry;
	none = expiry_is_none(span_text(mrz->date_of_expiry.text));
	if (own->form == CCCD_FORM_NO_EXPIRY)
		agree(work, "expiry", "expiry_differs", none);
	else if (own->form == CCCD_FORM_NONE ||
	         !is_readable(&mrz->date_of_expiry))
		unclear(work, "expiry", "expiry_unreadable");
	else
		agree(work, "expiry", "expiry_differs",
		      fits_mrz(own->date, &mrz->date_of_expiry));
}

/* The chip took the password; now its data must fit it. */
static void compare_password(struct work *work)
{
	const struct access_attempt *used = work->in->used;
	struct span number = chip_number(work);
	struct span can = span_after(number, CITIZEN_NUMBER_LEN - CAN_LEN);
	SECRET information = { 0 };

	if (used == NULL)
		return;
	if (used->password == ACCESS_CAN && number.len > 0) {
		if (span_equal(can, span_of(used->value, used->len)))
			agree(work, "password", "", true);
		else
			unclear(work, "password", "can_unlike_number");
	}
	if (used->password == ACCESS_MRZ && work->in->dg1 != NULL &&
	    mrz_information(work->in->dg1, &information) == CCCD_OK)
		agree(work, "password", "password_differs",
		      span_equal(secret_span(&information),
		                 span_of(used->value, used->len)));
}

static void compare_given_number(struct work *work)
{
	const char *given = work->in->id_number;

	if (given == NULL || given[0] == '\0')
		return;
	if (chip_number(work).len == 0)
		unclear(work, "number", "given_number_not_on_chip");
	else
		agree(work, "number", "given_number_differs",
		      span_equal(chip_number(work), span_text(given)));
}

static void compare_qr_name(struct work *work)
{
	const struct cccd_qr *qr = work->in->qr;
	struct span name = dg13_text(work, CCCD_DG13_FULL_NAME);
	struct span other = span_text(qr->full_name);

	if (name.len == 0)
		return;
	if (names_same(name, other))
		agree(work, "name", "", true);
	else if (other.len == 0 ||
	         (qr->notes & (CCCD_QR_TEXT_DAMAGED | CCCD_QR_NOT_UTF8)) != 0)
		unclear(work, "name", "qr_name_damaged");
	else if (names_same_typed(name, other))
		unclear(work, "name", "qr_name_mangled");
	else
		agree(work, "name", "qr_name_differs", false);
}

static void compare_qr_dates(struct work *work)
{
	const struct cccd_qr *qr = work->in->qr;
	const struct cccd_dg13 *dg13 = work->dg13;

	if (dg13 != NULL && dg13->birth.form != CCCD_FORM_NONE) {
		if (qr->birth.year == 0)
			unclear(work, "birth", "qr_birth_unreadable");
		else
			agree(work, "birth", "qr_birth_differs",
			      day_agrees(dg13->birth.date, qr->birth));
	}
	if (dg13 == NULL || dg13->issue.form == CCCD_FORM_NONE)
		return;
	if (qr->issue.year == 0)
		unclear(work, "issue", "qr_issue_unreadable");
	else
		agree(work, "issue", "qr_issue_differs",
		      day_agrees(dg13->issue.date, qr->issue));
}

static void compare_qr(struct work *work)
{
	const struct cccd_qr *qr = work->in->qr;
	enum cccd_sex sex = sex_from_text(dg13_text(work, CCCD_DG13_SEX));

	if (qr == NULL)
		return;
	agree(work, "number", "qr_number_differs",
	      span_equal(chip_number(work), span_text(qr->id_number)));
	compare_qr_name(work);
	compare_qr_dates(work);
	if (sex == CCCD_SEX_NONE)
		return;
	if (qr->sex == CCCD_SEX_NONE)
		unclear(work, "sex", "qr_sex_unreadable");
	else
		agree(work, "sex", "qr_sex_differs", sex == qr->sex);
}

static bool take_worst(struct consistency *result, enum cccd_verdict verdict)
{
	for (size_t i = 0; i < result->count; i++) {
		if (result->findings[i].verdict != verdict)
			continue;
		result->verdict = verdict;
		result->reason = result->findings[i].code;
		return true;
	}
	return false;
}

struct consistency consistency_check(const struct consistency_input *input)
{
	struct work work = { .in = input, .result = { .reason = "" } };

	work.card = input->dg1 != NULL && person_is_vietnamese_card(input->dg1);
	if (input->dg13 != NULL && input->dg13->national &&
	    (input->dg1 == NULL ||
	     strcmp(input->dg1->issuing_state, "VNM") == 0))
		work.dg13 = input->dg13;
	compare_numbers(&work);
	compare_names(&work);
	compare_birth(&work);
	compare_sex(&work);
	compare_expiry(&work);
	compare_password(&work);
	compare_given_number(&work);
	compare_qr(&work);
	if (take_worst(&work.result, CCCD_FAILED) ||
	    take_worst(&work.result, CCCD_UNDETERMINED) ||
	    take_worst(&work.result, CCCD_SUCCESSFUL))
		return work.result;
	work.result.verdict = CCCD_NOT_SUPPORTED;
	work.result.reason = "nothing_to_compare";
	return work.result;
}
