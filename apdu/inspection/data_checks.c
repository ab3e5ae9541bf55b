/* SPDX-License-Identifier: Apache-2.0 */
/* Checks over the data alone: TR-03135-1 5.6.4.5, 5.7, and our own. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apdu/inspection/steps.h"
#include "apdu/lds/dg1.h"
#include "apdu/lds/dg11.h"
#include "apdu/lds/dg12.h"
#include "apdu/lds/dg2.h"
#include "apdu/lds/mrz.h"
#include "apdu/vnm/consistency.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/dg13.h"
#include "apdu/vnm/person.h"

enum { VIET_NAM_S = 7 * 3600 };

/* The groups taken apart: too large for the stack, made for one call. */
struct data {
	struct cccd_mrz dg1;
	struct cccd_dg2 dg2;
	struct cccd_dg11 dg11;
	struct cccd_dg12 dg12;
	struct cccd_dg13 dg13;
	struct cccd_person person;
	bool has_dg1;
	bool has_dg2;
	bool has_dg11;
	bool has_dg12;
	bool has_dg13;
	bool has_person;
};

static void data_cleanup(struct data **data)
{
	if (*data != NULL)
		wipe(*data, sizeof(**data));
	free(*data);
}

/* The day at the desk, in Viet Nam: as ages are told by it. */
static struct cccd_day day_of(int64_t wall_s)
{
	time_t seconds = (time_t)wall_s + VIET_NAM_S;
	struct tm parts = { 0 };

	if (gmtime_r(&seconds, &parts) == NULL)
		return (struct cccd_day){ 0 };
	return (struct cccd_day){
		.year = (uint16_t)(parts.tm_year + 1900),
		.month = (uint8_t)(parts.tm_mon + 1),
		.day = (uint8_t)parts.tm_mday,
	};
}

/* Seconds since 1970 of a whole date, 0 for any other. */
static int64_t seconds_of(struct cccd_day day)
{
	/* Days before each month of a year that begins in March. */
	int64_t year = day.month > 2 ? day.year : day.year - 1;
	int64_t month = day.month > 2 ? day.month - 3 : day.month + 9;
	int64_t days = 365 * year + year / 4 - year / 100 + year / 400 +
	               (153 * month + 2) / 5 + day.day - 1 - 719468;

	return day_is_whole(day) ? days * 86400 : 0;
}

static void take_apart(const struct inspection *inspection, struct data *ret)
{
	const struct person_input input = {
		.dg1 = &ret->dg1,
		.dg11 = &ret->dg11,
		.dg12 = &ret->dg12,
		.dg13 = &ret->dg13,
		.today = day_of(inspection->in->trust.now_s),
	};
	struct person_input have = input;
	enum cccd_err err = CCCD_OK;

	ret->has_dg1 = dg1_parse(file_bytes(inspection, CCCD_FILE_DG1),
	                         &ret->dg1) == CCCD_OK;
	err = dg2_parse(file_bytes(inspection, CCCD_FILE_DG2), &ret->dg2);
	/* A record of a standard that we do not read is no fault of it. */
	ret->has_dg2 = err == CCCD_OK || err == CCCD_ERR_DATA_UNSUPPORTED;
	ret->has_dg11 = dg11_parse(file_bytes(inspection, CCCD_FILE_DG11),
	                           &ret->dg11) == CCCD_OK;
	ret->has_dg12 = dg12_parse(file_bytes(inspection, CCCD_FILE_DG12),
	                           &ret->dg12) == CCCD_OK;
	ret->has_dg13 = dg13_parse(file_bytes(inspection, CCCD_FILE_DG13),
	                           &ret->dg13) == CCCD_OK;
	have.dg1 = ret->has_dg1 ? &ret->dg1 : NULL;
	have.dg11 = ret->has_dg11 ? &ret->dg11 : NULL;
	have.dg12 = ret->has_dg12 ? &ret->dg12 : NULL;
	have.dg13 = ret->has_dg13 ? &ret->dg13 : NULL;
	ret->has_person = person_compose(&have, &ret->person) == CCCD_OK;
}

/* [TR-03135-1 5.7.1] whole days: valid up to and including the last one. */
static struct auth_check expiry_check(const struct inspection *inspection,
                                      const struct data *data)
{
	struct cccd_day today = day_of(inspection->in->trust.now_s);
	struct cccd_day expiry = { 0 };

	if (!data->has_person)
		return auth_check_make(CCCD_NOT_RUN, NULL);
	if (data->person.no_expiry)
		return auth_check_make(CCCD_SUCCESSFUL, "no_expiry");
	if (data->person.date_of_expiry[0] == '\0' ||
	    day_read(span_text(data->person.date_of_expiry), &expiry) ==
	            CCCD_FORM_NONE)
		return auth_check_make(CCCD_UNDETERMINED, "expiry_unknown");
	/* Of a date without day or month the last day counts. */
	if (expiry.month == 0)
		expiry.month = 12;
	if (expiry.day == 0)
		expiry.day = (uint8_t)day_month_days(expiry.year, expiry.month);
	if (day_compare(expiry, today) < 0)
		return auth_check_make(CCCD_FAILED, "expired");
	return auth_check_make(CCCD_SUCCESSFUL, NULL);
}

/* [TR-03135-1 5.7.2; Frontex 4.4.7] the typed or scanned MRZ against DG1. */
static struct auth_check mrz_check(const struct inspection *inspection,
                                   const struct data *data)
{
	const struct access_attempt *used = inspection->channel.attempt;
	const struct access_plan *plan = inspection->in->plan;
	SECRET information = { 0 };

	if (used == NULL)
		return auth_check_make(CCCD_NOT_RUN, NULL);
	if (used->password != ACCESS_MRZ && !plan->has_mrz)
		return auth_check_make(CCCD_NOT_SUPPORTED,
		                       used->password == ACCESS_CAN
		                               ? "can_used"
		                               : "no_mrz_given");
	if (!data->has_dg1)
		return auth_check_make(CCCD_UNDETERMINED, "dg1_not_read");
	if (plan->has_mrz)
		return strcmp(plan->mrz.text, data->dg1.text) == 0
		               ? auth_check_make(CCCD_SUCCESSFUL, NULL)
		               : auth_check_make(CCCD_FAILED, "mrz_differs");
	if (mrz_information(&data->dg1, &information) != CCCD_OK)
		return auth_check_make(CCCD_UNDETERMINED, "dg1_malformed");
	return span_equal(secret_span(&information),
	                  span_of(used->value, used->len))
	               ? auth_check_make(CCCD_SUCCESSFUL, NULL)
	               : auth_check_make(CCCD_FAILED, "mrz_differs");
}

static struct auth_check cross_check(struct inspection *inspection,
                                     const struct data *data)
{
	const struct access_plan *plan = inspection->in->plan;
	const struct consistency_input input = {
		.dg1 = data->has_dg1 ? &data->dg1 : NULL,
		.dg13 = data->has_dg13 ? &data->dg13 : NULL,
		.used = inspection->channel.attempt,
		.id_number = plan != NULL ? plan->id_number : "",
		.qr = plan != NULL && plan->has_qr ? &plan->qr : NULL,
	};
	const struct consistency result = consistency_check(&input);

	for (size_t i = 0; i < result.count; i++)
		if (result.findings[i].verdict != CCCD_SUCCESSFUL)
			auth_findings_add(&inspection->facts.findings,
			                  result.findings[i].code, 0);
	return auth_check_make(result.verdict,
	                       result.reason[0] != '\0' ? result.reason : NULL);
}

/* The state may have signed it: the hash is right, and still nobody can
 * read the name or see the face. */
static void note_malformed(struct inspection *inspection,
                           const struct data *data)
{
	const struct {
		enum cccd_file file;
		unsigned int group;
		bool good;
		const char *code;
	} rows[] = {
		{ CCCD_FILE_DG1, 1, data->has_dg1, "dg1_malformed" },
		{ CCCD_FILE_DG2, 2, data->has_dg2, "dg2_malformed" },
		{ CCCD_FILE_DG11, 11, data->has_dg11, "dg11_malformed" },
		{ CCCD_FILE_DG12, 12, data->has_dg12, "dg12_malformed" },
		{ CCCD_FILE_DG13, 13, data->has_dg13, "dg13_malformed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (inspection->states[rows[i].file] == CCCD_FILE_READ &&
		    !rows[i].good)
			auth_findings_add(&inspection->facts.findings,
			                  rows[i].code, rows[i].group);
}

/* One to three letters of a state [9303-3 5]. */
static bool is_state(const char *text)
{
	size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return letters > 0 && text[letters] == '\0';
}

/* What no MRZ holds, however its digits are summed [9303-3 4.2]. */
static void note_mrz_form(struct auth_findings *findings,
                          const struct cccd_mrz *mrz)
{
	if (!is_state(mrz->issuing_state) || !is_state(mrz->nationality) ||
	    (mrz->sex != 'M' && mrz->sex != 'F' && mrz->sex != '<'))
		auth_findings_add(findings, "mrz_form_wrong", 1);
}

/* Wrong check digits in the signed MRZ are worth a line. */
static void note_check_digits(struct auth_findings *findings,
                              const struct cccd_mrz *mrz)
{
	if (!mrz->document_number_check.correct ||
	    !mrz->date_of_birth_check.correct ||
	    !mrz->date_of_expiry_check.correct || !mrz->composite_check.correct)
		auth_findings_add(findings, "mrz_check_digit_wrong", 1);
}

/* Known defects and the date of issue bear on passive authentication. */
static void refine_passive(struct inspection *inspection,
                           const struct data *data)
{
	struct inspection_facts *facts = &inspection->facts;
	struct pa_document document = { 0 };
	struct cccd_day issued = { 0 };

	if (!facts->sod_checked)
		return;
	if (data->has_dg1) {
		document.type = span_text(data->dg1.document_code);
		document.number = span_text(data->dg1.document_number);
	}
	if (data->has_person && day_read(span_text(data->person.date_of_issue),
	                                 &issued) != CCCD_FORM_NONE)
		document.issued_s = seconds_of(issued);
	if (document.issued_s != 0)
		passive_auth_check_issue(&facts->sod, document.issued_s);
	/* What its type forbids is a finding of the signer [9303-12]. */
	if (data->has_dg1 &&
	    passive_auth_check_type(&facts->sod.object,
	                            span_text(data->dg1.document_code))
	                    .verdict == CCCD_FAILED)
		auth_check_fail(&facts->sod.object.ds_trust,
		                "document_type_not_allowed");
	if (passive_auth_apply_deviations(
	            &inspection->in->trust, &document, &facts->sod,
	            facts->groups_checked ? &facts->groups : NULL) != CCCD_OK)
		auth_findings_add(&facts->findings, "deviations_not_applied",
		                  0);
}

void check_data(struct inspection *inspection)
{
	CLEANUP(data_cleanup) struct data *data = calloc(1, sizeof(*data));
	struct inspection_facts *facts = &inspection->facts;

	if (data == NULL)
		return;
	take_apart(inspection, data);
	note_malformed(inspection, data);
	refine_passive(inspection, data);
	facts->expiry = expiry_check(inspection, data);
	facts->mrz = mrz_check(inspection, data);
	facts->cross = cross_check(inspection, data);
	if (!data->has_dg1)
		return;
	memcpy(inspection->issuing_state, data->dg1.issuing_state,
	       sizeof(inspection->issuing_state));
	note_check_digits(&facts->findings, &data->dg1);
	note_mrz_form(&facts->findings, &data->dg1);
	if (facts->sod_checked)
		facts->issuing_state = passive_auth_check_state(
		        &facts->sod.object, span_text(data->dg1.issuing_state));
}
