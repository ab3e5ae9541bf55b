/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that assertions and requests have in common: RFC 7519. */
#ifndef LIB_JSON_CLAIMS_H
#define LIB_JSON_CLAIMS_H

#include <cjson/cJSON.h>

#include "base/error.h"

enum { CLAIMS_LIFETIME_S = 300, CLAIMS_ID_BYTES = 16, CLAIMS_ID_MAX = 23 };

/** struct claims_times - seconds since 1970 UTC. */
struct claims_times {
	int64_t issued;
	int64_t not_before;
	int64_t expires;
};

/**
 * claims_times() - iat, nbf (iat where absent) and exp.
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_MALFORMED when one is missing or no
 * integer, or exp does not lie 1 to CLAIMS_LIFETIME_S after iat.
 */
CHECKED enum cccd_err claims_times(const cJSON *claims,
                                   struct cccd_error *error,
                                   struct claims_times *ret);

/**
 * claims_judge_times() - against a clock that may differ by @leeway_s.
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_EXPIRED; CCCD_ERR_ASSERTION_NOT_YET.
 */
CHECKED enum cccd_err claims_judge_times(const struct claims_times *times,
                                         int64_t now, int64_t leeway_s,
                                         struct cccd_error *error);

/* A new jti: 128 random bits. */
CHECKED enum cccd_err claims_new_id(char ret[static CLAIMS_ID_MAX]);

/* A text claim, borrowed; NULL when it is absent, empty or no text. */
const char *claims_text(const cJSON *claims, const char *name);

#endif
