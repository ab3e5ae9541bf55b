/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and event streams through the real doors: time, order, limits. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/service/listen/daemon.h"

enum {
	REPLY_MAX = 1280,
	REQUEST_MAX = 1024,
	MANY = 10000,
	WARM_UP = 1000,
	PAGES_SLACK = 512,
	SOON_MS = 150,
	/* Time enough to do something before. */
	QUITE_SOON_MS = 4000,
	FAR_MS = 120000,
};

/* Limits that only what is tested can reach. */
static struct listen_limits patient(void)
{
	return (struct listen_limits){ .head_ms = FAR_MS,
		                       .body_ms = FAR_MS,
		                       .idle_ms = FAR_MS,
		                       .send_ms = FAR_MS,
		                       .close_ms = FAR_MS };
}

/* A request by TCP; @more: further fields, each with its CRLF. */
static const char *request(const struct daemon *daemon, const char *line,
                           const char *more)
{
	static char text[REQUEST_MAX];

	(void)snprintf(text, sizeof(text),
	               "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	               "Origin: " DAEMON_ORIGIN "\r\n%s\r\n",
	               line, daemon->port, more);
	return text;
}

static int get(const struct daemon *daemon, int fd, const char *path,
               char *reply)
{
	char line[128] = "";

	(void)snprintf(line, sizeof(line), "GET %s", path);
	assert_true(client_say(fd, request(daemon, line, "")));
	return client_reply(fd, reply, REPLY_MAX);
}

static void http_answers_many_on_one_connection(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];
	char value[32];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(get(&daemon, fd, "/v1/health", reply), 200);
		assert_string_equal(client_body(reply), "{\"status\":\"ok\"}");
		assert_string_equal(
		        client_field(reply, "Connection", value, sizeof(value)),
		        "");
	}
	assert_int_equal(get(&daemon, fd, "/v1/nothing", reply), 404);
	assert_true(client_say(fd, request(&daemon, "GET /v1/health",
	                                   "Connection: close\r\n")));
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 200);
	assert_string_equal(
	        client_field(reply, "Connection", value, sizeof(value)),
	        "close");
	assert_true(client_is_ended(fd));
	(void)close(fd);
	assert_int_equal(atomic_load(&daemon.seen), 1);
	daemon_stop(&daemon);
}

static void say_slowly(int fd, const char *text)
{
	for (; *text != '\0'; text++)
		assert_true(client_send(fd, text, 1));
}

static void http_answers_byte_by_byte(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	for (int round = 0; round < 3; round++) {
		say_slowly(fd, request(&daemon, "POST /v1/echo",
		                       "Content-Type: application/json\r\n"
		                       "Content-Length: 10\r\n"));
		say_slowly(fd, "{\"byte\":1}");
		assert_int_equal(client_reply(fd, reply, sizeof(reply)), 201);
		assert_string_equal(client_body(reply), "{\"byte\":1}");
	}
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_shows_handlers_the_kept_fields_only(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];

	(void)state;
	daemon_start(&daemon, NULL);
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "DELETE /v1/whole",
	                                    "accept: application/jwt\r\n"
	                                    "AUTHORIZATION:\tBearer t \r\n"
	                                    "Cookie: secret=1\r\n"
	                                    "User-Agent: test\r\n"
	                                    "Idempotency-Key: k\r\n"),
	                            reply, sizeof(reply)),
	                 200);
	assert_string_equal(client_body(reply),
	                    "DELETE /v1/whole from <" DAEMON_ORIGIN "> door 1\n"
	                    "accept=<application/jwt>\n"
	                    "authorization=<Bearer t>\n"
	                    "content-type=<>\n"
	                    "idempotency-key=<k>\n"
	                    "last-event-id=<>\n"
	                    "user-agent=<>\n"
	                    "cookie=<>\n");
	assert_int_equal(client_ask(client_unix(&daemon),
	                            "GET /v1/whole HTTP/1.1\r\n"
	                            "Host: localhost\r\n\r\n",
	                            reply, sizeof(reply)),
	                 200);
	assert_non_null(strstr(reply, "GET /v1/whole from <> door 2\n"));
	daemon_stop(&daemon);
}

static void check_field(const char *reply, const char *name, const char *value)
{
	char found[256] = "";

	assert_string_equal(client_field(reply, name, found, sizeof(found)),
	                    value);
}

static void http_lets_one_origin_read(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_true(client_say(
	        fd,
	        request(&daemon, "OPTIONS /v1/any",
	                "Access-Control-Request-Method: DELETE\r\n"
	                "Access-Control-Request-Headers: authorization\r\n"
	                "Access-Control-Request-Private-Network: true\r\n")));
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 204);
	check_field(reply, "Access-Control-Allow-Origin", DAEMON_ORIGIN);
	check_field(reply, "Access-Control-Allow-Methods", "GET, POST, DELETE");
	check_field(reply, "Access-Control-Allow-Headers",
	            "authorization, content-type, idempotency-key, "
	            "last-event-id");
	check_field(reply, "Access-Control-Max-Age", "600");
	check_field(reply, "Content-Length", "");
	/* The same connection goes on to the request proper. */
	assert_int_equal(get(&daemon, fd, "/v1/health", reply), 200);
	check_field(reply, "Access-Control-Allow-Origin", DAEMON_ORIGIN);
	check_field(reply, "Access-Control-Expose-Headers",
	            "Deprecation, Location, Retry-After, Sunset");
	(void)close(fd);
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "GET /v1/health?a", ""),
	                            reply, sizeof(reply)),
	                 400);
	check_field(reply, "Access-Control-Allow-Origin", DAEMON_ORIGIN);
	check_field(reply, "Content-Type", "application/problem+json");
	assert_string_equal(client_body(reply),
	                    "{\"code\":\"malformed_request\"}");
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "PUT /v1/health", ""),
	                            reply, sizeof(reply)),
	                 405);
	check_field(reply, "Allow", "GET, POST, DELETE, OPTIONS");
	daemon_stop(&daemon);
}

static void http_answers_later(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/later", "")));
	daemon_wait(&daemon.requests, 1);
	daemon_answer(&daemon);
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 200);
	assert_string_equal(client_body(reply), "{\"late\":true}");
	assert_int_equal(get(&daemon, fd, "/v1/health", reply), 200);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_drops_who_speaks_or_leaves_before_the_answer(void **state)
{
	struct daemon daemon;
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/later", "")));
	daemon_wait(&daemon.requests, 1);
	assert_true(client_say(fd, "G"));
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_wait(&daemon.closed, 1);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/later", "")));
	daemon_wait(&daemon.requests, 2);
	(void)close(fd);
	daemon_wait(&daemon.closed, 2);
	daemon_answer(&daemon);
	daemon_stop(&daemon);
}

static void http_drops_a_handler_that_answers_twice(void **state)
{
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_int_equal(get(&daemon, fd, "/v1/twice", reply), 200);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

/* Time. */

static void http_gives_up_on_slow_heads(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	char text[REQUEST_MAX];
	int fd = -1;

	(void)state;
	limits.head_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	(void)snprintf(text, sizeof(text), "%s",
	               request(&daemon, "GET /v1/health", ""));
	/* A byte now and then does not buy time: all but the last come. */
	for (size_t i = 0; i + 1 < strlen(text); i++) {
		if (!client_send(fd, text + i, 1))
			break;
		clock_sleep_ms(SOON_MS / 50);
	}
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 408);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	/* Who says nothing is told nothing. */
	fd = client_tcp(&daemon);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	assert_int_equal(atomic_load(&daemon.requests), 0);
	daemon_stop(&daemon);
}

static void http_gives_up_on_slow_second_heads(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	limits.head_ms = QUITE_SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_int_equal(get(&daemon, fd, "/v1/health", reply), 200);
	assert_true(client_say(fd, "G"));
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 408);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_gives_up_on_slow_bodies(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	limits.body_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "POST /v1/echo",
	                                   "Content-Type: application/json\r\n"
	                                   "Content-Length: 1000\r\n")));
	for (int i = 0; i < 999; i++) {
		if (!client_send(fd, " ", 1))
			break;
		clock_sleep_ms(SOON_MS / 50);
	}
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 408);
	(void)close(fd);
	assert_int_equal(atomic_load(&daemon.requests), 0);
	daemon_stop(&daemon);
}

static void http_ends_idle_connections(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	limits.idle_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_int_equal(get(&daemon, fd, "/v1/health", reply), 200);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_drops_who_does_not_take_the_answer(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	int fd = -1;

	(void)state;
	limits.send_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/big", "")));
	daemon_wait(&daemon.closed, 1);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_sends_large_answers_whole(void **state)
{
	struct daemon daemon;
	char *reply = calloc(1, DAEMON_BIG + REPLY_MAX);
	size_t len = 0;
	int fd = -1;

	(void)state;
	assert_non_null(reply);
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	for (int i = 0; i < 2; i++) {
		assert_true(client_say(
		        fd, request(&daemon, "GET /v1/big",
		                    i == 1 ? "Connection: close\r\n" : "")));
		if (i == 0)
			assert_int_equal(
			        client_reply(fd, reply, DAEMON_BIG + REPLY_MAX),
			        200);
	}
	len = client_drain(fd, reply, DAEMON_BIG + REPLY_MAX);
	reply[len < REPLY_MAX ? 0 : 1024] = '\0';
	assert_int_equal(len,
	                 DAEMON_BIG + (size_t)(client_body(reply) - reply));
	(void)close(fd);
	free(reply);
	daemon_stop(&daemon);
}

/* Limits. */

static void http_limits_connections_of_an_origin(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[3] = { -1, -1, -1 };

	(void)state;
	limits.per_origin = 2;
	daemon_start(&daemon, &limits);
	held[0] = client_tcp(&daemon);
	held[1] = client_tcp(&daemon);
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(client_say(held[i],
		                       request(&daemon, "GET /v1/later", "")));
		daemon_wait(&daemon.requests, i + 1);
	}
	held[2] = client_tcp(&daemon);
	assert_int_equal(get(&daemon, held[2], "/v1/health", reply), 429);
	assert_string_equal(client_body(reply), "{\"code\":\"rate_limited\"}");
	check_field(reply, "Retry-After", "1");
	assert_true(client_is_ended(held[2]));
	(void)close(held[2]);
	/* Other origins and the socket file are not touched by it. */
	(void)snprintf(reply, sizeof(reply),
	               "GET /v1/health HTTP/1.1\r\nHost: localhost:%u\r\n"
	               "Origin: https://his.example\r\n\r\n",
	               daemon.port);
	assert_int_equal(
	        client_ask(client_tcp(&daemon), reply, reply, sizeof(reply)),
	        200);
	assert_int_equal(client_ask(client_unix(&daemon),
	                            "GET /v1/health HTTP/1.1\r\n"
	                            "Host: localhost\r\n\r\n",
	                            reply, sizeof(reply)),
	                 200);
	/* One that only waits makes room. */
	daemon_answer(&daemon);
	assert_int_equal(client_reply(held[0], reply, sizeof(reply)), 200);
	assert_int_equal(client_reply(held[1], reply, sizeof(reply)), 200);
	held[2] = client_tcp(&daemon);
	assert_int_equal(get(&daemon, held[2], "/v1/health", reply), 200);
	for (size_t i = 0; i < 3; i++)
		(void)close(held[i]);
	daemon_stop(&daemon);
}

static void http_limits_connections_in_all(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[4] = { -1 };
	int busy[64] = { -1 };

	(void)state;
	limits.connections = 4;
	daemon_start(&daemon, &limits);
	for (size_t i = 0; i < 4; i++)
		held[i] = client_tcp(&daemon);
	for (size_t i = 0; i < 4; i++)
		assert_true(client_say(held[i], "GET"));
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		busy[i] = client_tcp(&daemon);
	assert_int_equal(client_reply(busy[0], reply, sizeof(reply)), 503);
	check_field(reply, "Retry-After", "1");
	/* Beyond those that are told, the rest are just closed. */
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		assert_true(client_drain(busy[i], reply, sizeof(reply)) <
		            sizeof(reply));
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		(void)close(busy[i]);
	for (size_t i = 0; i < 4; i++)
		(void)close(held[i]);
	daemon_stop(&daemon);
}

static void http_keeps_places_for_the_socket_file(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[2] = { -1, -1 };
	int busy = -1;

	(void)state;
	limits.connections = 4;
	limits.reserve = 2;
	daemon_start(&daemon, &limits);
	for (size_t i = 0; i < 2; i++) {
		held[i] = client_tcp(&daemon);
		assert_true(client_say(held[i],
		                       request(&daemon, "GET /v1/later", "")));
		daemon_wait(&daemon.requests, (unsigned int)i + 1);
	}
	busy = client_tcp(&daemon);
	assert_int_equal(client_reply(busy, reply, sizeof(reply)), 503);
	(void)close(busy);
	assert_int_equal(client_ask(client_unix(&daemon),
	                            "GET /v1/health HTTP/1.1\r\n"
	                            "Host: localhost\r\n\r\n",
	                            reply, sizeof(reply)),
	                 200);
	for (size_t i = 0; i < 2; i++)
		(void)close(held[i]);
	daemon_stop(&daemon);
}

/* Nor can a program on the socket file shut the pages out. */
static void http_keeps_places_for_pages(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[2] = { -1, -1 };
	int busy = -1;

	(void)state;
	limits.connections = 4;
	limits.reserve = 2;
	daemon_start(&daemon, &limits);
	for (size_t i = 0; i < 2; i++) {
		held[i] = client_unix(&daemon);
		assert_true(client_say(held[i], "GET /v1/later HTTP/1.1\r\n"
		                                "Host: localhost\r\n\r\n"));
		daemon_wait(&daemon.requests, (unsigned int)i + 1);
	}
	busy = client_unix(&daemon);
	assert_int_equal(client_reply(busy, reply, sizeof(reply)), 503);
	(void)close(busy);
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "GET /v1/health", ""),
	                            reply, sizeof(reply)),
	                 200);
	for (size_t i = 0; i < 2; i++)
		(void)close(held[i]);
	daemon_stop(&daemon);
}

/* As the manual has it: of one origin or user. */
static void http_limits_the_connections_of_a_user(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[2] = { -1, -1 };

	(void)state;
	limits.per_origin = 2;
	daemon_start(&daemon, &limits);
	for (size_t i = 0; i < 2; i++) {
		held[i] = client_unix(&daemon);
		assert_true(client_say(held[i], "GET /v1/later HTTP/1.1\r\n"
		                                "Host: localhost\r\n\r\n"));
		daemon_wait(&daemon.requests, (unsigned int)i + 1);
	}
	assert_int_equal(client_ask(client_unix(&daemon),
	                            "GET /v1/health HTTP/1.1\r\n"
	                            "Host: localhost\r\n\r\n",
	                            reply, sizeof(reply)),
	                 429);
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "GET /v1/health", ""),
	                            reply, sizeof(reply)),
	                 200);
	for (size_t i = 0; i < 2; i++)
		(void)close(held[i]);
	daemon_stop(&daemon);
}

static unsigned int open_descriptors(void)
{
	unsigned int count = 0;
	DIR *dir = opendir("/proc/self/fd");

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count;
}

static long resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";
	char *rest = line;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	(void)fclose(file);
	(void)strtol(line, &rest, 10);
	return strtol(rest, NULL, 10);
}

/* Opened and dropped in every way there is. */
static void open_and_drop(const struct daemon *daemon, int i)
{
	int fd = i % 2 == 0 ? client_unix(daemon) : client_tcp(daemon);
	char reply[REPLY_MAX];

	if (i % 5 == 1)
		(void)client_say(fd, "GET /v1/health");
	else if (i % 5 == 2)
		(void)client_say(fd, request(daemon, "GET /v1/later", ""));
	else if (i % 5 == 3)
		(void)client_say(fd, "\r\n");
	else if (i % 5 == 4 && i % 2 == 1)
		assert_int_equal(get(daemon, fd, "/v1/health", reply), 200);
	(void)close(fd);
}

static void http_stays_flat_under_ten_thousand_connections(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	unsigned int descriptors = 0;
	long pages = 0;

	(void)state;
	limits.connections = 512;
	limits.per_origin = 512;
	daemon_start(&daemon, &limits);
	for (int i = 0; i < WARM_UP; i++)
		open_and_drop(&daemon, i);
	daemon_wait(&daemon.closed, atomic_load(&daemon.seen));
	pages = resident_pages();
	for (int i = 0; i < MANY; i++)
		open_and_drop(&daemon, i);
	daemon_wait(&daemon.closed, atomic_load(&daemon.seen));
#ifndef CCCD_SANITIZED
	assert_true(resident_pages() < pages + PAGES_SLACK);
#else
	(void)pages;
#endif
	daemon_stop(&daemon);
	descriptors = open_descriptors();
	daemon_start(&daemon, &limits);
	for (int i = 0; i < WARM_UP; i++)
		open_and_drop(&daemon, i);
	daemon_stop(&daemon);
	assert_int_equal(open_descriptors(), descriptors);
}

static uint64_t cpu_ms(void)
{
	struct timespec now = { 0 };

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Without a descriptor left, a door is ready all the time. */
static void http_rests_when_no_descriptor_is_left(void **state)
{
	struct listen_limits limits = patient();
	struct rlimit before = { 0 };
	struct rlimit few = { 0 };
	struct daemon daemon;
	char reply[REPLY_MAX];
	uint64_t cpu = 0;
	int first = -1;
	int second = -1;
	int spare = -1;

	(void)state;
	daemon_start(&daemon, &limits);
	first = client_tcp(&daemon);
	assert_int_equal(get(&daemon, first, "/v1/health", reply), 200);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	/* Ours is the last that fits: the door finds none for its side. */
	spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(spare >= 0);
	few = before;
	few.rlim_cur = (rlim_t)spare + 1;
	(void)close(spare);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	second = client_tcp(&daemon);
	cpu = cpu_ms();
	clock_sleep_ms(1000);
	assert_true(cpu_ms() - cpu < 500);
	/* Who is in is served meanwhile; who waits, as soon as there is one. */
	assert_int_equal(get(&daemon, first, "/v1/health", reply), 200);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(get(&daemon, second, "/v1/health", reply), 200);
	(void)close(first);
	(void)close(second);
	daemon_stop(&daemon);
}

/* Event streams. */

static void stream_sends_lines_of_events(void **state)
{
	static const char body[] = "id: 1\nevent: hello\ndata: one\n"
	                           "data: two\ndata: three\n\n";
	struct daemon daemon;
	char reply[REPLY_MAX] = "";
	size_t len = 0;
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/events", "")));
	while (strstr(reply, "three\n\n") == NULL) {
		size_t more = client_drain(fd, reply + len, 1);

		assert_true(more > 0 && len + 1 < sizeof(reply));
		len += more;
		reply[len] = '\0';
	}
	check_field(reply, "Content-Type", "text/event-stream");
	check_field(reply, "Content-Length", "");
	check_field(reply, "Connection", "close");
	check_field(reply, "Cache-Control", "no-store");
	check_field(reply, "Access-Control-Allow-Origin", DAEMON_ORIGIN);
	assert_string_equal(client_body(reply), body);
	/* The end of the service is the end of the stream, not a reset. */
	listen_stop(daemon.listen);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void stream_drops_slow_readers_only(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	char bytes[REPLY_MAX];
	int slow = -1;
	int quick = -1;

	(void)state;
	daemon_start(&daemon, &limits);
	slow = client_tcp(&daemon);
	assert_true(client_say(slow, request(&daemon, "GET /v1/events", "")));
	daemon_wait(&daemon.requests, 1);
	daemon_flood(&daemon);
	daemon_wait(&daemon.closed, 1);
	quick = client_unix(&daemon);
	assert_int_equal(client_ask(quick,
	                            "GET /v1/health HTTP/1.1\r\n"
	                            "Host: localhost\r\n\r\n",
	                            bytes, sizeof(bytes)),
	                 200);
	(void)close(slow);
	daemon_stop(&daemon);
}

static void stream_ends_when_its_reader_speaks(void **state)
{
	struct daemon daemon;
	char bytes[REPLY_MAX];
	int fd = -1;

	(void)state;
	daemon_start(&daemon, NULL);
	fd = client_tcp(&daemon);
	assert_true(client_say(fd, request(&daemon, "GET /v1/events", "")));
	daemon_wait(&daemon.requests, 1);
	assert_true(client_say(fd, "GET /v1/health HTTP/1.1\r\n"));
	daemon_wait(&daemon.closed, 1);
	(void)client_drain(fd, bytes, sizeof(bytes));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void loop_stops_with_requests_in_hand(void **state)
{
	struct listen_limits limits = patient();
	struct daemon daemon;
	int fds[3] = { -1, -1, -1 };

	(void)state;
	limits.drain_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fds[0] = client_tcp(&daemon);
	assert_true(client_say(fds[0], request(&daemon, "GET /v1/later", "")));
	daemon_wait(&daemon.requests, 1);
	fds[1] = client_tcp(&daemon);
	assert_true(client_say(fds[1], "GET "));
	fds[2] = client_tcp(&daemon);
	daemon_stop(&daemon);
	for (size_t i = 0; i < 3; i++) {
		assert_true(client_is_ended(fds[i]));
		(void)close(fds[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_answers_many_on_one_connection),
		cmocka_unit_test(http_answers_byte_by_byte),
		cmocka_unit_test(http_shows_handlers_the_kept_fields_only),
		cmocka_unit_test(http_lets_one_origin_read),
		cmocka_unit_test(http_answers_later),
		cmocka_unit_test(
		        http_drops_who_speaks_or_leaves_before_the_answer),
		cmocka_unit_test(http_drops_a_handler_that_answers_twice),
		cmocka_unit_test(http_gives_up_on_slow_heads),
		cmocka_unit_test(http_gives_up_on_slow_second_heads),
		cmocka_unit_test(http_gives_up_on_slow_bodies),
		cmocka_unit_test(http_ends_idle_connections),
		cmocka_unit_test(http_drops_who_does_not_take_the_answer),
		cmocka_unit_test(http_sends_large_answers_whole),
		cmocka_unit_test(http_limits_connections_of_an_origin),
		cmocka_unit_test(http_limits_connections_in_all),
		cmocka_unit_test(http_keeps_places_for_the_socket_file),
		cmocka_unit_test(http_keeps_places_for_pages),
		cmocka_unit_test(http_limits_the_connections_of_a_user),
		cmocka_unit_test(
		        http_stays_flat_under_ten_thousand_connections),
		cmocka_unit_test(http_rests_when_no_descriptor_is_left),
		cmocka_unit_test(stream_sends_lines_of_events),
		cmocka_unit_test(stream_drops_slow_readers_only),
		cmocka_unit_test(stream_ends_when_its_reader_speaks),
		cmocka_unit_test(loop_stops_with_requests_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
