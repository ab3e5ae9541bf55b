/* SPDX-License-Identifier: Apache-2.0 */
/* What a line of the audit log costs, on the disk of a given directory; and
 * how fast a log is verified. Printed, never judged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "lib/json/audit_walk.h"
#include "service/core/audit.h"

enum { RUNS_DEFAULT = 500, RUNS_MAX = 100000 };

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "bench_audit: %s\n", what);
	exit(1);
}

static void ignore(void *context, const struct audit_finding *finding)
{
	(void)context;
	(void)finding;
}

static void append_all(struct audit *audit, uint64_t *times, size_t runs)
{
	static struct cccd_result result = { .overall = CCCD_SUCCESSFUL };
	const struct audit_entry entry = {
		.kind = AUDIT_READ,
		.transaction = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11",
		.rp = "reception",
		.outcome = AUDIT_ENDED_READ,
		.result = &result,
		.document = span_text("001099000001"),
	};

	for (size_t i = 0; i < CCCD_CHECKS; i++)
		result.checks[i] =
		        (struct cccd_check){ CCCD_SUCCESSFUL, "",
			                     CCCD_MODE_MANDATORY, 0 };
	for (size_t i = 0; i < runs; i++) {
		uint64_t start = clock_steady_us();

		must(audit_append(audit, &entry, NULL) == CCCD_OK, "append");
		times[i] = clock_steady_us() - start;
	}
	qsort(times, runs, sizeof(*times), by_size);
}

/* bench_audit DIRECTORY [RUNS] */
int main(int argc, char **argv)
{
	size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : RUNS_DEFAULT;
	struct audit_config config = {
		.dir = argc > 1 ? argv[1] : "",
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	const struct audit_walk walk = { .dir = config.dir, .found = ignore };
	struct audit_summary summary = { 0 };
	struct audit *audit = NULL;
	uint64_t *times = NULL;
	uint64_t start = 0;

	must(argc > 1 && runs > 0 && runs <= RUNS_MAX,
	     "usage: bench_audit DIRECTORY [RUNS]");
	times = calloc(runs, sizeof(*times));
	must(times != NULL, "memory");
	must(audit_open(&config, NULL, &audit) == CCCD_OK, "open");
	append_all(audit, times, runs);
	audit_close(audit);
	start = clock_steady_us();
	must(audit_walk_run(&walk, NULL, &summary) == CCCD_OK &&
	             summary.chains[AUDIT_CHAIN_READS].faults == 0,
	     "verify");
	(void)printf("append, with all checks: p50 %llu us, p99 %llu us; "
	             "verify %.1f us a line\n",
	             (unsigned long long)times[runs / 2],
	             (unsigned long long)times[runs * 99 / 100],
	             (double)(clock_steady_us() - start) / (double)runs);
	free(times);
	return 0;
}
