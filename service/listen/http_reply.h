/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as bytes, with the fields that are always sent. No sockets. */
#ifndef SERVICE_LISTEN_HTTP_REPLY_H
#define SERVICE_LISTEN_HTTP_REPLY_H

#include "base/buf.h"
#include "service/listen/listen.h"

/* Beyond any result with its evidence. */
enum { HTTP_REPLY_MAX = 16 << 20 };

enum http_reply_kind {
	HTTP_REPLY_PLAIN = 0, /* with its length */
	HTTP_REPLY_STREAM,    /* ends with the connection */
	HTTP_REPLY_UPGRADE,   /* 101 */
	HTTP_REPLY_PREFLIGHT, /* 204 */
};

/**
 * struct http_reply - how an answer is written.
 * @origin: that may read it; "" for none
 * @keep:   the connection stays open
 */
struct http_reply {
	enum http_reply_kind kind;
	const char *origin;
	bool keep;
};

/**
 * http_reply_write() - one answer.
 * @ret: empty, with its maximum
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for a status, a field name or a
 * value that HTTP cannot carry, or a second line in one;
 * CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err http_reply_write(const struct http_reply *how,
                                       const struct listen_reply *reply,
                                       struct buf *ret);

#endif
