/* SPDX-License-Identifier: Apache-2.0 */
/* Block ciphers and MACs of the protocols: Doc 9303-11 9.8.5 to 9.8.7. */
#ifndef APDU_CRYPTO_CIPHER_H
#define APDU_CRYPTO_CIPHER_H

#include "base/buf.h"
#include "base/span.h"

enum cipher_id {
	CIPHER_NONE = 0,
	CIPHER_3DES, /* two-key, keys of 16 bytes */
	CIPHER_AES128,
	CIPHER_AES192,
	CIPHER_AES256,
};

enum {
	CIPHER_BLOCK_MAX = 16,
	CIPHER_KEY_MAX = 32,
	MAC_LEN = 8,
};

size_t cipher_block_len(enum cipher_id id);
size_t cipher_key_len(enum cipher_id id);

/**
 * cipher_cbc_encrypt() - CBC without padding.
 * @key:  cipher_key_len() bytes
 * @iv:   one block; NULL for zero
 * @data: a multiple of the block length
 * @out:  @data.len bytes; may be @data.at
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for wrong lengths;
 * CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err cipher_cbc_encrypt(enum cipher_id id, struct span key,
                                         const uint8_t *iv, struct span data,
                                         uint8_t *out);

CHECKED enum cccd_err cipher_cbc_decrypt(enum cipher_id id, struct span key,
                                         const uint8_t *iv, struct span data,
                                         uint8_t *out);

/* One block by the bare cipher: the IV of AES secure messaging. */
CHECKED enum cccd_err cipher_ecb_encrypt(enum cipher_id id, struct span key,
                                         struct span data, uint8_t *out);

/**
 * mac_compute() - retail MAC (3DES) or CMAC cut to 8 bytes (AES).
 * @first, @second: two pieces of the message, in order. For 3DES the
 * message is padded by ISO/IEC 9797-1 method 2 inside. [9303-11 9.8.6.1,
 * 9.8.7.1]
 */
CHECKED enum cccd_err mac_compute(enum cipher_id id, struct span key,
                                  struct span first, struct span second,
                                  uint8_t ret[static MAC_LEN]);

/* Append 80 00… up to a block boundary [ISO/IEC 9797-1 method 2]. */
CHECKED enum cccd_err pad_append(struct buf *buf, size_t block_len);

/* Length without padding; CCCD_ERR_DATA_MALFORMED when there is none. */
CHECKED enum cccd_err pad_strip(struct span padded, size_t *ret_len);

#endif
