/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doors of a daemon: loop, HTTP/1.1, event streams and WebSocket.
 *
 * Framing only: it knows neither routes nor sessions. Host, Origin, header
 * names, lengths and methods are judged here, before a handler is called,
 * in one order and with the same bytes for every path. [service-api 0-2]
 *
 * Everything belongs to the thread that runs the loop; only listen_wake()
 * and listen_stop() may be called from elsewhere. No call of this room ever
 * calls a handler before it returns, except listen_run().
 */
#ifndef SERVICE_LISTEN_LISTEN_H
#define SERVICE_LISTEN_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cccd/error.h>

#include "base/error.h"
#include "base/span.h"

/* The loop with its doors. */
struct listen;
/* One connection: of requests, an event stream or a WebSocket. */
struct listen_conn;
struct listen_timer;

enum {
	LISTEN_ORIGIN_MAX = 256, /* with its NUL */
	LISTEN_PATH_MAX = 256,   /* with its NUL */
};

enum listen_door {
	LISTEN_DOOR_TCP = 1, /* browsers: known by Host and Origin */
	LISTEN_DOOR_UNIX,    /* desktop programs: known by their user */
	LISTEN_DOOR_AGENT,   /* the consent agent: known by its user */
};

enum listen_method {
	LISTEN_GET = 1,
	LISTEN_POST,
	LISTEN_DELETE,
};

/**
 * struct listen_peer - who is at the other end.
 * @uid, @gid, @pid: SO_PEERCRED of the Unix doors; -1 on TCP
 */
struct listen_peer {
	enum listen_door door;
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

/**
 * struct listen_request - one admitted request; borrowed for the call and
 * wiped after it.
 * @path:   "/" and segments of [A-Za-z0-9._~-], none empty, "." or ".."; no
 *          query and no escape ever gets here
 * @origin: the registered origin; "" on the Unix doors
 * @body:   of a POST, sent as application/json; empty otherwise
 * @fields: for listen_header() only
 */
struct listen_request {
	struct listen_peer peer;
	enum listen_method method;
	const char *path;
	const char *origin;
	struct span body;
	const struct listen_fields *fields;
};

/**
 * listen_header() - value of a header field; "" when it is absent.
 * @name: authorization, accept, idempotency-key, last-event-id,
 *        sec-websocket-protocol or content-type; no other one is kept. A
 *        request with two of one of them has been refused.
 */
const char *listen_header(const struct listen_request *request,
                          const char *name);

/**
 * struct listen_handlers - what the daemon does with what comes in.
 * @origin_allowed: exact string, asked first of all. TCP door
 * @peer_allowed:   asked in its place on the Unix doors
 * @request:        answer with listen_reply() or listen_stream_begin(), now
 *                  or later; until then the connection waits without limit
 * @ws_wanted:      an upgrade to WebSocket on this path. True: accepted,
 *                  with *@ret_subprotocol (a constant) one of those that
 *                  the client offered. False: answered with listen_reply(),
 *                  or not found (404) when it was not
 * @ws_message:     one whole text message, valid UTF-8; borrowed, wiped
 * @closed:         the connection is gone: the last call about it, once for
 *                  each one that @request or @ws_wanted has seen
 * @problem:        body (application/problem+json) of a refusal after
 *                  admission; returns its length, 0 for none. May be NULL
 * @wake:           after listen_wake(); several may come as one. May be NULL
 * @signal:         after a signal of listen_signal(). May be NULL
 */
struct listen_handlers {
	void *context;
	bool (*origin_allowed)(void *context, const char *origin);
	bool (*peer_allowed)(void *context, const struct listen_peer *peer);
	void (*request)(void *context, struct listen_conn *conn,
	                const struct listen_request *request);
	bool (*ws_wanted)(void *context, struct listen_conn *conn,
	                  const struct listen_request *request,
	                  const char **ret_subprotocol);
	void (*ws_message)(void *context, struct listen_conn *conn,
	                   struct span text);
	void (*closed)(void *context, struct listen_conn *conn);
	size_t (*problem)(void *context, enum cccd_err err, char *at,
	                  size_t room);
	void (*wake)(void *context);
	void (*signal)(void *context, int number);
};

/**
 * struct listen_rules - what is admitted; zeroed members are the strict ones.
 * @hosts:           every Host of the TCP doors, whole and exact, as
 *                   "127.0.0.1:24012"; borrowed, ended by NULL. None: every
 *                   request by TCP is refused
 * @origin_optional: for a service whose callers are programs (the gateway):
 *                   a request by TCP may come without Origin; one that is
 *                   there is still judged. Never set for cccdd (R2, R3)
 * @any_address:     doors by TCP may be bound beyond loopback. Never set
 *                   for cccdd
 */
struct listen_rules {
	const char *const *hosts;
	bool origin_optional;
	bool any_address;
};

/**
 * struct listen_limits - defaults in brackets; 0 means the default.
 * @head_bytes:    request line and header fields [8192]
 * @body_bytes:    [65536]
 * @ws_bytes:      one WebSocket message [65536]
 * @backlog_bytes: what one reader may leave unread before it is dropped
 *                 [262144]; a single reply may be larger
 * @connections:   all doors together [64]; the last @reserve of them are kept
 *                 for the Unix doors from TCP, and for TCP from them
 * @reserve:       [8]; nothing is kept where there are no more in all
 * @per_origin:    connections of one origin, or of one user on a Unix door [8]
 * @backlog:       queue of the kernel for each door we bind [64]
 * @head_ms:       from the first byte (or accept) to the end of a head [5000]
 * @body_ms:       from the head to the end of its body [5000]
 * @idle_ms:       between two requests of a connection [30000]
 * @hello_ms:      from the upgrade to the first WebSocket message [2000]
 * @ping_ms:       silence after which a WebSocket is pinged; as much again
 *                 without an answer ends it [15000]
 * @send_ms:       for a reader to take what waits for it [10000]
 * @close_ms:      for the other side to end what we have ended [1000]
 * @drain_ms:      for open connections after listen_stop() [1000]
 */
struct listen_limits {
	size_t head_bytes;
	size_t body_bytes;
	size_t ws_bytes;
	size_t backlog_bytes;
	unsigned int connections;
	unsigned int reserve;
	unsigned int per_origin;
	unsigned int backlog;
	unsigned int head_ms;
	unsigned int body_ms;
	unsigned int idle_ms;
	unsigned int hello_ms;
	unsigned int ping_ms;
	unsigned int send_ms;
	unsigned int close_ms;
	unsigned int drain_ms;
};

/**
 * listen_new() - a loop without doors.
 * @handlers, @rules, @limits: copied; the hosts and the context are
 *                             borrowed until listen_free(). @limits may be
 *                             NULL
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY; CCCD_ERR_INTERNAL when the system gives
 * no loop.
 */
CHECKED enum cccd_err listen_new(const struct listen_handlers *handlers,
                                 const struct listen_rules *rules,
                                 const struct listen_limits *limits,
                                 struct listen **ret);

/* Closes every door and connection; accepts NULL. Not from a handler. */
void listen_free(struct listen *listen);

/* Doors. A door that was added is closed with the loop, never before. */

/**
 * listen_add_fd() - a socket that is bound and perhaps listening already.
 * @fd:   owned from now on, even on failure
 * @door: LISTEN_DOOR_TCP for AF_INET and AF_INET6, else a Unix door
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG when the socket is of another
 * kind, or bound beyond loopback without the rule that allows it;
 * CCCD_ERR_MEMORY; CCCD_ERR_INTERNAL with errno.
 */
CHECKED enum cccd_err listen_add_fd(struct listen *listen, int fd,
                                    enum listen_door door,
                                    struct cccd_error *error);

/**
 * listen_add_tcp() - bind a numeric address.
 * @address: "127.0.0.1" or "::1", or others if the rules allow it
 * @port:    0 for one that is free
 *
 * Return: as listen_add_fd(); CCCD_ERR_POLICY_CONFIG with errno when it
 * cannot be bound.
 */
CHECKED enum cccd_err listen_add_tcp(struct listen *listen, const char *address,
                                     uint16_t port, struct cccd_error *error);

/**
 * listen_add_unix() - bind a socket file; a dead one is replaced, a live one
 * is an error. The file goes when the loop is freed.
 * @mode:  of the file, as 0660
 * @group: of the file; -1 to leave it
 */
CHECKED enum cccd_err listen_add_unix(struct listen *listen, const char *path,
                                      mode_t mode, gid_t group,
                                      enum listen_door door,
                                      struct cccd_error *error);

/**
 * listen_adopt() - take the sockets of systemd's socket activation.
 * @ret_count: how many; 0 when we were not activated
 *
 * Known by getsockname(): TCP by family, "agent.sock" and "api.sock" by the
 * end of their path. LISTEN_FDS and LISTEN_PID leave the environment: call
 * it before any thread exists.
 *
 * Return: as listen_add_fd(); CCCD_ERR_POLICY_CONFIG for a socket that is
 * none of these.
 */
CHECKED enum cccd_err listen_adopt(struct listen *listen,
                                   struct cccd_error *error, size_t *ret_count);

/* The port of the first door by TCP; 0 when there is none. */
uint16_t listen_port(const struct listen *listen);

/* The loop. */

/**
 * listen_run() - serve until listen_stop().
 *
 * Then: no new connections, event streams end, WebSockets are closed with
 * 1001, requests in hand get drain_ms. Every connection is closed on return.
 */
void listen_run(struct listen *listen);

/* Ends listen_run(); from any thread, handler or signal handler. */
void listen_stop(struct listen *listen);

/* Calls handlers.wake on the loop's thread; from any thread. */
void listen_wake(struct listen *listen);

/* Calls handlers.signal for this signal on the loop's thread. */
CHECKED enum cccd_err listen_signal(struct listen *listen, int number);

/* Open connections of all kinds. */
size_t listen_count(const struct listen *listen);

/**
 * listen_timer_new() - a timer that is not yet set.
 * @expired: called on the loop's thread; may set or free its timer
 *
 * The timer is freed by its owner, before the loop.
 */
CHECKED enum cccd_err listen_timer_new(struct listen *listen,
                                       void (*expired)(void *context),
                                       void *context,
                                       struct listen_timer **ret);

/* Once, in @ms from now; what was set before is forgotten. */
void listen_timer_set(struct listen_timer *timer, uint64_t ms);
void listen_timer_stop(struct listen_timer *timer);
void listen_timer_free(struct listen_timer *timer);

/*
 * Connections. A pointer is good from the first handler call that shows it
 * until handlers.closed. What cannot be sent (the other side is gone or too
 * slow, no memory, wrong moment) ends the connection, so nothing here
 * returns an error: closed comes later, never within these calls. Bytes to
 * send are copied, and wiped once sent.
 */

/* One pointer of the handlers' own; NULL at first. */
void listen_set_user(struct listen_conn *conn, void *user);
void *listen_user(const struct listen_conn *conn);

const struct listen_peer *listen_conn_peer(const struct listen_conn *conn);

/* Of the last request; "" on the Unix doors. */
const char *listen_conn_origin(const struct listen_conn *conn);

struct listen_field {
	const char *name;
	const char *value;
};

/**
 * struct listen_reply - the answer to a request.
 * @status:        200 … 599; 204 and 304 go without @body
 * @content_type:  NULL when there is no body
 * @location:      NULL for none
 * @retry_after_s: 0 for none
 * @fields:        further header fields; may be NULL
 * @body:          copied
 */
struct listen_reply {
	int status;
	const char *content_type;
	const char *location;
	unsigned int retry_after_s;
	const struct listen_field *fields;
	size_t field_count;
	struct span body;
};

/* Answer the request in hand; the always-sent fields are added. */
void listen_reply(struct listen_conn *conn, const struct listen_reply *reply);

/* Answer it with an event stream; it ends with listen_close(). */
void listen_stream_begin(struct listen_conn *conn);

/**
 * listen_stream_event() - one event of a stream.
 * @id, @event: NULL for none; a line break in them ends the stream
 * @data:       lines end with LF, CRLF or CR; the reader gets them with LF
 */
void listen_stream_event(struct listen_conn *conn, const char *id,
                         const char *event, struct span data);

/* One text message; @text is UTF-8. */
void listen_ws_send(struct listen_conn *conn, struct span text);

/**
 * listen_ws_close() - end a WebSocket.
 * @code:   1000, 1001, 1003, 1007 … 1011 or 3000 … 4999
 * @reason: UTF-8, at most 123 bytes; no personal data
 */
void listen_ws_close(struct listen_conn *conn, unsigned int code,
                     const char *reason);

/* End a connection of any kind; what was sent still goes out. */
void listen_close(struct listen_conn *conn);

#endif
