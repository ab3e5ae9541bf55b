/* SPDX-License-Identifier: Apache-2.0 */
/* Message digests by name, through OpenSSL. */
#include "base/digest.h"

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const struct {
	const char *name;
	size_t len;
	const EVP_MD *(*md)(void);
} digests[] = {
	[DIGEST_NONE] = { "none", 0, NULL },
	[DIGEST_SHA1] = { "sha1", 20, EVP_sha1 },
	[DIGEST_SHA224] = { "sha224", 28, EVP_sha224 },
	[DIGEST_SHA256] = { "sha256", 32, EVP_sha256 },
	[DIGEST_SHA384] = { "sha384", 48, EVP_sha384 },
	[DIGEST_SHA512] = { "sha512", 64, EVP_sha512 },
};

size_t digest_len(enum digest_id id)
{
	return digests[id].len;
}

const char *digest_name(enum digest_id id)
{
	return digests[id].name;
}

enum cccd_err digest_compute(enum digest_id id, struct span data,
                             struct digest *ret)
{
	return digest_compute_pair(id, data, span_of(NULL, 0), ret);
}

static void md_ctx_cleanup(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

enum cccd_err digest_compute_pair(enum digest_id id, struct span first,
                                  struct span second, struct digest *ret)
{
	CLEANUP(md_ctx_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct digest digest = { 0 };
	unsigned int len = 0;

	if (id == DIGEST_NONE)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_DigestInit_ex(ctx, digests[id].md(), NULL) != 1 ||
	    EVP_DigestUpdate(ctx, first.at, first.len) != 1 ||
	    EVP_DigestUpdate(ctx, second.at, second.len) != 1 ||
	    EVP_DigestFinal_ex(ctx, digest.bytes, &len) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	digest.len = len;
	*ret = digest;
	return CCCD_OK;
}

enum cccd_err digest_hmac(enum digest_id id, struct span key, struct span data,
                          struct digest *ret)
{
	struct digest digest = { 0 };
	unsigned int len = 0;

	if (id == DIGEST_NONE || key.len == 0 || key.len > INT_MAX)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (HMAC(digests[id].md(), key.at, (int)key.len, data.at, data.len,
	         digest.bytes, &len) == NULL)
		return CCCD_ERR_CRYPTO_FAILED;
	digest.len = len;
	*ret = digest;
	return CCCD_OK;
}
