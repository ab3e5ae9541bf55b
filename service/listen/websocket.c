/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One WebSocket. wslay takes frames apart and judges them; messages are put
 * together and frames are written here, so that no copy of a message stays
 * behind unwiped. [RFC 6455]
 */
#include "service/listen/websocket.h"

#include <stdlib.h>

#include <wslay/wslay.h>

#include "base/secret.h"
#include "base/text.h"

/**
 * struct ws - one WebSocket.
 * @room, @room_len: where wslay keeps what it has not parsed yet
 * @input:           bytes that wslay has not taken yet
 * @control:         the frame in hand is a control frame
 * @broken:          close code of the rule that was broken; 0: none
 */
struct ws {
	wslay_event_context_ptr wslay;
	void (*message)(void *context, struct span text);
	void *context;
	struct buf text;
	struct buf *out;
	struct span input;
	uint8_t *room;
	size_t room_len;
	unsigned int broken;
	bool control;
	bool closing;
};

static void stop(struct ws *ws, unsigned int code)
{
	if (ws->broken == 0)
		ws->broken = code;
	wslay_event_shutdown_read(ws->wslay);
}

static ssize_t on_recv(wslay_event_context_ptr wslay, uint8_t *at, size_t room,
                       int flags, void *context)
{
	struct ws *ws = context;
	struct span part = span_first(ws->input, room);

	(void)flags;
	if (ws->room == NULL) {
		ws->room = at;
		ws->room_len = room;
	}
	if (part.len == 0) {
		wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(at, part.at, part.len);
	/* Moved bytes leave themselves behind. */
	wipe(at + part.len, room - part.len);
	ws->input = span_after(ws->input, part.len);
	return (ssize_t)part.len;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *at,
                       size_t len, int flags, void *context)
{
	struct ws *ws = context;

	(void)flags;
	if (buf_append(ws->out, span_of(at, len)) == CCCD_OK)
		return (ssize_t)len;
	wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static void on_frame(wslay_event_context_ptr wslay,
                     const struct wslay_event_on_frame_recv_start_arg *frame,
                     void *context)
{
	struct ws *ws = context;

	(void)wslay;
	ws->control = frame->opcode >= WSLAY_CONNECTION_CLOSE;
	if (frame->opcode == WSLAY_BINARY_FRAME)
		stop(ws, WS_UNSUPPORTED);
	/* wslay takes half a code for none. [RFC 6455 5.5.1] */
	if (frame->opcode == WSLAY_CONNECTION_CLOSE &&
	    frame->payload_length == 1)
		stop(ws, WS_PROTOCOL_ERROR);
}

static void on_chunk(wslay_event_context_ptr wslay,
                     const struct wslay_event_on_frame_recv_chunk_arg *chunk,
                     void *context)
{
	struct ws *ws = context;

	(void)wslay;
	if (ws->control || chunk->data_length == 0)
		return;
	if (ws->broken == 0 &&
	    buf_append(&ws->text, span_of(chunk->data, chunk->data_length)) !=
	            CCCD_OK)
		stop(ws, WS_TOO_BIG);
	/* wslay is done with it, and would keep it until it is overwritten. */
	wipe(ws->room + (chunk->data - ws->room), chunk->data_length);
}

static void on_message(wslay_event_context_ptr wslay,
                       const struct wslay_event_on_msg_recv_arg *message,
                       void *context)
{
	struct ws *ws = context;

	(void)wslay;
	/* wslay looks at a reason only if it comes in one piece. */
	if (message->opcode == WSLAY_CONNECTION_CLOSE &&
	    message->msg_length > 2 &&
	    !text_is_utf8(
	            span_after(span_of(message->msg, message->msg_length), 2)))
		stop(ws, WS_BAD_TEXT);
	if (message->opcode != WSLAY_TEXT_FRAME || ws->broken != 0)
		return;
	if (!text_is_utf8(buf_span(&ws->text)))
		stop(ws, WS_BAD_TEXT);
	else if (!ws->closing)
		ws->message(ws->context, buf_span(&ws->text));
	buf_release(&ws->text);
}

enum cccd_err ws_new(size_t max,
                     void (*message)(void *context, struct span text),
                     void *context, struct ws **ret)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_chunk_callback = on_chunk,
		.on_msg_recv_callback = on_message,
	};
	struct ws *ws = calloc(1, sizeof(*ws));

	if (ws == NULL)
		return CCCD_ERR_MEMORY;
	ws->message = message;
	ws->context = context;
	ws->text = buf_make(max);
	if (wslay_event_context_server_init(&ws->wslay, &callbacks, ws) != 0) {
		free(ws);
		return CCCD_ERR_MEMORY;
	}
	wslay_event_config_set_no_buffering(ws->wslay, 1);
	wslay_event_config_set_max_recv_msg_length(ws->wslay, max);
	*ret = ws;
	return CCCD_OK;
}

void ws_free(struct ws *ws)
{
	if (ws == NULL)
		return;
	if (ws->room != NULL)
		wipe(ws->room, ws->room_len);
	wslay_event_context_free(ws->wslay);
	buf_release(&ws->text);
	free(ws);
}

static void take(struct ws *ws)
{
	size_t before = 0;

	do {
		before = ws->input.len;
		if (wslay_event_recv(ws->wslay) != 0)
			stop(ws, WS_PROTOCOL_ERROR);
	} while (ws->broken == 0 && ws->input.len > 0 &&
	         ws->input.len < before &&
	         wslay_event_get_read_enabled(ws->wslay));
}

/* What wslay wants to say: pongs, and the close frame it decided upon. */
static void answer(struct ws *ws)
{
	if (ws->closing)
		return;
	if (wslay_event_send(ws->wslay) != 0)
		ws->broken = WS_INTERNAL;
	if (wslay_event_get_close_sent(ws->wslay))
		ws->closing = true;
}

bool ws_input(struct ws *ws, struct span bytes, struct buf *out)
{
	ws->out = out;
	ws->input = bytes;
	take(ws);
	ws->input = span_of(NULL, 0);
	if (ws->broken == 0)
		answer(ws);
	else if (!ws->closing && ws_close(ws, ws->broken, "", out) != CCCD_OK)
		ws->closing = true;
	ws->out = NULL;
	return ws->broken == 0 && wslay_event_get_read_enabled(ws->wslay);
}

/* A server's frames are not masked. [RFC 6455 5.1, 5.2] */
static enum cccd_err put_frame(enum wslay_opcode opcode, struct span payload,
                               struct buf *out)
{
	uint8_t head[10] = { (uint8_t)(0x80U | (unsigned int)opcode) };
	size_t bytes = payload.len < 126 ? 0 : payload.len <= 0xFFFF ? 2 : 8;

	head[1] = bytes == 0 ? (uint8_t)payload.len : bytes == 2 ? 126 : 127;
	for (size_t i = 0; i < bytes; i++)
		head[2 + i] = (uint8_t)((uint64_t)payload.len >>
		                        (8 * (bytes - 1 - i)));
	TRY(buf_append(out, span_of(head, 2 + bytes)));
	return buf_append(out, payload);
}

enum cccd_err ws_text(const struct ws *ws, struct span text, struct buf *out)
{
	return ws->closing ? CCCD_OK : put_frame(WSLAY_TEXT_FRAME, text, out);
}

enum cccd_err ws_ping(const struct ws *ws, struct buf *out)
{
	return ws->closing ? CCCD_OK
	                   : put_frame(WSLAY_PING, span_of(NULL, 0), out);
}

/* [RFC 6455 7.4] */
static bool is_code(unsigned int code)
{
	return (code >= 1000 && code <= 1003) ||
	       (code >= 1007 && code <= 1011) || (code >= 3000 && code <= 4999);
}

enum cccd_err ws_close(struct ws *ws, unsigned int code, const char *reason,
                       struct buf *out)
{
	uint8_t payload[2 + WS_REASON_MAX] = { (uint8_t)(code >> 8),
		                               (uint8_t)code };
	size_t len = strlen(reason);

	if (ws->closing)
		return CCCD_OK;
	if (!is_code(code) || len > WS_REASON_MAX)
		return CCCD_ERR_USAGE_ARGUMENT;
	memcpy(payload + 2, reason, len);
	TRY(put_frame(WSLAY_CONNECTION_CLOSE, span_of(payload, 2 + len), out));
	ws->closing = true;
	return CCCD_OK;
}

bool ws_is_closing(const struct ws *ws)
{
	return ws->closing;
}
