/* SPDX-License-Identifier: Apache-2.0 */
/* The agent of the seated user: subprotocol cccd-agent.v1, docs/agent.md. */
#include <string.h>

#include "lib/json/request.h"
#include "service/api/private.h"

bool agent_ask(void *context, const char *session_id, const char *text)
{
	struct api *api = context;
	const struct session_event prompt = { .type = "prompt",
		                              .session_id = session_id,
		                              .body = text };
	BUF frame = buf_make(API_FRAME_MAX);

	if (api->agent == NULL ||
	    json_frame_event(prompt.type, prompt.sequence, prompt.body,
	                     &frame) != CCCD_OK)
		return false;
	listen_ws_send(api->agent->conn, buf_span(&frame));
	return true;
}

static enum cccd_err on_consent(struct api *api, const struct json_frame *frame,
                                struct cccd_error *error)
{
	struct json_consent consent = { 0 };

	TRY(json_consent_parse(frame->inner, error, &consent));
	return sessions_agent_consent(api->sessions, frame->session_id,
	                              &consent, error);
}

static enum cccd_err on_key(struct api *api, const struct json_frame *frame,
                            struct cccd_error *error)
{
	struct json_access_key key = { 0 };
	enum cccd_err err = json_access_key_parse(frame->inner, error, &key);

	if (err == CCCD_OK)
		err = sessions_agent_access_key(api->sessions,
		                                frame->session_id, &key, error);
	json_access_key_wipe(&key);
	return err;
}

void agent_message(struct api *api, struct stream *stream,
                   const struct json_frame *frame)
{
	struct cccd_error error = { .tries_left = -1 };
	enum cccd_err err = CCCD_ERR_REQUEST_MALFORMED;

	if (frame->faulty)
		err = CCCD_ERR_REQUEST_MALFORMED;
	else if (strcmp(frame->type, "consent.answer") == 0)
		err = on_consent(api, frame, &error);
	else if (strcmp(frame->type, "access_key.answer") == 0)
		err = on_key(api, frame, &error);
	if (err == CCCD_OK)
		socket_reply(stream, frame->id, "reply", NULL);
	else
		socket_problem(stream, frame->id, err, &error);
}
