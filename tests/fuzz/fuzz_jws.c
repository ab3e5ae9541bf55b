/* SPDX-License-Identifier: Apache-2.0 */
/* An assertion: refused, or bound to nonce and audience. The first byte
 * tells whether the rest is a token, or claims that a known key signs. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/jws.h"
#include "tests/fuzz/token_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TOKEN_MAX = 1024 * 1024 };

static void check(const struct cccd_assertion *assertion)
{
	size_t payload = 0;
	size_t result = 0;

	if (strlen(cccd_assertion_payload(assertion, &payload)) != payload ||
	    strlen(cccd_assertion_result(assertion, &result)) != result ||
	    cccd_assertion_result(assertion, NULL)[0] != '{' ||
	    strstr(cccd_assertion_payload(assertion, NULL), TOKEN_NONCE) ==
	            NULL ||
	    cccd_assertion_transaction(assertion)[0] == '\0' ||
	    cccd_assertion_expires(assertion) <= TOKEN_NOW)
		abort();
	(void)cccd_assertion_overall(assertion);
	(void)cccd_assertion_identity(assertion, "id_number");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct token_key *key = token_key();
	struct cccd_assertion_expected expected = { .nonce = TOKEN_NONCE,
		                                    .audience = "his",
		                                    .keys = key->set,
		                                    .now = TOKEN_NOW };
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_assertion *assertion = NULL;
	BUF token = buf_make(TOKEN_MAX);
	enum cccd_err err = CCCD_OK;

	if (size > 0 && size < TOKEN_MAX / 2) {
		struct span rest = span_of(data + 1, size - 1);

		err = data[0] == '0'
		              ? buf_set(&token, rest)
		              : jws_sign(key->pair, &key->jwk,
		                         "cccd-assertion+jwt", rest, &token);
		if (err != CCCD_OK)
			abort();
	}
	err = cccd_assertion_verify((const char *)token.at, token.len,
	                            &expected, &assertion, &error);
	if (err != error.code || (err == CCCD_OK) != (assertion != NULL))
		abort();
	if (assertion != NULL)
		check(assertion);
	cccd_assertion_free(assertion);
	return 0;
}
