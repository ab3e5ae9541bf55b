/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's nonce, and the challenge that a chip signs for it. */
#include "lib/json/nonce.h"

#include <cccd/assertion.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/random.h"

enum {
	NONCE_LEN = 32,
	AUDIENCE_MOST = 65535,
	CHALLENGE_INPUT_MAX = 16 + AUDIENCE_MOST + NONCE_TEXT_MOST,
};

bool nonce_is_sound(const char *nonce)
{
	struct span text = { 0 };

	if (nonce == NULL)
		return false;
	text = span_text(nonce);
	return text.len >= NONCE_TEXT_LEAST && text.len <= NONCE_TEXT_MOST &&
	       base64url_is(text);
}

enum cccd_err nonce_challenge(const char *audience, const char *nonce,
                              uint8_t ret[static CHALLENGE_LEN])
{
	BUF input = buf_make(CHALLENGE_INPUT_MAX);
	size_t len = strlen(audience);
	struct digest digest = { 0 };

	if (len == 0 || len > AUDIENCE_MOST || !nonce_is_sound(nonce))
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(buf_append(&input, span_text("cccd-aa-v1")));
	TRY(buf_append_byte(&input, (uint8_t)(len >> 8)));
	TRY(buf_append_byte(&input, (uint8_t)len));
	TRY(buf_append(&input, span_text(audience)));
	TRY(buf_append(&input, span_text(nonce)));
	TRY(digest_compute(DIGEST_SHA256, buf_span(&input), &digest));
	memcpy(ret, digest.bytes, CHALLENGE_LEN);
	return CCCD_OK;
}

enum cccd_err cccd_nonce_make(char ret[CCCD_NONCE_TEXT_MAX])
{
	uint8_t bytes[NONCE_LEN];

	TRY(random_fill(&random_system, bytes, sizeof(bytes)));
	base64url_text(SPAN(bytes), ret);
	return CCCD_OK;
}
