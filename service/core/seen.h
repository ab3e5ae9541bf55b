/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests that were used: each counts once. */
#ifndef SERVICE_CORE_SEEN_H
#define SERVICE_CORE_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { SEEN_MAX = 1024 };

struct seen_row {
	uint8_t sha256[32];
	int64_t expires;
};

/** struct seen - ids of requests that have not expired; zeroed is empty. */
struct seen {
	struct seen_row rows[SEEN_MAX];
	size_t count;
};

/**
 * struct seen_request - one that has come.
 * @rp, @id: whose it is, and its jti
 * @expires: seconds since 1970 UTC
 */
struct seen_request {
	const char *rp;
	const char *id;
	int64_t expires;
};

/**
 * seen_look() - whether one may still be used.
 * @now: seconds since 1970 UTC
 * @ret: for seen_add(), once something came of it and nothing else was
 *       added meanwhile
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_SIGNATURE when it was used before;
 * CCCD_ERR_RATE_LIMITED when as many as fit are waiting to expire: it fails
 * closed; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err seen_look(struct seen *seen,
                                const struct seen_request *request, int64_t now,
                                struct seen_row *ret);

/* From now on it was used. */
void seen_add(struct seen *seen, const struct seen_row *row);

#endif
