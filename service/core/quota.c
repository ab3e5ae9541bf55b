/* SPDX-License-Identifier: Apache-2.0 */
/* How often a relying party may begin a session. */
#include "service/core/quota.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"

enum { HOUR_MS = 3600 * 1000, WHOLE = 1000 };

/* The bucket of this id; a new one is full. NULL when ids run out: a
 * registry never has more, but its reloads may. */
static struct quota_bucket *bucket_of(struct quota *quota, const char *id,
                                      uint64_t full, uint64_t now_ms)
{
	struct quota_bucket *oldest = &quota->buckets[0];
	struct quota_bucket *bucket = NULL;

	for (size_t i = 0; i < quota->count; i++) {
		bucket = &quota->buckets[i];
		if (strcmp(bucket->id, id) == 0)
			return bucket;
		if (bucket->at_ms < oldest->at_ms)
			oldest = bucket;
	}
	bucket = oldest;
	if (quota->count < ARRAY_LEN(quota->buckets))
		bucket = &quota->buckets[quota->count++];
	(void)snprintf(bucket->id, sizeof(bucket->id), "%s", id);
	bucket->left = full;
	bucket->at_ms = now_ms;
	return bucket;
}

/* What has come in since. */
static void fill(struct quota_bucket *bucket, uint32_t per_hour, uint64_t full,
                 uint64_t now_ms)
{
	uint64_t passed = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;
	uint64_t rate = (uint64_t)per_hour * WHOLE; /* an hour */
	uint64_t gained = 0;

	if (passed >= HOUR_MS) {
		bucket->left = full;
		bucket->at_ms = now_ms;
		return;
	}
	gained = passed * rate / HOUR_MS;
	bucket->left += gained;
	/* The time that was paid for, rounded up: who asks often loses the
	 * rest of a millisecond each time, never a gain twice. */
	bucket->at_ms += (gained * HOUR_MS + rate - 1) / rate;
	if (bucket->left > full)
		bucket->left = full;
}

enum cccd_err quota_take(struct quota *quota,
                         const struct json_relying_party *party,
                         uint64_t now_ms, uint32_t *ret_retry_after_s)
{
	uint64_t full = (uint64_t)party->quota_per_hour * WHOLE;
	struct quota_bucket *bucket = bucket_of(quota, party->id, full, now_ms);
	uint64_t wait_ms = 0;

	fill(bucket, party->quota_per_hour, full, now_ms);
	if (bucket->left >= WHOLE) {
		bucket->left -= WHOLE;
		return CCCD_OK;
	}
	wait_ms = (WHOLE - bucket->left) * HOUR_MS / full;
	*ret_retry_after_s = (uint32_t)(wait_ms / 1000) + 1;
	return CCCD_ERR_RATE_LIMITED;
}
