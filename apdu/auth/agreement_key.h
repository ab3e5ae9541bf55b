/* SPDX-License-Identifier: Apache-2.0 */
/* Static Diffie-Hellman keys of a chip: Doc 9303-11 9.2.6, 9.5. */
#ifndef APDU_AUTH_AGREEMENT_KEY_H
#define APDU_AUTH_AGREEMENT_KEY_H

#include "apdu/crypto/key_agreement.h"

/**
 * agreement_key_parse() - a SubjectPublicKeyInfo for key agreement.
 * @spki: the whole object: standardizedDomainParameters, ecPublicKey with
 *        a named or spelled-out curve, dhKeyAgreement or dhpublicnumber
 * @ret_domain: the caller frees it
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_* for broken grammar;
 * CCCD_ERR_CRYPTO_UNSUPPORTED for an algorithm or group we do not have;
 * CCCD_ERR_CRYPTO_KEY for unsound parameters or a key outside its group;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err agreement_key_parse(struct span spki,
                                          struct domain **ret_domain,
                                          struct public_value *ret);

#endif
