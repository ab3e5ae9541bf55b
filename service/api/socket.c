/* SPDX-License-Identifier: Apache-2.0 */
/* The same commands in one socket: subprotocol cccd.v1. */
#include <string.h>

#include "base/macros.h"
#include "base/secret.h"
#include "lib/json/request.h"
#include "lib/json/result.h"
#include "service/api/private.h"

/* struct command - one frame in hand; @session once it is found. */
struct command {
	struct api *api;
	struct stream *stream;
	const struct json_frame *frame;
	struct session *session;
	struct cccd_error error;
};

void socket_reply(struct stream *stream, const char *re, const char *type,
                  const char *body)
{
	BUF frame = buf_make(API_FRAME_MAX);

	if (json_frame_reply(re, type, body, &frame) == CCCD_OK)
		listen_ws_send(stream->conn, buf_span(&frame));
	else
		listen_ws_close(stream->conn, 1011, "internal");
}

void socket_problem(struct stream *stream, const char *re, enum cccd_err err,
                    const struct cccd_error *error)
{
	char *text = problem_text(err, error);

	socket_reply(stream, re, "problem", text);
	json_text_free(text);
}

/* The reply takes the text over. */
static enum cccd_err answer(const struct command *command, char *text)
{
	socket_reply(command->stream, command->frame->id, "reply", text);
	if (text != NULL)
		wipe(text, strlen(text));
	json_text_free(text);
	return CCCD_OK;
}

static enum cccd_err answer_view(const struct command *command)
{
	char *text = NULL;

	TRY(session_view(command->session, &text));
	return answer(command, text);
}

static enum cccd_err list_readers(struct command *command)
{
	char *text = NULL;

	TRY(sessions_readers(command->api->sessions, &text));
	return answer(command, text);
}

/* From now on this socket follows it. */
static enum cccd_err follow(const struct command *command, const char *view)
{
	struct session *session = NULL;
	char id[DOOR_SESSION_MAX] = "";
	char token[DOOR_TOKEN_MAX] = "";
	enum cccd_err err = json_view_ids(view, id, token);

	if (err == CCCD_OK)
		err = sessions_find(command->api->sessions,
		                    &command->stream->caller, id, token,
		                    &session);
	if (err == CCCD_OK)
		err = stream_attach(command->api, command->stream, session,
		                    token);
	if (err != CCCD_OK && session != NULL)
		sessions_cancel(command->api->sessions, session);
	wipe(token, sizeof(token));
	return err;
}

static enum cccd_err create(struct command *command)
{
	struct json_request request = { 0 };
	uint32_t retry_after_s = 0;
	char *view = NULL;
	enum cccd_err err = json_request_parse(command->frame->body,
	                                       &command->error, &request);

	if (err == CCCD_OK)
		err = sessions_create(command->api->sessions,
		                      &command->stream->caller, &request, "",
		                      &command->error, &retry_after_s, &view);
	json_request_release(&request);
	if (err == CCCD_OK)
		err = follow(command, view);
	if (err == CCCD_OK)
		return answer(command, view);
	if (view != NULL)
		wipe(view, strlen(view));
	json_text_free(view);
	return err;
}

static enum cccd_err get(struct command *command)
{
	return answer_view(command);
}

static enum cccd_err take_key(struct command *command)
{
	struct json_access_key key = { 0 };
	enum cccd_err err = json_access_key_parse(command->frame->inner,
	                                          &command->error, &key);

	if (err == CCCD_OK)
		err = sessions_access_key(command->api->sessions,
		                          command->session, &key,
		                          &command->error);
	json_access_key_wipe(&key);
	TRY(err);
	return answer_view(command);
}

static enum cccd_err take_consent(struct command *command)
{
	struct json_consent consent = { 0 };

	TRY(json_consent_parse(command->frame->inner, &command->error,
	                       &consent));
	TRY(sessions_consent(command->api->sessions, command->session, &consent,
	                     &command->error));
	return answer_view(command);
}

static enum cccd_err cancel(struct command *command)
{
	sessions_cancel(command->api->sessions, command->session);
	return answer_view(command);
}

static enum cccd_err give_result(struct command *command)
{
	bool jwt = strcmp(command->frame->format, "jwt") == 0;
	BUF body = buf_make(API_FRAME_MAX);
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	if (!jwt && command->frame->format[0] != '\0' &&
	    strcmp(command->frame->format, "json") != 0)
		return CCCD_ERR_REQUEST_MALFORMED;
	TRY(session_take_result(command->api->sessions, command->session,
	                        jwt ? SESSION_JWT : SESSION_JSON,
	                        &command->error, &text));
	if (!jwt)
		return answer(command, text);
	err = json_frame_token(text, &body);
	wipe(text, strlen(text));
	json_text_free(text);
	TRY(err);
	TRY(buf_append_byte(&body, '\0'));
	socket_reply(command->stream, command->frame->id, "reply",
	             (const char *)body.at);
	return CCCD_OK;
}

static enum cccd_err give_portrait(struct command *command)
{
	BUF jpeg = { 0 };
	BUF body = buf_make(API_FRAME_MAX);

	TRY(session_take_portrait(command->api->sessions, command->session,
	                          &command->error, &jpeg));
	TRY(json_frame_jpeg(buf_span(&jpeg), &body));
	TRY(buf_append_byte(&body, '\0'));
	socket_reply(command->stream, command->frame->id, "reply",
	             (const char *)body.at);
	return CCCD_OK;
}

static const struct {
	const char *type;
	bool session;
	enum cccd_err (*run)(struct command *command);
} commands[] = {
	{ "readers.list", false, list_readers },
	{ "session.create", false, create },
	{ "session.get", true, get },
	{ "session.access_key", true, take_key },
	{ "session.consent", true, take_consent },
	{ "session.cancel", true, cancel },
	{ "session.result", true, give_result },
	{ "session.portrait", true, give_portrait },
};

/* Only sessions that this socket made or greeted with. */
static enum cccd_err find(struct command *command)
{
	const struct attached *attached =
	        stream_attached(command->stream, command->frame->session_id);

	if (attached == NULL)
		return CCCD_ERR_SESSION_NOT_FOUND;
	return sessions_find(command->api->sessions, &command->stream->caller,
	                     attached->id, attached->token, &command->session);
}

void socket_message(struct api *api, struct stream *stream,
                    const struct json_frame *frame)
{
	struct command command = { .api = api,
		                   .stream = stream,
		                   .frame = frame,
		                   .error = { .tries_left = -1 } };
	enum cccd_err err = CCCD_ERR_REQUEST_MALFORMED;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (frame->faulty || strcmp(commands[i].type, frame->type) != 0)
			continue;
		err = commands[i].session ? find(&command) : CCCD_OK;
		if (err == CCCD_OK)
			err = commands[i].run(&command);
		break;
	}
	if (err != CCCD_OK)
		socket_problem(stream, frame->id, err, &command.error);
}
