/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is admitted: Host, Origin, peer, then path, method, length and type.
 * One order for every request, before any routing. No sockets.
 */
#ifndef SERVICE_LISTEN_HTTP_RULES_H
#define SERVICE_LISTEN_HTTP_RULES_H

#include "service/listen/http_head.h"
#include "service/listen/listen.h"

/* What a request is judged by; all borrowed. */
struct http_judge {
	const struct listen_handlers *handlers;
	const struct listen_rules *rules;
	const struct listen_limits *limits;
	const struct listen_peer *peer;
};

/**
 * struct http_verdict - the outcome.
 * @status:    0: admitted; else the status that refuses it
 * @err:       of the refusal's body; CCCD_OK: an empty body
 * @admitted:  Host and Origin (or the peer) were right: the caller may
 *             read why it is refused
 * @preflight: answer it here [Fetch, CORS-preflight request]
 * @upgrade:   to WebSocket
 * @keep:      the connection stays open after the answer
 * @method, @path, @origin: of an admitted request; @path is not ended by
 *             NUL yet
 */
struct http_verdict {
	int status;
	enum cccd_err err;
	bool admitted;
	bool preflight;
	bool upgrade;
	bool keep;
	enum listen_method method;
	struct span path;
	struct span origin;
	size_t body_len;
};

struct http_verdict http_judge(const struct http_judge *judge,
                               const struct http_head *head);

/**
 * http_path_ok() - the one rule for paths.
 *
 * "/" and segments of [A-Za-z0-9._~-], none empty, "." or "..", shorter than
 * LISTEN_PATH_MAX; a last "/" is an empty segment. So there is no query, no
 * escape, no absolute form, and one path has one spelling.
 */
bool http_path_ok(struct span target);

#endif
