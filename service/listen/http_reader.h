/* SPDX-License-Identifier: Apache-2.0 */
/* One request as it comes in, in pieces of any size. No sockets. */
#ifndef SERVICE_LISTEN_HTTP_READER_H
#define SERVICE_LISTEN_HTTP_READER_H

#include "base/buf.h"
#include "service/listen/http_rules.h"

enum http_step {
	HTTP_MORE_HEAD = 1, /* nothing is decided yet */
	HTTP_MORE_BODY,     /* admitted, the body is on its way */
	HTTP_WHOLE,         /* admitted and complete */
	HTTP_REFUSED,       /* verdict.status says how */
};

/* What listen_header() looks into. */
struct listen_fields {
	const char *value[HTTP_FIELDS];
};

/**
 * struct http_reader - a request in the making.
 * @bytes: of the head; the spans of @head and @verdict lie in it
 */
struct http_reader {
	enum http_step step;
	struct buf bytes;
	struct buf body;
	size_t scanned;
	struct http_head head;
	struct http_verdict verdict;
};

void http_reader_init(struct http_reader *reader,
                      const struct listen_limits *limits);

/* Ready for the next request; what was held is wiped. */
void http_reader_reset(struct http_reader *reader);

void http_reader_release(struct http_reader *reader);

/**
 * http_reader_feed() - take bytes of one request.
 * @bytes: beyond the end of the request they refuse it: no pipelining, so a
 *         body that two parsers count differently is no second request
 *
 * Return: the step; after HTTP_WHOLE or HTTP_REFUSED only a reset goes on.
 */
enum http_step http_reader_feed(struct http_reader *reader,
                                const struct http_judge *judge,
                                struct span bytes);

/* Of an admitted request, refused or not; else "". */
const char *http_reader_origin(struct http_reader *reader);

/**
 * http_reader_request() - a whole request as its handler sees it.
 * @ret_fields, @ret: borrow from the reader until its reset
 */
void http_reader_request(struct http_reader *reader,
                         const struct listen_peer *peer,
                         struct listen_fields *ret_fields,
                         struct listen_request *ret);

#endif
