/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever an operator may hand to "cccd trust import". */
#include <stdlib.h>

#include "apdu/auth/trust_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795392000 };

static enum cccd_err judged(const struct trust_judgement *what, void *context)
{
	(void)context;
	if (what->reason == NULL || what->basis == NULL || what->note == NULL)
		abort();
	return CCCD_OK;
}

static void import_all(struct span file, bool accept_list)
{
	struct csca_store *store = NULL;
	struct csca_store *pins = NULL;
	enum cccd_err err = CCCD_OK;

	if (csca_store_new(CCCD_TRUST_REAL, &store) != CCCD_OK ||
	    csca_store_new(CCCD_TRUST_REAL, &pins) != CCCD_OK)
		abort();
	err = trust_pins_add(pins, file);
	if (err != CCCD_ERR_MEMORY) {
		const struct trust_import import = {
			.store = store,
			.pins = pins,
			.accept_list = accept_list,
			.now_s = NOW,
			.judged = judged,
		};

		err = trust_import(&import, file);
	}
	if (err == CCCD_ERR_INTERNAL)
		abort();
	csca_store_free(store);
	csca_store_free(pins);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	import_all(span_of(data, size), true);
	import_all(span_of(data, size), false);
	return 0;
}
