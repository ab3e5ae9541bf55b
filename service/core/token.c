/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens that open sessions: service-api 2. */
#include "service/core/token.h"

#include "base/digest.h"
#include "base/random.h"
#include "base/secret.h"

enum { TOKEN_BYTES = 32 };

enum cccd_err token_mark_of(const char *token, struct token_mark *ret)
{
	struct digest digest = { 0 };

	TRY(digest_compute(DIGEST_SHA256, span_text(token), &digest));
	memcpy(ret->sha256, digest.bytes, sizeof(ret->sha256));
	return CCCD_OK;
}

/* 32 bytes are 42 letters and four bits more. */
static void encode(const uint8_t bytes[static TOKEN_BYTES],
                   char ret[static SESSION_TOKEN_MAX])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_";

	for (size_t i = 0; i < SESSION_TOKEN_MAX - 1; i++) {
		size_t bit = i * 6;
		unsigned int pair = (unsigned int)bytes[bit / 8] << 8;

		if (bit / 8 + 1 < TOKEN_BYTES)
			pair |= bytes[bit / 8 + 1];
		ret[i] = letters[pair >> (10 - bit % 8) & 0x3F];
	}
	ret[SESSION_TOKEN_MAX - 1] = '\0';
}

enum cccd_err token_make(char ret[static SESSION_TOKEN_MAX],
                         struct token_mark *ret_mark)
{
	uint8_t bytes[TOKEN_BYTES];

	TRY(random_fill(&random_system, bytes, sizeof(bytes)));
	encode(bytes, ret);
	wipe(bytes, sizeof(bytes));
	return token_mark_of(ret, ret_mark);
}

bool token_mark_equal(const struct token_mark *a, const struct token_mark *b)
{
	return secret_equal(SPAN(a->sha256), SPAN(b->sha256));
}
