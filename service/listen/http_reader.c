/* SPDX-License-Identifier: Apache-2.0 */
/* One request as it comes in. [service-api 1: limits before parsing] */
#include "service/listen/http_reader.h"

void http_reader_init(struct http_reader *reader,
                      const struct listen_limits *limits)
{
	*reader = (struct http_reader){
		.step = HTTP_MORE_HEAD,
		.bytes = buf_make(limits->head_bytes),
		.body = buf_make(limits->body_bytes),
	};
}

void http_reader_reset(struct http_reader *reader)
{
	size_t head_bytes = reader->bytes.max;
	size_t body_bytes = reader->body.max;

	/* The memory goes too: a waiting connection holds none. */
	http_reader_release(reader);
	reader->step = HTTP_MORE_HEAD;
	reader->bytes = buf_make(head_bytes);
	reader->body = buf_make(body_bytes);
	reader->scanned = 0;
	reader->head = (struct http_head){ 0 };
	reader->verdict = (struct http_verdict){ 0 };
}

void http_reader_release(struct http_reader *reader)
{
	buf_release(&reader->bytes);
	buf_release(&reader->body);
}

static enum http_step refuse(struct http_reader *reader, int status,
                             enum cccd_err err)
{
	reader->verdict.status = status;
	reader->verdict.err = err;
	reader->verdict.keep = false;
	return HTTP_REFUSED;
}

static enum http_step take_body(struct http_reader *reader, struct span bytes)
{
	size_t missing = reader->verdict.body_len - reader->body.len;

	if (bytes.len > missing)
		return refuse(reader, 400, CCCD_ERR_REQUEST_MALFORMED);
	if (buf_reserve(&reader->body, reader->verdict.body_len) != CCCD_OK ||
	    buf_append(&reader->body, bytes) != CCCD_OK)
		return refuse(reader, 503, CCCD_OK);
	return bytes.len == missing ? HTTP_WHOLE : HTTP_MORE_BODY;
}

/* @rest: what came after the head. */
static enum http_step judge_head(struct http_reader *reader,
                                 const struct http_judge *judge,
                                 struct span rest)
{
	int status = http_head_parse(buf_span(&reader->bytes), &reader->head);

	if (status != 0)
		return refuse(reader, status, CCCD_OK);
	reader->verdict = http_judge(judge, &reader->head);
	if (reader->verdict.status != 0)
		return HTTP_REFUSED;
	return take_body(reader, rest);
}

static enum http_step take_head(struct http_reader *reader,
                                const struct http_judge *judge,
                                struct span bytes)
{
	size_t before = reader->bytes.len;
	size_t room = reader->bytes.max - before;
	struct span part = span_first(bytes, room);
	size_t end = 0;

	if (buf_append(&reader->bytes, part) != CCCD_OK)
		return refuse(reader, 503, CCCD_OK);
	if (http_head_scan(buf_span(&reader->bytes), &reader->scanned, &end) !=
	    CCCD_OK)
		return refuse(reader, 400, CCCD_OK);
	if (end == 0)
		return part.len == room ? refuse(reader, 431, CCCD_OK)
		                        : HTTP_MORE_HEAD;
	/* The rest is the body's; its first copy goes with the head. */
	reader->bytes.len = end;
	return judge_head(reader, judge, span_after(bytes, end - before));
}

enum http_step http_reader_feed(struct http_reader *reader,
                                const struct http_judge *judge,
                                struct span bytes)
{
	if (reader->step == HTTP_MORE_HEAD)
		reader->step = take_head(reader, judge, bytes);
	else if (reader->step == HTTP_MORE_BODY)
		reader->step = take_body(reader, bytes);
	return reader->step;
}

/* In place: a blank, a CR or the end of line follows every value. */
static const char *as_string(struct http_reader *reader, struct span value)
{
	size_t offset = 0;

	if (value.len == 0)
		return "";
	offset = (size_t)(value.at - reader->bytes.at);
	reader->bytes.at[offset + value.len] = '\0';
	return (const char *)value.at;
}

const char *http_reader_origin(struct http_reader *reader)
{
	return as_string(reader, reader->verdict.origin);
}

void http_reader_request(struct http_reader *reader,
                         const struct listen_peer *peer,
                         struct listen_fields *ret_fields,
                         struct listen_request *ret)
{
	for (size_t i = 0; i < HTTP_FIELDS; i++)
		ret_fields->value[i] = as_string(reader, reader->head.value[i]);
	*ret = (struct listen_request){
		.peer = *peer,
		.method = reader->verdict.method,
		.path = as_string(reader, reader->verdict.path),
		.origin = ret_fields->value[HTTP_ORIGIN],
		.body = buf_span(&reader->body),
		.fields = ret_fields,
	};
}

const char *listen_header(const struct listen_request *request,
                          const char *name)
{
	for (size_t i = HTTP_FIRST_PUBLIC; i < HTTP_FIELDS; i++)
		if (strcmp(http_field_name((enum http_field)i), name) == 0)
			return request->fields->value[i];
	return "";
}
