/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway counts, for Prometheus; nothing about persons. */
#include "service/gateway/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint64_t bounds_us[METRICS_BUCKETS] = {
	1000,   2500,   5000,    10000,   25000,
	100000, 500000, 1000000, 5000000, 15000000,
};

void metrics_refused(struct metrics *metrics, enum cccd_err err)
{
	for (size_t i = 0; i < METRICS_REFUSALS_MAX; i++) {
		if (metrics->refusals[i].err != err &&
		    metrics->refusals[i].err != CCCD_OK)
			continue;
		metrics->refusals[i].err = err;
		metrics->refusals[i].count++;
		return;
	}
}

void metrics_answered(struct metrics *metrics,
                      const struct check_outcome *outcome, uint64_t took_us)
{
	metrics->verdicts[outcome->verdict]++;
	metrics->outcomes[outcome->registry]++;
	metrics->attempts += outcome->attempts;
	metrics->seconds_count++;
	metrics->seconds_sum += (double)took_us / 1e6;
	for (size_t i = 0; i < METRICS_BUCKETS; i++)
		if (took_us <= bounds_us[i])
			metrics->buckets[i]++;
}

/* The first failure stays, and is asked for once. */
struct writer {
	struct buf *buf;
	enum cccd_err err;
};

PRINTF_LIKE(2, 3)
static void put(struct writer *writer, const char *format, ...)
{
	char line[256];
	va_list args;
	int len = 0;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (writer->err == CCCD_OK && len > 0 && (size_t)len < sizeof(line))
		writer->err =
		        buf_append(writer->buf, span_of(line, (size_t)len));
}

static void put_type(struct writer *writer, const char *name, const char *type,
                     const char *help)
{
	put(writer, "# HELP cccd_gateway_%s %s\n# TYPE cccd_gateway_%s %s\n",
	    name, help, name, type);
}

static void put_checks(struct writer *writer, const struct metrics *metrics)
{
	put_type(writer, "checks_total", "counter",
	         "Answered checks by result.");
	for (unsigned int i = 0; i < ARRAY_LEN(metrics->verdicts); i++)
		put(writer,
		    "cccd_gateway_checks_total{result=\"%s\"} %" PRIu64 "\n",
		    match_verdict_name((enum match_verdict)i),
		    metrics->verdicts[i]);
	put_type(writer, "registry_outcomes_total", "counter",
	         "Questions by what became of them.");
	for (unsigned int i = 0; i < REGISTRY_OUTCOMES; i++)
		if (metrics->outcomes[i] > 0)
			put(writer,
			    "cccd_gateway_registry_outcomes_total"
			    "{outcome=\"%s\"} %" PRIu64 "\n",
			    registry_outcome_name((enum registry_outcome)i),
			    metrics->outcomes[i]);
	put_type(writer, "refusals_total", "counter", "Refusals by code.");
	for (size_t i = 0; i < METRICS_REFUSALS_MAX; i++)
		if (metrics->refusals[i].count > 0)
			put(writer,
			    "cccd_gateway_refusals_total{code=\"%s\"} %" PRIu64
			    "\n",
			    cccd_err_code(metrics->refusals[i].err),
			    metrics->refusals[i].count);
}

/** struct times - of one histogram. */
struct times {
	const char *name;
	const char *help;
	const uint64_t *bounds_us;
	const uint64_t *buckets;
	size_t bucket_count;
	uint64_t count;
	double sum_s;
};

static void put_times(struct writer *writer, const struct times *times)
{
	const char *name = times->name;

	put_type(writer, name, "histogram", times->help);
	for (size_t i = 0; i < times->bucket_count; i++)
		put(writer, "cccd_gateway_%s_bucket{le=\"%g\"} %" PRIu64 "\n",
		    name, (double)times->bounds_us[i] / 1e6, times->buckets[i]);
	put(writer, "cccd_gateway_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name,
	    times->count);
	put(writer, "cccd_gateway_%s_sum %.6f\n", name, times->sum_s);
	put(writer, "cccd_gateway_%s_count %" PRIu64 "\n", name, times->count);
}

static void put_check_times(struct writer *writer,
                            const struct metrics *metrics)
{
	const struct times times = {
		.name = "check_seconds",
		.help = "From request to answer.",
		.bounds_us = bounds_us,
		.buckets = metrics->buckets,
		.bucket_count = METRICS_BUCKETS,
		.count = metrics->seconds_count,
		.sum_s = metrics->seconds_sum,
	};

	put_times(writer, &times);
}

/* Lines of each transaction are those divided by these. */
static void put_log(struct writer *writer, const struct store_stats *log)
{
	static const uint64_t log_bounds_us[STORE_BUCKETS] = {
		STORE_BOUNDS_US
	};
	const struct times times = {
		.name = "log_commit_seconds",
		.help = "Transactions of the usage log, with the wait for a "
		        "connection and the flush.",
		.bounds_us = log_bounds_us,
		.buckets = log->buckets,
		.bucket_count = STORE_BUCKETS,
		.count = log->commits,
		.sum_s = (double)log->commit_us / 1e6,
	};

	put_type(writer, "log_lines_total", "counter",
	         "Lines of the usage log that these transactions wrote.");
	put(writer, "cccd_gateway_log_lines_total %" PRIu64 "\n", log->tasks);
	put_times(writer, &times);
}

static void put_now(struct writer *writer, const struct metrics *metrics,
                    const struct metrics_now *now)
{
	put_type(writer, "nonces_total", "counter", "Nonces issued.");
	put(writer, "cccd_gateway_nonces_total %" PRIu64 "\n", metrics->nonces);
	put_type(writer, "registry_requests_total", "counter",
	         "Calls of the registry.");
	put(writer, "cccd_gateway_registry_requests_total %" PRIu64 "\n",
	    metrics->attempts);
	put_type(writer, "registry_circuit_open", "gauge",
	         "1 while the registry is left alone.");
	put(writer, "cccd_gateway_registry_circuit_open %d\n",
	    strcmp(now->circuit, "open") == 0);
	put_type(writer, "store_up", "gauge", "1 while the database answers.");
	put(writer, "cccd_gateway_store_up %d\n", now->store_ok);
	put_type(writer, "waiting", "gauge", "Requests in the queue.");
	put(writer, "cccd_gateway_waiting %zu\n", now->waiting);
	put_type(writer, "abandoned_total", "counter",
	         "Requests whose caller hung up before they began.");
	put(writer, "cccd_gateway_abandoned_total %" PRIu64 "\n",
	    metrics->abandoned);
	put_type(writer, "connections", "gauge", "Open connections.");
	put(writer, "cccd_gateway_connections %zu\n", now->connections);
}

enum cccd_err metrics_text(const struct metrics *metrics,
                           const struct metrics_now *now, struct buf *ret)
{
	struct writer writer = { .buf = ret };

	put_checks(&writer, metrics);
	put_check_times(&writer, metrics);
	put_log(&writer, &now->log);
	put_now(&writer, metrics, now);
	return writer.err;
}
