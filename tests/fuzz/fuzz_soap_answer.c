/* SPDX-License-Identifier: Apache-2.0 */
/* A registry's SOAP answer; the first byte chooses the operation, and a
 * small letter that it came as a string. */
#include <stdlib.h>

#include "service/gateway/connectors/soap_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct soap_dialect dialect = {
	.request_namespace = "http://dancuquocgia.bca",
	.answer_namespace = "http://www.mic.gov.vn/dancu/1.0",
	.sex_male = "1",
	.sex_female = "2",
};

/* Only someone found leaves values behind, and enough of them. */
static void check(const struct registry_answer *answer)
{
	static const struct citizen nobody = { .id_number = "" };

	if (answer->outcome == REGISTRY_NOT_ASKED ||
	    answer->outcome >= REGISTRY_OUTCOMES)
		abort();
	if (answer->outcome == REGISTRY_FOUND) {
		if (answer->citizen.full_name[0] == '\0')
			abort();
	} else if (memcmp(&answer->citizen, &nobody, sizeof(nobody)) != 0) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registry_answer *answer = registry_answer_new();
	enum registry_operation operation = REGISTRY_LOOKUP;
	enum soap_source source = SOAP_OCTETS;

	if (answer == NULL || size == 0) {
		registry_answer_free(answer);
		return 0;
	}
	if (data[0] >= 'a' && data[0] <= 'z')
		source = SOAP_TEXT;
	if (data[0] == 'A' || data[0] == 'a')
		operation = REGISTRY_AUTHENTICATE;
	if (soap_answer_parse(span_of(data + 1, size - 1), source, operation,
	                      &dialect, answer) == CCCD_OK)
		check(answer);
	registry_answer_free(answer);
	return 0;
}
