/* SPDX-License-Identifier: Apache-2.0 */
/* A relying party's file: refused with a reason, or the same when written
 * and read again. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/registry.h"
#include "lib/json/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *text_of(const struct json_relying_party *party)
{
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	if (json_relying_party_text(party, &error, &text) != CCCD_OK)
		abort();
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_relying_party *party = NULL;
	struct json_relying_party *again = NULL;
	char *text = NULL;
	char *twice = NULL;

	if (json_relying_party_parse(span_of(data, size), &error, &party) !=
	    CCCD_OK) {
		if (error.code == CCCD_OK || error.text[0] == '\0' ||
		    party != NULL)
			abort();
		return 0;
	}
	if (party->origin_count + party->uid_count == 0 ||
	    party->purpose_count == 0 || party->key_from == 0 ||
	    party->formats == 0 || party->quota_per_hour == 0 ||
	    json_scopes_empty(&party->scopes_max))
		abort();
	for (size_t i = 0; i < party->origin_count; i++)
		if (json_origin_check(party->origins[i]) != NULL)
			abort();
	text = text_of(party);
	if (json_relying_party_parse(span_text(text), NULL, &again) != CCCD_OK)
		abort();
	twice = text_of(again);
	if (strcmp(text, twice) != 0)
		abort();
	json_text_free(text);
	json_text_free(twice);
	json_relying_party_free(party);
	json_relying_party_free(again);
	return 0;
}
