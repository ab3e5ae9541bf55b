/* SPDX-License-Identifier: Apache-2.0 */
/* Signature algorithms by identifier, and their verification. */
#ifndef APDU_AUTH_SIGNATURE_H
#define APDU_AUTH_SIGNATURE_H

#include "apdu/auth/public_key.h"
#include "base/digest.h"
#include "base/span.h"

enum signature_kind {
	SIGNATURE_NONE = 0,
	SIGNATURE_RSA_PKCS1,
	SIGNATURE_RSA_PSS,
	SIGNATURE_DSA,
	SIGNATURE_ECDSA,       /* DER, ANSI X9.62 */
	SIGNATURE_ECDSA_PLAIN, /* r || s, TR-03111 5.2.1.1 */
};

/**
 * struct signature_algorithm - an AlgorithmIdentifier, understood.
 * @digest:     hash of the signed bytes
 * @mgf_digest: PSS only
 * @salt_len:   PSS only, bytes
 */
struct signature_algorithm {
	enum signature_kind kind;
	enum digest_id digest;
	enum digest_id mgf_digest;
	uint32_t salt_len;
};

/**
 * digest_algorithm_parse() - a digest's AlgorithmIdentifier.
 * @identifier: value of the SEQUENCE; parameters absent or NULL
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_UNSUPPORTED for one we do not know;
 * CCCD_ERR_POLICY_REFUSED for one that may not be used (MD2, MD4, MD5);
 * CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err digest_algorithm_parse(struct span identifier,
                                             enum digest_id *ret);

/**
 * signature_algorithm_parse() - a signature's AlgorithmIdentifier.
 * @identifier: value of the SEQUENCE
 * @fallback:   digest where the identifier names a key type only
 *
 * PSS parameters are read as they are; only the defaults of RFC 4055 3.1
 * stand in for what is absent, and the trailer must be 1.
 *
 * Return: as digest_algorithm_parse().
 */
CHECKED enum cccd_err
signature_algorithm_parse(struct span identifier, enum digest_id fallback,
                          struct signature_algorithm *ret);

/* "rsa_sha256", "rsa_pss_sha256", "ecdsa_plain_sha224", … */
void signature_algorithm_text(const struct signature_algorithm *algorithm,
                              char *text, size_t cap);

/* The same of a whole AlgorithmIdentifier; "" when it is not understood. */
void signature_identifier_text(struct span whole, char *text, size_t cap);

/**
 * signature_verify() - @signature over @data under @key.
 * @ret_good: false also when key and algorithm do not belong together
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err
signature_verify(const struct signature_algorithm *algorithm,
                 const struct public_key *key, struct span data,
                 struct span signature, bool *ret_good);

#endif
