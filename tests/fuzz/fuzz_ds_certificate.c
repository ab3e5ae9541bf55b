/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate: parsed, named, judged. */
#include <stdlib.h>

#include "apdu/auth/admission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795392000 };

static void read_names(const struct certificate *certificate)
{
	char text[128];
	char state[STATE_TEXT_MAX];

	certificate_name_text(certificate->subject, text, sizeof(text));
	certificate_country(certificate->issuer, state);
	certificate_alt_state(certificate, state);
	if (!certificate_names_equal(certificate->subject,
	                             certificate->subject))
		abort();
	signature_identifier_text(certificate->algorithm, text, sizeof(text));
}

static void judge(struct span der)
{
	struct csca_store *store = NULL;
	struct admission admission = { 0 };

	if (csca_store_new(CCCD_TRUST_REAL, &store) != CCCD_OK)
		abort();
	if (admission_certificate(store, der, ADMISSION_LIST, NOW,
	                          &admission) == CCCD_OK) {
		if (admission.reason == NULL)
			abort();
		if (admission.admitted && csca_store_add(store, admission.kind,
		                                         der, false) != CCCD_OK)
			abort();
	}
	csca_store_free(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate certificate = { 0 };
	struct span der = span_of(data, size);

	if (certificate_parse(der, &certificate) == CCCD_OK)
		read_names(&certificate);
	judge(der);
	return 0;
}
