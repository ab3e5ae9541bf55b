/* SPDX-License-Identifier: Apache-2.0 */
/* QR texts, from a scanner that types anything. */
#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/qr.h"
#include "base/text.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_field(const char *text, size_t cap)
{
	check_text(text, cap);
	if (!text_is_utf8(span_text(text)) ||
	    text_has_controls(span_text(text)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_qr qr;

	if (qr_parse(span_of(data, size), &qr) != CCCD_OK)
		return 0;
	if (!citizen_number_is(span_text(qr.id_number)) ||
	    qr.field_count > QR_FIELDS_MAX)
		abort();
	check_field(qr.old_number, sizeof(qr.old_number));
	check_field(qr.full_name, sizeof(qr.full_name));
	check_field(qr.sex_text, sizeof(qr.sex_text));
	check_field(qr.residence, sizeof(qr.residence));
	for (size_t i = 0; i < CCCD_QR_LATER_FIELDS; i++)
		check_field(qr.later[i], sizeof(qr.later[i]));
	if (qr.birth.year != 0 && !day_is_valid(qr.birth))
		abort();
	return 0;
}
