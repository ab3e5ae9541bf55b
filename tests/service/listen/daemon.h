/* SPDX-License-Identifier: Apache-2.0 */
/* A small service behind the real doors, on a thread, and its clients. */
#ifndef TESTS_SERVICE_LISTEN_DAEMON_H
#define TESTS_SERVICE_LISTEN_DAEMON_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/listen/listen.h"

enum {
	DAEMON_WAIT_MS = 60000, /* for what must come at last */
	DAEMON_HELD_MAX = 64,
	DAEMON_BIG = 4 << 20,
};

#define DAEMON_ORIGIN "http://127.0.0.1:8080"

/**
 * struct daemon - what it serves:
 *
 * GET /v1/health: 200 {"status":"ok"}. POST /v1/echo: 201, the body comes
 * back. GET /v1/whole: 200, what the handler saw of the request. GET
 * /v1/later: answered after daemon_answer(). GET /v1/big: DAEMON_BIG bytes.
 * GET /v1/events: a stream, with one event at once. GET /v1/ws: WebSocket
 * "cccd.v1" that answers every message with itself; "bye" closes with 3000.
 *
 * @seen, @closed: connections that a handler was shown, and that are gone
 */
struct daemon {
	struct listen *listen;
	pthread_t thread;
	char dir[64];
	char path[96];
	char host[3][32];
	const char *hosts[4];
	uint16_t port;
	uint16_t port6; /* 0: no IPv6 here */
	atomic_bool peers_refused;
	atomic_uint requests;
	atomic_uint seen;
	atomic_uint closed;
	atomic_uint wakes;
	atomic_bool answer;
	atomic_bool flood;
	char *big;
	struct listen_conn *held[DAEMON_HELD_MAX];
	size_t held_count;
	struct listen_conn *streams[DAEMON_HELD_MAX];
	size_t stream_count;
};

/* With the doors and @limits (may be NULL), running. */
void daemon_start(struct daemon *daemon, const struct listen_limits *limits);

/* Stopped and freed; every connection that was seen was closed. */
void daemon_stop(struct daemon *daemon);

/* Answers what /v1/later holds. */
void daemon_answer(struct daemon *daemon);

/* Sends events on every stream until its reader is dropped. */
void daemon_flood(struct daemon *daemon);

/* Waits until the counter is there. */
void daemon_wait(atomic_uint *counter, unsigned int value);

/* A connected socket. */
int client_tcp(const struct daemon *daemon);
int client_tcp6(const struct daemon *daemon);
int client_unix(const struct daemon *daemon);

/* Sends all; false when the other side is gone. */
bool client_send(int fd, const void *bytes, size_t len);
bool client_say(int fd, const char *text);

/* Up to the end of the connection or @cap; fails after DAEMON_WAIT_MS. */
size_t client_drain(int fd, char *at, size_t cap);

/**
 * client_reply() - one reply with its body, by Content-Length; ended by NUL.
 *
 * Return: its status; 0 when the connection ended before the end of it.
 */
int client_reply(int fd, char *at, size_t cap);

/* Says, reads one reply, closes; the status. */
int client_ask(int fd, const char *text, char *at, size_t cap);

/* Whether the connection has been ended by the other side; waits for it. */
bool client_is_ended(int fd);

/* Value of a field in a reply; "" when absent. */
const char *client_field(const char *reply, const char *name, char *at,
                         size_t cap);

/* The body of a reply. */
const char *client_body(const char *reply);

#endif
