/* SPDX-License-Identifier: Apache-2.0 */
/* DG13, and the person and the findings that come of it. */
#include "apdu/lds/mrz.h"
#include "apdu/vnm/consistency.h"
#include "apdu/vnm/dg13.h"
#include "apdu/vnm/person.h"
#include "base/text.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_dg13(const struct cccd_dg13 *dg13, struct span input)
{
	check_inside(dg13->content, input);
	for (size_t i = 1; i < CCCD_DG13_FIELDS; i++) {
		check_inside(dg13->fields[i].text, input);
		check_inside(dg13->fields[i].raw, input);
		if (!text_is_utf8(bytes_span(dg13->fields[i].text)))
			abort();
	}
	check_inside(dg13->father.text, input);
	check_inside(dg13->mother.text, input);
	check_inside(dg13->spouse.text, input);
	if (dg13->extra_count > CCCD_DG13_EXTRA_MAX)
		abort();
	for (size_t i = 0; i < dg13->extra_count; i++)
		check_inside(dg13->extras[i].raw, input);
}

static void check_person(const struct cccd_person *person)
{
	check_text(person->id_number, sizeof(person->id_number));
	check_text(person->full_name, sizeof(person->full_name));
	check_text(person->personal_features,
	           sizeof(person->personal_features));
	check_text(person->place_of_residence.text,
	           sizeof(person->place_of_residence.text));
	if (!text_is_utf8(span_text(person->full_name)) ||
	    text_has_controls(span_text(person->full_name)) ||
	    person->old_number_count > CCCD_OLD_NUMBERS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mrz_text[] =
	        "IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2"
	        "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<";
	static struct cccd_person person;
	struct cccd_mrz mrz = { 0 };
	struct cccd_dg13 dg13 = { 0 };
	struct consistency_input story = { .dg1 = &mrz, .dg13 = &dg13 };
	struct person_input input = { .dg1 = &mrz,
		                      .dg13 = &dg13,
		                      .today = { 2026, 11, 23 } };

	if (mrz_parse(span_text(mrz_text), &mrz) != CCCD_OK)
		abort();
	if (dg13_parse(span_of(data, size), &dg13) != CCCD_OK)
		return 0;
	check_dg13(&dg13, span_of(data, size));
	if (person_compose(&input, &person) != CCCD_OK)
		abort();
	check_person(&person);
	if (consistency_check(&story).verdict == CCCD_NOT_RUN)
		abort();
	return 0;
}
