/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway itself, asked over its Unix socket. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "tests/bench/bench_gateway.h"

#define BEARER "t0ken-of-the-bench-0123456789abcdefghij"

enum { WAIT_MS = 60000, STEP_MS = 20, ANSWER_MAX = 8192 };

static void path_of(const struct bench *bench, const char *name,
                    char ret[static BENCH_PATH])
{
	(void)snprintf(ret, BENCH_PATH, "%s/%s", bench->dir, name);
}

static FILE *make_file(const char *path)
{
	FILE *file = fopen(path, "w");

	must(file != NULL && chmod(path, 0600) == 0, "a file");
	return file;
}

static void write_store(const struct bench *bench, FILE *conf)
{
	const char *conninfo = getenv("BENCH_CONNINFO"); /* NOLINT: one */
	char path[BENCH_PATH];
	FILE *file = NULL;

	if (conninfo == NULL) {
		(void)fprintf(conf, "store = %s/store.db\n", bench->dir);
		return;
	}
	path_of(bench, "conninfo", path);
	file = make_file(path);
	(void)fprintf(file, "%s\n", conninfo);
	(void)fprintf(conf, "store_conninfo_file = %s\n", path);
	must(fclose(file) == 0, "a file");
}

static void write_settings(const struct bench *bench, const char *path,
                           size_t workers)
{
	FILE *conf = make_file(path);
	struct digest digest;

	must(digest_compute(DIGEST_SHA256, span_text(BEARER), &digest) ==
	             CCCD_OK,
	     "a digest");
	(void)fprintf(conf,
	              "[gateway]\nid = urn:test:gw\nlisten = none\n"
	              "socket = %s/socket\nlog_key = %s/log.key\n"
	              "tables = none\nlanguage = en\nworkers = %zu\n",
	              bench->dir, bench->dir, workers);
	write_store(bench, conf);
	(void)fprintf(conf,
	              "[connector bench]\nkind = directory\n"
	              "engine = sqlite\npath = %s/citizens.db\n"
	              "[caller bench]\nrate_per_minute = 1000000\n"
	              "bearer_sha256 = ",
	              bench->dir);
	for (size_t i = 0; i < digest.len; i++)
		(void)fprintf(conf, "%02x", digest.bytes[i]);
	(void)fprintf(conf, "\n");
	must(fclose(conf) == 0, "a file");
}

static int reach(const struct bench *bench)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%.90s/socket",
	               bench->dir);
	if (link >= 0 &&
	    connect(link, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return link;
	(void)close(link);
	return -1;
}

void gateway_begin(struct bench *bench, const char *program, size_t workers)
{
	char conf[BENCH_PATH];
	char told[BENCH_PATH];
	char option[] = "--config";
	char *words[] = { NULL, option, conf, NULL };
	posix_spawn_file_actions_t actions;
	int link = -1;

	words[0] = strdup(program);
	path_of(bench, "gateway.conf", conf);
	path_of(bench, "stderr", told);
	write_settings(bench, conf, workers);
	must(words[0] != NULL && posix_spawn_file_actions_init(&actions) == 0 &&
	             posix_spawn_file_actions_addopen(
	                     &actions, STDERR_FILENO, told,
	                     O_WRONLY | O_CREAT | O_TRUNC, 0600) == 0 &&
	             posix_spawn(&bench->gateway, program, &actions, NULL,
	                         words, environ) == 0,
	     "the gateway");
	(void)posix_spawn_file_actions_destroy(&actions);
	free(words[0]);
	for (int waited = 0; link < 0 && waited < WAIT_MS; waited += STEP_MS) {
		clock_sleep_ms(STEP_MS);
		link = reach(bench);
	}
	must(link >= 0, "the gateway does not come up: see DIR/stderr");
	(void)close(link);
}

void gateway_end(struct bench *bench)
{
	int status = 0;

	must(kill(bench->gateway, SIGTERM) == 0 &&
	             waitpid(bench->gateway, &status, 0) == bench->gateway &&
	             status == 0,
	     "the gateway did not end well");
	bench->gateway = 0;
}

double bench_cpu_s(const struct bench *bench)
{
	struct rusage own;
	struct timespec other = { .tv_sec = 0 };
	clockid_t clock = CLOCK_MONOTONIC;

	must(getrusage(RUSAGE_SELF, &own) == 0, "getrusage");
	if (bench->gateway != 0)
		must(clock_getcpuclockid(bench->gateway, &clock) == 0 &&
		             clock_gettime(clock, &other) == 0,
		     "the gateway's clock");
	return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
	       (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6 +
	       (double)other.tv_sec + (double)other.tv_nsec / 1e9;
}

/** struct link - a connection that is kept. */
struct link {
	int file;
	char answer[ANSWER_MAX];
};

static void *open_link(struct bench *bench)
{
	struct link *link = calloc(1, sizeof(*link));

	must(link != NULL, "memory");
	link->file = reach(bench);
	must(link->file >= 0, "a connection");
	return link;
}

static void close_link(void *own)
{
	struct link *link = own;

	(void)close(link->file);
	free(link);
}

static bool send_all(const struct link *link, char *body)
{
	char head[256];
	int len = snprintf(head, sizeof(head),
	                   "POST /v1/checks HTTP/1.1\r\nHost: localhost\r\n"
	                   "Authorization: Bearer " BEARER "\r\n"
	                   "Content-Type: application/json\r\n"
	                   "Content-Length: %zu\r\n\r\n",
	                   strlen(body));
	struct iovec parts[] = { { head, (size_t)len },
		                 { body, strlen(body) } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	return sendmsg(link->file, &message, MSG_NOSIGNAL) ==
	       (ssize_t)(parts[0].iov_len + parts[1].iov_len);
}

/* All of it: the head says how long the rest is. */
static bool receive(struct link *link)
{
	size_t got = 0;
	size_t all = ANSWER_MAX - 1;

	while (got < all) {
		ssize_t more = recv(link->file, link->answer + got,
		                    ANSWER_MAX - 1 - got, 0);
		const char *end = NULL;
		const char *length = NULL;

		if (more <= 0)
			return false;
		got += (size_t)more;
		link->answer[got] = '\0';
		end = strstr(link->answer, "\r\n\r\n");
		length = strcasestr(link->answer, "\r\ncontent-length:");
		if (end != NULL && length != NULL)
			all = (size_t)(end - link->answer) + 4 +
			      strtoul(length + 17, NULL, 10);
	}
	return true;
}

static bool ask(struct bench *bench, void *own, char *body)
{
	struct link *link = own;

	(void)bench;
	return send_all(link, body) && receive(link) &&
	       strncmp(link->answer, "HTTP/1.1 200", 12) == 0 &&
	       strstr(link->answer, "\"registry\":\"match\"") != NULL;
}

const struct way way_door = {
	.name = "checks over the gateway's Unix socket",
	.open = open_link,
	.once = ask,
	.close = close_link,
	.needs_body = true,
};
