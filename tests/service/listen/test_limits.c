/* SPDX-License-Identifier: Apache-2.0 */
/* Connections up to their limits, and what becomes of the rest. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/service/listen/request.h"
#include "tests/support/self.h"

enum {
	MANY = 10000,
	WARM_UP = 1000,
	PAGES_SLACK = 512,
};

/* Two requests that wait for their answer: of programs, or of a page. */
static void hold_two(struct daemon *daemon, bool local, int ret_held[static 2])
{
	for (unsigned int i = 0; i < 2; i++) {
		ret_held[i] = local ? client_unix(daemon) : client_tcp(daemon);
		assert_true(client_say(
		        ret_held[i],
		        local ? REQUEST_LOCAL("/v1/later")
		              : request(daemon, "GET /v1/later", "")));
		daemon_wait(&daemon->requests, i + 1);
	}
}

static void let_go(const int *held, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)close(held[i]);
}

/* Served, or refused, by this status. */
static void check_page(const struct daemon *daemon, int status)
{
	char reply[REPLY_MAX];

	assert_int_equal(client_ask(client_tcp(daemon),
	                            request(daemon, "GET /v1/health", ""),
	                            reply, sizeof(reply)),
	                 status);
}

static void check_program(const struct daemon *daemon, int status)
{
	char reply[REPLY_MAX];

	assert_int_equal(client_ask(client_unix(daemon),
	                            REQUEST_LOCAL("/v1/health"), reply,
	                            sizeof(reply)),
	                 status);
}

static void http_limits_connections_of_an_origin(void **state)
{
	struct listen_limits limits = request_patient();
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
	assert_int_equal(request_get(&daemon, held[2], "/v1/health", reply),
	                 429);
	assert_string_equal(client_body(reply), "{\"code\":\"rate_limited\"}");
	request_check_field(reply, "Retry-After", "1");
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
	check_program(&daemon, 200);
	/* One that only waits makes room. */
	daemon_answer(&daemon);
	assert_int_equal(client_reply(held[0], reply, sizeof(reply)), 200);
	assert_int_equal(client_reply(held[1], reply, sizeof(reply)), 200);
	held[2] = client_tcp(&daemon);
	assert_int_equal(request_get(&daemon, held[2], "/v1/health", reply),
	                 200);
	let_go(held, 3);
	daemon_stop(&daemon);
}

static void http_limits_connections_in_all(void **state)
{
	struct listen_limits limits = request_patient();
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
	request_check_field(reply, "Retry-After", "1");
	/* Beyond those that are told, the rest are just closed. */
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		assert_true(client_drain(busy[i], reply, sizeof(reply)) <
		            sizeof(reply));
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		(void)close(busy[i]);
	let_go(held, 4);
	daemon_stop(&daemon);
}

/* One door's callers have all the places they may have; the other opens. */
static void keep_places(bool from_unix,
                        void (*other)(const struct daemon *, int))
{
	struct listen_limits limits = request_patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int held[2] = { -1, -1 };
	int busy = -1;

	limits.connections = 4;
	limits.reserve = 2;
	daemon_start(&daemon, &limits);
	hold_two(&daemon, from_unix, held);
	busy = from_unix ? client_unix(&daemon) : client_tcp(&daemon);
	assert_int_equal(client_reply(busy, reply, sizeof(reply)), 503);
	(void)close(busy);
	other(&daemon, 200);
	let_go(held, 2);
	daemon_stop(&daemon);
}

static void http_keeps_places_for_the_socket_file(void **state)
{
	(void)state;
	keep_places(false, check_program);
}

/* Nor can a program on the socket file shut the pages out. */
static void http_keeps_places_for_pages(void **state)
{
	(void)state;
	keep_places(true, check_page);
}

/* As the manual has it: of one origin or user. */
static void http_limits_the_connections_of_a_user(void **state)
{
	struct listen_limits limits = request_patient();
	struct daemon daemon;
	int held[2] = { -1, -1 };

	(void)state;
	limits.per_origin = 2;
	daemon_start(&daemon, &limits);
	hold_two(&daemon, true, held);
	check_program(&daemon, 429);
	check_page(&daemon, 200);
	let_go(held, 2);
	daemon_stop(&daemon);
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
		assert_int_equal(request_get(daemon, fd, "/v1/health", reply),
		                 200);
	(void)close(fd);
}

static void http_stays_flat_under_ten_thousand_connections(void **state)
{
	struct listen_limits limits = request_patient();
	struct daemon daemon;
	size_t descriptors = 0;
	long pages = 0;

	(void)state;
	limits.connections = 512;
	limits.per_origin = 512;
	daemon_start(&daemon, &limits);
	for (int i = 0; i < WARM_UP; i++)
		open_and_drop(&daemon, i);
	daemon_wait(&daemon.closed, atomic_load(&daemon.seen));
	pages = self_resident_pages();
	for (int i = 0; i < MANY; i++)
		open_and_drop(&daemon, i);
	daemon_wait(&daemon.closed, atomic_load(&daemon.seen));
#ifndef CCCD_SANITIZED
	assert_true(self_resident_pages() < pages + PAGES_SLACK);
#else
	(void)pages;
#endif
	daemon_stop(&daemon);
	descriptors = self_descriptors();
	daemon_start(&daemon, &limits);
	for (int i = 0; i < WARM_UP; i++)
		open_and_drop(&daemon, i);
	daemon_stop(&daemon);
	assert_int_equal(self_descriptors(), descriptors);
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
	struct listen_limits limits = request_patient();
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
	assert_int_equal(request_get(&daemon, first, "/v1/health", reply), 200);
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
	assert_int_equal(request_get(&daemon, first, "/v1/health", reply), 200);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(request_get(&daemon, second, "/v1/health", reply),
	                 200);
	(void)close(first);
	(void)close(second);
	daemon_stop(&daemon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_limits_connections_of_an_origin),
		cmocka_unit_test(http_limits_connections_in_all),
		cmocka_unit_test(http_keeps_places_for_the_socket_file),
		cmocka_unit_test(http_keeps_places_for_pages),
		cmocka_unit_test(http_limits_the_connections_of_a_user),
		cmocka_unit_test(
		        http_stays_flat_under_ten_thousand_connections),
		cmocka_unit_test(http_rests_when_no_descriptor_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
