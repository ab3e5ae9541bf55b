/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's and a connection's insides, for the files of this room. */
#ifndef SERVICE_LISTEN_INTERNAL_H
#define SERVICE_LISTEN_INTERNAL_H

#include <stdatomic.h>

#include <uv.h>

#include "service/listen/http_reader.h"
#include "service/listen/http_reply.h"
#include "service/listen/listen.h"
#include "service/listen/websocket.h"

enum {
	LISTEN_DOORS_MAX = 8,
	LISTEN_SIGNALS_MAX = 4,
	LISTEN_READ_MAX = 65536,
	LISTEN_PROBLEM_MAX = 8192,
	/* Connections beyond the limit that are told so. */
	LISTEN_BUSY_MAX = 16,
	/* What an ended connection may still send before it is cut off. */
	LISTEN_DISCARD_MAX = 1 << 20,
};

struct door {
	struct listen *listen;
	uv_poll_t poll;
	int fd;
	enum listen_door kind;
	char *path; /* of a file that we made; NULL: none */
};

struct listen_signal_watch {
	struct listen *listen;
	uv_signal_t handle;
};

struct listen {
	struct listen_handlers handlers;
	struct listen_rules rules;
	struct listen_limits limits;
	uv_loop_t loop;
	uv_async_t async;
	uv_timer_t pause; /* of the doors, when no file is left */
	uv_timer_t drain;
	atomic_bool stop_wanted;
	atomic_bool wake_wanted;
	bool stopping;
	struct door *doors[LISTEN_DOORS_MAX];
	size_t door_count;
	struct listen_signal_watch signals[LISTEN_SIGNALS_MAX];
	size_t signal_count;
	struct listen_conn *conns;
	/* One for all: a read is handed on before the next begins. */
	char read[LISTEN_READ_MAX];
	char problem[LISTEN_PROBLEM_MAX];
};

enum conn_state {
	CONN_REQUEST = 1, /* one is coming in, or none yet */
	CONN_PENDING,     /* a handler has it */
	CONN_SENDING,     /* the answer waits for its reader */
	CONN_STREAM,
	CONN_WS,
	CONN_ENDING, /* last bytes go out, what comes in is discarded */
	CONN_CLOSING,
};

/**
 * struct listen_conn - one connection.
 * @handles:       of libuv that are still to be closed
 * @seen:          a handler knows it
 * @busy:          beyond the limit, only there to be told so
 * @keep:          stays open after the answer
 * @served:        has had an answer
 * @admitted:      the request in hand counts for its origin
 * @said:          a WebSocket's first message is there
 * @pinged:        nothing has come since our ping
 * @ended, @eof:   our side, their side is shut
 * @deadline:      of the state, in the loop's ms; 0: none
 * @send_deadline: of what is queued; 0: none
 */
struct listen_conn {
	struct listen *listen;
	struct listen_conn *next;
	struct listen_conn *previous;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} io;
	uv_timer_t timer;
	uv_shutdown_t shutdown;
	unsigned int handles;
	enum conn_state state;
	struct listen_peer peer;
	char origin[LISTEN_ORIGIN_MAX];
	struct http_reader reader;
	struct ws *ws;
	void *user;
	bool seen;
	bool busy;
	bool keep;
	bool served;
	bool admitted;
	bool said;
	bool pinged;
	bool ended;
	bool eof;
	uint64_t since;
	uint64_t deadline;
	uint64_t send_deadline;
	size_t queued;
	size_t discarded;
};

/* limits.c */
struct listen_limits limits_complete(const struct listen_limits *limits);
/* Whether a connection finds room, if need be at the cost of an idle one. */
bool limits_make_room(struct listen *listen, enum listen_door door);
/* Whether there are not too many told that there is none. */
bool limits_may_tell(const struct listen *listen);
/* Whether its origin, or its user, has room for this one. */
bool limits_origin_ok(struct listen_conn *conn);

/* doors.c */
void doors_watch(struct listen *listen);
void doors_ignore(struct listen *listen);
void doors_close(struct listen *listen);

/* conn.c */
/* Owns @fd, on failure too. */
void conn_open(struct listen *listen, int fd, const struct listen_peer *peer,
               bool busy);
/* Now, with nothing more to say. */
void conn_drop(struct listen_conn *conn);
/* After what is queued: our side shuts, then theirs or the time. */
void conn_end(struct listen_conn *conn);
/* Takes the bytes; the connection may be dropped on return. */
void conn_send(struct listen_conn *conn, struct buf *bytes);
/* From now; 0: none. */
void conn_set_deadline(struct listen_conn *conn, unsigned int ms);
bool conn_read_start(struct listen_conn *conn);

/* conn_http.c */
void http_input(struct listen_conn *conn, struct span bytes);
void http_refuse(struct listen_conn *conn, int status, enum cccd_err err);
void http_expired(struct listen_conn *conn);
/* The answer is out. */
void http_answered(struct listen_conn *conn);

/* conn_ws.c */
void ws_upgrade(struct listen_conn *conn);
void ws_bytes(struct listen_conn *conn, struct span bytes);
void ws_expired(struct listen_conn *conn);

#endif
