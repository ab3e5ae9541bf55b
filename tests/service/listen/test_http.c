/* SPDX-License-Identifier: Apache-2.0 */
/* Requests through the real doors: order and time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/service/listen/request.h"

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
		assert_int_equal(request_get(&daemon, fd, "/v1/health", reply),
		                 200);
		assert_string_equal(client_body(reply), "{\"status\":\"ok\"}");
		assert_string_equal(
		        client_field(reply, "Connection", value, sizeof(value)),
		        "");
	}
	assert_int_equal(request_get(&daemon, fd, "/v1/nothing", reply), 404);
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
	                            REQUEST_LOCAL("/v1/whole"), reply,
	                            sizeof(reply)),
	                 200);
	assert_non_null(strstr(reply, "GET /v1/whole from <> door 2\n"));
	daemon_stop(&daemon);
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
	request_check_field(reply, "Access-Control-Allow-Origin",
	                    DAEMON_ORIGIN);
	request_check_field(reply, "Access-Control-Allow-Methods",
	                    "GET, POST, DELETE");
	request_check_field(reply, "Access-Control-Allow-Headers",
	                    "authorization, content-type, idempotency-key, "
	                    "last-event-id");
	request_check_field(reply, "Access-Control-Max-Age", "600");
	request_check_field(reply, "Content-Length", "");
	/* The same connection goes on to the request proper. */
	assert_int_equal(request_get(&daemon, fd, "/v1/health", reply), 200);
	request_check_field(reply, "Access-Control-Allow-Origin",
	                    DAEMON_ORIGIN);
	request_check_field(reply, "Access-Control-Expose-Headers",
	                    "Deprecation, Location, Retry-After, Sunset");
	(void)close(fd);
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "GET /v1/health?a", ""),
	                            reply, sizeof(reply)),
	                 400);
	request_check_field(reply, "Access-Control-Allow-Origin",
	                    DAEMON_ORIGIN);
	request_check_field(reply, "Content-Type", "application/problem+json");
	assert_string_equal(client_body(reply),
	                    "{\"code\":\"malformed_request\"}");
	assert_int_equal(client_ask(client_tcp(&daemon),
	                            request(&daemon, "PUT /v1/health", ""),
	                            reply, sizeof(reply)),
	                 405);
	request_check_field(reply, "Allow", "GET, POST, DELETE, OPTIONS");
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
	assert_int_equal(request_get(&daemon, fd, "/v1/health", reply), 200);
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
	assert_int_equal(request_get(&daemon, fd, "/v1/twice", reply), 200);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

/* Time. */

static void http_gives_up_on_slow_heads(void **state)
{
	struct listen_limits limits = request_patient();
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
	struct listen_limits limits = request_patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	limits.head_ms = QUITE_SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_int_equal(request_get(&daemon, fd, "/v1/health", reply), 200);
	assert_true(client_say(fd, "G"));
	assert_int_equal(client_reply(fd, reply, sizeof(reply)), 408);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_gives_up_on_slow_bodies(void **state)
{
	struct listen_limits limits = request_patient();
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
	struct listen_limits limits = request_patient();
	struct daemon daemon;
	char reply[REPLY_MAX];
	int fd = -1;

	(void)state;
	limits.idle_ms = SOON_MS;
	daemon_start(&daemon, &limits);
	fd = client_tcp(&daemon);
	assert_int_equal(request_get(&daemon, fd, "/v1/health", reply), 200);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void http_drops_who_does_not_take_the_answer(void **state)
{
	struct listen_limits limits = request_patient();
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
