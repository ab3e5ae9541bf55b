/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a back end signed: service-api 3, mode "signed". */
#ifndef LIB_JSON_REQUEST_JWT_H
#define LIB_JSON_REQUEST_JWT_H

#include <cccd/assertion.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

enum {
	REQUEST_JWT_MAX = 32 * 1024,
	REQUEST_JWT_ID_MAX = 129,
	REQUEST_JWT_NONCE_MAX = 513,
	REQUEST_JWT_LIFETIME_S = 300,
	REQUEST_JWT_LEEWAY_S = 30,
};

/**
 * struct request_jwt_expected - what the daemon knows beforehand.
 * @rp:     id of the registry's entry that this caller came in under
 * @device: thumbprint of this device's current key
 * @previous: of a key before it, for requests under way during a rotation;
 *          NULL for none
 * @keys:   of the entry
 * @now:    seconds since 1970 UTC
 */
struct request_jwt_expected {
	const char *rp;
	const char *device;
	const char *previous;
	const struct cccd_jwks *keys;
	int64_t now;
};

/**
 * struct request_jwt - a request that its back end stands for.
 * @id:      jti; the caller refuses one that it has seen before @expires
 * @expires: seconds since 1970 UTC, leeway included
 * @text:    the request object as JSON: every claim that is not the JWT's
 *           own, with "rp"; for the parser of requests
 */
struct request_jwt {
	char id[REQUEST_JWT_ID_MAX];
	char nonce[REQUEST_JWT_NONCE_MAX];
	int64_t issued;
	int64_t expires;
	struct buf text;
};

/**
 * request_jwt_verify() - a compact JWS of typ cccd-request+jwt.
 * @token: hostile
 *
 * Return: CCCD_OK, released with request_jwt_release();
 * CCCD_ERR_REQUEST_SIGNATURE for whatever is wrong with it, with the reason
 * in @error; CCCD_ERR_RP_MISMATCH when its iss is another's;
 * CCCD_ERR_NONCE_TOO_SHORT; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err
request_jwt_verify(struct span token,
                   const struct request_jwt_expected *expected,
                   struct cccd_error *error, struct request_jwt *ret);

/* Accepts a zeroed one. */
void request_jwt_release(struct request_jwt *request);

#endif
