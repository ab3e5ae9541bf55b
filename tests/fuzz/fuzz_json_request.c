/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of callers: refused with a reason, or whole and within bounds. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void try_request(struct span body, bool is_inside)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_request request = { 0 };
	enum cccd_err err =
	        is_inside ? json_request_parse_signed(body, &error, &request)
	                  : json_request_parse(body, &error, &request);

	must(error.code == err && (err == CCCD_OK) == (error.text[0] == '\0'));
	if (err != CCCD_OK) {
		must(request.request_jwt == NULL);
		return;
	}
	must(request.rp[0] != '\0' && request.reader[0] != '\0');
	if (request.request_jwt == NULL)
		must(strlen(request.nonce) >= REQUEST_NONCE_LEAST &&
		     request.purpose[0] != '\0' &&
		     !json_scopes_empty(&request.scopes));
	else
		must(!is_inside && request.nonce[0] == '\0' &&
		     request.purpose[0] == '\0' &&
		     json_scopes_empty(&request.scopes));
	json_request_release(&request);
}

static void try_key(struct span body)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_access_key key = { 0 };

	if (json_access_key_parse(body, &error, &key) != CCCD_OK) {
		must(error.code != CCCD_OK && error.text[0] != '\0');
		return;
	}
	must(key.document == (key.type == CCCD_ACCESS_KEY_NONE));
	must(key.value[0] != '\0');
	must(key.document == (key.birth[0] != '\0'));
	json_access_key_wipe(&key);
}

static void try_consent(struct span body)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_consent consent = { 0 };

	if (json_consent_parse(body, &error, &consent) != CCCD_OK) {
		must(error.code != CCCD_OK && error.text[0] != '\0');
		return;
	}
	must(consent.text_id[0] != '\0' && consent.actor[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span body = span_of(data, size);

	try_request(body, false);
	try_request(body, true);
	try_key(body);
	try_consent(body);
	return 0;
}
