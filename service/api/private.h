/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: one request in hand, the open streams. */
#ifndef SERVICE_API_PRIVATE_H
#define SERVICE_API_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "lib/json/door.h"
#include "service/api/api.h"
#include "service/core/caller.h"

enum {
	API_NAME_MAX = 65,
	/* Sessions that one socket may hold at a time. */
	API_ATTACHED_MAX = 4,
	/* A result with raw files, and its frame. */
	API_FRAME_MAX = 1 << 20,
};

/* struct call - a request, who sent it, and the {} of its path. */
struct call {
	struct api *api;
	struct listen_conn *conn;
	const struct listen_request *request;
	struct caller caller;
	char name[API_NAME_MAX];
};

/* struct route - one line of the table in routes.c. */
struct route {
	enum listen_method method;
	const char *pattern;
	void (*serve)(struct call *call);
};

struct caller caller_of(const struct listen_peer *peer, const char *origin);

/* Answers. A @text is freed and wiped; @location may be NULL. */
void reply_json(struct call *call, int status, char *text,
                const char *location);
void reply_bytes(struct call *call, const char *content_type,
                 struct span bytes);
void reply_status(struct call *call, int status);
/* 405; @allow: the methods there are. */
void reply_not_allowed(struct call *call, const char *allow);
/* @error may be NULL, or say nothing: then it is made from @err. */
void reply_problem(struct call *call, enum cccd_err err,
                   const struct cccd_error *error, unsigned int retry_after_s);

/* The problem document; NULL without memory. json_text_free(). */
char *problem_text(enum cccd_err err, const struct cccd_error *error);

/* v1_service.c */
void serve_health(struct call *call);
void serve_info(struct call *call);
void serve_jwks(struct call *call);
void serve_schema(struct call *call);
void serve_openapi(struct call *call);
/* v1_readers.c */
void serve_readers(struct call *call);
void serve_break_lease(struct call *call);
/* v1_sessions.c */
void serve_create(struct call *call);
void serve_session(struct call *call);
void serve_cancel(struct call *call);
void serve_access_key(struct call *call);
void serve_consent(struct call *call);
void serve_result(struct call *call);
void serve_portrait(struct call *call);
/* v1_events.c */
void serve_events(struct call *call);

/* struct document - a file of docs/api, as it is served. */
struct document {
	const char *name;
	const uint8_t *bytes;
	size_t len;
};
extern const struct document api_openapi;
extern const struct document api_schemas[];
extern const size_t api_schema_count;

enum stream_kind { STREAM_EVENTS = 1, STREAM_SOCKET, STREAM_AGENT };

/* struct attached - a session that a stream follows. */
struct attached {
	char id[SESSION_ID_MAX];
	char token[DOOR_TOKEN_MAX];
};

/* struct stream - an event stream or a socket; one per connection. */
struct stream {
	struct stream *next;
	struct listen_conn *conn;
	enum stream_kind kind;
	bool greeted;
	struct caller caller;
	struct attached attached[API_ATTACHED_MAX];
	size_t attached_count;
};

struct api {
	struct api_parts parts;
	struct registry *registry;
	struct listen *listen;
	struct listen_timer *timer;
	struct sessions *sessions;
	struct stream *streams;
	uint32_t stream_count;
	struct stream *agent;
};

/* streams.c: NULL when there are too many, or no memory. */
struct stream *stream_open(struct api *api, struct listen_conn *conn,
                           enum stream_kind kind, const struct caller *caller);
void stream_close(struct api *api, struct stream *stream);
/* @token: "" for a stream that takes nothing of the session */
CHECKED enum cccd_err stream_attach(struct api *api, struct stream *stream,
                                    struct session *session, const char *token);
const struct attached *stream_attached(const struct stream *stream,
                                       const char *session_id);
void stream_tell(struct stream *stream, const struct session_event *event);
/* Kept events: after @sequence, or all of the stream's own for "". */
void stream_replay(struct api *api, struct stream *stream,
                   const char *sequence);

/* socket.c, agent.c: one message of theirs. */
void socket_message(struct api *api, struct stream *stream,
                    const struct json_frame *frame);
void agent_message(struct api *api, struct stream *stream,
                   const struct json_frame *frame);
bool agent_ask(void *context, const char *session_id, const char *text);
void socket_reply(struct stream *stream, const char *re, const char *type,
                  const char *body);
void socket_problem(struct stream *stream, const char *re, enum cccd_err err,
                    const struct cccd_error *error);

#endif
