/* SPDX-License-Identifier: Apache-2.0 */
/* What is admitted, in one order for every request. [service-api 0, 1] */
#include "service/listen/http_rules.h"

#include "base/macros.h"
#include "service/listen/ws_handshake.h"

/* One field, once, of visible ASCII: the form of Host and Origin. */
static bool is_single(const struct http_head *head, enum http_field field)
{
	struct span value = head->value[field];

	if (head->count[field] != 1 || value.len == 0 ||
	    value.len >= LISTEN_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] <= ' ' || value.at[i] > '~')
			return false;
	return true;
}

/* R1: exact strings; no case folding, no default port, no last dot. */
static bool host_ok(const struct http_judge *judge,
                    const struct http_head *head)
{
	struct span value = head->value[HTTP_HOST];

	if (!is_single(head, HTTP_HOST))
		return false;
	if (judge->peer->door != LISTEN_DOOR_TCP)
		return span_equal(value, span_text("localhost"));
	for (const char *const *host = judge->rules->hosts;
	     host != NULL && *host != NULL; host++)
		if (span_equal(value, span_text(*host)))
			return true;
	return false;
}

/* R3, R4: a whole serialised origin that is registered. */
static bool origin_ok(const struct http_judge *judge,
                      const struct http_head *head)
{
	const struct listen_handlers *handlers = judge->handlers;
	struct span value = head->value[HTTP_ORIGIN];
	char origin[LISTEN_ORIGIN_MAX] = "";

	if (judge->peer->door != LISTEN_DOOR_TCP)
		return head->count[HTTP_ORIGIN] == 0 &&
		       handlers->peer_allowed(handlers->context, judge->peer);
	if (head->count[HTTP_ORIGIN] == 0)
		return judge->rules->origin_optional;
	if (!is_single(head, HTTP_ORIGIN) || http_is(value, "null"))
		return false;
	memcpy(origin, value.at, value.len);
	return handlers->origin_allowed(handlers->context, origin);
}

static bool is_one_of(const struct http_head *head, enum http_field field,
                      const char *first, const char *second)
{
	return head->count[field] == 0 ||
	       (head->count[field] == 1 &&
	        (http_is(head->value[field], first) ||
	         http_is(head->value[field], second)));
}

/*
 * What a browser says about its request may refuse, never permit. Nobody
 * comes here by a link, a form, a frame, an image or a script.
 */
static bool fetch_ok(const struct http_head *head)
{
	return is_one_of(head, HTTP_FETCH_MODE, "cors", "websocket") &&
	       is_one_of(head, HTTP_FETCH_DEST, "empty", "websocket") &&
	       is_one_of(head, HTTP_FETCH_SITE, "cross-site", "same-site");
}

static bool is_path_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' ||
	       byte == '~' || byte == '-';
}

static bool is_segment(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_path_byte(text.at[i]))
			return false;
	return text.len > 0 && !span_equal(text, span_text(".")) &&
	       !span_equal(text, span_text(".."));
}

bool http_path_ok(struct span target)
{
	if (target.len < 2 || target.len >= LISTEN_PATH_MAX)
		return false;
	while (target.len > 0) {
		struct span rest = span_after(target, 1);
		const uint8_t *slash = NULL;
		size_t len = rest.len;

		if (target.at[0] != '/')
			return false;
		if (rest.len > 0)
			slash = memchr(rest.at, '/', rest.len);
		if (slash != NULL)
			len = (size_t)(slash - rest.at);
		if (!is_segment(span_first(rest, len)))
			return false;
		target = span_after(rest, len);
	}
	return true;
}

/* Each field that a handler may see stands there once, in printable ASCII. */
static bool public_fields_ok(const struct http_head *head)
{
	for (size_t i = HTTP_FIRST_PUBLIC; i < HTTP_FIELDS; i++) {
		struct span value = head->value[i];

		if (head->count[i] > 1)
			return false;
		for (size_t at = 0; at < value.len; at++)
			if (value.at[at] < ' ' || value.at[at] > '~')
				return false;
	}
	return true;
}

/* Zero for a method that we do not have. */
static enum listen_method method_of(struct span text)
{
	static const struct {
		const char *name;
		enum listen_method method;
	} methods[] = { { "GET", LISTEN_GET },
		        { "POST", LISTEN_POST },
		        { "DELETE", LISTEN_DELETE } };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (span_equal(text, span_text(methods[i].name)))
			return methods[i].method;
	return (enum listen_method)0;
}

static bool is_json(const struct http_head *head)
{
	static const char *const types[] = {
		"application/json",
		"application/json;charset=utf-8",
		"application/json; charset=utf-8",
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (http_is(head->value[HTTP_CONTENT_TYPE], types[i]))
			return true;
	return false;
}

static void refuse(struct http_verdict *verdict, int status, enum cccd_err err)
{
	verdict->status = status;
	verdict->err = err;
	verdict->keep = false;
}

static void judge_body(const struct http_judge *judge,
                       const struct http_head *head,
                       struct http_verdict *verdict)
{
	size_t len = head->content_length;
	bool encoded = head->count[HTTP_CONTENT_ENCODING] > 0;

	if (!encoded && len > judge->limits->body_bytes)
		refuse(verdict, 413, CCCD_ERR_REQUEST_TOO_LARGE);
	else if (encoded || (len > 0 && !is_json(head)))
		refuse(verdict, 415, CCCD_ERR_REQUEST_MEDIA_TYPE);
	else
		verdict->body_len = len;
}

/* An upgrade is to WebSocket or an error: there is no other here. */
static void judge_upgrade(const struct http_head *head,
                          struct http_verdict *verdict)
{
	if (head->count[HTTP_UPGRADE] == 0 &&
	    !http_has_token(head->value[HTTP_CONNECTION], "upgrade"))
		return;
	if (verdict->method != LISTEN_GET || !ws_upgrade_ok(head))
		refuse(verdict, 400, CCCD_ERR_REQUEST_MALFORMED);
	else if (!ws_version_ok(head))
		refuse(verdict, 426, CCCD_OK);
	else
		verdict->upgrade = true;
}

static bool is_preflight(const struct http_head *head,
                         const struct http_verdict *verdict)
{
	return span_equal(head->method, span_text("OPTIONS")) &&
	       head->count[HTTP_REQUEST_METHOD] == 1 &&
	       head->content_length == 0 && verdict->origin.len > 0;
}

/* A body where none belongs. */
static bool is_stuffed(const struct http_head *head,
                       const struct http_verdict *verdict)
{
	return head->content_length > 0 && verdict->method != LISTEN_POST;
}

/* After admission: the caller may know what is wrong. */
static void judge_request(const struct http_judge *judge,
                          const struct http_head *head,
                          struct http_verdict *verdict)
{
	bool sound = http_path_ok(head->target) && public_fields_ok(head) &&
	             head->count[HTTP_CONNECTION] <= 1;

	verdict->method = method_of(head->method);
	if (sound && is_preflight(head, verdict)) {
		verdict->preflight = true;
	} else if (sound && verdict->method == 0) {
		refuse(verdict, 405, CCCD_OK);
	} else if (!sound || is_stuffed(head, verdict)) {
		refuse(verdict, 400, CCCD_ERR_REQUEST_MALFORMED);
	} else if (head->count[HTTP_EXPECT] > 0) {
		refuse(verdict, 417, CCCD_OK);
	} else {
		judge_body(judge, head, verdict);
		if (verdict->status == 0)
			judge_upgrade(head, verdict);
	}
}

struct http_verdict http_judge(const struct http_judge *judge,
                               const struct http_head *head)
{
	struct http_verdict verdict = { 0 };

	if (!host_ok(judge, head)) {
		refuse(&verdict, 421, CCCD_OK);
		return verdict;
	}
	if (!fetch_ok(head) || !origin_ok(judge, head)) {
		refuse(&verdict, 403, CCCD_OK);
		return verdict;
	}
	verdict.admitted = true;
	verdict.keep = !http_has_token(head->value[HTTP_CONNECTION], "close");
	verdict.path = head->target;
	verdict.origin = head->value[HTTP_ORIGIN];
	judge_request(judge, head, &verdict);
	return verdict;
}
