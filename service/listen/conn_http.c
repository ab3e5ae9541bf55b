/* SPDX-License-Identifier: Apache-2.0 */
/* A connection of requests: judged, handed on, answered. */
#include "base/macros.h"
#include "service/listen/event_stream.h"
#include "service/listen/internal.h"

static void next_request(struct listen_conn *conn)
{
	struct listen *listen = conn->listen;

	conn->state = CONN_REQUEST;
	conn->served = true;
	conn->admitted = false;
	conn->since = uv_now(&listen->loop);
	conn_set_deadline(conn, listen->limits.idle_ms);
	if (!conn_read_start(conn))
		conn_drop(conn);
}

void http_answered(struct listen_conn *conn)
{
	if (conn->keep && !conn->listen->stopping)
		next_request(conn);
	else
		conn_end(conn);
}

/* Takes over from here: the reader of the answer sets the pace. */
static void answer(struct listen_conn *conn, const struct http_reply *how,
                   const struct listen_reply *reply)
{
	struct buf bytes = buf_make(HTTP_REPLY_MAX);

	if (http_reply_write(how, reply, &bytes) != CCCD_OK) {
		buf_release(&bytes);
		conn_drop(conn);
		return;
	}
	conn_set_deadline(conn, 0);
	conn_send(conn, &bytes);
	if (conn->state == CONN_CLOSING || how->kind == HTTP_REPLY_STREAM)
		return;
	conn->state = CONN_SENDING;
	if (conn->queued == 0)
		http_answered(conn);
	else
		(void)uv_read_stop(&conn->io.stream);
}

static size_t problem_of(struct listen *listen, enum cccd_err err)
{
	const struct listen_handlers *handlers = &listen->handlers;
	size_t len = 0;

	if (err == CCCD_OK || handlers->problem == NULL)
		return 0;
	len = handlers->problem(handlers->context, err, listen->problem,
	                        sizeof(listen->problem));
	return len <= sizeof(listen->problem) ? len : 0;
}

void http_refuse(struct listen_conn *conn, int status, enum cccd_err err)
{
	static const struct listen_field allow = {
		"Allow", "GET, POST, DELETE, OPTIONS"
	};
	static const struct listen_field version = { "Sec-WebSocket-Version",
		                                     "13" };
	size_t len = problem_of(conn->listen, err);
	struct http_reply how = { .origin = http_reader_origin(&conn->reader) };
	struct listen_reply reply = {
		.status = status,
		.content_type = len > 0 ? "application/problem+json" : NULL,
		.retry_after_s = status == 429 || status == 503 ? 1 : 0,
		.fields = status == 426 ? &version : &allow,
		.field_count = status == 405 || status == 426 ? 1 : 0,
		.body = span_of(conn->listen->problem, len),
	};

	conn->keep = false;
	answer(conn, &how, &reply);
	http_reader_reset(&conn->reader);
}

static void preflight(struct listen_conn *conn)
{
	struct http_reply how = { .kind = HTTP_REPLY_PREFLIGHT,
		                  .origin = conn->origin,
		                  .keep = conn->keep };
	struct listen_reply reply = { .status = 204 };

	answer(conn, &how, &reply);
}

static void dispatch(struct listen_conn *conn)
{
	const struct listen_handlers *handlers = &conn->listen->handlers;
	struct listen_fields fields = { 0 };
	struct listen_request request;

	conn->keep = conn->reader.verdict.keep && !conn->listen->stopping;
	conn_set_deadline(conn, 0);
	if (conn->reader.verdict.preflight) {
		preflight(conn);
	} else if (conn->reader.verdict.upgrade) {
		conn->state = CONN_PENDING;
		ws_upgrade(conn);
	} else {
		conn->state = CONN_PENDING;
		conn->seen = true;
		http_reader_request(&conn->reader, &conn->peer, &fields,
		                    &request);
		handlers->request(handlers->context, conn, &request);
	}
	http_reader_reset(&conn->reader);
}

/* Counts for its origin from the end of its head on. */
static bool admit(struct listen_conn *conn)
{
	const char *origin = http_reader_origin(&conn->reader);

	if (conn->admitted)
		return true;
	memset(conn->origin, 0, sizeof(conn->origin));
	memcpy(conn->origin, origin, strlen(origin));
	conn->admitted = true;
	return limits_origin_ok(conn);
}

void http_input(struct listen_conn *conn, struct span bytes)
{
	struct listen *listen = conn->listen;
	const struct http_judge judge = { .handlers = &listen->handlers,
		                          .rules = &listen->rules,
		                          .limits = &listen->limits,
		                          .peer = &conn->peer };
	bool first = conn->served && conn->reader.bytes.len == 0;
	bool in_head = conn->reader.step == HTTP_MORE_HEAD;
	enum http_step step = http_reader_feed(&conn->reader, &judge, bytes);

	if (step == HTTP_REFUSED) {
		http_refuse(conn, conn->reader.verdict.status,
		            conn->reader.verdict.err);
	} else if (step == HTTP_MORE_HEAD) {
		if (first)
			conn_set_deadline(conn, listen->limits.head_ms);
	} else if (!admit(conn)) {
		http_refuse(conn, 429, CCCD_ERR_RATE_LIMITED);
	} else if (step == HTTP_WHOLE) {
		dispatch(conn);
	} else if (in_head) {
		conn_set_deadline(conn, listen->limits.body_ms);
	}
}

void http_expired(struct listen_conn *conn)
{
	if (conn->reader.bytes.len > 0)
		http_refuse(conn, 408, CCCD_OK);
	else
		conn_end(conn);
}

void listen_reply(struct listen_conn *conn, const struct listen_reply *reply)
{
	struct http_reply how = { .origin = conn->origin, .keep = conn->keep };

	if (conn->state == CONN_CLOSING)
		return;
	if (conn->state != CONN_PENDING) {
		conn_drop(conn);
		return;
	}
	if (conn->listen->stopping)
		how.keep = false;
	answer(conn, &how, reply);
}

void listen_stream_begin(struct listen_conn *conn)
{
	struct http_reply how = { .kind = HTTP_REPLY_STREAM,
		                  .origin = conn->origin };
	struct listen_reply reply = { .status = 200,
		                      .content_type = "text/event-stream" };

	if (conn->state == CONN_CLOSING)
		return;
	if (conn->state != CONN_PENDING) {
		conn_drop(conn);
		return;
	}
	conn->state = CONN_STREAM;
	answer(conn, &how, &reply);
	if (conn->listen->stopping && conn->state == CONN_STREAM)
		conn_end(conn);
}

void listen_stream_event(struct listen_conn *conn, const char *id,
                         const char *event, struct span data)
{
	size_t max = conn->listen->limits.backlog_bytes;
	struct buf bytes =
	        buf_make(max - (conn->queued < max ? conn->queued : max));

	if (conn->state != CONN_STREAM)
		return;
	/* Too slow a reader, or too long an event for any. */
	if (event_write(id, event, data, &bytes) != CCCD_OK) {
		buf_release(&bytes);
		conn_drop(conn);
		return;
	}
	conn_send(conn, &bytes);
}
