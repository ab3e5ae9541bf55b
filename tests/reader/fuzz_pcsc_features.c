/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader says of its own limits. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "reader/pcsc_features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader_card card = {
		.max_command = READER_COMMAND_MAX,
		.max_response = READER_RESPONSE_MAX,
	};

	(void)features_find(span_of(data, size), size > 0 ? data[0] : 0);
	(void)features_bound_card(span_of(data, size), &card);
	if (card.max_command < READER_SHORT_COMMAND_MAX ||
	    card.max_command > READER_COMMAND_MAX ||
	    card.max_response < READER_SHORT_RESPONSE_MAX ||
	    card.max_response > READER_RESPONSE_MAX)
		abort();
	return 0;
}
