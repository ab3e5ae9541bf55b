/* SPDX-License-Identifier: Apache-2.0 */
/* One person from the data groups of any Doc 9303 document. */
#ifndef APDU_VNM_PERSON_H
#define APDU_VNM_PERSON_H

#include <cccd/lds.h>
#include <cccd/person.h>

#include "base/span.h"

/**
 * struct person_input - what was read; NULL for what was not.
 * @dg1:    the MRZ
 * @dg13:   used only when it holds the Vietnamese schema
 * @tables: see cccd_person_apply_tables(); may be NULL
 * @today:  a whole date, for the century of two-digit years
 */
struct person_input {
	const struct cccd_mrz *dg1;
	const struct cccd_dg11 *dg11;
	const struct cccd_dg12 *dg12;
	const struct cccd_dg13 *dg13;
	const struct cccd_tables *tables;
	struct cccd_day today;
};

/**
 * person_compose() - put the holder together.
 * @ret: written only on success; wipe it with cccd_person_wipe()
 *
 * DG13 goes before DG11 and DG12, those before DG1. Nothing Vietnamese is
 * assumed of a document that another State issued.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING with neither DG1 nor a Vietnamese
 * DG13; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err person_compose(const struct person_input *input,
                                     struct cccd_person *ret);

/* Whether an MRZ is that of a Vietnamese identity card. */
bool person_is_vietnamese_card(const struct cccd_mrz *mrz);

/**
 * person_number_of_mrz() - the citizen number in the optional data.
 *
 * Only of Vietnamese documents, and only where nothing but it (and, on a
 * card, two fillers and its check digit) stands there.
 *
 * Return: 12 digits inside @mrz; empty when there is none.
 */
struct span person_number_of_mrz(const struct cccd_mrz *mrz);

/**
 * person_birth_of_mrz() - a birth date with its century.
 * @number: citizen number, or NULL: its century counts when it fits
 * @today:  no birth lies after it
 *
 * Return: the date, or what is known of it; year 0 for nothing.
 */
struct cccd_day person_birth_of_mrz(const struct cccd_date *date,
                                    const char *number, struct cccd_day today);

/* An expiry date with its century: at most 50 years from @today. */
struct cccd_day person_expiry_of_mrz(const struct cccd_date *date,
                                     struct cccd_day today);

#endif
