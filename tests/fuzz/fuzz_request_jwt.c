/* SPDX-License-Identifier: Apache-2.0 */
/* A signed request: refused, or the registered party's own words. The first
 * byte tells whether the rest is a token, or claims that a known key signs. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/jws.h"
#include "lib/json/request_jwt.h"
#include "lib/json/strict.h"
#include "tests/fuzz/token_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TOKEN_MAX = 64 * 1024 };

static void check(const struct request_jwt *request)
{
	struct span rp = { 0 };
	struct span other = { 0 };

	if (!strict_is_json(buf_span(&request->text), NULL) ||
	    strict_member(buf_span(&request->text), "rp", &rp) != CCCD_OK ||
	    !span_equal(rp, span_text("\"his\"")) ||
	    strict_member(buf_span(&request->text), "exp", &other) == CCCD_OK ||
	    strict_member(buf_span(&request->text), "request_jwt", &other) ==
	            CCCD_OK ||
	    strlen(request->nonce) < 43 || request->id[0] == '\0' ||
	    request->expires <= TOKEN_NOW)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct token_key *key = token_key();
	struct request_jwt_expected expected = { .rp = "his",
		                                 .device = key->jwk.thumbprint,
		                                 .keys = key->set,
		                                 .now = TOKEN_NOW };
	struct cccd_error error = { .tries_left = -1 };
	struct request_jwt request = { 0 };
	BUF token = buf_make(TOKEN_MAX);
	enum cccd_err err = CCCD_OK;

	if (size > 0 && size < TOKEN_MAX / 2) {
		struct span rest = span_of(data + 1, size - 1);

		err = data[0] == '0'
		              ? buf_set(&token, rest)
		              : jws_sign(key->pair, &key->jwk,
		                         "cccd-request+jwt", rest, &token);
		if (err != CCCD_OK)
			abort();
	}
	err = request_jwt_verify(buf_span(&token), &expected, &error, &request);
	if (err != error.code)
		abort();
	if (err == CCCD_OK)
		check(&request);
	request_jwt_release(&request);
	return 0;
}
