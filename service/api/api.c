/* SPDX-License-Identifier: Apache-2.0 */
/* Between the doors and the sessions: who calls whom. */
#include "service/api/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"
#include "service/api/private.h"
#include "service/api/routes.h"
#include "service/core/audit.h"
#include "service/core/registry.h"

enum cccd_err api_new(const struct api_parts *parts, struct api **ret)
{
	struct api *api = calloc(1, sizeof(*api));

	if (api == NULL)
		return CCCD_ERR_MEMORY;
	api->parts = *parts;
	*ret = api;
	return CCCD_OK;
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	listen_timer_free(api->timer);
	registry_unref(api->registry);
	free(api);
}

/* Every call may have brought a deadline nearer. */
static void tick(struct api *api)
{
	listen_timer_set(api->timer,
	                 sessions_tick(api->sessions, clock_steady_ms()));
}

static void on_timer(void *context)
{
	tick(context);
}

static void on_wake(void *context)
{
	struct api *api = context;

	sessions_drain(api->sessions);
	tick(api);
}

struct caller caller_of(const struct listen_peer *peer, const char *origin)
{
	struct caller caller = { .uid = peer->uid, .gid = peer->gid };

	switch (peer->door) {
	case LISTEN_DOOR_TCP: caller.door = CALLER_BROWSER; break;
	case LISTEN_DOOR_UNIX: caller.door = CALLER_LOCAL; break;
	case LISTEN_DOOR_AGENT: caller.door = CALLER_AGENT; break;
	}
	(void)snprintf(caller.origin, sizeof(caller.origin), "%s", origin);
	return caller;
}

static void on_request(void *context, struct listen_conn *conn,
                       const struct listen_request *request)
{
	struct api *api = context;
	struct call call = {
		.api = api,
		.conn = conn,
		.request = request,
		.caller = caller_of(&request->peer, request->origin),
	};

	route_serve(&call);
	tick(api);
}

static bool offers(const char *list, const char *protocol)
{
	size_t len = strlen(protocol);

	while (*list != '\0') {
		size_t word = 0;

		list += strspn(list, " \t,");
		word = strcspn(list, " \t,");
		if (word == len && memcmp(list, protocol, len) == 0)
			return true;
		list += word;
	}
	return false;
}

/* The agent's door leads to the agent's socket and nowhere else. */
static bool on_ws_wanted(void *context, struct listen_conn *conn,
                         const struct listen_request *request,
                         const char **ret_subprotocol)
{
	struct api *api = context;
	bool agent = request->peer.door == LISTEN_DOOR_AGENT;
	const char *path = agent ? "/v1/agent" : "/v1/ws";
	const char *protocol = agent ? "cccd-agent.v1" : "cccd.v1";
	struct call call = {
		.api = api,
		.conn = conn,
		.request = request,
		.caller = caller_of(&request->peer, request->origin),
	};

	if (strcmp(request->path, path) != 0)
		return false;
	if (!offers(listen_header(request, "sec-websocket-protocol"),
	            protocol)) {
		reply_problem(&call, CCCD_ERR_REQUEST_MALFORMED, NULL, 0);
		return false;
	}
	if (agent && api->agent != NULL) {
		reply_problem(&call, CCCD_ERR_USAGE_STATE, NULL, 0);
		return false;
	}
	if (stream_open(api, conn, agent ? STREAM_AGENT : STREAM_SOCKET,
	                &call.caller) == NULL) {
		reply_problem(&call, CCCD_ERR_RATE_LIMITED, NULL, 1);
		return false;
	}
	*ret_subprotocol = protocol;
	return true;
}

static void on_hello(struct api *api, struct stream *stream,
                     const struct json_frame *frame)
{
	struct session *session = NULL;
	enum cccd_err err = CCCD_OK;

	if (strcmp(frame->type, "hello") != 0) {
		listen_ws_close(stream->conn, 1008, "hello first");
		return;
	}
	if (frame->has_token)
		err = sessions_find_token(api->sessions, &stream->caller,
		                          frame->token, &session);
	if (err == CCCD_OK && session != NULL)
		err = stream_attach(api, stream, session, frame->token);
	/* Two may have knocked before either spoke. */
	if (stream->kind == STREAM_AGENT && api->agent != NULL)
		err = CCCD_ERR_USAGE_STATE;
	if (err != CCCD_OK) {
		socket_problem(stream, "hello", err, NULL);
		listen_ws_close(stream->conn, 1008, cccd_err_code(err));
		return;
	}
	stream->greeted = true;
	if (stream->kind == STREAM_AGENT)
		api->agent = stream;
	socket_reply(stream, "hello", "welcome", "{\"api_level\":1}");
	if (stream->kind == STREAM_SOCKET)
		stream_replay(api, stream, frame->last_event);
}

static void on_frame(struct api *api, struct stream *stream,
                     const struct json_frame *frame)
{
	if (!stream->greeted)
		on_hello(api, stream, frame);
	else if (stream->kind == STREAM_AGENT)
		agent_message(api, stream, frame);
	else
		socket_message(api, stream, frame);
}

static void on_ws_message(void *context, struct listen_conn *conn,
                          struct span text)
{
	struct api *api = context;
	struct stream *stream = listen_user(conn);
	struct cccd_error error = { .tries_left = -1 };
	struct json_frame frame = { 0 };
	enum cccd_err err = json_frame_parse(text, &error, &frame);

	if (err == CCCD_OK)
		on_frame(api, stream, &frame);
	else
		socket_problem(stream, "", err, &error);
	/* Whoever cannot say hello holds no place. */
	if (err != CCCD_OK && !stream->greeted)
		listen_ws_close(conn, 1008, "hello first");
	wipe(&frame, sizeof(frame));
	tick(api);
}

static void on_closed(void *context, struct listen_conn *conn)
{
	struct api *api = context;

	stream_close(api, listen_user(conn));
	tick(api);
}

static size_t on_problem(void *context, enum cccd_err err, char *at,
                         size_t room)
{
	char *text = problem_text(err, NULL);
	size_t len = text == NULL ? 0 : strlen(text);

	(void)context;
	if (len > room)
		len = 0;
	if (len > 0)
		memcpy(at, text, len);
	json_text_free(text);
	return len;
}

static void on_signal(void *context, int number)
{
	struct api *api = context;

	api->parts.signal(api->parts.signal_context, number);
	tick(api);
}

/* Refused callers are counted, not served: the log limits itself. */
static void note_stranger(struct api *api, const char *origin, bool local,
                          uint32_t uid)
{
	const struct audit_entry entry = { .kind = AUDIT_UNKNOWN_ORIGIN,
		                           .origin = origin,
		                           .local = local,
		                           .uid = uid };

	/* A log that cannot be written stops results, not refusals. */
	if (audit_append(api->parts.audit, &entry, NULL) != CCCD_OK)
		return;
}

static bool on_origin(void *context, const char *origin)
{
	struct api *api = context;

	if (registry_by_origin(api->registry, origin) != NULL)
		return true;
	note_stranger(api, origin, false, 0);
	return false;
}

/* Who may open the agent's door is a matter of its file's mode. */
static bool on_peer(void *context, const struct listen_peer *peer)
{
	struct api *api = context;

	if (peer->door == LISTEN_DOOR_AGENT ||
	    registry_by_uid(api->registry, peer->uid) != NULL)
		return true;
	note_stranger(api, "", true, peer->uid);
	return false;
}

struct listen_handlers api_handlers(struct api *api)
{
	return (struct listen_handlers){ .context = api,
		                         .origin_allowed = on_origin,
		                         .peer_allowed = on_peer,
		                         .request = on_request,
		                         .ws_wanted = on_ws_wanted,
		                         .ws_message = on_ws_message,
		                         .closed = on_closed,
		                         .problem = on_problem,
		                         .wake = on_wake,
		                         .signal = on_signal };
}

static bool is_registered(const struct api *api, const struct caller *caller)
{
	switch (caller->door) {
	case CALLER_BROWSER:
		return registry_by_origin(api->registry, caller->origin) !=
		       NULL;
	case CALLER_LOCAL:
		return registry_by_uid(api->registry, caller->uid) != NULL;
	case CALLER_AGENT: break;
	}
	return true;
}

/* A request is judged when it comes; a stream is here already. */
void api_set_registry(struct api *api, struct registry *registry)
{
	struct registry *before = api->registry;

	api->registry = registry_ref(registry);
	registry_unref(before);
	for (struct stream *at = api->streams; at != NULL; at = at->next)
		if (!is_registered(api, &at->caller))
			listen_close(at->conn);
}

static void on_event(void *context, const struct session_event *event)
{
	struct api *api = context;

	for (struct stream *at = api->streams; at != NULL; at = at->next)
		stream_tell(at, event);
}

/* From any thread. */
static void wake_loop(void *context)
{
	const struct api *api = context;

	listen_wake(api->listen);
}

struct sessions_hooks api_hooks(struct api *api)
{
	return (struct sessions_hooks){ .context = api,
		                        .event = on_event,
		                        .wake = wake_loop,
		                        .ask = agent_ask };
}

enum cccd_err api_set_loop(struct api *api, struct listen *listen)
{
	api->listen = listen;
	return listen_timer_new(listen, on_timer, api, &api->timer);
}

void api_set_sessions(struct api *api, struct sessions *sessions)
{
	api->sessions = sessions;
	listen_timer_set(api->timer, 0);
}
