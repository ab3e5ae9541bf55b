/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that became a WebSocket. */
#include "service/listen/internal.h"
#include "service/listen/ws_handshake.h"

enum { FRAME_HEAD_MAX = 10 };

/* Room for pongs and a close frame beyond what may wait. */
static struct buf frames(const struct listen_conn *conn)
{
	size_t max = conn->listen->limits.backlog_bytes;

	return buf_make(conn->queued < max ? max - conn->queued : 0);
}

/* What waits is limited; while it is not at the limit, one message more may
 * be as large as it is: a result is handed out once. */
static struct buf frame_of(const struct listen_conn *conn, size_t len)
{
	struct buf out = frames(conn);

	if (out.max > 0 && out.max < len + FRAME_HEAD_MAX)
		out.max = len + FRAME_HEAD_MAX;
	return out;
}

static void on_message(void *context, struct span text)
{
	struct listen_conn *conn = context;
	const struct listen_handlers *handlers = &conn->listen->handlers;

	if (conn->state != CONN_WS)
		return;
	conn->said = true;
	handlers->ws_message(handlers->context, conn, text);
}

/* Silence: first the hello, later a ping's answer, at last the other's end. */
static void await(struct listen_conn *conn)
{
	const struct listen_limits *limits = &conn->listen->limits;

	if (conn->state != CONN_WS)
		return;
	if (ws_is_closing(conn->ws))
		conn_set_deadline(conn, limits->close_ms);
	else if (conn->said)
		conn_set_deadline(conn, limits->ping_ms);
}

static enum cccd_err accept_upgrade(struct listen_conn *conn,
                                    const char *subprotocol, struct buf *ret)
{
	char accept[WS_ACCEPT_MAX] = "";
	const struct listen_field fields[] = {
		{ "Sec-WebSocket-Accept", accept },
		{ "Sec-WebSocket-Protocol", subprotocol },
	};
	const struct listen_reply reply = { .status = 101,
		                            .fields = fields,
		                            .field_count = 2 };
	const struct http_reply how = { .kind = HTTP_REPLY_UPGRADE,
		                        .origin = conn->origin };

	if (!ws_offers(conn->reader.head.value[HTTP_WS_PROTOCOL], subprotocol))
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(ws_accept(conn->reader.head.value[HTTP_WS_KEY], accept));
	TRY(ws_new(conn->listen->limits.ws_bytes, on_message, conn, &conn->ws));
	return http_reply_write(&how, &reply, ret);
}

void ws_upgrade(struct listen_conn *conn)
{
	const struct listen_handlers *handlers = &conn->listen->handlers;
	struct buf bytes = buf_make(HTTP_REPLY_MAX);
	struct listen_fields fields = { 0 };
	struct listen_request request;
	const char *subprotocol = "";

	http_reader_request(&conn->reader, &conn->peer, &fields, &request);
	conn->seen = true;
	if (!handlers->ws_wanted(handlers->context, conn, &request,
	                         &subprotocol)) {
		if (conn->state == CONN_PENDING)
			http_refuse(conn, 404, CCCD_OK);
		return;
	}
	if (conn->state != CONN_PENDING)
		return;
	if (accept_upgrade(conn, subprotocol, &bytes) != CCCD_OK) {
		buf_release(&bytes);
		conn_drop(conn);
		return;
	}
	conn->state = CONN_WS;
	conn_send(conn, &bytes);
	if (conn->state == CONN_WS)
		conn_set_deadline(conn, conn->listen->limits.hello_ms);
}

void ws_bytes(struct listen_conn *conn, struct span bytes)
{
	struct buf out = frames(conn);
	bool open = ws_input(conn->ws, bytes, &out);

	conn->pinged = false;
	if (conn->state == CONN_WS) {
		conn_send(conn, &out);
		if (!open)
			conn_end(conn);
		else if (!ws_is_closing(conn->ws))
			await(conn);
	}
	buf_release(&out);
}

void ws_expired(struct listen_conn *conn)
{
	struct buf out = frames(conn);

	if (ws_is_closing(conn->ws)) {
		conn_end(conn);
	} else if (!conn->said) {
		listen_ws_close(conn, WS_POLICY, "hello expected");
	} else if (conn->pinged || ws_ping(conn->ws, &out) != CCCD_OK) {
		conn_drop(conn);
	} else {
		conn->pinged = true;
		conn_send(conn, &out);
		await(conn);
	}
	buf_release(&out);
}

void listen_ws_send(struct listen_conn *conn, struct span text)
{
	struct buf out = frame_of(conn, text.len);

	if (conn->state != CONN_WS)
		return;
	if (ws_text(conn->ws, text, &out) != CCCD_OK)
		conn_drop(conn);
	else
		conn_send(conn, &out);
	buf_release(&out);
}

void listen_ws_close(struct listen_conn *conn, unsigned int code,
                     const char *reason)
{
	struct buf out = frames(conn);

	if (conn->state != CONN_WS || ws_is_closing(conn->ws))
		return;
	if (ws_close(conn->ws, code, reason, &out) != CCCD_OK) {
		conn_drop(conn);
	} else {
		conn_send(conn, &out);
		await(conn);
	}
	buf_release(&out);
}
