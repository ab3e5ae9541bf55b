/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence from a stranger: refused, or written again the same. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/evidence.h"
#include "lib/json/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted once is accepted again, and then stays as it is. */
static void write_and_read(struct cccd_evidence *evidence)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_evidence *again = NULL;
	char *first = NULL;
	char *second = NULL;

	if (json_evidence_text(evidence, &first) != CCCD_OK ||
	    json_evidence_parse(span_text(first), &error, &again) != CCCD_OK ||
	    json_evidence_text(again, &second) != CCCD_OK ||
	    strcmp(first, second) != 0)
		abort();
	json_text_free(first);
	json_text_free(second);
	cccd_evidence_free(again);
}

/* Without a store nothing can come out as genuine. */
static void prove(const struct cccd_evidence *evidence)
{
	struct cccd_result *result = calloc(1, sizeof(*result));

	if (result != NULL &&
	    cccd_verify(evidence, NULL, NULL, 0, result) == CCCD_OK &&
	    result->overall == CCCD_SUCCESSFUL)
		abort();
	free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_evidence *evidence = NULL;

	if (json_evidence_parse(span_of(data, size), &error, &evidence) !=
	    CCCD_OK) {
		if (error.code == CCCD_OK)
			abort();
		return 0;
	}
	write_and_read(evidence);
	prove(evidence);
	cccd_evidence_free(evidence);
	return 0;
}
