/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway counts, for Prometheus; nothing about persons. */
#ifndef SERVICE_GATEWAY_METRICS_H
#define SERVICE_GATEWAY_METRICS_H

#include "base/buf.h"
#include "service/gateway/check.h"

enum {
	METRICS_BUCKETS = 10,
	METRICS_REFUSALS_MAX = 64,
	METRICS_TEXT_MAX = 65536,
};

/**
 * struct metrics - of one thread, the loop's.
 * @abandoned: whose caller hung up while they waited
 */
struct metrics {
	uint64_t nonces;
	uint64_t abandoned;
	uint64_t attempts;
	uint64_t verdicts[MATCH_NOT_FOUND + 1];
	uint64_t outcomes[REGISTRY_OUTCOMES];
	struct {
		enum cccd_err err;
		uint64_t count;
	} refusals[METRICS_REFUSALS_MAX];
	uint64_t buckets[METRICS_BUCKETS];
	uint64_t seconds_count;
	double seconds_sum;
};

void metrics_refused(struct metrics *metrics, enum cccd_err err);
/* A check that was answered, and how long it took. */
void metrics_answered(struct metrics *metrics,
                      const struct check_outcome *outcome, uint64_t took_us);

/** struct metrics_now - what is so when it is asked; @log: since the start. */
struct metrics_now {
	const char *circuit;
	size_t waiting;
	size_t connections;
	bool store_ok;
	struct store_stats log;
};

/* The text exposition format. */
CHECKED enum cccd_err metrics_text(const struct metrics *metrics,
                                   const struct metrics_now *now,
                                   struct buf *ret);

#endif
