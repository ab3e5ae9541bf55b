/* SPDX-License-Identifier: Apache-2.0 */
/* Transcripts: the grammar of a line, redaction, recording, replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "reader/record.h"
#include "reader/redact.h"
#include "reader/replay.h"
#include "reader/trace.h"
#include "tests/reader/loopback.h"
#include "tests/reader/test_card.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)
#define HEADER                                               \
	"{\"format\":\"cccd-trace\",\"version\":1,\"mode\":" \
	"\"full\",\"transport\":\"x\"}\n"
#define CONNECT                                              \
	"{\"event\":\"connect\",\"ms\":0,\"result\":\"ok\"," \
	"\"atr\":\"3B00\",\"max_command\":261,"              \
	"\"max_response\":258}\n"
#define EXCHANGE                                                              \
	"{\"event\":\"exchange\",\"result\":\"ok\",\"command\":\"00B00000\"," \
	"\"response\":\"9000\"}\n"

static enum cccd_err parse(const char *text)
{
	struct trace_line line = { 0 };

	return trace_parse(span_text(text), &line);
}

static void trace_parse_takes_texts_and_numbers(void **state)
{
	struct trace_line line = { 0 };
	BUF bytes = buf_make(16);
	uint32_t number = 0;

	(void)state;
	assert_ok(trace_parse(span_text("{\"a\":\"00FF\",\"b\":4294967295,"
	                                "\"c\":\"\",\"d\":0}"),
	                      &line));
	assert_int_equal(line.count, 4);
	assert_ok(trace_hex(&line, "a", &bytes));
	assert_int_equal(bytes.len, 2);
	assert_int_equal(bytes.at[1], 0xFF);
	assert_ok(trace_number(&line, "b", &number));
	assert_int_equal(number, UINT32_MAX);
	assert_ok(trace_hex(&line, "c", &bytes));
	assert_int_equal(bytes.len, 0);
	assert_ok(trace_number(&line, "d", &number));
	assert_int_equal(number, 0);
	assert_true(trace_is(&line, "a", "00FF"));
	assert_false(trace_is(&line, "b", "4294967295"));
	assert_false(trace_has(&line, "e"));
}

static void trace_parse_refuses_other_forms(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"{}",
		"[]",
		"{\"a\":1",
		"{\"a\":1}}",
		"{\"a\":1} ",
		" {\"a\":1}",
		"{\"a\": 1}",
		"{\"a\":1,}",
		"{,\"a\":1}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"\":1}",
		"{a:1}",
		"{\"a\":-1}",
		"{\"a\":1.5}",
		"{\"a\":01}",
		"{\"a\":12345678901}",
		"{\"a\":true}",
		"{\"a\":null}",
		"{\"a\":{\"b\":1}}",
		"{\"a\":[1]}",
		"{\"a\":\"\\n\"}",
		"{\"a\":\"\xC3\xA1\"}",
		"{\"a\":\"\x01\"}",
		"{\"a\":\"b}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(parse(bad[i]), CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(parse("{\"a\":1,\"a\":2}"), CCCD_ERR_DATA_DUPLICATE);
	assert_int_equal(trace_parse(span_of("{\"a\":\"\0\"}", 9),
	                             &(struct trace_line){ 0 }),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void trace_parse_bounds_members_and_length(void **state)
{
	char text[256] = "{\"m0\":1";
	size_t len = strlen(text);
	uint8_t *huge = malloc(TRACE_LINE_MAX + 1);
	struct trace_line line = { 0 };

	(void)state;
	for (int i = 1; i <= TRACE_MEMBERS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		                        ",\"m%d\":1", i);
	(void)snprintf(text + len, sizeof(text) - len, "}");
	assert_int_equal(parse(text), CCCD_ERR_DATA_TOO_LARGE);
	assert_non_null(huge);
	memset(huge, 'x', TRACE_LINE_MAX + 1);
	assert_int_equal(trace_parse(span_of(huge, TRACE_LINE_MAX + 1), &line),
	                 CCCD_ERR_DATA_TOO_LARGE);
	free(huge);
}

static void trace_values_refuse_other_types(void **state)
{
	struct trace_line line = { 0 };
	enum cccd_err result = CCCD_OK;
	BUF bytes = buf_make(2);
	uint32_t number = 0;

	(void)state;
	assert_ok(trace_parse(span_text("{\"t\":\"0\",\"n\":4294967296,"
	                                "\"l\":\"0a\",\"x\":\"000000\","
	                                "\"result\":\"nonsense\"}"),
	                      &line));
	assert_int_equal(trace_hex(&line, "t", &bytes),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(trace_hex(&line, "l", &bytes),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(trace_hex(&line, "n", &bytes),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(trace_hex(&line, "x", &bytes),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(trace_number(&line, "n", &number),
	                 CCCD_ERR_DATA_TOO_LARGE);
	assert_int_equal(trace_number(&line, "t", &number),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(trace_number(&line, "none", &number),
	                 CCCD_ERR_DATA_MISSING);
	assert_int_equal(trace_result(&line, &result),
	                 CCCD_ERR_DATA_UNSUPPORTED);
}

static void trace_result_finds_every_error(void **state)
{
	static const enum cccd_err errors[] = {
		CCCD_OK,
		CCCD_ERR_READER_NO_CARD,
		CCCD_ERR_CARD_REMOVED,
		CCCD_ERR_CARD_BAC_NOT_OFFERED,
		CCCD_ERR_BAC_LENGTH,
		CCCD_ERR_CANCELLED,
		CCCD_ERR_MEMORY,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct trace_writer writer = { 0 };
		struct trace_line line = { 0 };
		enum cccd_err found = CCCD_ERR_INTERNAL;

		trace_begin(&writer);
		trace_put_text(&writer, "result", cccd_err_code(errors[i]));
		assert_ok(trace_end(&writer));
		assert_ok(trace_parse(
		        span_first(buf_span(&writer.text), writer.text.len - 1),
		        &line));
		assert_ok(trace_result(&line, &found));
		assert_int_equal(found, errors[i]);
		trace_writer_release(&writer);
	}
}

static void trace_writer_latches_what_is_too_long(void **state)
{
	struct trace_writer writer = { 0 };
	uint8_t *bytes = calloc(1, TRACE_LINE_MAX / 2);

	(void)state;
	assert_non_null(bytes);
	trace_begin(&writer);
	trace_put_hex(&writer, "a", span_of(bytes, TRACE_LINE_MAX / 2));
	trace_put_number(&writer, "b", 1);
	assert_int_equal(trace_end(&writer), CCCD_ERR_DATA_TOO_LARGE);
	trace_begin(&writer);
	trace_put_number(&writer, "b", 1);
	assert_ok(trace_end(&writer));
	free(bytes);
	trace_writer_release(&writer);
}

/* One command, whether the card said 9000, and what may be shown of it. */
struct redact_row {
	const char *name;
	uint8_t command[8];
	size_t len;
	bool show_command;
	bool show_response;
};

static const struct redact_row redact_rows[] = {
	{ "select application",
	  { 0x00, 0xA4, 0x04, 0x0C, 0x01, 0xA0 },
	  6,
	  true,
	  false },
	{ "read of an unknown file",
	  { 0x00, 0xB0, 0x00, 0x00, 0x00 },
	  5,
	  true,
	  false },
	{ "select EF.CardAccess",
	  { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C },
	  7,
	  true,
	  false },
	{ "read EF.CardAccess",
	  { 0x00, 0xB0, 0x00, 0x00, 0x00 },
	  5,
	  true,
	  true },
	{ "select DG1",
	  { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x01 },
	  7,
	  true,
	  false },
	{ "read DG1 of an open card",
	  { 0x00, 0xB0, 0x00, 0x00, 0x00 },
	  5,
	  true,
	  false },
	{ "read EF.CardAccess by SFI",
	  { 0x00, 0xB0, 0x9C, 0x00, 0x00 },
	  5,
	  true,
	  true },
	{ "go on reading it", { 0x00, 0xB0, 0x00, 0x80, 0x00 }, 5, true, true },
	{ "read DG1 by SFI", { 0x00, 0xB0, 0x81, 0x00, 0x00 }, 5, true, false },
	{ "get challenge", { 0x00, 0x84, 0x00, 0x00, 0x08 }, 5, false, false },
	{ "MSE:Set AT of PACE",
	  { 0x00, 0x22, 0xC1, 0xA4, 0x00 },
	  5,
	  true,
	  false },
	{ "MSE:Set KAT", { 0x00, 0x22, 0x41, 0xA6, 0x00 }, 5, false, false },
	{ "general authenticate",
	  { 0x10, 0x86, 0x00, 0x00, 0x00 },
	  5,
	  false,
	  false },
	{ "mutual authenticate",
	  { 0x00, 0x82, 0x00, 0x00, 0x00 },
	  5,
	  false,
	  false },
	{ "verify", { 0x00, 0x20, 0x00, 0x00, 0x00 }, 5, false, false },
	{ "proprietary", { 0x80, 0xB0, 0x9C, 0x00, 0x00 }, 5, false, false },
	{ "protected select",
	  { 0x0C, 0xA4, 0x02, 0x0C, 0x00 },
	  5,
	  false,
	  false },
	{ "plain select after it",
	  { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C },
	  7,
	  false,
	  false },
	{ "plain read after it",
	  { 0x00, 0xB0, 0x9C, 0x00, 0x00 },
	  5,
	  false,
	  false },
};

static void redact_shows_only_what_names_no_holder(void **state)
{
	struct redactor redactor = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(redact_rows); i++) {
		const struct redact_row *row = &redact_rows[i];
		struct redaction shown = redact(
		        &redactor, span_of(row->command, row->len), true);

		if (shown.show_command != row->show_command ||
		    shown.show_response != row->show_response)
			print_error("row: %s\n", row->name);
		assert_int_equal(shown.show_command, row->show_command);
		assert_int_equal(shown.show_response, row->show_response);
	}
}

static void redact_forgets_a_file_that_was_not_selected(void **state)
{
	static const uint8_t select[] = { 0x00, 0xA4, 0x02, 0x0C,
		                          0x02, 0x01, 0x1C };
	static const uint8_t read[] = { 0x00, 0xB0, 0x00, 0x00, 0x00 };
	struct redactor redactor = { 0 };

	(void)state;
	(void)redact(&redactor, SPAN(select), true);
	assert_true(redact(&redactor, SPAN(read), true).show_response);
	(void)redact(&redactor, SPAN(select), false);
	assert_false(redact(&redactor, SPAN(read), true).show_response);
}

static enum cccd_err keep(void *context, struct span line)
{
	return buf_append(context, line);
}

static enum cccd_err counted_fill(void *context, uint8_t *at, size_t len)
{
	uint8_t *next = context;

	for (size_t i = 0; i < len; i++)
		at[i] = (*next)++;
	return CCCD_OK;
}

static struct reader *record_over_loopback(struct buf *text,
                                           enum record_mode mode)
{
	struct record_sink sink = { keep, text };
	struct reader *reader = NULL;

	assert_ok(reader_record_open(loopback_open(READER_CAN_EXTENDED), &sink,
	                             mode, &reader));
	return reader;
}

static enum cccd_err send(struct reader *reader, struct span command)
{
	struct cccd_error error = { .tries_left = -1 };
	BUF response = buf_make(READER_RESPONSE_MAX);

	return reader_transmit(reader, command, &response, &error);
}

/* Whether the text holds @word. */
static bool holds(const struct buf *text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= text->len; i++)
		if (memcmp(text->at + i, word, len) == 0)
			return true;
	return false;
}

/* CLA 80 is the test card's: here a protected-looking one. */
static const uint8_t secret_command[] = { 0x0C, TEST_INS_BYTES, 0x00,
	                                  0x04, 0xDE,           0xAD };

static void record_redacted_holds_no_payload(void **state)
{
	uint8_t counter = 1;
	struct random source = { counted_fill, &counter };
	BUF text = buf_make(TRACE_FILE_MAX);
	struct reader *reader = record_over_loopback(&text, RECORD_REDACTED);
	struct random recorded = reader_record_random(reader, &source);
	struct cccd_error error = { .tries_left = -1 };
	struct reader *replay = NULL;
	uint8_t bytes[4];

	(void)state;
	assert_ok(random_fill(&recorded, bytes, sizeof(bytes)));
	assert_ok(reader_connect(reader, &error));
	assert_ok(send(reader, SPAN(secret_command)));
	assert_ok(reader_record_status(reader));
	reader_close(reader);
	assert_true(holds(&text, "\"head\":\"0C100004\""));
	assert_true(holds(&text, "\"command_len\":6"));
	assert_true(holds(&text, "\"response_len\":6"));
	assert_true(holds(&text, "\"sw\":\"9000\""));
	assert_false(holds(&text, "DEAD"));
	assert_false(holds(&text, "00070E15"));
	assert_false(holds(&text, "01020304"));
	assert_false(holds(&text, "random"));
	assert_int_equal(reader_replay_open(buf_span(&text), &error, &replay),
	                 CCCD_ERR_USAGE_FILE);
	assert_non_null(strstr(error.text, "reading only"));
}

static void replay_gives_what_full_mode_recorded(void **state)
{
	uint8_t counter = 1;
	struct random source = { counted_fill, &counter };
	BUF text = buf_make(TRACE_FILE_MAX);
	struct reader *reader = record_over_loopback(&text, RECORD_FULL);
	struct random tape = reader_record_random(reader, &source);
	struct cccd_error error = { .tries_left = -1 };
	uint8_t bytes[4] = { 0 };

	(void)state;
	assert_ok(random_fill(&tape, bytes, sizeof(bytes)));
	assert_ok(reader_connect(reader, &error));
	assert_ok(send(reader, SPAN(secret_command)));
	assert_ok(random_fill(&tape, bytes, 2));
	reader_close(reader);

	assert_ok(reader_replay_open(buf_span(&text), &error, &reader));
	tape = reader_replay_random(reader);
	assert_ok(random_fill(&tape, bytes, sizeof(bytes)));
	assert_memory_equal(bytes, "\x01\x02\x03\x04", 4);
	assert_ok(reader_connect(reader, &error));
	assert_ok(send(reader, SPAN(secret_command)));
	assert_ok(random_fill(&tape, bytes, 2));
	assert_memory_equal(bytes, "\x05\x06", 2);
	assert_int_equal(random_fill(&tape, bytes, 2), CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(send(reader, SPAN(secret_command)),
	                 CCCD_ERR_CARD_REMOVED);
	reader_close(reader);
}

static struct reader *open_text(const char *text)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	assert_ok(reader_replay_open(span_text(text), &error, &reader));
	return reader;
}

static void replay_refuses_another_command(void **state)
{
	static const uint8_t recorded[] = { 0x00, 0xB0, 0x00, 0x00 };
	static const uint8_t other[] = { 0x00, 0xB0, 0x00, 0x01 };
	struct reader *reader = open_text(HEADER CONNECT EXCHANGE EXCHANGE);
	struct cccd_error error = { .tries_left = -1 };

	(void)state;
	assert_ok(reader_connect(reader, &error));
	assert_int_equal(reader_card(reader)->max_command, 261);
	assert_ok(send(reader, SPAN(recorded)));
	assert_int_equal(send(reader, SPAN(other)), CCCD_ERR_READER_IO);
	reader_close(reader);
}

static void replay_random_refuses_another_length(void **state)
{
	struct reader *reader =
	        open_text(HEADER "{\"event\":\"random\",\"bytes\":\"0102\"}");
	struct random tape = reader_replay_random(reader);
	uint8_t bytes[4] = { 0 };

	(void)state;
	assert_int_equal(random_fill(&tape, bytes, 3), CCCD_ERR_CRYPTO_RANDOM);
	assert_int_equal(bytes[0], 0);
	reader_close(reader);
}

static void replay_open_names_line_and_reason(void **state)
{
	static const struct {
		const char *text;
		const char *told;
	} rows[] = {
		{ "", "empty" },
		{ "\n", "line 1" },
		{ CONNECT, "line 1: not a transcript" },
		{ "{\"format\":\"cccd-trace\",\"version\":2,\"mode\":\"full\"}",
		  "line 1: unknown version" },
		{ "{\"format\":\"cccd-trace\",\"mode\":\"full\"}",
		  "line 1: unknown version" },
		{ "{\"format\":\"cccd-trace\",\"version\":1,"
		  "\"mode\":\"redacted\"}",
		  "line 1: redacted" },
		{ HEADER "{\"event\":\"dance\"}", "line 2" },
		{ HEADER CONNECT "{\"event\":\"exchange\"}", "line 3" },
		{ HEADER CONNECT EXCHANGE "\n", "line 4" },
		{ HEADER "{\"event\":\"connect\",\"result\":\"ok\"}",
		  "line 2" },
		{ HEADER "{\"event\":\"exchange\",\"result\":\"ok\","
		         "\"command\":\"00B00000\",\"response\":\"9\"}",
		  "line 2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_error error = { .tries_left = -1 };
		struct reader *reader = NULL;

		assert_int_equal(reader_replay_open(span_text(rows[i].text),
		                                    &error, &reader),
		                 CCCD_ERR_USAGE_FILE);
		assert_null(reader);
		assert_non_null(strstr(error.text, rows[i].told));
	}
}

static void replay_opens_a_file_by_uri(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;
	char uri[] = "replay:/tmp/cccd-trace-XXXXXX";
	int fd = mkstemp(uri + strlen("replay:"));
	FILE *file = fdopen(fd, "w");

	(void)state;
	assert_non_null(file);
	assert_true(fputs(HEADER CONNECT EXCHANGE, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_ok(reader_open(uri, &error, &reader));
	assert_ok(reader_connect(reader, &error));
	reader_close(reader);
	assert_int_equal(remove(uri + strlen("replay:")), 0);
	reader = NULL;
	assert_int_equal(reader_open(uri, &error, &reader),
	                 CCCD_ERR_USAGE_FILE);
	assert_null(reader);
	assert_int_not_equal(error.native, 0);
}

static enum cccd_err refuse(void *context, struct span line)
{
	unsigned int *left = context;

	(void)line;
	return (*left)-- > 0 ? CCCD_OK : CCCD_ERR_USAGE_FILE;
}

static void record_outlives_a_full_disk(void **state)
{
	unsigned int left = 1;
	struct record_sink sink = { refuse, &left };
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;
	struct reader *inner = loopback_open(READER_CAN_EXTENDED);

	(void)state;
	assert_ok(reader_record_open(inner, &sink, RECORD_FULL, &reader));
	assert_ok(reader_connect(reader, &error));
	assert_ok(send(reader, SPAN(secret_command)));
	assert_int_equal(reader_record_status(reader), CCCD_ERR_USAGE_FILE);
	reader_close(reader);

	/* A sink that fails at once is refused, and the reader given back. */
	left = 0;
	inner = loopback_open(READER_CAN_EXTENDED);
	assert_int_equal(reader_record_open(inner, &sink, RECORD_FULL, &reader),
	                 CCCD_ERR_USAGE_FILE);
	reader_close(inner);
}

static void reader_open_refuses_unknown_schemes(void **state)
{
	static const char *const uris[] = { "",  "pcsc",   "usb:",
		                            ":", "pcscx:", "PCSC:" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		struct cccd_error error = { .tries_left = -1 };
		struct reader *reader = NULL;

		assert_int_equal(reader_open(uris[i], &error, &reader),
		                 CCCD_ERR_USAGE_ARGUMENT);
		assert_null(reader);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trace_parse_takes_texts_and_numbers),
		cmocka_unit_test(trace_parse_refuses_other_forms),
		cmocka_unit_test(trace_parse_bounds_members_and_length),
		cmocka_unit_test(trace_values_refuse_other_types),
		cmocka_unit_test(trace_result_finds_every_error),
		cmocka_unit_test(trace_writer_latches_what_is_too_long),
		cmocka_unit_test(redact_shows_only_what_names_no_holder),
		cmocka_unit_test(redact_forgets_a_file_that_was_not_selected),
		cmocka_unit_test(record_redacted_holds_no_payload),
		cmocka_unit_test(replay_gives_what_full_mode_recorded),
		cmocka_unit_test(replay_refuses_another_command),
		cmocka_unit_test(replay_random_refuses_another_length),
		cmocka_unit_test(replay_open_names_line_and_reason),
		cmocka_unit_test(replay_opens_a_file_by_uri),
		cmocka_unit_test(record_outlives_a_full_disk),
		cmocka_unit_test(reader_open_refuses_unknown_schemes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
