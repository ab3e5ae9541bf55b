/* SPDX-License-Identifier: Apache-2.0 */
/* CPU of a verified read of the specimen by the real program through the
 * real pcscd, beyond the start of a process. Printed, never judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"
#include "tests/e2e/desk.h"

enum { RUNS = 41, WARM = 3, PATH_LEN = 512 };

/* struct cost - of one call, milliseconds. */
struct cost {
	double cpu;
	double wall;
};

static double children_cpu_ms(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* The only child that ends meanwhile is the one that is measured. */
static struct cost measure(const struct call *call)
{
	double cpu = children_cpu_ms();
	uint64_t start = clock_steady_us();
	struct answer *answer = call_run(call);
	struct cost cost = { .cpu = children_cpu_ms() - cpu,
		             .wall = (double)(clock_steady_us() - start) /
		                     1e3 };

	if (answer->status != 0) {
		(void)fprintf(stderr, "bench_verify: exit %d: %s\n",
		              answer->status, answer->err);
		exit(1);
	}
	call_free(answer);
	return cost;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median of each: a busy machine disturbs the mean. */
static struct cost median(const struct call *call, size_t runs)
{
	double cpu[RUNS] = { 0 };
	double wall[RUNS] = { 0 };

	for (size_t i = 0; i < WARM; i++)
		(void)measure(call);
	for (size_t i = 0; i < runs; i++) {
		const struct cost cost = measure(call);

		cpu[i] = cost.cpu;
		wall[i] = cost.wall;
	}
	qsort(cpu, runs, sizeof(cpu[0]), by_size);
	qsort(wall, runs, sizeof(wall[0]), by_size);
	return (struct cost){ .cpu = cpu[runs / 2], .wall = wall[runs / 2] };
}

static void print_cost(const char *name, struct cost cost)
{
	(void)printf("%-40s %8.2f %8.2f\n", name, cost.cpu, cost.wall);
}

/* As an installation has it: admitted once, opened without verifying. */
static void import_trust(const char *store)
{
	char csca[PATH_LEN];
	char crl[PATH_LEN];
	const struct call call = { .args = { "trust", "import", "--specimen",
		                             "--quiet", "--demo-trust", store,
		                             csca, crl } };

	(void)snprintf(csca, sizeof(csca), "%s/csca.der", desk_trust());
	(void)snprintf(crl, sizeof(crl), "%s/crl.der", desk_trust());
	(void)measure(&call);
}

static struct cost read_with(const char *trust, size_t runs)
{
	const struct call call = { .args = { "read", "--quiet", "--json",
		                             "--can", "000001", "--demo-trust",
		                             trust, "--reader", DESK_SLOT_0 } };

	return median(&call, runs);
}

static void print_beyond(struct cost cost, struct cost start)
{
	print_cost("  beyond the start (goal: CPU < 10 ms)",
	           (struct cost){ .cpu = cost.cpu - start.cpu,
	                          .wall = cost.wall - start.wall });
}

static void bench(const char *store, size_t runs)
{
	const struct call start = { .args = { "--version" } };
	const struct cost empty = median(&start, runs);
	struct cost installed;
	struct cost bare;
	struct rusage usage;

	import_trust(store);
	installed = read_with(store, runs);
	bare = read_with(desk_trust(), runs);
	(void)getrusage(RUSAGE_CHILDREN, &usage);
	(void)printf("Specimen through pcscd and a virtual reader, median of "
	             "%zu\n\n%-40s %8s %8s\n",
	             runs, "", "CPU ms", "wall ms");
	print_cost("start of a process (cccd --version)", empty);
	print_cost("verified read, trust store imported", installed);
	print_beyond(installed, empty);
	print_cost("verified read, trust from a bare folder", bare);
	print_beyond(bare, empty);
	(void)printf("%-40s %8.1f MiB\n", "peak memory of a read",
	             (double)usage.ru_maxrss / 1024.0);
}

/* With an argument only enough to see that everything runs. */
int main(int argc, char **argv)
{
	struct desk desk;
	char store[64];

	(void)argv;
	(void)setenv("CCCD_SOURCE_DIR", BENCH_SOURCE_DIR, 0);
	(void)setenv("CCCD_PROGRAM", BENCH_PROGRAM, 0);
	(void)setenv("CCCD_SIM_PROGRAM", BENCH_SIM_PROGRAM, 0);
	(void)setenv("CCCD_SPECIMEN_PKI", BENCH_SPECIMEN_PKI, 0);
	make_directory(store);
	desk_open(&desk, false);
	desk_lay(&desk, "cccd-2021", NULL);
	bench(store, argc > 1 ? 3 : RUNS);
	desk_close(&desk);
	remove_directory(store);
	return 0;
}
