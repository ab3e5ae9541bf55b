/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon adds to a read: by turns the library reads the card itself
 * and the daemon is asked for it, over its socket, with its events.
 *
 *	bench_service SOCKET TRUST RUNS < number of the card
 *
 * Run by bench_service.py, which sets up the desk. A turn of the daemon
 * begins with the access key and ends with the last byte of the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cccd/cccd.h>

#include "base/clock.h"
#include "base/secret.h"

enum {
	RUNS_MAX = 10000,
	WARM = 10,
	TEXT_MAX = 65536,
	NUMBER_MAX = 32,
	US_PER_MS = 1000,
	GROUPS = 1U << 1 | 1U << 13, /* of the scopes id and demographic */
};

struct bench {
	const char *socket;
	char number[NUMBER_MAX];
	char id[64];
	char token[64];
	char text[TEXT_MAX];
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "bench_service: %s\n", what);
	exit(1);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return (*left > *right) - (*left < *right);
}

static int knock(const struct bench *bench)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(strlen(bench->socket) < sizeof(address.sun_path), "path");
	memcpy(address.sun_path, bench->socket, strlen(bench->socket));
	must(fd >= 0 && connect(fd, (const struct sockaddr *)&address,
	                        sizeof(address)) == 0,
	     "the daemon is not there");
	return fd;
}

static void ask(int fd, const struct bench *bench, const char *method,
                const char *path, const char *body)
{
	char head[512];
	int len = snprintf(head, sizeof(head),
	                   "%s %s HTTP/1.1\r\nHost: localhost\r\n"
	                   "Content-Length: %zu\r\n"
	                   "Content-Type: application/json\r\n%s%s%s\r\n",
	                   method, path, strlen(body),
	                   bench->token[0] != '\0' ? "Authorization: Bearer "
	                                           : "",
	                   bench->token, bench->token[0] != '\0' ? "\r\n" : "");

	must(len > 0 && (size_t)len < sizeof(head), "head");
	must(write(fd, head, (size_t)len) == len, "no request sent");
	must(write(fd, body, strlen(body)) == (ssize_t)strlen(body),
	     "no body sent");
}

/* Until @what stands in the answer; all of it is kept. */
static const char *await_text(int fd, struct bench *bench, const char *what)
{
	size_t len = 0;

	for (;;) {
		const char *found = NULL;
		ssize_t got = read(fd, bench->text + len, TEXT_MAX - 1 - len);

		must(got > 0, "the daemon hung up");
		len += (size_t)got;
		bench->text[len] = '\0';
		found = strstr(bench->text, what);
		if (found != NULL)
			return found;
		must(len < TEXT_MAX - 1, "too long");
	}
}

/* A whole answer: by its length. */
static void await_answer(int fd, struct bench *bench, const char *status)
{
	const char *end = await_text(fd, bench, "\r\n\r\n") + 4;
	const char *length = strstr(bench->text, "Content-Length: ");
	size_t have = strlen(bench->text);
	size_t wanted = (size_t)(end - bench->text);

	must(strncmp(bench->text + 9, status, 3) == 0, bench->text);
	must(length != NULL, "no length");
	wanted += strtoul(length + strlen("Content-Length: "), NULL, 10);
	must(wanted < TEXT_MAX, "too long");
	while (have < wanted) {
		ssize_t got = read(fd, bench->text + have, wanted - have);

		must(got > 0, "the daemon hung up");
		have += (size_t)got;
	}
	bench->text[have] = '\0';
}

static void take_word(const struct bench *bench, const char *name,
                      char ret[static 64])
{
	const char *at = strstr(bench->text, name);
	size_t len = 0;

	must(at != NULL, name);
	at += strlen(name);
	at += strspn(at, "\": \t");
	len = strcspn(at, "\"");
	must(len < 64, name);
	memcpy(ret, at, len);
	ret[len] = '\0';
}

static void begin(int fd, struct bench *bench)
{
	bench->token[0] = '\0';
	ask(fd, bench, "POST", "/v1/sessions",
	    "{\"rp\":\"demo.example\",\"purpose\":\"demo\",\"nonce\":"
	    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
	    "\"scopes\":[\"id\",\"demographic\"]}");
	await_answer(fd, bench, "201");
	take_word(bench, "\"session_id\"", bench->id);
	take_word(bench, "\"session_token\"", bench->token);
}

static uint64_t time_daemon(struct bench *bench, uint64_t *ret_handed)
{
	char path[128];
	char body[128];
	int commands = knock(bench);
	int events = knock(bench);
	uint64_t start = 0;
	uint64_t ready = 0;
	uint64_t end = 0;

	begin(commands, bench);
	ask(events, bench, "GET", "/v1/events", "");
	(void)await_text(events, bench, "event: prompt.required");
	(void)snprintf(path, sizeof(path), "/v1/sessions/%s/access-key",
	               bench->id);
	(void)snprintf(body, sizeof(body),
	               "{\"type\":\"id_number\",\"value\":\"%s\"}",
	               bench->number);
	start = clock_steady_us();
	ask(commands, bench, "POST", path, body);
	(void)await_text(events, bench, "event: result.ready");
	ready = clock_steady_us();
	await_answer(commands, bench, "202");
	(void)snprintf(path, sizeof(path), "/v1/sessions/%s/result", bench->id);
	ask(commands, bench, "GET", path, "");
	await_answer(commands, bench, "200");
	end = clock_steady_us();
	must(strstr(bench->text, "\"overall\":\"successful\"") != NULL,
	     "not proven");
	(void)close(events);
	(void)close(commands);
	*ret_handed = end - ready;
	return end - start;
}

static uint64_t time_library(const struct bench *bench,
                             struct cccd_session *session)
{
	uint64_t start = clock_steady_us();
	uint64_t end = 0;

	must(cccd_session_set_access_key(session, CCCD_ACCESS_KEY_ID_NUMBER,
	                                 bench->number) == CCCD_OK,
	     "key");
	must(cccd_session_run(session) == CCCD_OK, "no read");
	must(cccd_session_result(session)->overall == CCCD_SUCCESSFUL,
	     "not proven");
	end = clock_steady_us();
	cccd_session_wipe(session);
	return end - start;
}

static struct cccd_session *open_library(const char *trust_dir,
                                         struct cccd_trust **ret_trust)
{
	struct cccd_options options = cccd_options_default();
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_session *session = NULL;

	options.groups = GROUPS;
	must(cccd_trust_open(trust_dir, CCCD_TRUST_DEMO, &error, ret_trust) ==
	             CCCD_OK,
	     "no trust");
	must(cccd_session_new(&session) == CCCD_OK, "no session");
	cccd_session_set_trust(session, *ret_trust);
	must(cccd_session_set_options(session, &options) == CCCD_OK &&
	             cccd_session_set_reader(session, "pcsc:") == CCCD_OK,
	     "no reader");
	return session;
}

static double rank(uint64_t *times, size_t runs, unsigned int percent)
{
	size_t index = (runs * percent + 99) / 100;

	qsort(times, runs, sizeof(*times), by_size);
	return (double)times[index > 0 ? index - 1 : 0] / US_PER_MS;
}

static void tell(uint64_t *library, uint64_t *daemon, uint64_t *handed,
                 size_t runs)
{
	static const unsigned int percents[] = { 50, 90, 99 };

	(void)printf("%zu runs each, ms: library, daemon, added, ratio; of the "
	             "daemon's from ready to handed out\n",
	             runs);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		double alone = rank(library, runs, percents[i]);
		double asked = rank(daemon, runs, percents[i]);

		(void)printf("p%u %.2f %.2f %.2f %.3f; %.2f\n", percents[i],
		             alone, asked, asked - alone, asked / alone,
		             rank(handed, runs, percents[i]));
	}
}

int main(int argc, char **argv)
{
	static uint64_t library[RUNS_MAX];
	static uint64_t daemon[RUNS_MAX];
	static uint64_t handed[RUNS_MAX];
	static struct bench bench;
	struct cccd_session *session = NULL;
	struct cccd_trust *trust = NULL;
	size_t runs = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

	must(runs > 0 && runs <= RUNS_MAX, "SOCKET TRUST RUNS");
	bench.socket = argv[1];
	must(fgets(bench.number, sizeof(bench.number), stdin) != NULL,
	     "no number");
	bench.number[strcspn(bench.number, "\n")] = '\0';
	session = open_library(argv[2], &trust);
	for (size_t i = 0; i < WARM + runs; i++) {
		size_t slot = i < WARM ? 0 : i - WARM;

		library[slot] = time_library(&bench, session);
		daemon[slot] = time_daemon(&bench, &handed[slot]);
	}
	tell(library, daemon, handed, runs);
	cccd_session_free(session);
	cccd_trust_close(trust);
	wipe(&bench, sizeof(bench));
	return 0;
}
