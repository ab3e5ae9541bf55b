/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the zoo, made once and kept in the build tree. */
#ifndef TESTS_APDU_AUTH_ZOO_KEYS_H
#define TESTS_APDU_AUTH_ZOO_KEYS_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/digest.h"

enum zoo_alg {
	ZOO_RSA = 0,  /* sha…WithRSAEncryption */
	ZOO_RSA_BARE, /* rsaEncryption, the hash stands elsewhere */
	ZOO_PSS,
	ZOO_DSA,
	ZOO_ECDSA,
	ZOO_PLAIN, /* TR-03111 */
	ZOO_MD5,   /* md5WithRSAEncryption: what must be refused */
};

/*
 * "rsa2048", "rsa3072", "rsapss2048", "dsa2048", or the name of a curve;
 * @owner tells keys of one kind apart. Owned by the zoo.
 */
EVP_PKEY *zoo_key(const char *owner, const char *kind);

void zoo_keys_free(void);

/* SubjectPublicKeyInfo; curves spelled out where @spelled_out. */
void zoo_spki(EVP_PKEY *key, bool spelled_out, struct buf *ret);

/* AlgorithmIdentifier; a NULL parameter where there is none to give. */
void zoo_algorithm(enum zoo_alg alg, enum digest_id digest, struct buf *ret);
void zoo_digest_algorithm(enum digest_id digest, struct buf *ret);

void zoo_sign(EVP_PKEY *key, enum zoo_alg alg, enum digest_id digest,
              struct span data, struct buf *ret);

#endif
