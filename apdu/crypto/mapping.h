/* SPDX-License-Identifier: Apache-2.0 */
/* From a nonce to ephemeral domain parameters: Doc 9303-11 4.4.3.3. */
#ifndef APDU_CRYPTO_MAPPING_H
#define APDU_CRYPTO_MAPPING_H

#include "apdu/crypto/cipher.h"
#include "apdu/crypto/domain.h"
#include "base/secret.h"

/**
 * mapping_generic() - G' = s x G + H, or g' = g^s x h.
 * @nonce:   s, decrypted; 1 to 64 bytes
 * @element: H or h, from key_agree_element()
 * @ret:     the caller frees it
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_FAILED for the neutral element;
 * CCCD_ERR_MEMORY.
 *
 * [9303-11 4.4.3.3.1]
 */
CHECKED enum cccd_err mapping_generic(const struct domain *domain,
                                      struct span nonce, struct span element,
                                      struct domain **ret);

/**
 * mapping_integrated() - G' = f(Rp(s, t)).
 * @cipher:  of the PACE protocol
 * @nonce_s: the chip's, decrypted; mapping_nonce_len() bytes
 * @nonce_t: ours; cipher_key_len() bytes
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_UNSUPPORTED for P-224;
 * CCCD_ERR_USAGE_ARGUMENT for wrong lengths; CCCD_ERR_CRYPTO_FAILED.
 *
 * [9303-11 4.4.3.3.2, appendix B]
 */
CHECKED enum cccd_err mapping_integrated(const struct domain *domain,
                                         enum cipher_id cipher,
                                         struct span nonce_s,
                                         struct span nonce_t,
                                         struct domain **ret);

/* Bytes of s in the integrated mapping: whole blocks, at least a key. */
size_t mapping_nonce_len(enum cipher_id cipher);

/**
 * mapping_pseudo_random() - R(s, t), before the reduction modulo p.
 * @bits: length of p
 *
 * [9303-11 4.4.3.3.2, figure 2]
 */
CHECKED enum cccd_err mapping_pseudo_random(enum cipher_id cipher,
                                            struct span nonce_s,
                                            struct span nonce_t, size_t bits,
                                            struct secret *ret);

#endif
