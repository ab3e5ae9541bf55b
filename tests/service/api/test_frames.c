/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of sockets, taken apart and put together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "lib/json/door.h"
#include "lib/json/result.h"

#define ID "7f9c2ba4-e88f-427f-8a3a-8f2b6e1c0d55"

static enum cccd_err parse(const char *text, struct json_frame *ret)
{
	*ret = (struct json_frame){ .faulty = false };
	return json_frame_parse(span_text(text), NULL, ret);
}

static void assert_span(struct span span, const char *text)
{
	assert_int_equal(span.len, strlen(text));
	assert_memory_equal(span.at, text, span.len);
}

static void frame_parse_takes_hello(void **state)
{
	struct json_frame frame;

	(void)state;
	assert_int_equal(parse("{\"type\":\"hello\",\"token\":null}", &frame),
	                 CCCD_OK);
	assert_false(frame.has_token);
	assert_string_equal(frame.last_event, "");
	assert_int_equal(parse("{\"type\":\"hello\",\"token\":\"abc\","
	                       "\"last_event_id\":\"17\"}",
	                       &frame),
	                 CCCD_OK);
	assert_true(frame.has_token);
	assert_string_equal(frame.token, "abc");
	assert_string_equal(frame.last_event, "17");
}

static void frame_parse_takes_commands(void **state)
{
	struct json_frame frame;

	(void)state;
	assert_int_equal(
	        parse("{\"id\":\"3\",\"type\":\"session.access_key\",\"body\":"
	              "{\"session_id\":\"" ID
	              "\",\"access_key\":{\"type\":\"can\"}}}",
	              &frame),
	        CCCD_OK);
	assert_false(frame.faulty);
	assert_string_equal(frame.session_id, ID);
	assert_span(frame.inner, "{\"type\":\"can\"}");
	assert_int_equal(parse("{\"id\":\"4\",\"type\":\"session.create\","
	                       "\"body\": {\"any\":1} }",
	                       &frame),
	                 CCCD_OK);
	assert_false(frame.faulty);
	assert_span(frame.body, "{\"any\":1}");
	assert_int_equal(parse("{\"id\":\"5\",\"type\":\"session.result\","
	                       "\"body\":{\"session_id\":\"" ID
	                       "\",\"format\":\"jwt\"}}",
	                       &frame),
	                 CCCD_OK);
	assert_string_equal(frame.format, "jwt");
	assert_int_equal(frame.inner.len, 0);
}

#define COMMAND(rest) "{\"id\":\"1\",\"type\":\"a\"," rest "}"
#define BODY(inside)  COMMAND("\"body\":{" inside "}")

/* Answered by its id, but never obeyed. */
static void frame_parse_marks_what_is_faulty(void **state)
{
	static const char *const texts[] = {
		COMMAND("\"x\":1"),
		COMMAND("\"body\":[]"),
		COMMAND("\"body\":null"),
		BODY("\"x\":1"),
		BODY("\"session_id\":1"),
		(BODY("\"session_id\":\"" ID "0\"")),
		BODY("\"format\":\"x2345678\""),
	};
	struct json_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(parse(texts[i], &frame), CCCD_OK);
		assert_true(frame.faulty);
		assert_string_equal(frame.id, "1");
	}
}

static void frame_parse_refuses_what_has_no_id(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"type\":\"a\"}",
		"{\"id\":\"\",\"type\":\"a\"}",
		"{\"id\":1,\"type\":\"a\"}",
		"{\"id\":\"a b\",\"type\":\"a\"}",
		"{\"id\":\"a\\\"b\",\"type\":\"a\"}",
		"{\"id\":\"a\\\\b\",\"type\":\"a\"}",
		"{\"id\":\"\\u00e9\",\"type\":\"a\"}",
		"{\"id\":\"1\"}",
		"{\"id\":\"1\",\"id\":\"2\",\"type\":\"a\"}",
		"{\"type\":\"hello\"}",
		"{\"type\":\"hello\",\"token\":1}",
		"{\"type\":\"hello\",\"token\":null,\"id\":\"1\"}",
		"{\"type\":\"hello\",\"token\":null,\"last_event_id\":1}",
	};
	struct json_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(parse(texts[i], &frame),
		                 CCCD_ERR_REQUEST_MALFORMED);
	assert_int_equal(parse("{\"id\":\"1\",\"type\":"
	                       "\"0123456789012345678901234567890123\"}",
	                       &frame),
	                 CCCD_ERR_REQUEST_MALFORMED);
	/* One digit more than a sequence number has. */
	assert_int_equal(parse("{\"type\":\"hello\",\"token\":null,"
	                       "\"last_event_id\":\"123456789012345678901\"}",
	                       &frame),
	                 CCCD_ERR_REQUEST_MALFORMED);
}

static void frames_are_put_together(void **state)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff };
	BUF text = buf_make(256);

	(void)state;
	assert_int_equal(json_frame_reply("1", "reply", NULL, &text), CCCD_OK);
	assert_span(buf_span(&text), "{\"re\":\"1\",\"type\":\"reply\"}");
	assert_int_equal(json_frame_reply("1", "reply", "{}", &text), CCCD_OK);
	assert_span(buf_span(&text),
	            "{\"re\":\"1\",\"type\":\"reply\",\"body\":{}}");
	assert_int_equal(json_frame_event("a", UINT64_MAX, "{}", &text),
	                 CCCD_OK);
	assert_span(buf_span(&text),
	            "{\"type\":\"a\",\"seq\":18446744073709551615,"
	            "\"body\":{}}");
	assert_int_equal(json_frame_token("a.b.c", &text), CCCD_OK);
	assert_span(buf_span(&text), "{\"token\":\"a.b.c\"}");
	assert_int_equal(json_frame_jpeg(SPAN(jpeg), &text), CCCD_OK);
	assert_span(buf_span(&text), "{\"jpeg\":\"_9j_\"}");
}

static void frames_stay_within_their_room(void **state)
{
	BUF text = buf_make(16);

	(void)state;
	assert_int_not_equal(json_frame_reply("1", "reply", "{\"a\":1}", &text),
	                     CCCD_OK);
	assert_int_not_equal(json_frame_token("0123456789", &text), CCCD_OK);
}

static void view_ids_are_those_of_the_view(void **state)
{
	char id[DOOR_SESSION_MAX] = "";
	char token[DOOR_TOKEN_MAX] = "";

	(void)state;
	assert_int_equal(json_view_ids("{\"session_id\":\"" ID
	                               "\",\"session_token\":\"abc\"}",
	                               id, token),
	                 CCCD_OK);
	assert_string_equal(id, ID);
	assert_string_equal(token, "abc");
	assert_int_not_equal(json_view_ids("{\"session_id\":1}", id, token),
	                     CCCD_OK);
}

static void health_says_when_it_is_degraded(void **state)
{
	char *text = NULL;

	(void)state;
	assert_int_equal(json_health_text(true, &text), CCCD_OK);
	assert_string_equal(text, "{\"status\":\"degraded\",\"api_level\":1}");
	json_text_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_parse_takes_hello),
		cmocka_unit_test(frame_parse_takes_commands),
		cmocka_unit_test(frame_parse_marks_what_is_faulty),
		cmocka_unit_test(frame_parse_refuses_what_has_no_id),
		cmocka_unit_test(frames_are_put_together),
		cmocka_unit_test(frames_stay_within_their_room),
		cmocka_unit_test(view_ids_are_those_of_the_view),
		cmocka_unit_test(health_says_when_it_is_degraded),
	};

	return cmocka_run_group_tests_name("service.api.frames", tests, NULL,
	                                   NULL);
}
