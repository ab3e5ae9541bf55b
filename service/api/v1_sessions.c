/* SPDX-License-Identifier: Apache-2.0 */
/* One session over HTTP: from the request to the result. */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "lib/json/request.h"
#include "lib/json/result.h"
#include "service/api/private.h"

enum { LOCATION_MAX = 64 };

/* The token of the Authorization field; "" when there is none. */
static const char *token_of(const struct call *call)
{
	static const char scheme[] = "Bearer ";
	const char *value = listen_header(call->request, "authorization");

	return strncmp(value, scheme, sizeof(scheme) - 1) == 0
	               ? value + sizeof(scheme) - 1
	               : "";
}

/* The session of the path, or the answer that there is none. */
static struct session *find(struct call *call)
{
	struct session *session = NULL;
	enum cccd_err err = sessions_find(call->api->sessions, &call->caller,
	                                  call->name, token_of(call), &session);

	if (err == CCCD_OK)
		return session;
	reply_problem(call, err, NULL, 0);
	return NULL;
}

static void reply_view(struct call *call, struct session *session, int status)
{
	char *text = NULL;
	enum cccd_err err = session_view(session, &text);

	if (err == CCCD_OK)
		reply_json(call, status, text, NULL);
	else
		reply_problem(call, err, NULL, 0);
}

static void reply_created(struct call *call, char *view)
{
	char id[DOOR_SESSION_MAX] = "";
	char token[DOOR_TOKEN_MAX] = "";
	char location[LOCATION_MAX];
	enum cccd_err err = json_view_ids(view, id, token);

	wipe(token, sizeof(token));
	(void)snprintf(location, sizeof(location), "/v1/sessions/%s", id);
	reply_json(call, 201, view, err == CCCD_OK ? location : NULL);
}

void serve_create(struct call *call)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_request request = { 0 };
	uint32_t retry_after_s = 0;
	char *view = NULL;
	enum cccd_err err =
	        json_request_parse(call->request->body, &error, &request);

	if (err == CCCD_OK)
		err = sessions_create(
		        call->api->sessions, &call->caller, &request,
		        listen_header(call->request, "idempotency-key"), &error,
		        &retry_after_s, &view);
	json_request_release(&request);
	if (err == CCCD_OK)
		reply_created(call, view);
	else
		reply_problem(call, err, &error, retry_after_s);
}

void serve_session(struct call *call)
{
	struct session *session = find(call);

	if (session != NULL)
		reply_view(call, session, 200);
}

void serve_cancel(struct call *call)
{
	struct session *session = find(call);

	if (session == NULL)
		return;
	sessions_cancel(call->api->sessions, session);
	reply_status(call, 204);
}

void serve_access_key(struct call *call)
{
	struct session *session = find(call);
	struct cccd_error error = { .tries_left = -1 };
	struct json_access_key key = { 0 };
	enum cccd_err err = CCCD_OK;

	if (session == NULL)
		return;
	err = json_access_key_parse(call->request->body, &error, &key);
	if (err == CCCD_OK)
		err = sessions_access_key(call->api->sessions, session, &key,
		                          &error);
	json_access_key_wipe(&key);
	if (err == CCCD_OK)
		reply_view(call, session, 202);
	else
		reply_problem(call, err, &error, 0);
}

void serve_consent(struct call *call)
{
	struct session *session = find(call);
	struct cccd_error error = { .tries_left = -1 };
	struct json_consent consent = { 0 };
	enum cccd_err err = CCCD_OK;

	if (session == NULL)
		return;
	err = json_consent_parse(call->request->body, &error, &consent);
	if (err == CCCD_OK)
		err = sessions_consent(call->api->sessions, session, &consent,
		                       &error);
	if (err == CCCD_OK)
		reply_view(call, session, 202);
	else
		reply_problem(call, err, &error, 0);
}

/* Whole types only: nobody weighs a list of them against ours. */
static bool format_of(const char *accept, enum session_format *ret)
{
	if (strcmp(accept, "application/jwt") == 0) {
		*ret = SESSION_JWT;
		return true;
	}
	*ret = SESSION_JSON;
	return accept[0] == '\0' || strcmp(accept, "*/*") == 0 ||
	       strcmp(accept, "application/json") == 0;
}

void serve_result(struct call *call)
{
	struct session *session = find(call);
	struct cccd_error error = { .tries_left = -1 };
	enum session_format format = SESSION_JSON;
	enum cccd_err err = CCCD_OK;
	char *text = NULL;

	if (session == NULL)
		return;
	if (!format_of(listen_header(call->request, "accept"), &format)) {
		reply_status(call, 406);
		return;
	}
	err = session_take_result(call->api->sessions, session, format, &error,
	                          &text);
	if (err != CCCD_OK) {
		reply_problem(call, err, &error, 0);
		return;
	}
	reply_bytes(call,
	            format == SESSION_JWT ? "application/jwt"
	                                  : "application/json",
	            span_text(text));
	wipe(text, strlen(text));
	json_text_free(text);
}

void serve_portrait(struct call *call)
{
	struct session *session = find(call);
	struct cccd_error error = { .tries_left = -1 };
	BUF jpeg = { 0 };
	enum cccd_err err = CCCD_OK;

	if (session == NULL)
		return;
	err = session_take_portrait(call->api->sessions, session, &error,
	                            &jpeg);
	if (err == CCCD_OK)
		reply_bytes(call, "image/jpeg", buf_span(&jpeg));
	else
		reply_problem(call, err, &error, 0);
}
