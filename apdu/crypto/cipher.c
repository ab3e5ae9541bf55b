/* SPDX-License-Identifier: Apache-2.0 */
/* Block ciphers of secure messaging and PACE: Doc 9303-11 9.8.6, 9.8.7. */
#include "apdu/crypto/cipher.h"

#include <limits.h>

#include <openssl/evp.h>

struct cipher_row {
	size_t block_len;
	size_t key_len;
	const EVP_CIPHER *(*cbc)(void);
	const EVP_CIPHER *(*ecb)(void);
};

static const struct cipher_row rows[] = {
	[CIPHER_NONE] = { 0, 0, NULL, NULL },
	[CIPHER_3DES] = { 8, 16, EVP_des_ede_cbc, EVP_des_ede_ecb },
	[CIPHER_AES128] = { 16, 16, EVP_aes_128_cbc, EVP_aes_128_ecb },
	[CIPHER_AES192] = { 16, 24, EVP_aes_192_cbc, EVP_aes_192_ecb },
	[CIPHER_AES256] = { 16, 32, EVP_aes_256_cbc, EVP_aes_256_ecb },
};

static const struct cipher_row *row_of(enum cipher_id id)
{
	size_t index = (size_t)id;

	return &rows[index < ARRAY_LEN(rows) ? index : CIPHER_NONE];
}

size_t cipher_block_len(enum cipher_id id)
{
	return row_of(id)->block_len;
}

size_t cipher_key_len(enum cipher_id id)
{
	return row_of(id)->key_len;
}

static void context_free(EVP_CIPHER_CTX **context)
{
	EVP_CIPHER_CTX_free(*context);
}

struct operation {
	const EVP_CIPHER *cipher;
	const uint8_t *key;
	const uint8_t *iv;
	int encrypt;
};

static enum cccd_err operate(const struct operation *op, struct span data,
                             uint8_t *out)
{
	CLEANUP(context_free) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len = 0;

	if (context == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_CipherInit_ex(context, op->cipher, NULL, op->key, op->iv,
	                      op->encrypt) != 1 ||
	    EVP_CIPHER_CTX_set_padding(context, 0) != 1 ||
	    EVP_CipherUpdate(context, out, &len, data.at, (int)data.len) != 1)
		return CCCD_ERR_CRYPTO_FAILED;
	return (size_t)len == data.len ? CCCD_OK : CCCD_ERR_CRYPTO_FAILED;
}

static enum cccd_err check(enum cipher_id id, struct span key, struct span data)
{
	const struct cipher_row *row = row_of(id);

	if (row->block_len == 0 || key.len != row->key_len)
		return CCCD_ERR_USAGE_ARGUMENT;
	if (data.len == 0 || data.len % row->block_len != 0 ||
	    data.len > INT_MAX)
		return CCCD_ERR_USAGE_ARGUMENT;
	return CCCD_OK;
}

static enum cccd_err cbc(enum cipher_id id, struct span key, const uint8_t *iv,
                         struct span data, uint8_t *out, int encrypt)
{
	static const uint8_t zero[CIPHER_BLOCK_MAX];
	const struct cipher_row *row = row_of(id);
	struct operation op = { .key = key.at,
		                .iv = iv != NULL ? iv : zero,
		                .encrypt = encrypt };

	TRY(check(id, key, data));
	op.cipher = row->cbc();
	return operate(&op, data, out);
}

enum cccd_err cipher_cbc_encrypt(enum cipher_id id, struct span key,
                                 const uint8_t *iv, struct span data,
                                 uint8_t *out)
{
	return cbc(id, key, iv, data, out, 1);
}

enum cccd_err cipher_cbc_decrypt(enum cipher_id id, struct span key,
                                 const uint8_t *iv, struct span data,
                                 uint8_t *out)
{
	return cbc(id, key, iv, data, out, 0);
}

enum cccd_err cipher_ecb_encrypt(enum cipher_id id, struct span key,
                                 struct span data, uint8_t *out)
{
	const struct cipher_row *row = row_of(id);
	struct operation op = { .key = key.at, .encrypt = 1 };

	TRY(check(id, key, data));
	op.cipher = row->ecb();
	return operate(&op, data, out);
}

enum cccd_err pad_append(struct buf *buf, size_t block_len)
{
	static const uint8_t pad[CIPHER_BLOCK_MAX] = { 0x80 };

	if (block_len == 0 || block_len > sizeof(pad))
		return CCCD_ERR_USAGE_ARGUMENT;
	return buf_append(buf, span_of(pad, block_len - buf->len % block_len));
}

enum cccd_err pad_strip(struct span padded, size_t *ret_len)
{
	size_t len = padded.len;

	/* Runs after the MAC was verified: nothing secret to time. */
	while (len > 0 && padded.at[len - 1] == 0)
		len--;
	if (len == 0 || padded.at[len - 1] != 0x80)
		return CCCD_ERR_DATA_MALFORMED;
	*ret_len = len - 1;
	return CCCD_OK;
}
