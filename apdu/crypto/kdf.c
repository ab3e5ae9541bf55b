/* SPDX-License-Identifier: Apache-2.0 */
/* Key derivation: Doc 9303-11 9.7. */
#include "apdu/crypto/kdf.h"

#include "base/digest.h"

/* [9303-11 9.7.1] SHA-1 while it is long enough, SHA-256 beyond. */
static enum digest_id kdf_digest(enum cipher_id cipher)
{
	if (cipher_key_len(cipher) <= 16)
		return DIGEST_SHA1;
	return DIGEST_SHA256;
}

/* [9303-11 9.7.1.1] odd parity in every byte. */
static void adjust_parity(struct secret *key)
{
	for (size_t i = 0; i < key->len; i++) {
		unsigned int byte = key->bytes[i];
		unsigned int ones = 0;

		for (unsigned int bit = 1; bit < 8; bit++)
			ones += (byte >> bit) & 1U;
		key->bytes[i] = (uint8_t)((byte & 0xFEU) | (~ones & 1U));
	}
}

enum cccd_err kdf_derive(enum cipher_id cipher, struct span shared,
                         enum kdf_use use, struct secret *ret)
{
	const uint8_t counter[] = { 0, 0, 0, (uint8_t)use };
	size_t len = cipher_key_len(cipher);
	struct digest digest = { .len = 0 };
	enum cccd_err err = CCCD_OK;

	if (len == 0 || shared.len == 0)
		return CCCD_ERR_USAGE_ARGUMENT;
	err = digest_compute_pair(kdf_digest(cipher), shared, SPAN(counter),
	                          &digest);
	if (err == CCCD_OK)
		err = secret_set(ret, span_of(digest.bytes, len));
	wipe(&digest, sizeof(digest));
	if (err == CCCD_OK && cipher == CIPHER_3DES)
		adjust_parity(ret);
	return err;
}

enum cccd_err kdf_session(enum cipher_id cipher, struct span shared,
                          struct secret *ret_enc, struct secret *ret_mac)
{
	TRY(kdf_derive(cipher, shared, KDF_ENCRYPTION, ret_enc));
	return kdf_derive(cipher, shared, KDF_MAC, ret_mac);
}
