/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/service/listen/daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"

enum { FLOOD_EVENT = 2048 };

static bool origin_allowed(void *context, const char *origin)
{
	(void)context;
	return strcmp(origin, DAEMON_ORIGIN) == 0 ||
	       strcmp(origin, "https://his.example") == 0;
}

static bool peer_allowed(void *context, const struct listen_peer *peer)
{
	const struct daemon *daemon = context;

	return !daemon->peers_refused && peer->uid == getuid() &&
	       peer->gid == getgid() && peer->pid == getpid();
}

static void reply_json(struct listen_conn *conn, int status, struct span body)
{
	const struct listen_reply reply = { .status = status,
		                            .content_type = "application/json",
		                            .body = body };

	listen_reply(conn, &reply);
}

static const char *method_name(enum listen_method method)
{
	return method == LISTEN_GET    ? "GET"
	       : method == LISTEN_POST ? "POST"
	                               : "DELETE";
}

static void reply_whole(struct listen_conn *conn,
                        const struct listen_request *request)
{
	static const char *const names[] = { "accept",        "authorization",
		                             "content-type",  "idempotency-key",
		                             "last-event-id", "user-agent",
		                             "cookie" };
	char text[2048] = "";
	size_t len = 0;

	len += (size_t)snprintf(text, sizeof(text), "%s %s from <%s> door %d\n",
	                        method_name(request->method), request->path,
	                        request->origin, (int)request->peer.door);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		                        "%s=<%s>\n", names[i],
		                        listen_header(request, names[i]));
	reply_json(conn, 200, span_of(text, len));
}

static void reply_missing(struct listen_conn *conn)
{
	const struct listen_reply reply = { .status = 404 };

	listen_reply(conn, &reply);
}

static void hold(struct listen_conn **list, size_t *count,
                 struct listen_conn *conn)
{
	if (*count < DAEMON_HELD_MAX)
		list[(*count)++] = conn;
}

static void on_request(void *context, struct listen_conn *conn,
                       const struct listen_request *request)
{
	struct daemon *daemon = context;
	const char *path = request->path;

	atomic_fetch_add(&daemon->requests, 1);
	if (listen_user(conn) == NULL)
		atomic_fetch_add(&daemon->seen, 1);
	listen_set_user(conn, daemon);
	if (strcmp(path, "/v1/health") == 0) {
		reply_json(conn, 200, span_text("{\"status\":\"ok\"}"));
	} else if (strcmp(path, "/v1/echo") == 0) {
		reply_json(conn, 201, request->body);
	} else if (strcmp(path, "/v1/whole") == 0) {
		reply_whole(conn, request);
	} else if (strcmp(path, "/v1/big") == 0) {
		reply_json(conn, 200, span_of(daemon->big, DAEMON_BIG));
	} else if (strcmp(path, "/v1/later") == 0) {
		hold(daemon->held, &daemon->held_count, conn);
	} else if (strcmp(path, "/v1/twice") == 0) {
		reply_json(conn, 200, span_text("{}"));
		reply_json(conn, 200, span_text("{}"));
	} else if (strcmp(path, "/v1/events") == 0) {
		listen_stream_begin(conn);
		listen_stream_event(conn, "1", "hello",
		                    span_text("one\ntwo\r\nthree"));
		hold(daemon->streams, &daemon->stream_count, conn);
	} else {
		reply_missing(conn);
	}
}

static bool on_ws_wanted(void *context, struct listen_conn *conn,
                         const struct listen_request *request,
                         const char **ret_subprotocol)
{
	struct daemon *daemon = context;

	if (listen_user(conn) == NULL)
		atomic_fetch_add(&daemon->seen, 1);
	listen_set_user(conn, daemon);
	if (strcmp(request->path, "/v1/ws") != 0)
		return false;
	if (strstr(listen_header(request, "sec-websocket-protocol"),
	           "cccd.v1") == NULL) {
		reply_json(conn, 400, span_text("{}"));
		return false;
	}
	*ret_subprotocol = "cccd.v1";
	return true;
}

static void on_ws_message(void *context, struct listen_conn *conn,
                          struct span text)
{
	(void)context;
	if (span_equal(text, span_text("bye")))
		listen_ws_close(conn, 3000, "as you wish");
	else
		listen_ws_send(conn, text);
}

static void forget(struct listen_conn **list, size_t *count,
                   const struct listen_conn *conn)
{
	for (size_t i = 0; i < *count; i++) {
		if (list[i] != conn)
			continue;
		list[i] = list[--*count];
		return;
	}
}

static void on_closed(void *context, struct listen_conn *conn)
{
	struct daemon *daemon = context;

	forget(daemon->held, &daemon->held_count, conn);
	forget(daemon->streams, &daemon->stream_count, conn);
	atomic_fetch_add(&daemon->closed, 1);
}

static size_t on_problem(void *context, enum cccd_err err, char *at,
                         size_t room)
{
	(void)context;
	return (size_t)snprintf(at, room, "{\"code\":\"%s\"}",
	                        cccd_err_code(err));
}

static void on_wake(void *context)
{
	struct daemon *daemon = context;

	atomic_fetch_add(&daemon->wakes, 1);
	if (atomic_exchange(&daemon->answer, false))
		while (daemon->held_count > 0)
			reply_json(daemon->held[--daemon->held_count], 200,
			           span_text("{\"late\":true}"));
	if (atomic_load(&daemon->flood)) {
		char data[FLOOD_EVENT];

		memset(data, 'x', sizeof(data));
		for (size_t i = 0; i < daemon->stream_count; i++)
			listen_stream_event(daemon->streams[i], NULL, "flood",
			                    SPAN(data));
		if (daemon->stream_count > 0)
			listen_wake(daemon->listen);
	}
}

static void *run(void *context)
{
	struct daemon *daemon = context;

	listen_run(daemon->listen);
	return NULL;
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_in6 address = { 0 };
	socklen_t len = sizeof(address);

	assert_int_equal(
	        getsockname(fd, (struct sockaddr *)(void *)&address, &len), 0);
	return ntohs(address.sin6_port);
}

/* A machine may have no IPv6 at all. */
static void add_tcp6(struct daemon *daemon)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
		                        .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct cccd_error error = { 0 };

	if (fd < 0 || bind(fd, (struct sockaddr *)(void *)&address,
	                   sizeof(address)) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	daemon->port6 = bound_port(fd);
	assert_int_equal(
	        listen_add_fd(daemon->listen, fd, LISTEN_DOOR_TCP, &error),
	        CCCD_OK);
}

static void name_hosts(struct daemon *daemon)
{
	(void)snprintf(daemon->host[0], sizeof(daemon->host[0]), "127.0.0.1:%u",
	               daemon->port);
	(void)snprintf(daemon->host[1], sizeof(daemon->host[1]), "localhost:%u",
	               daemon->port);
	(void)snprintf(daemon->host[2], sizeof(daemon->host[2]), "[::1]:%u",
	               daemon->port6);
	for (size_t i = 0; i < 3; i++)
		daemon->hosts[i] = daemon->host[i];
}

void daemon_start(struct daemon *daemon, const struct listen_limits *limits)
{
	const struct listen_handlers handlers = {
		.context = daemon,
		.origin_allowed = origin_allowed,
		.peer_allowed = peer_allowed,
		.request = on_request,
		.ws_wanted = on_ws_wanted,
		.ws_message = on_ws_message,
		.closed = on_closed,
		.problem = on_problem,
		.wake = on_wake,
	};
	struct listen_rules rules = { .hosts = daemon->hosts };
	struct cccd_error error = { 0 };

	memset(daemon, 0, sizeof(*daemon));
	daemon->big = calloc(1, DAEMON_BIG);
	assert_non_null(daemon->big);
	memset(daemon->big, ' ', DAEMON_BIG);
	assert_int_equal(listen_new(&handlers, &rules, limits, &daemon->listen),
	                 CCCD_OK);
	(void)snprintf(daemon->dir, sizeof(daemon->dir), "/tmp/cccd-XXXXXX");
	assert_non_null(mkdtemp(daemon->dir));
	(void)snprintf(daemon->path, sizeof(daemon->path), "%s/api.sock",
	               daemon->dir);
	assert_int_equal(listen_add_tcp(daemon->listen, "127.0.0.1", 0, &error),
	                 CCCD_OK);
	assert_int_equal(listen_add_unix(daemon->listen, daemon->path, 0600,
	                                 (gid_t)-1, LISTEN_DOOR_UNIX, &error),
	                 CCCD_OK);
	daemon->port = listen_port(daemon->listen);
	add_tcp6(daemon);
	name_hosts(daemon);
	assert_int_equal(pthread_create(&daemon->thread, NULL, run, daemon), 0);
}

void daemon_stop(struct daemon *daemon)
{
	listen_stop(daemon->listen);
	assert_int_equal(pthread_join(daemon->thread, NULL), 0);
	assert_int_equal(listen_count(daemon->listen), 0);
	assert_int_equal(atomic_load(&daemon->seen),
	                 atomic_load(&daemon->closed));
	listen_free(daemon->listen);
	free(daemon->big);
	/* Ours, so gone. */
	assert_int_not_equal(access(daemon->path, F_OK), 0);
	assert_int_equal(rmdir(daemon->dir), 0);
}

void daemon_answer(struct daemon *daemon)
{
	atomic_store(&daemon->answer, true);
	listen_wake(daemon->listen);
}

void daemon_flood(struct daemon *daemon)
{
	atomic_store(&daemon->flood, true);
	listen_wake(daemon->listen);
}

void daemon_wait(atomic_uint *counter, unsigned int value)
{
	uint64_t end = clock_steady_ms() + DAEMON_WAIT_MS;

	while (atomic_load(counter) < value) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(1);
	}
}

static int connect_to(const struct sockaddr *address, socklen_t len)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, address, len), 0);
	return fd;
}

int client_tcp(const struct daemon *daemon)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(daemon->port),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
	};

	return connect_to((struct sockaddr *)(void *)&address, sizeof(address));
}

int client_tcp6(const struct daemon *daemon)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
		                        .sin6_port = htons(daemon->port6),
		                        .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	return connect_to((struct sockaddr *)(void *)&address, sizeof(address));
}

int client_unix(const struct daemon *daemon)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, daemon->path, strlen(daemon->path));
	return connect_to((struct sockaddr *)(void *)&address, sizeof(address));
}

bool client_send(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool client_say(int fd, const char *text)
{
	return client_send(fd, text, strlen(text));
}

/* Bytes, 0 at the end; a reset is an end. */
static size_t receive(int fd, char *at, size_t cap)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	ssize_t len = 0;

	assert_int_equal(poll(&poll_fd, 1, DAEMON_WAIT_MS), 1);
	len = recv(fd, at, cap, 0);
	return len < 0 ? 0 : (size_t)len;
}

size_t client_drain(int fd, char *at, size_t cap)
{
	size_t len = 0;

	while (len < cap) {
		size_t more = receive(fd, at + len, cap - len);

		if (more == 0)
			break;
		len += more;
	}
	return len;
}

static bool is_whole(const char *reply, size_t len)
{
	const char *body = strstr(reply, "\r\n\r\n");
	char number[32] = "";

	if (body == NULL)
		return false;
	client_field(reply, "Content-Length", number, sizeof(number));
	return len - (size_t)(body + 4 - reply) >=
	       (size_t)strtoul(number, NULL, 10);
}

int client_reply(int fd, char *at, size_t cap)
{
	size_t len = 0;

	at[0] = '\0';
	while (!is_whole(at, len)) {
		size_t more = 0;

		assert_true(len + 1 < cap);
		more = receive(fd, at + len, cap - 1 - len);
		if (more == 0)
			return 0;
		len += more;
		at[len] = '\0';
	}
	assert_memory_equal(at, "HTTP/1.1 ", 9);
	return (int)strtol(at + 9, NULL, 10);
}

int client_ask(int fd, const char *text, char *at, size_t cap)
{
	int status = 0;

	(void)client_say(fd, text);
	status = client_reply(fd, at, cap);
	(void)close(fd);
	return status;
}

bool client_is_ended(int fd)
{
	char byte = 0;

	return receive(fd, &byte, 1) == 0;
}

const char *client_field(const char *reply, const char *name, char *at,
                         size_t cap)
{
	const char *end = strstr(reply, "\r\n\r\n");
	size_t len = strlen(name);

	at[0] = '\0';
	for (const char *line = strstr(reply, "\r\n");
	     line != NULL && line < end; line = strstr(line + 2, "\r\n")) {
		if (strncasecmp(line + 2, name, len) != 0 ||
		    line[2 + len] != ':')
			continue;
		(void)snprintf(at, cap, "%.*s",
		               (int)strcspn(line + 4 + len, "\r"),
		               line + 4 + len);
	}
	return at;
}

const char *client_body(const char *reply)
{
	const char *body = strstr(reply, "\r\n\r\n");

	assert_non_null(body);
	return body + 4;
}
