/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS with one header form: RFC 7515, RFC 8725. */
#ifndef LIB_JSON_JWS_H
#define LIB_JSON_JWS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/sign_pair.h"
#include "lib/json/jwk.h"

enum { JWS_HEADER_MAX = 512 };

/**
 * jws_sign() - the three parts, base64url, joined by dots.
 * @jwk:     names the pair: its alg and its kid stand in the header
 * @typ:     e.g. "cccd-assertion+jwt"
 * @payload: as it is
 * @ret:     emptied first
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TOO_LARGE beyond the maximum of @ret;
 * CCCD_ERR_CRYPTO_FAILED; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err jws_sign(const struct sign_pair *pair,
                               const struct jwk *jwk, const char *typ,
                               struct span payload, struct buf *ret);

/**
 * struct jws_key - what a header's kid was found to name.
 * @verifier: borrowed, as is @jwk
 */
struct jws_key {
	const struct jwk *jwk;
	const struct sign_verifier *verifier;
};

/* CCCD_ERR_ASSERTION_DEVICE_UNKNOWN for a kid that names no key; other
 * errors are passed on. */
typedef enum cccd_err (*jws_find_fn)(void *context, const char *kid,
                                     struct jws_key *ret);

/** struct jws_set - the context of jws_find_in_set(). */
struct jws_set {
	const struct cccd_jwks *keys;
};

/* A jws_find_fn over a struct jws_set. */
CHECKED enum cccd_err jws_find_in_set(void *context, const char *kid,
                                      struct jws_key *ret);

/**
 * struct jws_rules - what a token must be, before it is looked at.
 * @typ:  exactly
 * @max:  bytes of the whole token
 */
struct jws_rules {
	const char *typ;
	size_t max;
	jws_find_fn find;
	void *context;
};

/**
 * jws_verify() - the payload, if a key that is known signed this very text.
 * @token: hostile
 * @ret_payload: emptied first; bytes as signed, not yet looked into
 *
 * The header must hold alg, typ and kid and nothing else. The kid chooses
 * among known keys; the key, never the token, says which algorithm is used;
 * a header that names another is refused unread.
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_MALFORMED, _TYPE, _ALGORITHM,
 * _DEVICE_UNKNOWN, _SIGNATURE; errors of find; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err jws_verify(struct span token,
                                 const struct jws_rules *rules,
                                 struct cccd_error *error,
                                 struct buf *ret_payload,
                                 struct jws_key *ret_key);

#endif
