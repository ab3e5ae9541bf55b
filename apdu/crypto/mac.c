/* SPDX-License-Identifier: Apache-2.0 */
/* Retail MAC and CMAC of 8 bytes: Doc 9303-11 9.8.6.2, 9.8.7.2. */
#include <limits.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "apdu/crypto/cipher.h"
#include "base/secret.h"

enum {
	DES_BLOCK = 8,
	DES_KEY = 8,
	CHUNK = 512,
};

static void cipher_free(EVP_CIPHER_CTX **context)
{
	EVP_CIPHER_CTX_free(*context);
}

static void mac_free(EVP_MAC **mac)
{
	EVP_MAC_free(*mac);
}

static void mac_context_free(EVP_MAC_CTX **context)
{
	EVP_MAC_CTX_free(*context);
}

/* Whole blocks come out as they go in; the last one is the chain. */
static enum cccd_err feed(EVP_CIPHER_CTX *context, struct span data,
                          uint8_t chain[static DES_BLOCK])
{
	uint8_t out[CHUNK + DES_BLOCK];

	while (data.len > 0) {
		size_t part = data.len < CHUNK ? data.len : CHUNK;
		int len = 0;

		if (EVP_EncryptUpdate(context, out, &len, data.at, (int)part) !=
		    1)
			return CCCD_ERR_CRYPTO_FAILED;
		if (len >= DES_BLOCK)
			memcpy(chain, out + len - DES_BLOCK, DES_BLOCK);
		data = span_after(data, part);
	}
	return CCCD_OK;
}

/*
 * Single DES lives in OpenSSL's legacy provider, which we do not load;
 * two-key triple DES with K, K is the same permutation.
 */
static enum cccd_err chain_blocks(struct span key, struct span first,
                                  struct span second,
                                  uint8_t chain[static DES_BLOCK])
{
	CLEANUP(cipher_free) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t doubled[2 * DES_KEY];
	int ready = 0;

	if (context == NULL)
		return CCCD_ERR_MEMORY;
	memcpy(doubled, key.at, DES_KEY);
	memcpy(doubled + DES_KEY, key.at, DES_KEY);
	ready = EVP_EncryptInit_ex(context, EVP_des_ede_cbc(), NULL, doubled,
	                           chain) == 1 &&
	        EVP_CIPHER_CTX_set_padding(context, 0) == 1;
	wipe(doubled, sizeof(doubled));
	if (!ready)
		return CCCD_ERR_CRYPTO_FAILED;
	TRY(feed(context, first, chain));
	return feed(context, second, chain);
}

/* [ISO/IEC 9797-1 7.3] MAC algorithm 3 with padding method 2. */
static enum cccd_err retail_mac(struct span key, struct span first,
                                struct span second, uint8_t ret[static MAC_LEN])
{
	size_t tail = (first.len + second.len) % DES_BLOCK;
	size_t from_second = tail < second.len ? tail : second.len;
	size_t from_first = tail - from_second;
	uint8_t last[DES_BLOCK] = { 0 };
	uint8_t chain[DES_BLOCK] = { 0 };

	first.len -= from_first;
	second.len -= from_second;
	if (from_first > 0)
		memcpy(last, first.at + first.len, from_first);
	if (from_second > 0)
		memcpy(last + from_first, second.at + second.len, from_second);
	last[tail] = 0x80;
	TRY(chain_blocks(key, first, second, chain));
	return cipher_cbc_encrypt(CIPHER_3DES, key, chain, SPAN(last), ret);
}

/* Not const: OpenSSL's parameters take no constant text. */
struct cmac_name {
	char text[16];
};

static struct cmac_name cmac_name(enum cipher_id id)
{
	if (id == CIPHER_AES128)
		return (struct cmac_name){ "AES-128-CBC" };
	if (id == CIPHER_AES192)
		return (struct cmac_name){ "AES-192-CBC" };
	return (struct cmac_name){ "AES-256-CBC" };
}

static enum cccd_err update(EVP_MAC_CTX *context, struct span data)
{
	if (data.len > 0 && EVP_MAC_update(context, data.at, data.len) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return CCCD_OK;
}

static enum cccd_err cmac(enum cipher_id id, struct span key, struct span first,
                          struct span second, uint8_t ret[static MAC_LEN])
{
	struct cmac_name name = cmac_name(id);
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER,
		                                 name.text, 0),
		OSSL_PARAM_construct_end(),
	};
	CLEANUP(mac_free)
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_CMAC, NULL);
	CLEANUP(mac_context_free) EVP_MAC_CTX *context = NULL;
	uint8_t full[CIPHER_BLOCK_MAX];
	size_t len = 0;

	if (mac != NULL)
		context = EVP_MAC_CTX_new(mac);
	if (context == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_MAC_init(context, key.at, key.len, params) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	TRY(update(context, first));
	TRY(update(context, second));
	if (EVP_MAC_final(context, full, &len, sizeof(full)) != 1 ||
	    len != sizeof(full))
		return CCCD_ERR_CRYPTO_FAILED;
	/* [9303-11 9.8.7.2] the leftmost 8 of 16 bytes. */
	memcpy(ret, full, MAC_LEN);
	return CCCD_OK;
}

enum cccd_err mac_compute(enum cipher_id id, struct span key, struct span first,
                          struct span second, uint8_t ret[static MAC_LEN])
{
	if (id == CIPHER_NONE || key.len != cipher_key_len(id))
		return CCCD_ERR_USAGE_ARGUMENT;
	if (id == CIPHER_3DES)
		return retail_mac(key, first, second, ret);
	return cmac(id, key, first, second, ret);
}
