/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: grammar, header fields, framing. No sockets. */
#ifndef SERVICE_LISTEN_HTTP_HEAD_H
#define SERVICE_LISTEN_HTTP_HEAD_H

#include "base/span.h"

/* The header fields that anything here looks at; all others are ignored. */
enum http_field {
	HTTP_HOST,
	HTTP_ORIGIN,
	HTTP_CONNECTION,
	HTTP_CONTENT_ENCODING,
	HTTP_CONTENT_LENGTH,
	HTTP_EXPECT,
	HTTP_REQUEST_METHOD, /* Access-Control-Request-Method */
	HTTP_FETCH_DEST,
	HTTP_FETCH_MODE,
	HTTP_FETCH_SITE,
	HTTP_TRANSFER_ENCODING,
	HTTP_UPGRADE,
	HTTP_WS_KEY,
	HTTP_WS_VERSION,
	/* From here on those that handlers may ask for. */
	HTTP_ACCEPT,
	HTTP_AUTHORIZATION,
	HTTP_CONTENT_TYPE,
	HTTP_IDEMPOTENCY_KEY,
	HTTP_LAST_EVENT_ID,
	HTTP_WS_PROTOCOL,
	HTTP_FIELDS,
	HTTP_FIRST_PUBLIC = HTTP_ACCEPT,
};

/* More header fields than any browser sends. */
enum { HTTP_FIELD_LINES_MAX = 64 };

/**
 * struct http_head - a parsed head; the spans lie in the parsed bytes.
 * @count: how often each field stands there
 * @value: of the last one, without blanks around it
 */
struct http_head {
	struct span method;
	struct span target;
	unsigned int count[HTTP_FIELDS];
	struct span value[HTTP_FIELDS];
	size_t content_length;
};

/**
 * http_head_scan() - look for the end of a head, byte by byte.
 * @bytes:   all that has come so far
 * @from:    where the last call stopped; 0 at first
 * @ret_end: length of the head with its empty line; 0: not there yet
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_MALFORMED for bytes that no head holds:
 * a CR or LF alone, other control characters, an empty line at the front.
 */
CHECKED enum cccd_err http_head_scan(struct span bytes, size_t *from,
                                     size_t *ret_end);

/**
 * http_head_parse() - take a whole head apart.
 * @bytes: as http_head_scan() found it
 *
 * Refused are a request line that is not "method SP target SP HTTP/1.1",
 * field names that are not tokens (so "Host :" too), folded lines,
 * Transfer-Encoding in any form, two of Content-Length or one that is not
 * plain digits up to the end of its line. [RFC 9112 3, 5, 6]
 *
 * Return: 0, or the status that refuses it: 400, 431, 505.
 */
CHECKED int http_head_parse(struct span bytes, struct http_head *ret);

/* Name of a field in lower case. */
const char *http_field_name(enum http_field field);

/* Whether the value equals @text but for case. */
bool http_is(struct span value, const char *text);

/* Whether a comma-separated list holds @token, but for case. */
bool http_has_token(struct span list, const char *token);

/* [RFC 9110 5.6.2] */
bool http_is_token(struct span text);

#endif
