/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of certificates: RFC 3279 2.3, TR-03111 A.2. */
#ifndef APDU_AUTH_PUBLIC_KEY_H
#define APDU_AUTH_PUBLIC_KEY_H

#include "base/span.h"

struct evp_pkey_st;

enum public_key_kind {
	PUBLIC_KEY_NONE = 0,
	PUBLIC_KEY_RSA,
	PUBLIC_KEY_RSA_PSS, /* restricted to PSS */
	PUBLIC_KEY_DSA,
	PUBLIC_KEY_EC,
};

/**
 * struct public_key - a key that may be used.
 * @pkey:     owned
 * @bits:     of the modulus, of p, or of the curve's order
 * @explicit_curve: its domain parameters were spelled out and are equal to
 *            those of @curve
 * @curve:    name of the curve, a constant; NULL for others
 */
struct public_key {
	enum public_key_kind kind;
	struct evp_pkey_st *pkey;
	unsigned int bits;
	bool explicit_curve;
	const char *curve;
};

#define PUBLIC_KEY CLEANUP(public_key_release) struct public_key

/**
 * public_key_parse() - a SubjectPublicKeyInfo, checked.
 * @spki: the whole object
 *
 * Curves by name, or spelled out and then equal in p, a, b, base point,
 * order and cofactor to one we know; all others are refused before any
 * arithmetic is done with them [pitfall 28].
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_CRYPTO_UNSUPPORTED
 * for another key type; CCCD_ERR_CRYPTO_KEY for a curve we do not know or
 * a key outside its group or our size limits; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err public_key_parse(struct span spki,
                                       struct public_key *ret);

void public_key_release(struct public_key *key);

/* "rsa_2048", "brainpoolP256r1", … for people. */
void public_key_text(const struct public_key *key, char *text, size_t cap);

/* Whether the key is shorter than Doc 9303-12 4.1 asks for today. */
bool public_key_is_weak(const struct public_key *key);

#endif
