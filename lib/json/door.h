/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of the daemon's doors: what it says of itself, and the frames of its
 * sockets. docs/api/openapi.json, docs/api/asyncapi.json */
#ifndef LIB_JSON_DOOR_H
#define LIB_JSON_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

enum {
	DOOR_API_LEVEL = 1,
	DOOR_ID_MAX = 65,
	DOOR_TYPE_MAX = 33,
	DOOR_SESSION_MAX = 37,
	DOOR_TOKEN_MAX = 65,
	DOOR_SEQUENCE_MAX = 21,
	DOOR_FORMAT_MAX = 8,
};

/* {"status":"ok","api_level":1}; freed with json_text_free(). */
CHECKED enum cccd_err json_health_text(bool degraded, char **ret);

/**
 * struct json_info - GET /v1/info; texts are borrowed.
 * @features:   ended by NULL
 * @trust_date: of the newest anchor; "" when there is none
 * @crl_date:   of the newest CRL; "" when there is none
 * @has_trust:  false: no store could be opened
 */
struct json_info {
	const char *version;
	const char *const *features;
	const char *device_key;
	bool has_trust;
	bool specimen;
	uint8_t trust_digest[32];
	const char *trust_date;
	const char *crl_date;
};

CHECKED enum cccd_err json_info_text(const struct json_info *info, char **ret);

/**
 * struct json_frame - one message of a socket, taken apart.
 * @id:         "" in hello
 * @type:       "hello", "session.create", "consent.answer", …
 * @token:      of hello; @has_token false for null
 * @last_event: of hello; "" without
 * @session_id: of the body; "" without
 * @format:     of the body: "json", "jwt" or ""
 * @body:       its bytes as they stand; borrowed from the message
 * @inner:      of the body's access_key or consent; borrowed
 * @faulty:     only @id and @type are known: the rest is not as described
 */
struct json_frame {
	char id[DOOR_ID_MAX];
	char type[DOOR_TYPE_MAX];
	bool has_token;
	char token[DOOR_TOKEN_MAX];
	char last_event[DOOR_SEQUENCE_MAX];
	char session_id[DOOR_SESSION_MAX];
	char format[DOOR_FORMAT_MAX];
	struct span body;
	struct span inner;
	bool faulty;
};

/**
 * json_frame_parse() - a message that a socket's client sent.
 * @ret: may hold a token: wipe it
 *
 * The body of "session.create" is looked into by json_request_parse() only.
 *
 * Return: CCCD_OK, also for a faulty one that can be answered by its id;
 * CCCD_ERR_REQUEST_MALFORMED; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_frame_parse(struct span text,
                                       struct cccd_error *error,
                                       struct json_frame *ret);

/**
 * json_frame_reply() - {"re":…,"type":…,"body":…}.
 * @re:   id of the command, as json_frame_parse() gave it
 * @body: one JSON value, or NULL for none
 */
CHECKED enum cccd_err json_frame_reply(const char *re, const char *type,
                                       const char *body, struct buf *ret);

/* {"type":…,"seq":…,"body":…} */
CHECKED enum cccd_err json_frame_event(const char *type, uint64_t sequence,
                                       const char *body, struct buf *ret);

/* {"token":"…"} or {"jpeg":"base64url"}. */
CHECKED enum cccd_err json_frame_token(const char *token, struct buf *ret);
CHECKED enum cccd_err json_frame_jpeg(struct span jpeg, struct buf *ret);

/**
 * json_view_ids() - who the view of a new session speaks of.
 * @view: of sessions_create()
 */
CHECKED enum cccd_err json_view_ids(const char *view,
                                    char ret_id[static DOOR_SESSION_MAX],
                                    char ret_token[static DOOR_TOKEN_MAX]);

#endif
