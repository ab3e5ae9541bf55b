/* SPDX-License-Identifier: Apache-2.0 */
/* Machine readable zones, typed or read; DG1. */
#include "apdu/lds/dg1.h"
#include "apdu/lds/mrz.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct cccd_mrz mrz = { 0 };
	struct secret information = { 0 };
	bool digits = false;

	if (mrz_parse(text, &mrz) == CCCD_OK ||
	    dg1_parse(text, &mrz) == CCCD_OK) {
		check_text(mrz.document_number, sizeof(mrz.document_number));
		check_text(mrz.primary_identifier,
		           sizeof(mrz.primary_identifier));
		check_text(mrz.secondary_identifier,
		           sizeof(mrz.secondary_identifier));
		if (mrz_information(&mrz, &information) != CCCD_OK)
			abort();
	}
	if (mrz_information_from_text(text, &information, &digits) == CCCD_OK &&
	    (information.len < MRZ_INFORMATION_LEN ||
	     information.len > MRZ_INFORMATION_MAX))
		abort();
	(void)!mrz_information_from_document(span_first(text, size / 2),
	                                     span_after(text, size / 2), text,
	                                     &information);
	return 0;
}
