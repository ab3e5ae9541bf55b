/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that wipe themselves: keys, passwords, nonces. */
#include "base/secret.h"

#include <openssl/crypto.h>

enum cccd_err secret_set(struct secret *secret, struct span bytes)
{
	if (bytes.len > sizeof(secret->bytes))
		return CCCD_ERR_DATA_TOO_LARGE;
	OPENSSL_cleanse(secret, sizeof(*secret));
	if (bytes.len > 0 && bytes.at != NULL)
		memcpy(secret->bytes, bytes.at, bytes.len);
	secret->len = bytes.len;
	return CCCD_OK;
}

void secret_wipe(struct secret *secret)
{
	if (secret != NULL)
		wipe(secret, sizeof(*secret));
}

void wipe(void *at, size_t len)
{
	if (at != NULL && len > 0)
		OPENSSL_cleanse(at, len);
}

bool secret_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
