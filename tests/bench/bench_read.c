/* SPDX-License-Identifier: Apache-2.0 */
/* How long a read of the model file set takes: on air, under a model of the
 * link, and on this host. Printed, never judged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cccd/cccd.h>

#include "tests/apdu/inspection/inspect_rig.h"
#include "tests/support/sim_transport.h"

enum {
	PROFILE_LEN = 256,
	HOST_READS = 50,
	BITS_A_BYTE = 9,
	US_A_S = 1000000,
};

/**
 * struct way - how the files are read.
 * @limit: extended Le; 0 for what the profile allows
 * @naive: SELECT, the head alone, then Le 112, as simple readers do
 */
static const struct way {
	const char *name;
	const char *reader;
	size_t limit;
	bool naive;
} ways[] = {
	{ "short", ",\"reader\":{\"max_command\":261,\"max_response\":258}", 0,
	  false },
	{ "ext 1 KiB", "", 1024, false },
	{ "ext 4 KiB", "", 4096, false },
	{ "ext 64 KiB", "", 0, false },
	{ "naive 112", ",\"reader\":{\"max_command\":261,\"max_response\":258}",
	  112, true },
};

enum { WAYS = ARRAY_LEN(ways), SHORT = 0, EXTENDED = 2, NAIVE = WAYS - 1 };

static const unsigned int rates[] = { 106, 212, 424, 848 };
static const unsigned int costs[] = { 0, 12, 30 };

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_read: %s: %s\n", what, why);
	exit(1);
}

/* What is known of the kind of card before the read. */
static void limit_reads(struct inspect_rig *rig, const struct way *way)
{
	struct reader_card card = { .max_command = 0 };
	struct card_memory *memory = NULL;
	struct span atr = sim_card_atr(rig->sim);

	if (way->limit == 0)
		return;
	memcpy(card.atr, atr.at, atr.len);
	card.atr_len = atr.len;
	memory = card_memory_of(&rig->memories, &card);
	if (way->naive) {
		memory->max_short = way->limit;
		memory->extended = EXTENDED_REFUSED;
		memory->no_sfi = true;
		memory->exact = true;
		return;
	}
	memory->extended = EXTENDED_WORKS;
	memory->max_extended = way->limit;
}

/* One read of a card whose kind is known already. */
static struct sim_counters measure(const struct way *way, unsigned int rate,
                                   unsigned int cost)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	struct sim_counters counters;
	char profile[PROFILE_LEN];

	if (rig == NULL)
		die("memory", "none");
	(void)snprintf(profile, sizeof(profile),
	               "{\"extends\":\"model-files\",\"latency\":{"
	               "\"bit_rate_kbps\":%u,\"per_apdu_ms\":%u}%s}",
	               rate, cost, way->reader);
	inspect_load(rig, profile);
	inspect_plan(rig, INSPECT_CAN);
	rig->input.options.flags = CCCD_SKIP_COM;
	limit_reads(rig, way);
	inspect_run(rig);
	inspect_reset(rig);
	sim_card_reset_counters(rig->sim);
	inspect_run(rig);
	if (rig->err != CCCD_OK || rig->result.overall != CCCD_SUCCESSFUL)
		die(way->name, rig->error.text);
	counters = *sim_card_counters(rig->sim);
	inspect_free(rig);
	free(rig);
	return counters;
}

/* Bytes of the files that are read, as they lie on the chip. */
static size_t bytes_of_files(void)
{
	static const char *const names[] = { "card_access", "sod",  "dg1",
		                             "dg2",         "dg13", "dg14",
		                             "dg15" };
	struct sim_card *card = sim_card_of("model-files");
	size_t bytes = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		bytes += sim_card_file(card, names[i]).len;
	sim_card_free(card);
	return bytes;
}

static void print_commands(void)
{
	(void)printf("Commands of one read of the model file set\n\n"
	             "%-12s %8s %12s %10s %10s\n",
	             "way", "commands", "READ BINARY", "bytes out", "bytes in");
	for (size_t w = 0; w < WAYS; w++) {
		const struct sim_counters counters = measure(&ways[w], 0, 0);

		(void)printf("%-12s %8zu %12zu %10zu %10zu\n", ways[w].name,
		             counters.apdus,
		             counters.by_ins[0xB0] + counters.by_ins[0xB1],
		             counters.sent, counters.received);
	}
}

static void print_row(unsigned int rate, unsigned int cost, size_t file_bytes)
{
	double times[WAYS];
	double limit = (double)file_bytes * BITS_A_BYTE / (rate * 1000.0);

	(void)printf("%6u %7u %7.2f", rate, cost, limit);
	for (size_t w = 0; w < WAYS; w++) {
		const struct sim_counters counters =
		        measure(&ways[w], rate, cost);

		times[w] = (double)counters.time_us / US_A_S;
		(void)printf(" %10.2f", times[w]);
	}
	(void)printf(" %7.2f %7.2f\n", times[NAIVE] / times[SHORT],
	             times[NAIVE] / times[EXTENDED]);
}

static void print_link(void)
{
	size_t bytes = bytes_of_files();

	(void)printf("\nSeconds of one read under the link model (type A; the "
	             "chip's own computing not counted)\n"
	             "limit: the %zu bytes of the files alone, on air; last "
	             "columns: naive against ours\n\n"
	             "%6s %7s %7s",
	             bytes, "kbit/s", "ms/APDU", "limit");
	for (size_t w = 0; w < WAYS; w++)
		(void)printf(" %10s", ways[w].name);
	(void)printf(" %7s %7s\n", "/short", "/4 KiB");
	for (size_t r = 0; r < ARRAY_LEN(rates); r++)
		for (size_t c = 0; c < ARRAY_LEN(costs); c++)
			print_row(rates[r], costs[c], bytes);
}

static double cpu_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct cccd_trust *open_trust(void)
{
	const char *directory = BENCH_SPECIMEN_PKI;
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_trust *trust = NULL;

	if (cccd_trust_open(directory, CCCD_TRUST_DEMO, &error, &trust) !=
	    CCCD_OK)
		die(directory, error.text);
	return trust;
}

/* A transcript of one read, so that no chip computes beside the host. */
static void record(const char *path, const struct cccd_trust *trust)
{
	struct sim_device device = { .card = sim_card_of("model-files") };
	struct cccd_session *session = sim_session(&device, "can");

	cccd_session_set_trust(session, trust);
	if (cccd_session_record(session, path, true) != CCCD_OK ||
	    cccd_session_run(session) != CCCD_OK)
		die("record", cccd_session_error(session)->text);
	cccd_session_free(session);
	sim_card_free(device.card);
}

static double replay(const char *path, const struct cccd_trust *trust)
{
	struct cccd_options options = cccd_options_default();
	struct cccd_session *session = NULL;
	char uri[64];
	double start = 0;
	double spent = 0;

	(void)snprintf(uri, sizeof(uri), "replay:%s", path);
	options.resume_ms = 0;
	if (cccd_session_new(&session) != CCCD_OK ||
	    cccd_session_set_options(session, &options) != CCCD_OK ||
	    cccd_session_set_access_key(session, CCCD_ACCESS_KEY_CAN,
	                                "000001") != CCCD_OK ||
	    cccd_session_set_reader(session, uri) != CCCD_OK)
		die("replay", cccd_session_error(session)->text);
	cccd_session_set_trust(session, trust);
	start = cpu_ms();
	if (cccd_session_run(session) != CCCD_OK ||
	    cccd_session_result(session)->overall != CCCD_SUCCESSFUL)
		die("replay", cccd_session_error(session)->text);
	spent = cpu_ms() - start;
	cccd_session_free(session);
	return spent;
}

static void print_host(unsigned int reads)
{
	char path[] = "/tmp/cccd-bench-XXXXXX";
	struct cccd_trust *trust = open_trust();
	struct rusage usage;
	double first = 0;
	double sum = 0;
	int fd = mkstemp(path);

	if (fd < 0)
		die(path, "cannot be made");
	(void)close(fd);
	record(path, trust);
	first = replay(path, trust);
	for (unsigned int i = 0; i < reads; i++)
		sum += replay(path, trust);
	(void)unlink(path);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("\nHost: one verified read (PACE, chip authentication, "
	             "signatures), chip and link replayed\n\n"
	             "first read      %7.2f ms CPU\n"
	             "later reads     %7.2f ms CPU (mean of %u)\n"
	             "peak memory     %7.1f MiB of this program, the simulated "
	             "card and OpenSSL included\n",
	             first, sum / reads, reads,
	             (double)usage.ru_maxrss / 1024.0);
	cccd_trust_close(trust);
}

/* With an argument only enough to see that everything runs. */
int main(int argc, char **argv)
{
	(void)argv;
	print_commands();
	if (argc > 1)
		print_row(424, 12, bytes_of_files());
	else
		print_link();
	print_host(argc > 1 ? 1 : HOST_READS);
	return 0;
}
