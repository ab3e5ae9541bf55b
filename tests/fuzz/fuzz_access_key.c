/* SPDX-License-Identifier: Apache-2.0 */
/* Access keys: the first byte says which, the rest is typed by anybody. */
#include "apdu/lds/mrz.h"
#include "apdu/vnm/access_key.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct access_plan plan;
	struct span text = span_after(span_of(data, size), 1);
	struct access_input input = { 0 };
	struct span *const slots[] = { &input.id_number, &input.can,
		                       &input.mrz,       &input.number,
		                       &input.birth,     &input.expiry,
		                       &input.qr,        &input.pin };

	if (size == 0)
		return 0;
	/* Two halves, so that keys can meet and contradict each other. */
	*slots[data[0] & 7] = span_first(text, text.len / 2);
	*slots[data[0] >> 3 & 7] = span_after(text, text.len / 2);
	input.derive_expiry = (data[0] & 0x40) != 0;
	input.as_printed = (data[0] & 0x80) != 0;
	if (access_plan_make(&input, &plan) != CCCD_OK) {
		if (plan.count != 0)
			abort();
		return 0;
	}
	if (plan.count == 0 || plan.count > ACCESS_ATTEMPTS_MAX ||
	    plan.note_count > ACCESS_NOTES_MAX)
		abort();
	for (size_t i = 0; i < plan.count; i++) {
		const struct access_attempt *attempt = &plan.attempts[i];

		if (attempt->len == 0 || attempt->len > ACCESS_VALUE_MAX ||
		    (attempt->password == ACCESS_CAN && attempt->len != 6) ||
		    (attempt->password == ACCESS_MRZ &&
		     attempt->len < MRZ_INFORMATION_LEN))
			abort();
	}
	return 0;
}
