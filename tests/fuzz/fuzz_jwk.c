/* SPDX-License-Identifier: Apache-2.0 */
/* A key set: refused with a reason, or keys that name themselves. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/jwk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cccd_jwks *keys, size_t index)
{
	const char *text = cccd_jwks_jwk(keys, index);
	const char *thumbprint = cccd_jwks_thumbprint(keys, index);
	struct jwk again = { 0 };

	if (strlen(thumbprint) != JWK_THUMBPRINT_MAX - 1 ||
	    jwks_find(keys, thumbprint, NULL) == NULL ||
	    jwk_parse(span_text(text), NULL, &again) != CCCD_OK ||
	    strcmp(again.thumbprint, thumbprint) != 0 ||
	    strcmp(again.text, text) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_jwks *keys = NULL;

	if (cccd_jwks_parse((const char *)data, size, &error, &keys) !=
	    CCCD_OK) {
		if (error.code == CCCD_OK || error.text[0] == '\0' ||
		    keys != NULL)
			abort();
		return 0;
	}
	if (cccd_jwks_count(keys) == 0)
		abort();
	for (size_t i = 0; i < cccd_jwks_count(keys); i++)
		check(keys, i);
	cccd_jwks_free(keys);
	return 0;
}
