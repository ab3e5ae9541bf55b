/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys that verify: RFC 7518 3.4, RFC 8032. */
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/sign_openssl.h"
#include "base/sign_pair.h"

enum { POINT_LEN = 1 + 2 * SIGN_COORDINATE_LEN, POINT_UNCOMPRESSED = 4 };

struct sign_verifier {
	EVP_PKEY *key;
	enum sign_alg alg;
};

static void context_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void sig_cleanup(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

static void der_cleanup(uint8_t **der)
{
	OPENSSL_free(*der);
}

static EVP_PKEY *point_key(const struct sign_public *public)
{
	CLEANUP(context_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char group[] = "prime256v1";
	uint8_t point[POINT_LEN] = { POINT_UNCOMPRESSED };
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		                                 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		                                  point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = NULL;

	memcpy(point + 1, public->x, SIGN_COORDINATE_LEN);
	memcpy(point + 1 + SIGN_COORDINATE_LEN, public->y, SIGN_COORDINATE_LEN);
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return key;
}

static bool is_sound(EVP_PKEY *key)
{
	CLEANUP(context_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	return ctx != NULL && EVP_PKEY_public_check(ctx) == 1;
}

enum cccd_err sign_verifier_new(const struct sign_public *key,
                                struct sign_verifier **ret)
{
	CLEANUP(sign_key_cleanup) EVP_PKEY *pkey = NULL;
	struct sign_verifier *verifier = NULL;

	if (key->alg == SIGN_ES256)
		pkey = point_key(key);
	else if (key->alg == SIGN_ED25519)
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		                                   key->x, sizeof(key->x));
	else
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (pkey == NULL || (key->alg == SIGN_ES256 && !is_sound(pkey))) {
		ERR_clear_error();
		return CCCD_ERR_CRYPTO_KEY;
	}
	verifier = calloc(1, sizeof(*verifier));
	if (verifier == NULL)
		return CCCD_ERR_MEMORY;
	verifier->key = pkey;
	verifier->alg = key->alg;
	pkey = NULL;
	*ret = verifier;
	return CCCD_OK;
}

/* r ‖ s to SEQUENCE { r, s }; zero and numbers beyond the order are left
 * to OpenSSL, which refuses them. */
static enum cccd_err der_of(struct span raw, uint8_t **ret, size_t *ret_len)
{
	CLEANUP(sig_cleanup) ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw.at, SIGN_COORDINATE_LEN, NULL);
	BIGNUM *s = BN_bin2bn(raw.at + SIGN_COORDINATE_LEN, SIGN_COORDINATE_LEN,
	                      NULL);
	int len = 0;

	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return CCCD_ERR_MEMORY;
	}
	len = i2d_ECDSA_SIG(sig, ret);
	if (len <= 0)
		return CCCD_ERR_MEMORY;
	*ret_len = (size_t)len;
	return CCCD_OK;
}

enum cccd_err sign_verifier_check(const struct sign_verifier *verifier,
                                  struct span data, struct span signature)
{
	CLEANUP(sign_md_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	CLEANUP(der_cleanup) uint8_t *der = NULL;
	bool ecdsa = verifier->alg == SIGN_ES256;

	if (signature.len != SIGN_LEN)
		return CCCD_ERR_TRUST_REFUSED;
	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_DigestVerifyInit_ex(ctx, NULL, ecdsa ? "SHA256" : NULL, NULL,
	                            NULL, verifier->key, NULL) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	if (ecdsa) {
		size_t len = 0;

		TRY(der_of(signature, &der, &len));
		signature = span_of(der, len);
	}
	if (EVP_DigestVerify(ctx, signature.at, signature.len, data.at,
	                     data.len) == 1)
		return CCCD_OK;
	ERR_clear_error();
	return CCCD_ERR_TRUST_REFUSED;
}

void sign_verifier_free(struct sign_verifier *verifier)
{
	if (verifier == NULL)
		return;
	EVP_PKEY_free(verifier->key);
	free(verifier);
}
