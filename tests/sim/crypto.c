/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric cryptography of the chip: 9303-11 9.7, 9.8; and its dice. */
#include "tests/sim/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/buf.h"

static const struct cipher_row {
	const char *cbc;
	const char *ecb;
	size_t key_len;
	size_t block_len;
	enum digest_id kdf;
} ciphers[] = {
	[SIM_3DES] = { "DES-EDE-CBC", "DES-EDE", 16, 8, DIGEST_SHA1 },
	[SIM_AES128] = { "AES-128-CBC", "AES-128-ECB", 16, 16, DIGEST_SHA1 },
	[SIM_AES192] = { "AES-192-CBC", "AES-192-ECB", 24, 16, DIGEST_SHA256 },
	[SIM_AES256] = { "AES-256-CBC", "AES-256-ECB", 32, 16, DIGEST_SHA256 },
};

size_t sim_block_len(enum sim_cipher cipher)
{
	return ciphers[cipher].block_len;
}

size_t sim_key_len(enum sim_cipher cipher)
{
	return ciphers[cipher].key_len;
}

enum cccd_err sim_rng_init(const char *seed, const char *purpose,
                           struct sim_rng *ret)
{
	struct digest first;
	struct digest both;

	TRY(digest_compute(DIGEST_SHA256, span_text(seed), &first));
	TRY(digest_compute_pair(DIGEST_SHA256, digest_span(&first),
	                        span_text(purpose), &both));
	*ret = (struct sim_rng){ .next = 0 };
	memcpy(ret->seed, both.bytes, sizeof(ret->seed));
	return CCCD_OK;
}

enum cccd_err sim_rng_fill(struct sim_rng *rng, uint8_t *at, size_t len)
{
	if (rng->tape != NULL)
		return random_fill(rng->tape, at, len);
	while (len > 0) {
		uint8_t counter[8];
		struct digest block;
		size_t part;

		for (size_t i = 0; i < sizeof(counter); i++)
			counter[i] = (uint8_t)(rng->next >> (56 - 8 * i));
		rng->next++;
		TRY(digest_compute_pair(DIGEST_SHA256, SPAN(rng->seed),
		                        SPAN(counter), &block));
		part = len < block.len ? len : block.len;
		memcpy(at, block.bytes, part);
		at += part;
		len -= part;
	}
	return CCCD_OK;
}

static void set_parity(uint8_t *key, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned int bits = key[i] >> 1;

		bits ^= bits >> 4;
		bits ^= bits >> 2;
		bits ^= bits >> 1;
		key[i] = (uint8_t)((key[i] & 0xFE) | (~bits & 1));
	}
}

enum cccd_err sim_kdf(enum sim_cipher cipher, struct span secret,
                      uint32_t counter, uint8_t key[static SIM_KEY_MAX])
{
	uint8_t number[4] = { (uint8_t)(counter >> 24),
		              (uint8_t)(counter >> 16), (uint8_t)(counter >> 8),
		              (uint8_t)counter };
	struct digest digest;

	TRY(digest_compute_pair(ciphers[cipher].kdf, secret, SPAN(number),
	                        &digest));
	memset(key, 0, SIM_KEY_MAX);
	memcpy(key, digest.bytes, ciphers[cipher].key_len);
	if (cipher == SIM_3DES)
		set_parity(key, ciphers[cipher].key_len);
	return CCCD_OK;
}

static void free_cipher(EVP_CIPHER **cipher)
{
	EVP_CIPHER_free(*cipher);
}

static void free_context(EVP_CIPHER_CTX **context)
{
	EVP_CIPHER_CTX_free(*context);
}

static enum cccd_err run(const char *name, const uint8_t *key,
                         const uint8_t *iv, bool encrypt, struct span in,
                         uint8_t *out)
{
	static const uint8_t zeros[SIM_BLOCK_MAX];
	CLEANUP(free_cipher)
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	CLEANUP(free_context) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len = 0;

	if (in.len == 0)
		return CCCD_OK;
	if (cipher == NULL || context == NULL || in.len > INT32_MAX ||
	    !EVP_CipherInit_ex2(context, cipher, key, iv == NULL ? zeros : iv,
	                        encrypt, NULL) ||
	    !EVP_CIPHER_CTX_set_padding(context, 0) ||
	    !EVP_CipherUpdate(context, out, &len, in.at, (int)in.len) ||
	    (size_t)len != in.len)
		return CCCD_ERR_CRYPTO_FAILED;
	return CCCD_OK;
}

enum cccd_err sim_encrypt(enum sim_cipher cipher, const uint8_t *key,
                          const uint8_t *iv, struct span in, uint8_t *out)
{
	return run(ciphers[cipher].cbc, key, iv, true, in, out);
}

enum cccd_err sim_decrypt(enum sim_cipher cipher, const uint8_t *key,
                          const uint8_t *iv, struct span in, uint8_t *out)
{
	return run(ciphers[cipher].cbc, key, iv, false, in, out);
}

enum cccd_err sim_encrypt_block(enum sim_cipher cipher, const uint8_t *key,
                                const uint8_t *in, uint8_t *out)
{
	return run(ciphers[cipher].ecb, key, NULL, true,
	           span_of(in, ciphers[cipher].block_len), out);
}

/* ISO/IEC 9797-1 algorithm 3, padding method 2. Single DES with key K is
 * two-key triple DES with K, K: the default provider has only the latter. */
static enum cccd_err retail_mac(const uint8_t *key, struct span data,
                                uint8_t mac[static SIM_MAC_LEN])
{
	BUF padded = buf_make(data.len + 8);
	uint8_t single[16];

	TRY(buf_append(&padded, data));
	TRY(buf_append_byte(&padded, 0x80));
	while (padded.len % 8 != 0)
		TRY(buf_append_byte(&padded, 0));
	memcpy(single, key, 8);
	memcpy(single + 8, key, 8);
	TRY(run("DES-EDE-CBC", single, NULL, true, buf_span(&padded),
	        padded.at));
	memcpy(mac, padded.at + padded.len - 8, 8);
	memcpy(single, key + 8, 8);
	memcpy(single + 8, key + 8, 8);
	TRY(run("DES-EDE", single, NULL, false, span_of(mac, 8), mac));
	memcpy(single, key, 8);
	memcpy(single + 8, key, 8);
	return run("DES-EDE", single, NULL, true, span_of(mac, 8), mac);
}

static enum cccd_err cmac(enum sim_cipher cipher, const uint8_t *key,
                          struct span data, uint8_t mac[static SIM_MAC_LEN])
{
	uint8_t whole[SIM_BLOCK_MAX];
	size_t len = 0;
	OSSL_PARAM params[2] = { OSSL_PARAM_END, OSSL_PARAM_END };
	char name[16];

	memcpy(name, ciphers[cipher].cbc, strlen(ciphers[cipher].cbc) + 1);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER,
	                                             name, 0);
	if (EVP_Q_mac(NULL, "CMAC", NULL, NULL, params, key,
	              ciphers[cipher].key_len, data.at, data.len, whole,
	              sizeof(whole), &len) == NULL ||
	    len != sizeof(whole))
		return CCCD_ERR_CRYPTO_FAILED;
	memcpy(mac, whole, SIM_MAC_LEN);
	return CCCD_OK;
}

enum cccd_err sim_mac(enum sim_cipher cipher, const uint8_t *key,
                      struct span data, uint8_t mac[static SIM_MAC_LEN])
{
	if (cipher == SIM_3DES)
		return retail_mac(key, data, mac);
	return cmac(cipher, key, data, mac);
}

enum digest_id sim_digest_by_name(const char *name)
{
	for (int id = DIGEST_SHA1; id <= DIGEST_SHA512; id++) {
		if (strcmp(digest_name((enum digest_id)id), name) == 0)
			return (enum digest_id)id;
	}
	return DIGEST_NONE;
}
