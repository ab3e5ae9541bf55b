/* SPDX-License-Identifier: Apache-2.0 */
/* Key derivation: Doc 9303-11 9.7. */
#ifndef APDU_CRYPTO_KDF_H
#define APDU_CRYPTO_KDF_H

#include "apdu/crypto/cipher.h"
#include "base/secret.h"

/* The counter of the derivation says what the key is for. */
enum kdf_use {
	KDF_ENCRYPTION = 1,
	KDF_MAC = 2,
	KDF_PASSWORD = 3,
};

/**
 * kdf_derive() - one key from a shared secret.
 * @cipher: decides hash and length: SHA-1 for 3DES and AES-128, SHA-256
 *          for AES-192 and AES-256
 * @shared: fixed-length octets, leading zeros kept; 1 to SECRET_MAX bytes
 * @ret:    cipher_key_len() bytes; 3DES keys have odd parity
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_CRYPTO_FAILED.
 *
 * [9303-11 9.7.1]
 */
CHECKED enum cccd_err kdf_derive(enum cipher_id cipher, struct span shared,
                                 enum kdf_use use, struct secret *ret);

/* Both session keys at once [9303-11 9.7.4]. */
CHECKED enum cccd_err kdf_session(enum cipher_id cipher, struct span shared,
                                  struct secret *ret_enc,
                                  struct secret *ret_mac);

#endif
