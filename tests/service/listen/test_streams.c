/* SPDX-License-Identifier: Apache-2.0 */
/* Event streams through the real doors, and the end of the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "tests/service/listen/request.h"

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
	request_check_field(reply, "Content-Type", "text/event-stream");
	request_check_field(reply, "Content-Length", "");
	request_check_field(reply, "Connection", "close");
	request_check_field(reply, "Cache-Control", "no-store");
	request_check_field(reply, "Access-Control-Allow-Origin",
	                    DAEMON_ORIGIN);
	assert_string_equal(client_body(reply), body);
	/* The end of the service is the end of the stream, not a reset. */
	listen_stop(daemon.listen);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void stream_drops_slow_readers_only(void **state)
{
	struct listen_limits limits = request_patient();
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
	assert_int_equal(client_ask(quick, REQUEST_LOCAL("/v1/health"), bytes,
	                            sizeof(bytes)),
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
	struct listen_limits limits = request_patient();
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
		cmocka_unit_test(stream_sends_lines_of_events),
		cmocka_unit_test(stream_drops_slow_readers_only),
		cmocka_unit_test(stream_ends_when_its_reader_speaks),
		cmocka_unit_test(loop_stops_with_requests_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
