/* SPDX-License-Identifier: Apache-2.0 */
/* Who listens: event streams, sockets and the agent. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "service/api/private.h"

enum { SEQUENCE_TEXT_MAX = 24, DECIMAL = 10 };

struct stream *stream_open(struct api *api, struct listen_conn *conn,
                           enum stream_kind kind, const struct caller *caller)
{
	struct stream *stream = NULL;

	/* The agent is one; pages must not be able to keep it out. */
	if (kind != STREAM_AGENT && api->stream_count >= api->parts.streams_max)
		return NULL;
	stream = calloc(1, sizeof(*stream));
	if (stream == NULL)
		return NULL;
	stream->conn = conn;
	stream->kind = kind;
	stream->caller = *caller;
	stream->next = api->streams;
	api->streams = stream;
	api->stream_count += kind != STREAM_AGENT;
	listen_set_user(conn, stream);
	return stream;
}

void stream_close(struct api *api, struct stream *stream)
{
	struct stream **at = &api->streams;

	if (stream == NULL)
		return;
	while (*at != stream)
		at = &(*at)->next;
	*at = stream->next;
	api->stream_count -= stream->kind != STREAM_AGENT;
	if (api->agent == stream) {
		api->agent = NULL;
		sessions_agent_left(api->sessions);
	}
	for (size_t i = 0; i < stream->attached_count; i++)
		sessions_detach(api->sessions, stream->attached[i].id);
	wipe(stream, sizeof(*stream));
	free(stream);
}

const struct attached *stream_attached(const struct stream *stream,
                                       const char *session_id)
{
	for (size_t i = 0; i < stream->attached_count; i++)
		if (strcmp(stream->attached[i].id, session_id) == 0)
			return &stream->attached[i];
	return NULL;
}

/* Sessions that are over, or forgotten already, make room. */
static void forget_over(struct api *api, struct stream *stream)
{
	size_t kept = 0;

	for (size_t i = 0; i < stream->attached_count; i++) {
		struct attached *at = &stream->attached[i];
		struct session *session = NULL;

		if (sessions_find(api->sessions, &stream->caller, at->id,
		                  at->token, &session) != CCCD_OK)
			continue;
		if (session_is_over(session)) {
			sessions_detach(api->sessions, at->id);
			continue;
		}
		if (kept != i)
			stream->attached[kept] = *at;
		kept++;
	}
	wipe(&stream->attached[kept],
	     (API_ATTACHED_MAX - kept) * sizeof(stream->attached[0]));
	stream->attached_count = kept;
}

enum cccd_err stream_attach(struct api *api, struct stream *stream,
                            struct session *session, const char *token)
{
	struct attached *at = NULL;

	if (stream_attached(stream, session_id(session)) != NULL)
		return CCCD_OK;
	if (stream->attached_count == API_ATTACHED_MAX)
		forget_over(api, stream);
	if (stream->attached_count == API_ATTACHED_MAX)
		return CCCD_ERR_RATE_LIMITED;
	at = &stream->attached[stream->attached_count++];
	(void)snprintf(at->id, sizeof(at->id), "%s", session_id(session));
	(void)snprintf(at->token, sizeof(at->token), "%s", token);
	sessions_attach(api->sessions, session);
	return CCCD_OK;
}

static void send_frame(struct stream *stream, const struct session_event *event)
{
	BUF frame = buf_make(API_FRAME_MAX);

	if (json_frame_event(event->type, event->sequence, event->body,
	                     &frame) == CCCD_OK)
		listen_ws_send(stream->conn, buf_span(&frame));
	else
		listen_close(stream->conn);
}

static void send_event(struct stream *stream, const struct session_event *event)
{
	char id[SEQUENCE_TEXT_MAX];

	(void)snprintf(id, sizeof(id), "%" PRIu64, event->sequence);
	listen_stream_event(stream->conn, id, event->type,
	                    span_text(event->body));
}

/* The agent is told how the sessions end that it may have asked about. */
static bool concerns(const struct stream *stream,
                     const struct session_event *event)
{
	if (!stream->greeted)
		return false;
	if (stream->kind == STREAM_AGENT)
		return strcmp(event->type, "session.state") == 0;
	return event->session_id[0] == '\0' ||
	       stream_attached(stream, event->session_id) != NULL;
}

void stream_tell(struct stream *stream, const struct session_event *event)
{
	if (!concerns(stream, event))
		return;
	if (stream->kind == STREAM_EVENTS)
		send_event(stream, event);
	else
		send_frame(stream, event);
}

static void tell_again(void *context, const struct session_event *event)
{
	stream_tell(context, event);
}

static void tell_own(void *context, const struct session_event *event)
{
	if (event->session_id[0] != '\0')
		stream_tell(context, event);
}

void stream_replay(struct api *api, struct stream *stream, const char *sequence)
{
	static const struct session_event gap = { .type = "stream.gap",
		                                  .session_id = "",
		                                  .body = "{}" };
	const char *own =
	        stream->attached_count > 0 ? stream->attached[0].id : "";
	bool resumes = sequence[0] != '\0';
	char *end = NULL;
	uint64_t after = strtoull(sequence, &end, DECIMAL);

	if (!resumes) {
		/* All there is: what is not kept any more is older. */
		if (own[0] != '\0')
			(void)sessions_replay(
			        api->sessions,
			        sessions_kept_after(api->sessions), own,
			        tell_own, stream);
		return;
	}
	/* What is no number resumes nothing. */
	if (*end != '\0' || sequence[0] == '-' ||
	    !sessions_replay(api->sessions, after, own, tell_again, stream))
		stream_tell(stream, &gap);
}
