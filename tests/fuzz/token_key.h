/* SPDX-License-Identifier: Apache-2.0 */
/* The published key of RFC 8037 A.1, so that what is fuzzed is signed. */
#ifndef TESTS_FUZZ_TOKEN_KEY_H
#define TESTS_FUZZ_TOKEN_KEY_H

#include <stdlib.h>

#include "lib/json/jwk.h"

#define TOKEN_NONCE "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"

enum { TOKEN_NOW = 1790000000 };

struct token_key {
	struct sign_pair *pair;
	struct jwk jwk;
	struct cccd_jwks *set;
};

/* Made once, kept to the end: most of an input's time went here. */
static inline const struct token_key *token_key(void)
{
	static const char pem[] =
	        "-----BEGIN PRIVATE KEY-----\n"
	        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMc"
	        "rn9g\n"
	        "-----END PRIVATE KEY-----\n";
	static struct token_key key;

	if (key.set != NULL)
		return &key;
	if (sign_pair_from_pem(span_text(pem), &key.pair) != CCCD_OK ||
	    jwk_of(sign_pair_public(key.pair), &key.jwk) != CCCD_OK ||
	    cccd_jwks_parse(key.jwk.text, strlen(key.jwk.text), NULL,
	                    &key.set) != CCCD_OK)
		abort();
	return &key;
}

#endif
