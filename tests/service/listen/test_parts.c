/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the doors that need no client. */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "service/listen/event_stream.h"
#include "service/listen/http_reader.h"
#include "service/listen/http_reply.h"
#include "service/listen/ws_handshake.h"

static void head_scan_finds_the_end_in_any_pieces(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nA: b\r\n\r\nrest";
	const size_t end = sizeof(text) - 1 - 4;
	size_t found = 0;

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		size_t from = 0;

		for (size_t len = step; found == 0 && len < sizeof(text);
		     len += step)
			assert_int_equal(http_head_scan(span_of(text, len),
			                                &from, &found),
			                 CCCD_OK);
		assert_true(found == end || found == 0);
		found = 0;
	}
}

static void head_parse_counts_and_trims(void **state)
{
	static const char text[] = "POST /a HTTP/1.1\r\n"
	                           "HOST: \t x \t\r\n"
	                           "Content-Length: 17\r\n"
	                           "Accept:\r\n"
	                           "accept: b\r\n"
	                           "Other: c\r\n\r\n";
	struct http_head head = { 0 };

	(void)state;
	assert_int_equal(http_head_parse(span_text(text), &head), 0);
	assert_true(span_equal(head.method, span_text("POST")));
	assert_true(span_equal(head.target, span_text("/a")));
	assert_true(span_equal(head.value[HTTP_HOST], span_text("x")));
	assert_int_equal(head.count[HTTP_HOST], 1);
	assert_int_equal(head.count[HTTP_ACCEPT], 2);
	assert_int_equal(head.count[HTTP_ORIGIN], 0);
	assert_int_equal(head.content_length, 17);
}

static void path_rule_gives_one_spelling(void **state)
{
	static const char *const good[] = { "/a", "/v1/sessions/7f-8_9~",
		                            "/.well-known/jwks.json",
		                            "/v1/a..b", "/..." };
	static const char *const bad[] = {
		"",     "/",    "a",      "//",      "/a/",        "/a//b",
		"/.",   "/..",  "/a/./b", "/a/../b", "/%61",       "/a?b",
		"/a#b", "/a b", "/a\\b",  "*",       "http://a/b", "/\xC3\xA9"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(http_path_ok(span_text(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(http_path_ok(span_text(bad[i])));
}

static void tokens_are_found_whole(void **state)
{
	(void)state;
	assert_true(
	        http_has_token(span_text("keep-alive , Upgrade"), "upgrade"));
	assert_false(http_has_token(span_text("upgraded"), "upgrade"));
	assert_false(http_has_token(span_text(""), "upgrade"));
	assert_true(ws_offers(span_text("a, cccd.v1"), "cccd.v1"));
	assert_false(ws_offers(span_text("cccd.v11,CCCD.v1"), "cccd.v1"));
}

static void ws_accept_gives_the_published_example(void **state)
{
	char accept[WS_ACCEPT_MAX] = "";

	(void)state;
	/* [RFC 6455 1.3] */
	assert_int_equal(
	        ws_accept(span_text("dGhlIHNhbXBsZSBub25jZQ=="), accept),
	        CCCD_OK);
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void check_event(const char *id, const char *event, const char *data,
                        const char *expected)
{
	BUF bytes = buf_make(256);

	assert_int_equal(event_write(id, event, span_text(data), &bytes),
	                 CCCD_OK);
	assert_true(span_equal(buf_span(&bytes), span_text(expected)));
}

static void event_write_lets_no_line_escape(void **state)
{
	BUF bytes = buf_make(64);

	(void)state;
	check_event(NULL, NULL, "", "data: \n\n");
	check_event("4", NULL, "a", "id: 4\ndata: a\n\n");
	check_event("4", "x", "a\r\rb\r\nid: 5\n",
	            "id: 4\nevent: x\ndata: a\ndata: \ndata: b\n"
	            "data: id: 5\ndata: \n\n");
	assert_int_equal(event_write("4\n", NULL, span_text(""), &bytes),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(event_write(NULL, "a\rdata: b", span_text(""), &bytes),
	                 CCCD_ERR_USAGE_ARGUMENT);
	bytes.max = 8;
	assert_int_equal(event_write(NULL, NULL, span_text("0123"), &bytes),
	                 CCCD_ERR_DATA_TOO_LARGE);
}

static void check_reply_is_refused(const struct listen_reply *reply)
{
	const struct http_reply how = { .origin = "" };
	BUF bytes = buf_make(1024);

	assert_int_equal(http_reply_write(&how, reply, &bytes),
	                 CCCD_ERR_USAGE_ARGUMENT);
}

static void reply_write_lets_no_field_escape(void **state)
{
	static const struct listen_field fields[] = {
		{ "A\r\nSet-Cookie", "b" },
		{ "A", "b\r\nSet-Cookie: c" },
		{ "A b", "c" },
		{ "", "c" },
		{ "A", "b\nc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		check_reply_is_refused(
		        &(struct listen_reply){ .status = 200,
		                                .fields = &fields[i],
		                                .field_count = 1 });
	check_reply_is_refused(&(struct listen_reply){
	        .status = 201, .location = "/v1/a\r\nSet-Cookie: b" });
	check_reply_is_refused(&(struct listen_reply){ .status = 42 });
	check_reply_is_refused(&(struct listen_reply){
	        .status = 204, .body = span_text("not here") });
}

/* [RFC 9110 15.5.2] */
static void reply_write_says_how_to_be_known(void **state)
{
	const struct http_reply how = { .origin = "" };
	const struct listen_reply reply = { .status = 401 };
	BUF bytes = buf_make(1024);

	(void)state;
	assert_int_equal(http_reply_write(&how, &reply, &bytes), CCCD_OK);
	assert_int_equal(buf_append_byte(&bytes, '\0'), CCCD_OK);
	assert_non_null(strstr((const char *)bytes.at,
	                       "\r\nWWW-Authenticate: Bearer\r\n"));
}

/* Doors, without anybody who knocks. */

struct house {
	struct listen *listen;
	struct cccd_error error;
	char dir[64];
	char path[96];
	unsigned int woken;
	unsigned int expired;
	int signal;
	struct listen_timer *timer;
};

static bool nobody(void *context, const char *origin)
{
	(void)context;
	(void)origin;
	return false;
}

static bool no_peer(void *context, const struct listen_peer *peer)
{
	(void)context;
	(void)peer;
	return false;
}

static void on_wake(void *context)
{
	struct house *house = context;

	house->woken++;
	listen_timer_set(house->timer, 1);
}

static void on_timer(void *context)
{
	struct house *house = context;

	if (++house->expired == 3)
		(void)raise(SIGHUP);
	else
		listen_timer_set(house->timer, 1);
}

static void on_signal(void *context, int number)
{
	struct house *house = context;

	house->signal = number;
	listen_stop(house->listen);
}

static int open_house(void **state)
{
	struct house *house = calloc(1, sizeof(*house));
	const struct listen_handlers handlers = { .context = house,
		                                  .origin_allowed = nobody,
		                                  .peer_allowed = no_peer,
		                                  .wake = on_wake,
		                                  .signal = on_signal };
	const struct listen_rules rules = { 0 };

	assert_non_null(house);
	assert_int_equal(listen_new(&handlers, &rules, NULL, &house->listen),
	                 CCCD_OK);
	(void)snprintf(house->dir, sizeof(house->dir), "/tmp/cccd-XXXXXX");
	assert_non_null(mkdtemp(house->dir));
	(void)snprintf(house->path, sizeof(house->path), "%s/api.sock",
	               house->dir);
	*state = house;
	return 0;
}

static int close_house(void **state)
{
	struct house *house = *state;

	listen_free(house->listen);
	assert_int_equal(rmdir(house->dir), 0);
	free(house);
	return 0;
}

static void loop_wakes_times_and_signals(void **state)
{
	struct house *house = *state;

	assert_int_equal(
	        listen_timer_new(house->listen, on_timer, house, &house->timer),
	        CCCD_OK);
	assert_int_equal(listen_signal(house->listen, SIGHUP), CCCD_OK);
	listen_wake(house->listen);
	listen_wake(house->listen);
	listen_run(house->listen);
	assert_int_equal(house->woken, 1);
	assert_int_equal(house->expired, 3);
	assert_int_equal(house->signal, SIGHUP);
	listen_timer_free(house->timer);
}

static enum cccd_err add_file(struct house *house)
{
	error_reset(&house->error);
	return listen_add_unix(house->listen, house->path, 0660, getgid(),
	                       LISTEN_DOOR_UNIX, &house->error);
}

static int bound_file(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(
	        bind(fd, (struct sockaddr *)(void *)&address, sizeof(address)),
	        0);
	return fd;
}

static void door_replaces_dead_files_only(void **state)
{
	struct house *house = *state;
	struct stat file = { 0 };
	FILE *plain = NULL;
	int fd = bound_file(house->path);

	/* Somebody listens there. */
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(add_file(house), CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(house->error.native, EADDRINUSE);
	/* Nobody any more. */
	(void)close(fd);
	assert_int_equal(add_file(house), CCCD_OK);
	assert_int_equal(stat(house->path, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0660);
	/* Not a socket at all: never removed. */
	(void)unlink(house->path);
	plain = fopen(house->path, "we");
	assert_non_null(plain);
	(void)fclose(plain);
	assert_int_equal(add_file(house), CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(stat(house->path, &file), 0);
	assert_true(S_ISREG(file.st_mode));
}

static void door_stays_on_loopback(void **state)
{
	struct house *house = *state;
	static const char *const addresses[] = { "0.0.0.0", "::", "localhost",
		                                 "127.0.0.1:1", "" };

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		error_reset(&house->error);
		assert_int_equal(listen_add_tcp(house->listen, addresses[i], 0,
		                                &house->error),
		                 CCCD_ERR_POLICY_CONFIG);
	}
	assert_int_equal(listen_port(house->listen), 0);
	error_reset(&house->error);
	assert_int_equal(
	        listen_add_tcp(house->listen, "127.0.0.1", 0, &house->error),
	        CCCD_OK);
	assert_int_not_equal(listen_port(house->listen), 0);
	/* The port is taken now; it does not drift to another. */
	assert_int_equal(listen_add_tcp(house->listen, "127.0.0.1",
	                                listen_port(house->listen),
	                                &house->error),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(house->error.native, EADDRINUSE);
}

static void door_is_of_the_named_family(void **state)
{
	struct house *house = *state;
	int fd = bound_file(house->path);

	assert_int_equal(listen_add_fd(house->listen, fd, LISTEN_DOOR_TCP,
	                               &house->error),
	                 CCCD_ERR_POLICY_CONFIG);
	(void)unlink(house->path);
}

static int tcp_socket(void)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd,
	                      (const struct sockaddr *)(const void *)&address,
	                      sizeof(address)),
	                 0);
	return fd;
}

/* In a child, where descriptor 3 and the environment are ours. */
static int adopt_in_child(struct house *house, const int *fds, int count,
                          const char *pid)
{
	char number[16] = "";
	size_t adopted = 99;
	enum cccd_err err = CCCD_OK;

	for (int i = 0; i < count; i++)
		if (dup2(fds[i], 100 + i) < 0)
			return 99;
	for (int i = 0; i < count; i++)
		if (dup2(100 + i, 3 + i) < 0)
			return 99;
	(void)snprintf(number, sizeof(number), "%d", count);
	(void)setenv("LISTEN_FDS", number, 1);
	(void)snprintf(number, sizeof(number), "%d", (int)getpid());
	(void)setenv("LISTEN_PID", pid == NULL ? number : pid, 1);
	err = listen_adopt(house->listen, &house->error, &adopted);
	if (getenv("LISTEN_FDS") != NULL || getenv("LISTEN_PID") != NULL)
		return 98;
	return err == CCCD_OK ? (int)adopted : 50;
}

/*
 * The loop has descriptors of its own where the child puts the sockets, so
 * it makes another loop there, as a daemon that starts does.
 */
static int adopt(struct house *house, const int *fds, int count,
                 const char *pid)
{
	const struct listen_handlers handlers = { .context = house,
		                                  .origin_allowed = nobody,
		                                  .peer_allowed = no_peer };
	const struct listen_rules rules = { 0 };
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (listen_new(&handlers, &rules, NULL, &house->listen) !=
		    CCCD_OK)
			_exit(97);
		_exit(adopt_in_child(house, fds, count, pid));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void doors_are_adopted_by_name(void **state)
{
	struct house *house = *state;
	char agent[128] = "";
	char other[128] = "";
	int fds[4] = { -1, -1, -1, -1 };

	(void)snprintf(agent, sizeof(agent), "%s/agent.sock", house->dir);
	(void)snprintf(other, sizeof(other), "%s/other.sock", house->dir);
	fds[0] = tcp_socket();
	fds[1] = bound_file(house->path);
	fds[2] = bound_file(agent);
	fds[3] = bound_file(other);
	assert_int_equal(adopt(house, fds, 3, NULL), 3);
	/* Of another process, or of none. */
	assert_int_equal(adopt(house, fds, 3, "1"), 0);
	assert_int_equal(adopt(house, fds, 0, NULL), 0);
	/* A socket that nobody has planned. */
	assert_int_equal(adopt(house, fds, 4, NULL), 50);
	for (size_t i = 0; i < 4; i++)
		(void)close(fds[i]);
	(void)unlink(house->path);
	(void)unlink(agent);
	(void)unlink(other);
}

#define HOUSE_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_scan_finds_the_end_in_any_pieces),
		cmocka_unit_test(head_parse_counts_and_trims),
		cmocka_unit_test(path_rule_gives_one_spelling),
		cmocka_unit_test(tokens_are_found_whole),
		cmocka_unit_test(ws_accept_gives_the_published_example),
		cmocka_unit_test(event_write_lets_no_line_escape),
		cmocka_unit_test(reply_write_lets_no_field_escape),
		cmocka_unit_test(reply_write_says_how_to_be_known),
		HOUSE_TEST(loop_wakes_times_and_signals),
		HOUSE_TEST(door_replaces_dead_files_only),
		HOUSE_TEST(door_stays_on_loopback),
		HOUSE_TEST(door_is_of_the_named_family),
		HOUSE_TEST(doors_are_adopted_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
