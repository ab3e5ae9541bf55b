/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as bytes. [service-api 1: always send] */
#include "service/listen/http_reply.h"

#include <stdio.h>

#include "base/macros.h"
#include "service/listen/http_head.h"

/* No Server, no Date: a refusal is the same bytes every time. */
static const char always[] = "Vary: Origin\r\n"
                             "Cache-Control: no-store\r\n"
                             "X-Content-Type-Options: nosniff\r\n"
                             "Cross-Origin-Resource-Policy: same-origin\r\n"
                             "Content-Security-Policy: default-src 'none'; "
                             "frame-ancestors 'none'\r\n"
                             "Access-Control-Max-Age: 600\r\n";

static const char preflight[] =
        "Access-Control-Allow-Methods: GET, POST, DELETE\r\n"
        "Access-Control-Allow-Headers: authorization, content-type, "
        "idempotency-key, last-event-id\r\n";

static const char exposed[] = "Access-Control-Expose-Headers: Deprecation, "
                              "Location, Retry-After, Sunset\r\n";

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 101, "Switching Protocols" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 424, "Failed Dependency" },
		{ 426, "Upgrade Required" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

static enum cccd_err put(struct buf *ret, const char *text)
{
	return buf_append(ret, span_text(text));
}

/* A value ends where its line does: no second field can hide in it. */
static enum cccd_err put_field(struct buf *ret, const char *name,
                               const char *value)
{
	if (!http_is_token(span_text(name)))
		return CCCD_ERR_USAGE_ARGUMENT;
	for (const char *at = value; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			return CCCD_ERR_USAGE_ARGUMENT;
	TRY(put(ret, name));
	TRY(put(ret, ": "));
	TRY(put(ret, value));
	return put(ret, "\r\n");
}

static enum cccd_err put_number(struct buf *ret, const char *name,
                                size_t number)
{
	char text[24] = "";

	(void)snprintf(text, sizeof(text), "%zu", number);
	return put_field(ret, name, text);
}

static enum cccd_err put_status(struct buf *ret, int status)
{
	char line[64] = "";

	if (status < 101 || status > 599)
		return CCCD_ERR_USAGE_ARGUMENT;
	(void)snprintf(line, sizeof(line), "HTTP/1.1 %d %s\r\n", status,
	               reason_of(status));
	return put(ret, line);
}

/* Only the one that asked; never credentials. [Fetch, CORS] */
static enum cccd_err put_cors(struct buf *ret, const struct http_reply *how)
{
	if (how->origin[0] == '\0')
		return CCCD_OK;
	TRY(put_field(ret, "Access-Control-Allow-Origin", how->origin));
	return put(ret,
	           how->kind == HTTP_REPLY_PREFLIGHT ? preflight : exposed);
}

static enum cccd_err put_fields(struct buf *ret,
                                const struct listen_reply *reply)
{
	if (reply->content_type != NULL)
		TRY(put_field(ret, "Content-Type", reply->content_type));
	/* Every credential here is a bearer's. [RFC 9110 15.5.2] */
	if (reply->status == 401)
		TRY(put_field(ret, "WWW-Authenticate", "Bearer"));
	if (reply->location != NULL)
		TRY(put_field(ret, "Location", reply->location));
	if (reply->retry_after_s > 0)
		TRY(put_number(ret, "Retry-After", reply->retry_after_s));
	for (size_t i = 0; i < reply->field_count; i++)
		TRY(put_field(ret, reply->fields[i].name,
		              reply->fields[i].value));
	return CCCD_OK;
}

enum cccd_err http_reply_write(const struct http_reply *how,
                               const struct listen_reply *reply,
                               struct buf *ret)
{
	bool bare = reply->status < 200 || reply->status == 204 ||
	            reply->status == 304;

	if (bare && reply->body.len > 0)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(put_status(ret, reply->status));
	TRY(put(ret, always));
	TRY(put_cors(ret, how));
	TRY(put_fields(ret, reply));
	if (how->kind == HTTP_REPLY_PLAIN && !bare)
		TRY(put_number(ret, "Content-Length", reply->body.len));
	if (how->kind == HTTP_REPLY_UPGRADE)
		TRY(put(ret, "Upgrade: websocket\r\nConnection: Upgrade\r\n"));
	else if (!how->keep)
		TRY(put(ret, "Connection: close\r\n"));
	TRY(put(ret, "\r\n"));
	return buf_append(ret, reply->body);
}
