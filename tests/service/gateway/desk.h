/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that signs what it is told to: assertions for tests. */
#ifndef TESTS_SERVICE_GATEWAY_DESK_H
#define TESTS_SERVICE_GATEWAY_DESK_H

#include "base/buf.h"
#include "base/sign_pair.h"
#include "lib/json/jwk.h"

/** struct desk - a device key. */
struct desk {
	struct sign_pair *pair;
	struct jwk jwk;
};

/**
 * struct desk_claims - of one assertion; zeroed members take the usual ones.
 * @overall: "successful"
 * @issued:  seconds since 1970 UTC; 0 for now
 */
struct desk_claims {
	const char *audience;
	const char *nonce;
	const char *id_number;
	const char *full_name;
	const char *date_of_birth;
	const char *sex;
	const char *overall;
	const char *transaction;
	int64_t issued;
};

/* CCCD_ERR_MEMORY, CCCD_ERR_CRYPTO_FAILED. */
CHECKED enum cccd_err desk_make(struct desk *ret);
CHECKED enum cccd_err desk_sign(const struct desk *desk,
                                const struct desk_claims *claims,
                                struct buf *ret);
void desk_release(struct desk *desk);

#endif
