/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a request. The lines are judged here by the letter of the
 * grammar; llhttp then takes the fields apart, and both must agree.
 */
#include "service/listen/http_head.h"

#include <llhttp.h>

enum {
	TAB = 0x09,
	DEL = 0x7F,
	/* Digits of a Content-Length: no request comes near it. */
	LENGTH_DIGITS_MAX = 10,
};

static const char *const names[HTTP_FIELDS] = {
	[HTTP_HOST] = "host",
	[HTTP_ORIGIN] = "origin",
	[HTTP_CONNECTION] = "connection",
	[HTTP_CONTENT_ENCODING] = "content-encoding",
	[HTTP_CONTENT_LENGTH] = "content-length",
	[HTTP_EXPECT] = "expect",
	[HTTP_REQUEST_METHOD] = "access-control-request-method",
	[HTTP_FETCH_DEST] = "sec-fetch-dest",
	[HTTP_FETCH_MODE] = "sec-fetch-mode",
	[HTTP_FETCH_SITE] = "sec-fetch-site",
	[HTTP_TRANSFER_ENCODING] = "transfer-encoding",
	[HTTP_UPGRADE] = "upgrade",
	[HTTP_WS_KEY] = "sec-websocket-key",
	[HTTP_WS_VERSION] = "sec-websocket-version",
	[HTTP_ACCEPT] = "accept",
	[HTTP_AUTHORIZATION] = "authorization",
	[HTTP_CONTENT_TYPE] = "content-type",
	[HTTP_IDEMPOTENCY_KEY] = "idempotency-key",
	[HTTP_LAST_EVENT_ID] = "last-event-id",
	[HTTP_WS_PROTOCOL] = "sec-websocket-protocol",
};

const char *http_field_name(enum http_field field)
{
	return names[field];
}

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

bool http_is(struct span value, const char *text)
{
	if (value.len != strlen(text))
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (lower(value.at[i]) != lower((uint8_t)text[i]))
			return false;
	return true;
}

static struct span trim(struct span text)
{
	while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == TAB))
		text = span_after(text, 1);
	while (text.len > 0 &&
	       (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == TAB))
		text.len--;
	return text;
}

bool http_has_token(struct span list, const char *token)
{
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.at, ',', list.len);
		size_t len =
		        comma == NULL ? list.len : (size_t)(comma - list.at);

		if (http_is(trim(span_first(list, len)), token))
			return true;
		list = span_after(list, len + 1);
	}
	return false;
}

static bool is_token_byte(uint8_t byte)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	return (byte >= '0' && byte <= '9') ||
	       (lower(byte) >= 'a' && lower(byte) <= 'z') ||
	       memchr(marks, byte, sizeof(marks) - 1) != NULL;
}

bool http_is_token(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_token_byte(text.at[i]))
			return false;
	return text.len > 0;
}

enum cccd_err http_head_scan(struct span bytes, size_t *from, size_t *ret_end)
{
	for (size_t i = *from; i < bytes.len; i++) {
		uint8_t byte = bytes.at[i];
		bool after_cr = i > 0 && bytes.at[i - 1] == '\r';

		*from = i + 1;
		/* A bare CR or LF is where two parsers part ways. */
		if ((byte == '\n') != after_cr)
			return CCCD_ERR_REQUEST_MALFORMED;
		if (byte == DEL ||
		    (byte < ' ' && byte != TAB && byte != '\r' && byte != '\n'))
			return CCCD_ERR_REQUEST_MALFORMED;
		if (byte != '\n')
			continue;
		if (i == 1)
			return CCCD_ERR_REQUEST_MALFORMED;
		if (i >= 3 && bytes.at[i - 2] == '\n') {
			*ret_end = i + 1;
			return CCCD_OK;
		}
	}
	*ret_end = 0;
	return CCCD_OK;
}

/* The first line, without its CRLF; @bytes ends with one. */
static struct span line_of(struct span bytes)
{
	const uint8_t *end = memchr(bytes.at, '\r', bytes.len);

	return span_first(bytes,
	                  end == NULL ? bytes.len : (size_t)(end - bytes.at));
}

static struct span word_of(struct span line)
{
	const uint8_t *end = memchr(line.at, ' ', line.len);

	return span_first(line,
	                  end == NULL ? line.len : (size_t)(end - line.at));
}

/* [RFC 9112 3] */
static int parse_request_line(struct span line, struct http_head *head)
{
	struct span version = { 0 };

	head->method = word_of(line);
	line = span_after(line, head->method.len + 1);
	if (!http_is_token(head->method) || line.len == 0)
		return 400;
	head->target = word_of(line);
	version = span_after(line, head->target.len + 1);
	if (head->target.len == 0 || version.len != 8 ||
	    memcmp(version.at, "HTTP/", 5) != 0 || version.at[6] != '.')
		return 400;
	return version.at[5] == '1' && version.at[7] == '1' ? 0 : 505;
}

static void keep_field(struct http_head *head, struct span name,
                       struct span value)
{
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		if (!http_is(name, names[i]))
			continue;
		head->count[i]++;
		head->value[i] = value;
	}
}

/* What llhttp has found so far. */
struct fields {
	struct http_head *head;
	struct span name;
	struct span value;
	size_t lines;
	bool complete;
};

static void take_field(struct fields *fields)
{
	if (fields->name.len == 0)
		return;
	keep_field(fields->head, fields->name, trim(fields->value));
	fields->lines++;
	fields->name = span_of(NULL, 0);
	fields->value = span_of(NULL, 0);
}

/* llhttp may give one run of bytes in pieces. */
static struct span join(struct span run, const char *at, size_t len)
{
	return run.len == 0 ? span_of(at, len) : span_of(run.at, run.len + len);
}

static int on_name(llhttp_t *parser, const char *at, size_t len)
{
	struct fields *fields = parser->data;

	if (fields->value.at != NULL)
		take_field(fields);
	fields->name = join(fields->name, at, len);
	return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
	struct fields *fields = parser->data;

	fields->value = join(fields->value, at, len);
	return 0;
}

static int on_value_complete(llhttp_t *parser)
{
	take_field(parser->data);
	return 0;
}

static int on_complete(llhttp_t *parser)
{
	struct fields *fields = parser->data;

	take_field(fields);
	fields->complete = true;
	return HPE_PAUSED;
}

/*
 * The request line is ours alone: llhttp has its own list of methods, and a
 * refusal that depends on the method would tell something to a stranger.
 */
static bool parse_fields(struct span lines, size_t count,
                         struct http_head *head)
{
	static const char request_line[] = "GET / HTTP/1.1\r\n";
	struct fields fields = { .head = head };
	llhttp_settings_t settings;
	llhttp_t parser;

	llhttp_settings_init(&settings);
	settings.on_header_field = on_name;
	settings.on_header_value = on_value;
	settings.on_header_value_complete = on_value_complete;
	settings.on_headers_complete = on_complete;
	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &fields;
	if (llhttp_execute(&parser, request_line, sizeof(request_line) - 1) !=
	    HPE_OK)
		return false;
	return llhttp_execute(&parser, (const char *)lines.at, lines.len) ==
	               HPE_PAUSED &&
	       fields.complete && fields.lines == count;
}

/* [RFC 9112 5.1, 5.2] no blank before the colon, no folded line */
static bool is_field_line(struct span line)
{
	const uint8_t *colon = memchr(line.at, ':', line.len);

	return colon != NULL &&
	       http_is_token(span_first(line, (size_t)(colon - line.at)));
}

/* [RFC 9112 6] one plain length, and nothing that could contradict it */
static bool parse_framing(struct http_head *head)
{
	struct span digits = head->value[HTTP_CONTENT_LENGTH];

	if (head->count[HTTP_TRANSFER_ENCODING] > 0 ||
	    head->count[HTTP_CONTENT_LENGTH] > 1)
		return false;
	if (head->count[HTTP_CONTENT_LENGTH] == 0)
		return true;
	if (digits.len == 0 || digits.len > LENGTH_DIGITS_MAX ||
	    (digits.at[0] == '0' && digits.len > 1) ||
	    digits.at[digits.len] != '\r')
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return false;
		head->content_length *= 10;
		head->content_length += digits.at[i] & 0x0FU;
	}
	return true;
}

int http_head_parse(struct span bytes, struct http_head *ret)
{
	struct http_head head = { 0 };
	struct span line = line_of(bytes);
	struct span lines = span_after(bytes, line.len + 2);
	size_t count = 0;
	int status = parse_request_line(line, &head);

	if (status != 0)
		return status;
	for (struct span rest = lines; rest.len > 2; count++) {
		line = line_of(rest);
		if (!is_field_line(line))
			return 400;
		rest = span_after(rest, line.len + 2);
	}
	if (count > HTTP_FIELD_LINES_MAX)
		return 431;
	if (!parse_fields(lines, count, &head) || !parse_framing(&head))
		return 400;
	*ret = head;
	return 0;
}
