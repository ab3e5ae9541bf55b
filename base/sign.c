/* SPDX-License-Identifier: Apache-2.0 */
/* Detached Ed25519 signatures over files, through OpenSSL. */
#include "base/sign.h"

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}

static void key_cleanup(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void md_cleanup(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

/* PEM_read asks for a passphrase unless it is told that there is none. */
/* NOLINTNEXTLINE(readability-non-const-parameter): OpenSSL's type */
static int no_passphrase(char *text, int cap, int writing, void *context)
{
	(void)text;
	(void)cap;
	(void)writing;
	(void)context;
	return -1;
}

enum cccd_err sign_key_from_pem(struct span pem, struct sign_key *ret)
{
	CLEANUP(bio_cleanup) BIO *bio = NULL;
	CLEANUP(key_cleanup) EVP_PKEY *key = NULL;
	struct sign_key raw = { 0 };
	size_t len = sizeof(raw.bytes);

	if (pem.len == 0 || pem.len > INT_MAX)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	bio = BIO_new_mem_buf(pem.at, (int)pem.len);
	if (bio == NULL)
		return CCCD_ERR_MEMORY;
	key = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	if (key == NULL || EVP_PKEY_is_a(key, "ED25519") != 1 ||
	    EVP_PKEY_get_raw_public_key(key, raw.bytes, &len) != 1 ||
	    len != sizeof(raw.bytes))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	*ret = raw;
	return CCCD_OK;
}

enum cccd_err sign_verify(const struct sign_key *key, struct span data,
                          struct span signature)
{
	CLEANUP(md_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	CLEANUP(key_cleanup)
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
	        EVP_PKEY_ED25519, NULL, key->bytes, sizeof(key->bytes));

	if (ctx == NULL || pkey == NULL)
		return CCCD_ERR_MEMORY;
	if (signature.len != SIGN_ED25519_LEN)
		return CCCD_ERR_TRUST_REFUSED;
	if (EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (EVP_DigestVerify(ctx, signature.at, signature.len, data.at,
	                     data.len) != 1)
		return CCCD_ERR_TRUST_REFUSED;
	return CCCD_OK;
}
