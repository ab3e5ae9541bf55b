/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the gateway's callers: refused with a reason, or whole. */
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "lib/json/gateway_request.h"
#include "lib/json/nonce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void try_request(struct span body)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_request request = { .officer_id = "" };
	char nonce[GATEWAY_NONCE_MAX];
	enum cccd_err err = gateway_request_parse(body, &error, &request);

	must(error.code == err || err == CCCD_ERR_DATA_TOO_LARGE);
	if (err == CCCD_OK) {
		must(request.assertion.len > 0);
		must(request.officer_id[0] != '\0');
		if (gateway_nonce_peek(buf_span(&request.assertion), NULL,
		                       nonce) == CCCD_OK)
			must(nonce_is_sound(nonce));
	}
	gateway_request_release(&request);
}

static void try_person(struct span result)
{
	struct gateway_person *person = calloc(1, sizeof(*person));

	must(person != NULL);
	if (gateway_person_read(result, NULL, person) == CCCD_OK)
		must(person->old_number_count <= GATEWAY_OLD_NUMBERS);
	wipe(person, sizeof(*person));
	free(person);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char nonce[GATEWAY_NONCE_MAX];
	const struct span text = span_of(data, size);

	try_request(text);
	try_person(text);
	if (gateway_nonce_peek(text, NULL, nonce) == CCCD_OK)
		must(nonce_is_sound(nonce));
	return 0;
}
