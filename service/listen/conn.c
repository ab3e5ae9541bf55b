/* SPDX-License-Identifier: Apache-2.0 */
/* A connection: opened, read, written, timed and closed. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "service/listen/internal.h"

/* Bytes that the kernel did not take at once. */
struct pending {
	uv_write_t request;
	struct listen_conn *conn;
	struct buf bytes;
	size_t len;
};

/* The kernel's share of what a slow reader may leave unread. */
enum { SEND_BUFFER = 65536 };

static void on_shutdown(uv_shutdown_t *request, int status);

static void gone(struct listen_conn *conn)
{
	struct listen *listen = conn->listen;

	if (conn->previous != NULL)
		conn->previous->next = conn->next;
	else
		listen->conns = conn->next;
	if (conn->next != NULL)
		conn->next->previous = conn->previous;
	if (conn->seen)
		listen->handlers.closed(listen->handlers.context, conn);
	http_reader_release(&conn->reader);
	ws_free(conn->ws);
	free(conn);
	if (listen->stopping && listen->conns == NULL)
		uv_stop(&listen->loop);
}

static void on_closed(uv_handle_t *handle)
{
	struct listen_conn *conn = handle->data;

	if (--conn->handles == 0)
		gone(conn);
}

void conn_drop(struct listen_conn *conn)
{
	if (conn->state == CONN_CLOSING)
		return;
	conn->state = CONN_CLOSING;
	uv_close(&conn->io.handle, on_closed);
	uv_close((uv_handle_t *)&conn->timer, on_closed);
}

/* Time. */

static void on_time(uv_timer_t *timer);

static void arm(struct listen_conn *conn)
{
	uint64_t now = uv_now(&conn->listen->loop);
	uint64_t at = conn->deadline;

	if (conn->state == CONN_CLOSING)
		return;
	if (conn->send_deadline != 0 && (at == 0 || conn->send_deadline < at))
		at = conn->send_deadline;
	if (at == 0)
		(void)uv_timer_stop(&conn->timer);
	else
		(void)uv_timer_start(&conn->timer, on_time,
		                     at > now ? at - now : 0, 0);
}

void conn_set_deadline(struct listen_conn *conn, unsigned int ms)
{
	conn->deadline = ms == 0 ? 0 : uv_now(&conn->listen->loop) + ms;
	arm(conn);
}

static void expired(struct listen_conn *conn)
{
	switch (conn->state) {
	case CONN_REQUEST: http_expired(conn); break;
	case CONN_WS: ws_expired(conn); break;
	case CONN_ENDING: conn_drop(conn); break;
	case CONN_PENDING:
	case CONN_SENDING:
	case CONN_STREAM:
	case CONN_CLOSING: break;
	}
}

static void on_time(uv_timer_t *timer)
{
	struct listen_conn *conn = timer->data;
	uint64_t now = uv_now(&conn->listen->loop);

	if (conn->send_deadline != 0 && now >= conn->send_deadline) {
		conn_drop(conn);
		return;
	}
	if (conn->deadline != 0 && now >= conn->deadline) {
		conn->deadline = 0;
		expired(conn);
	}
	arm(conn);
}

/* Out. */

/* Everything is with the kernel. */
static void drained(struct listen_conn *conn)
{
	conn->send_deadline = 0;
	arm(conn);
	if (conn->state == CONN_SENDING)
		http_answered(conn);
	else if (conn->state == CONN_ENDING)
		conn_end(conn);
}

static void on_written(uv_write_t *request, int status)
{
	struct pending *pending = request->data;
	struct listen_conn *conn = pending->conn;

	conn->queued -= pending->len;
	buf_release(&pending->bytes);
	free(pending);
	if (status < 0)
		conn_drop(conn);
	else if (conn->state != CONN_CLOSING && conn->queued == 0)
		drained(conn);
}

/* @done: how much of it is with the kernel already. */
static enum cccd_err enqueue(struct listen_conn *conn, struct buf *bytes,
                             size_t done)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	uv_buf_t rest = { 0 };

	if (pending == NULL)
		return CCCD_ERR_MEMORY;
	rest = uv_buf_init((char *)bytes->at + done,
	                   (unsigned int)(bytes->len - done));
	pending->request.data = pending;
	pending->conn = conn;
	pending->len = bytes->len - done;
	if (uv_write(&pending->request, &conn->io.stream, &rest, 1,
	             on_written) != 0) {
		free(pending);
		return CCCD_ERR_INTERNAL;
	}
	pending->bytes = *bytes;
	*bytes = (struct buf){ 0 };
	if (conn->queued == 0)
		conn->send_deadline = uv_now(&conn->listen->loop) +
		                      conn->listen->limits.send_ms;
	conn->queued += pending->len;
	arm(conn);
	return CCCD_OK;
}

/* How much the kernel takes at once; below 0 when the connection is lost. */
static int try_write(struct listen_conn *conn, const struct buf *bytes)
{
	uv_buf_t all = uv_buf_init((char *)bytes->at, (unsigned int)bytes->len);
	int sent = uv_try_write(&conn->io.stream, &all, 1);

	return sent == UV_EAGAIN ? 0 : sent;
}

void conn_send(struct listen_conn *conn, struct buf *bytes)
{
	if (conn->state != CONN_CLOSING && bytes->len > 0) {
		int sent = try_write(conn, bytes);

		if (sent < 0 || ((size_t)sent < bytes->len &&
		                 enqueue(conn, bytes, (size_t)sent) != CCCD_OK))
			conn_drop(conn);
	}
	buf_release(bytes);
}

void conn_end(struct listen_conn *conn)
{
	if (conn->state == CONN_CLOSING)
		return;
	conn->state = CONN_ENDING;
	if (conn->queued > 0 || conn->ended) {
		if (conn->queued > 0)
			conn_set_deadline(conn, 0);
		return;
	}
	conn->ended = true;
	if (!conn_read_start(conn) ||
	    uv_shutdown(&conn->shutdown, &conn->io.stream, on_shutdown) != 0) {
		conn_drop(conn);
		return;
	}
	/*
	 * Closed with bytes unread, the kernel would take back what we have
	 * just said: wait for their end, but not for long.
	 */
	conn_set_deadline(conn, conn->listen->limits.close_ms);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
	struct listen_conn *conn = request->data;

	if (status < 0 || conn->eof)
		conn_drop(conn);
}

/* In. */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct listen_conn *conn = handle->data;

	(void)suggested;
	*ret = uv_buf_init(conn->listen->read, LISTEN_READ_MAX);
}

static void on_eof(struct listen_conn *conn)
{
	conn->eof = true;
	/* What is on its way may still be read by the other side. */
	if (conn->state == CONN_ENDING && conn->queued > 0)
		(void)uv_read_stop(&conn->io.stream);
	else
		conn_drop(conn);
}

static void discard(struct listen_conn *conn, size_t len)
{
	conn->discarded += len;
	if (conn->discarded > LISTEN_DISCARD_MAX)
		conn_drop(conn);
}

static void input(struct listen_conn *conn, struct span bytes)
{
	switch (conn->state) {
	case CONN_REQUEST: http_input(conn, bytes); break;
	case CONN_WS: ws_bytes(conn, bytes); break;
	case CONN_ENDING: discard(conn, bytes.len); break;
	/* Nobody speaks out of turn: no pipelining, streams go one way. */
	case CONN_PENDING:
	case CONN_SENDING:
	case CONN_STREAM: conn_drop(conn); break;
	case CONN_CLOSING: break;
	}
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *bytes)
{
	struct listen_conn *conn = stream->data;

	if (len == UV_EOF)
		on_eof(conn);
	else if (len < 0)
		conn_drop(conn);
	else if (len > 0)
		input(conn, span_of(bytes->base, (size_t)len));
	if (len > 0)
		wipe(bytes->base, (size_t)len);
}

bool conn_read_start(struct listen_conn *conn)
{
	int status = uv_read_start(&conn->io.stream, on_room, on_read);

	return status == 0 || status == UV_EALREADY;
}

/* Opening. */

static int open_stream(struct listen_conn *conn, int fd)
{
	uv_loop_t *loop = &conn->listen->loop;
	int size = SEND_BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (conn->peer.door == LISTEN_DOOR_TCP) {
		int status = 0;

		(void)uv_tcp_init(loop, &conn->io.tcp);
		status = uv_tcp_open(&conn->io.tcp, fd);
		(void)uv_tcp_nodelay(&conn->io.tcp, 1);
		return status;
	}
	(void)uv_pipe_init(loop, &conn->io.pipe, 0);
	return uv_pipe_open(&conn->io.pipe, fd);
}

static void link_conn(struct listen *listen, struct listen_conn *conn)
{
	conn->next = listen->conns;
	if (conn->next != NULL)
		conn->next->previous = conn;
	listen->conns = conn;
}

void conn_open(struct listen *listen, int fd, const struct listen_peer *peer,
               bool busy)
{
	struct listen_conn *conn = calloc(1, sizeof(*conn));
	int status = 0;

	if (conn == NULL) {
		(void)close(fd);
		return;
	}
	conn->listen = listen;
	conn->peer = *peer;
	conn->busy = busy;
	conn->state = CONN_REQUEST;
	conn->handles = 2;
	http_reader_init(&conn->reader, &listen->limits);
	link_conn(listen, conn);
	(void)uv_timer_init(&listen->loop, &conn->timer);
	status = open_stream(conn, fd);
	conn->timer.data = conn;
	conn->io.handle.data = conn;
	conn->shutdown.data = conn;
	if (status != 0) {
		(void)close(fd);
		conn_drop(conn);
	} else if (busy) {
		http_refuse(conn, 503, CCCD_OK);
	} else if (!conn_read_start(conn)) {
		conn_drop(conn);
	} else {
		conn_set_deadline(conn, listen->limits.head_ms);
	}
}

/* What handlers may do with any connection. */

void listen_set_user(struct listen_conn *conn, void *user)
{
	conn->user = user;
}

void *listen_user(const struct listen_conn *conn)
{
	return conn->user;
}

const struct listen_peer *listen_conn_peer(const struct listen_conn *conn)
{
	return &conn->peer;
}

const char *listen_conn_origin(const struct listen_conn *conn)
{
	return conn->origin;
}

void listen_close(struct listen_conn *conn)
{
	if (conn->state == CONN_WS)
		listen_ws_close(conn, WS_NORMAL, "");
	else if (conn->state != CONN_CLOSING && conn->state != CONN_SENDING &&
	         conn->state != CONN_ENDING)
		conn_end(conn);
	else
		conn->keep = false;
}
