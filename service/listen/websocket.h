/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket, server's side: bytes in, messages and bytes out. */
#ifndef SERVICE_LISTEN_WEBSOCKET_H
#define SERVICE_LISTEN_WEBSOCKET_H

#include "base/buf.h"

struct ws;

enum {
	WS_NORMAL = 1000,
	WS_GOING_AWAY = 1001,
	WS_PROTOCOL_ERROR = 1002,
	WS_UNSUPPORTED = 1003,
	WS_BAD_TEXT = 1007,
	WS_POLICY = 1008,
	WS_TOO_BIG = 1009,
	WS_INTERNAL = 1011,
	WS_REASON_MAX = 123,
};

/**
 * ws_new() - after the handshake.
 * @max:     longest message in bytes, however many frames it comes in
 * @message: called by ws_input() for each; borrowed, wiped after the call
 *
 * No extension is ever agreed upon: every RSV bit is an error.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err ws_new(size_t max,
                             void (*message)(void *context, struct span text),
                             void *context, struct ws **ret);

void ws_free(struct ws *ws);

/**
 * ws_input() - take what has come in.
 * @out: frames to send are appended: pongs, the close frame
 *
 * Unmasked frames, RSV bits, unknown opcodes, lengths not in their shortest
 * form and fragments out of order end it with 1002, binary messages with
 * 1003, text that is not UTF-8 with 1007, messages beyond the maximum with
 * 1009. [RFC 6455 5, 7.4, 8.1]
 *
 * Return: true while it goes on; false when it is over: both sides have
 * closed, or a rule was broken; @out still has to go out.
 */
CHECKED bool ws_input(struct ws *ws, struct span bytes, struct buf *out);

/* One message, one frame. Nothing after ws_close(). */
CHECKED enum cccd_err ws_text(const struct ws *ws, struct span text,
                              struct buf *out);

CHECKED enum cccd_err ws_ping(const struct ws *ws, struct buf *out);

/**
 * ws_close() - our close frame, once.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for a code that is not to be sent
 * or a reason that is too long; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err ws_close(struct ws *ws, unsigned int code,
                               const char *reason, struct buf *out);

/* Whether our close frame is out. */
bool ws_is_closing(const struct ws *ws);

#endif
