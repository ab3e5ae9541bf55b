/* SPDX-License-Identifier: Apache-2.0 */
/* Header lines with credentials in them, wiped when they go. */
#ifndef SERVICE_GATEWAY_CONNECTORS_HEADERS_H
#define SERVICE_GATEWAY_CONNECTORS_HEADERS_H

#include "base/buf.h"
#include "service/gateway/connectors/http.h"

enum { HEADER_LINE_MAX = 16 * 1024 };

/* struct headers - lines on the heap; starts zeroed. */
struct headers {
	struct buf lines[HTTP_HEADERS_MAX];
	size_t count;
};

#define HEADERS CLEANUP(headers_release) struct headers

/**
 * headers_add() - "name: prefix value"; an empty value ends with a ';' for
 * libcurl, which sends the header without one.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when a part holds a control
 * character; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err headers_add(struct headers *headers, const char *name,
                                  const char *prefix, const char *value);

/* The lines into a call; they must outlive it. */
void headers_set(const struct headers *headers, struct http_call *call);

void headers_release(struct headers *headers);

/* Base64 with padding, RFC 4648 4, ended with NUL; @ret is emptied first. */
CHECKED enum cccd_err headers_base64(struct span bytes, struct buf *ret);

/* base64(user ":" secret), ended with NUL. */
CHECKED enum cccd_err headers_basic(const char *user, const char *secret,
                                    struct buf *ret);

#endif
