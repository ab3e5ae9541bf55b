/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a grant: signature, policy, profile. */
#ifndef SERVICE_CORE_ADMIT_H
#define SERVICE_CORE_ADMIT_H

#include "service/core/inside.h"

/**
 * struct admitted - a request that may begin a session.
 * @party: of the registry; borrowed
 * @grant: with its profile in use
 * @used:  what admit_use() remembers of a signed one
 */
struct admitted {
	const struct json_relying_party *party;
	struct grant grant;
	struct seen_row used;
};

/**
 * admit_request() - judge a request as it came; nothing is used up yet.
 *
 * A request whose signature is wrong, or that was used before, is told to
 * the security log.
 *
 * Return: CCCD_OK; as policy_decide(); CCCD_ERR_REQUEST_SIGNATURE;
 * CCCD_ERR_NONCE_TOO_SHORT; CCCD_ERR_RATE_LIMITED; CCCD_ERR_POLICY_CONFIG
 * for a profile that is missing or bad; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err admit_request(struct sessions *sessions,
                                    const struct caller *caller,
                                    const struct json_request *request,
                                    struct cccd_error *error,
                                    struct admitted *ret);

/* Its session has begun: the signature opens no other one. Who had to wait
 * for a reader comes back with the same. */
void admit_use(struct sessions *sessions, const struct admitted *admitted);

#endif
