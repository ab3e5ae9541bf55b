/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: JSON, bytes, problem documents. */
#include <string.h>

#include "base/secret.h"
#include "lib/json/result.h"
#include "service/api/private.h"

#define JSON_TYPE    "application/json"
#define PROBLEM_TYPE "application/problem+json"

static void free_text(char *text)
{
	if (text != NULL)
		wipe(text, strlen(text));
	json_text_free(text);
}

void reply_json(struct call *call, int status, char *text, const char *location)
{
	const struct listen_reply reply = {
		.status = status,
		.content_type = JSON_TYPE,
		.location = location,
		.body = span_text(text),
	};

	listen_reply(call->conn, &reply);
	free_text(text);
}

void reply_bytes(struct call *call, const char *content_type, struct span bytes)
{
	const struct listen_reply reply = {
		.status = 200,
		.content_type = content_type,
		.body = bytes,
	};

	listen_reply(call->conn, &reply);
}

void reply_status(struct call *call, int status)
{
	const struct listen_reply reply = { .status = status };

	listen_reply(call->conn, &reply);
}

void reply_not_allowed(struct call *call, const char *allow)
{
	const struct listen_field field = { "Allow", allow };
	const struct listen_reply reply = { .status = 405,
		                            .fields = &field,
		                            .field_count = 1 };

	listen_reply(call->conn, &reply);
}

char *problem_text(enum cccd_err err, const struct cccd_error *error)
{
	struct cccd_error told = { .tries_left = -1 };
	char *text = NULL;

	if (error != NULL && error->code != CCCD_OK)
		told = *error;
	told.code = err;
	return json_problem_text(&told, &text) == CCCD_OK ? text : NULL;
}

void reply_problem(struct call *call, enum cccd_err err,
                   const struct cccd_error *error, unsigned int retry_after_s)
{
	char *text = problem_text(err, error);
	struct listen_reply reply = {
		.status = cccd_err_http_status(err),
		.retry_after_s = retry_after_s,
	};

	if (text != NULL) {
		reply.content_type = PROBLEM_TYPE;
		reply.body = span_text(text);
	}
	listen_reply(call->conn, &reply);
	free_text(text);
}
