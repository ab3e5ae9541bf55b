/* SPDX-License-Identifier: Apache-2.0 */
/* Events by fetch streaming. */
#include <string.h>

#include "service/api/private.h"

void serve_events(struct call *call)
{
	static const char scheme[] = "Bearer ";
	const char *value = listen_header(call->request, "authorization");
	const char *token = value + sizeof(scheme) - 1;
	struct api *api = call->api;
	struct session *session = NULL;
	struct stream *stream = NULL;
	enum cccd_err err = CCCD_OK;

	if (value[0] != '\0')
		err = strncmp(value, scheme, sizeof(scheme) - 1) == 0
		              ? sessions_find_token(api->sessions,
		                                    &call->caller, token,
		                                    &session)
		              : CCCD_ERR_TOKEN_INVALID;
	if (err != CCCD_OK) {
		reply_problem(call, err, NULL, 0);
		return;
	}
	stream = stream_open(api, call->conn, STREAM_EVENTS, &call->caller);
	if (stream == NULL) {
		reply_problem(call, CCCD_ERR_RATE_LIMITED, NULL, 1);
		return;
	}
	listen_stream_begin(call->conn);
	stream->greeted = true;
	if (session != NULL &&
	    stream_attach(api, stream, session, token) != CCCD_OK) {
		listen_close(call->conn);
		return;
	}
	stream_replay(api, stream,
	              listen_header(call->request, "last-event-id"));
}
