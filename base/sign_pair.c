/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs that sign: RFC 7518 3.4, RFC 8032, PKCS#8 (RFC 5958). */
#include "base/sign_pair.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/secret.h"
#include "base/sign_openssl.h"

enum {
	SECURE_HEAP = 64 * 1024,
	SECURE_LEAST = 32,
	/* Two INTEGERs of up to 33 bytes in a SEQUENCE. */
	DER_MAX = 80,
};

struct sign_pair {
	EVP_PKEY *key;
	struct sign_public public;
};

const char sign_curve[] = "prime256v1";

const char *sign_alg_name(enum sign_alg alg)
{
	if (alg == SIGN_ES256)
		return "ES256";
	return alg == SIGN_ED25519 ? "Ed25519" : "";
}

bool sign_protect_memory(void)
{
	return CRYPTO_secure_malloc_initialized() == 1 ||
	       CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST) == 1;
}

void sign_key_cleanup(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

void sign_md_cleanup(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}

static void info_cleanup(PKCS8_PRIV_KEY_INFO **info)
{
	PKCS8_PRIV_KEY_INFO_free(*info);
}

static void context_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void sig_cleanup(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

static void number_cleanup(BIGNUM **number)
{
	BN_free(*number);
}

static bool coordinate_of(const EVP_PKEY *key, const char *name,
                          uint8_t ret[static SIGN_COORDINATE_LEN])
{
	CLEANUP(number_cleanup) BIGNUM *number = NULL;

	return EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
	       BN_bn2binpad(number, ret, SIGN_COORDINATE_LEN) ==
	               SIGN_COORDINATE_LEN;
}

static bool is_p256(const EVP_PKEY *key)
{
	char group[32] = "";
	size_t len = 0;

	return EVP_PKEY_is_a(key, "EC") == 1 &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 &&
	       strcmp(group, sign_curve) == 0;
}

enum cccd_err sign_public_of(const EVP_PKEY *key, struct sign_public *ret)
{
	struct sign_public public = { 0 };
	size_t len = sizeof(public.x);

	if (EVP_PKEY_is_a(key, "ED25519") == 1) {
		public.alg = SIGN_ED25519;
		if (EVP_PKEY_get_raw_public_key(key, public.x, &len) != 1)
			return CCCD_ERR_CRYPTO_FAILED;
		*ret = public;
		return CCCD_OK;
	}
	if (!is_p256(key))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	public.alg = SIGN_ES256;
	if (!coordinate_of(key, OSSL_PKEY_PARAM_EC_PUB_X, public.x) ||
	    !coordinate_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, public.y))
		return CCCD_ERR_CRYPTO_KEY;
	*ret = public;
	return CCCD_OK;
}

/* Takes @key on success. */
static enum cccd_err pair_of(EVP_PKEY **key, struct sign_pair **ret)
{
	struct sign_public public = { 0 };
	struct sign_pair *pair = NULL;

	TRY(sign_public_of(*key, &public));
	pair = calloc(1, sizeof(*pair));
	if (pair == NULL)
		return CCCD_ERR_MEMORY;
	pair->key = *key;
	pair->public = public;
	*key = NULL;
	*ret = pair;
	return CCCD_OK;
}

enum cccd_err sign_pair_generate(enum sign_alg alg, struct sign_pair **ret)
{
	CLEANUP(sign_key_cleanup) EVP_PKEY *key = NULL;

	if (alg == SIGN_ES256)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", sign_curve);
	else if (alg == SIGN_ED25519)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (key == NULL)
		return CCCD_ERR_CRYPTO_FAILED;
	return pair_of(&key, ret);
}

/* A file may name a public key that is not the private key's. */
static bool belongs_together(EVP_PKEY *key)
{
	CLEANUP(context_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	return ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
}

enum cccd_err sign_pair_from_pem(struct span pem, struct sign_pair **ret)
{
	CLEANUP(bio_cleanup) BIO *bio = NULL;
	CLEANUP(info_cleanup) PKCS8_PRIV_KEY_INFO *info = NULL;
	CLEANUP(sign_key_cleanup) EVP_PKEY *key = NULL;
	struct sign_public public = { 0 };

	if (pem.len == 0 || pem.len > SIGN_PEM_MAX)
		return CCCD_ERR_CRYPTO_KEY;
	bio = BIO_new_mem_buf(pem.at, (int)pem.len);
	if (bio == NULL)
		return CCCD_ERR_MEMORY;
	info = PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL);
	if (info == NULL)
		return CCCD_ERR_CRYPTO_KEY;
	key = EVP_PKCS82PKEY(info);
	if (key == NULL)
		return CCCD_ERR_CRYPTO_KEY;
	TRY(sign_public_of(key, &public));
	if (!belongs_together(key))
		return CCCD_ERR_CRYPTO_KEY;
	return pair_of(&key, ret);
}

enum cccd_err sign_pair_to_pem(const struct sign_pair *pair, struct buf *ret)
{
	CLEANUP(bio_cleanup) BIO *bio = BIO_new(BIO_s_secmem());
	CLEANUP(info_cleanup)
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pair->key);
	char *text = NULL;
	long len = 0;

	if (bio == NULL || info == NULL)
		return CCCD_ERR_MEMORY;
	if (PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	len = BIO_get_mem_data(bio, &text);
	if (len <= 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return buf_set(ret, span_of(text, (size_t)len));
}

const struct sign_public *sign_pair_public(const struct sign_pair *pair)
{
	return &pair->public;
}

/* SEQUENCE { r, s } to r ‖ s. */
static enum cccd_err raw_of(const uint8_t *der, size_t len,
                            uint8_t ret[static SIGN_LEN])
{
	CLEANUP(sig_cleanup)
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);

	if (sig == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, SIGN_COORDINATE_LEN) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + SIGN_COORDINATE_LEN,
	                 SIGN_COORDINATE_LEN) < 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return CCCD_OK;
}

enum cccd_err sign_pair_sign(const struct sign_pair *pair, struct span data,
                             uint8_t ret[static SIGN_LEN])
{
	CLEANUP(sign_md_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ecdsa = pair->public.alg == SIGN_ES256;
	uint8_t raw[DER_MAX] = { 0 };
	size_t len = sizeof(raw);

	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_DigestSignInit_ex(ctx, NULL, ecdsa ? "SHA256" : NULL, NULL,
	                          NULL, pair->key, NULL) != 1 ||
	    EVP_DigestSign(ctx, raw, &len, data.at, data.len) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (ecdsa)
		return raw_of(raw, len, ret);
	if (len != SIGN_LEN)
		return CCCD_ERR_CRYPTO_FAILED;
	memcpy(ret, raw, SIGN_LEN);
	return CCCD_OK;
}

void sign_pair_free(struct sign_pair *pair)
{
	if (pair == NULL)
		return;
	EVP_PKEY_free(pair->key);
	wipe(pair, sizeof(*pair));
	free(pair);
}
