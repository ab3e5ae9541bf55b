/* SPDX-License-Identifier: Apache-2.0 */
/* A deviation list; input: length, DS certificate, list. */
#include <stdlib.h>

#include "apdu/auth/deviation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795392000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pa_document document = { .type = span_text("I<"),
		                              .number = span_text("C1234567"),
		                              .issued_s = NOW };
	struct certificate certificate = { 0 };
	struct deviation_subject subject = { .document = &document };
	struct deviation_effect effect = { 0 };
	struct span input = span_of(data, size);
	size_t len = 0;

	if (size < 2)
		return 0;
	len = (size_t)data[0] << 8 | data[1];
	input = span_after(input, 2);
	if (certificate_parse(span_first(input, len), &certificate) == CCCD_OK)
		subject.signer = &certificate;
	else
		len = 0;
	if (deviation_list_match(span_after(input, len),
	                         subject.signer == NULL ? NULL : &subject,
	                         &effect) == CCCD_OK &&
	    subject.signer == NULL && effect.kinds != 0)
		abort();
	return 0;
}
