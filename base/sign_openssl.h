/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of signing share; nobody else includes this. */
#ifndef BASE_SIGN_OPENSSL_H
#define BASE_SIGN_OPENSSL_H

#include <openssl/evp.h>

#include "base/sign_pair.h"

void sign_key_cleanup(EVP_PKEY **key);
void sign_md_cleanup(EVP_MD_CTX **ctx);

/* "P-256" as OpenSSL says it. */
extern const char sign_curve[];

/**
 * sign_public_of() - the algorithm and coordinates of a key.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_UNSUPPORTED for any key but ours.
 */
CHECKED enum cccd_err sign_public_of(const EVP_PKEY *key,
                                     struct sign_public *ret);

#endif
