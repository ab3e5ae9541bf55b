/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a grant: signature, policy, profile. */
#ifndef SERVICE_CORE_ADMIT_H
#define SERVICE_CORE_ADMIT_H

#include "service/core/inside.h"

/**
 * admit_request() - judge a request as it came.
 * @ret_party: of the registry; borrowed
 * @ret_grant: with its profile in use
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
                                    const struct json_relying_party **ret_party,
                                    struct grant *ret_grant);

#endif
