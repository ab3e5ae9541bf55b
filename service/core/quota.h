/* SPDX-License-Identifier: Apache-2.0 */
/* How often a relying party may begin a session. */
#ifndef SERVICE_CORE_QUOTA_H
#define SERVICE_CORE_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/json/registry.h"
#include "service/core/registry.h"

/**
 * struct quota_bucket - sessions that one relying party has left.
 * @left:  in thousandths of a session
 * @at_ms: when @left was right
 */
struct quota_bucket {
	char id[RP_ID_MAX];
	uint64_t left;
	uint64_t at_ms;
};

/**
 * struct quota - a bucket each, filled evenly over the hour; zeroed it is
 * full. It outlives a reload of the registry.
 */
struct quota {
	struct quota_bucket buckets[REGISTRY_PARTIES_MAX];
	size_t count;
};

/**
 * quota_take() - count one session.
 * @now_ms: of a steady clock
 * @ret_retry_after_s: seconds until the next is free, at least 1
 *
 * Return: CCCD_OK; CCCD_ERR_RATE_LIMITED, only then the seconds are written.
 */
CHECKED enum cccd_err quota_take(struct quota *quota,
                                 const struct json_relying_party *party,
                                 uint64_t now_ms, uint32_t *ret_retry_after_s);

#endif
