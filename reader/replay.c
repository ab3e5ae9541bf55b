/* SPDX-License-Identifier: Apache-2.0 */
/* A transcript that plays the card: "replay:FILE". */
#include "reader/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "reader/trace.h"
#include "reader/transport.h"

enum { FILE_CHUNK = 2048 };

/*
 * The whole text was checked at open. The card's events and the random tape
 * each have their own place in it: @at is an offset, @line its number.
 */
struct tape {
	size_t at;
	size_t line;
};

struct replay {
	struct buf text;
	struct tape card;
	struct tape random;
};

/* The line at the tape's head; false at the end of the text. */
static bool next_line(const struct replay *replay, struct tape *tape,
                      struct span *ret)
{
	struct span rest = span_after(buf_span(&replay->text), tape->at);
	const uint8_t *end = NULL;

	if (rest.len == 0)
		return false;
	end = memchr(rest.at, '\n', rest.len);
	*ret = span_first(rest,
	                  end == NULL ? rest.len : (size_t)(end - rest.at));
	tape->at += ret->len + (end == NULL ? 0 : 1);
	tape->line++;
	return true;
}

/* Whether the event belongs to the tape of randomness. */
static bool is_random(const struct trace_line *line)
{
	return trace_is(line, "event", "random");
}

/* The next event of a tape; DATA_MISSING at the end of the text. */
static enum cccd_err next_event(const struct replay *replay, struct tape *tape,
                                bool random, struct trace_line *ret)
{
	struct span text = { 0 };

	while (next_line(replay, tape, &text)) {
		TRY(trace_parse(text, ret));
		if (is_random(ret) == random)
			return CCCD_OK;
	}
	return CCCD_ERR_DATA_MISSING;
}

static enum cccd_err check_header(const struct trace_line *line,
                                  const char **ret_reason)
{
	uint32_t version = 0;

	*ret_reason = "not a transcript";
	if (!trace_is(line, "format", TRACE_FORMAT))
		return CCCD_ERR_DATA_UNSUPPORTED;
	*ret_reason = "unknown version";
	TRY(trace_number(line, "version", &version));
	if (version != TRACE_VERSION)
		return CCCD_ERR_DATA_UNSUPPORTED;
	*ret_reason = "redacted, made for reading only";
	if (!trace_is(line, "mode", "full"))
		return CCCD_ERR_DATA_UNSUPPORTED;
	return CCCD_OK;
}

static enum cccd_err check_connect(const struct trace_line *line,
                                   struct buf *scratch)
{
	enum cccd_err result = CCCD_OK;
	uint32_t number = 0;

	TRY(trace_result(line, &result));
	if (result != CCCD_OK)
		return CCCD_OK;
	TRY(trace_hex(line, "atr", scratch));
	if (scratch->len > READER_ATR_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(trace_number(line, "max_command", &number));
	return trace_number(line, "max_response", &number);
}

static enum cccd_err check_exchange(const struct trace_line *line,
                                    struct buf *scratch)
{
	enum cccd_err result = CCCD_OK;

	TRY(trace_hex(line, "command", scratch));
	if (scratch->len > READER_COMMAND_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(trace_result(line, &result));
	if (result != CCCD_OK)
		return CCCD_OK;
	TRY(trace_hex(line, "response", scratch));
	if (scratch->len > READER_RESPONSE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	return CCCD_OK;
}

static enum cccd_err check_event(const struct trace_line *line,
                                 struct buf *scratch)
{
	if (trace_is(line, "event", "connect"))
		return check_connect(line, scratch);
	if (trace_is(line, "event", "exchange"))
		return check_exchange(line, scratch);
	if (is_random(line))
		return trace_hex(line, "bytes", scratch);
	if (trace_is(line, "event", "disconnect"))
		return CCCD_OK;
	return CCCD_ERR_DATA_UNSUPPORTED;
}

/* Every line is checked before the first is played. */
static enum cccd_err check_text(struct replay *replay, struct cccd_error *error)
{
	BUF scratch = buf_make(TRACE_LINE_MAX);
	struct trace_line line = { 0 };
	struct tape tape = { 0 };
	struct span text = { 0 };

	while (next_line(replay, &tape, &text)) {
		const char *reason = "malformed line";
		enum cccd_err err = trace_parse(text, &line);

		if (err == CCCD_OK && tape.line == 1)
			err = check_header(&line, &reason);
		else if (err == CCCD_OK)
			err = check_event(&line, &scratch);
		if (err == CCCD_ERR_MEMORY)
			return fail(error, err, "no memory");
		if (err != CCCD_OK)
			return fail(error, CCCD_ERR_USAGE_FILE,
			            "transcript line %zu: %s (%s)", tape.line,
			            reason, cccd_err_code(err));
		if (tape.line == 1)
			replay->card = replay->random = tape;
	}
	if (tape.line == 0)
		return fail(error, CCCD_ERR_USAGE_FILE, "empty transcript");
	return CCCD_OK;
}

static void replay_free(struct replay *replay)
{
	buf_release(&replay->text);
	free(replay);
}

/* Takes the text out of @text on success. */
static enum cccd_err replay_new(struct buf *text, struct cccd_error *error,
                                struct replay **ret)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	enum cccd_err err;

	if (replay == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	replay->text = *text;
	err = check_text(replay, error);
	if (err != CCCD_OK) {
		free(replay);
		return err;
	}
	*text = buf_make(text->max);
	*ret = replay;
	return CCCD_OK;
}

static enum cccd_err read_file(FILE *file, struct buf *ret)
{
	uint8_t chunk[FILE_CHUNK];
	size_t got;

	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		TRY(buf_append(ret, span_of(chunk, got)));
	wipe(chunk, sizeof(chunk));
	return ferror(file) != 0 ? CCCD_ERR_USAGE_FILE : CCCD_OK;
}

static enum cccd_err replay_open(const char *rest, void **ret_state,
                                 struct cccd_error *error)
{
	BUF text = buf_make(TRACE_FILE_MAX);
	struct replay *replay = NULL;
	FILE *file = fopen(rest, "rbe");
	enum cccd_err err;

	if (file == NULL)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the transcript cannot be opened");
	err = read_file(file, &text);
	(void)fclose(file);
	if (err == CCCD_ERR_DATA_TOO_LARGE)
		return fail(error, CCCD_ERR_USAGE_FILE,
		            "transcript longer than %d bytes", TRACE_FILE_MAX);
	if (err != CCCD_OK)
		return fail(error, err, "the transcript cannot be read");
	TRY(replay_new(&text, error, &replay));
	*ret_state = replay;
	return CCCD_OK;
}

/* A recorded card is always there; the connect tells the rest. */
static enum cccd_err replay_wait(void *state, unsigned int timeout_ms,
                                 struct cccd_error *error)
{
	(void)state;
	(void)timeout_ms;
	(void)error;
	return CCCD_OK;
}

/* The next event of the card, which must be of this kind. */
static enum cccd_err expect(struct replay *replay, const char *event,
                            struct trace_line *ret, struct cccd_error *error)
{
	do {
		if (next_event(replay, &replay->card, false, ret) != CCCD_OK)
			return fail(error, CCCD_ERR_CARD_REMOVED,
			            "the transcript has ended");
	} while (trace_is(ret, "event", "disconnect"));
	if (!trace_is(ret, "event", event))
		return fail(error, CCCD_ERR_READER_IO,
		            "transcript line %zu is no %s", replay->card.line,
		            event);
	return CCCD_OK;
}

/* A recorded failure happens again. */
static enum cccd_err replay_result(const struct replay *replay,
                                   const struct trace_line *line,
                                   struct cccd_error *error)
{
	enum cccd_err result = CCCD_OK;

	TRY(trace_result(line, &result));
	if (result != CCCD_OK)
		return fail(error, result, "as recorded on line %zu",
		            replay->card.line);
	return CCCD_OK;
}

static enum cccd_err read_card(const struct trace_line *line,
                               struct reader_card *ret)
{
	BUF atr = buf_make(READER_ATR_MAX);
	struct reader_card card = { 0 };
	uint32_t command = 0;
	uint32_t response = 0;

	TRY(trace_hex(line, "atr", &atr));
	TRY(trace_number(line, "max_command", &command));
	TRY(trace_number(line, "max_response", &response));
	if (atr.len > 0)
		memcpy(card.atr, atr.at, atr.len);
	card.atr_len = atr.len;
	card.max_command = command;
	card.max_response = response;
	*ret = card;
	return CCCD_OK;
}

static enum cccd_err replay_connect(void *state, struct reader_card *ret,
                                    struct cccd_error *error)
{
	struct replay *replay = state;
	struct trace_line line = { 0 };

	TRY(expect(replay, "connect", &line, error));
	TRY(replay_result(replay, &line, error));
	return read_card(&line, ret);
}

static enum cccd_err replay_transmit(void *state, struct span command,
                                     struct buf *response,
                                     unsigned int timeout_ms,
                                     struct cccd_error *error)
{
	struct replay *replay = state;
	BUF recorded = buf_make(READER_COMMAND_MAX);
	struct trace_line line = { 0 };

	(void)timeout_ms;
	TRY(expect(replay, "exchange", &line, error));
	TRY(trace_hex(&line, "command", &recorded));
	if (!span_equal(buf_span(&recorded), command))
		return fail(error, CCCD_ERR_READER_IO,
		            "another command than on transcript line %zu",
		            replay->card.line);
	TRY(replay_result(replay, &line, error));
	return trace_hex(&line, "response", response);
}

static void replay_disconnect(void *state)
{
	(void)state;
}

/* The handle's own flag does it all: nothing here ever blocks. */
static void replay_cancel(void *state)
{
	(void)state;
}

static void replay_close(void *state)
{
	replay_free(state);
}

static const struct reader_ops replay_ops = {
	.scheme = "replay",
	.capabilities =
	        READER_CAN_WAIT | READER_CAN_CANCEL | READER_CAN_EXTENDED,
	.open = replay_open,
	.wait = replay_wait,
	.connect = replay_connect,
	.transmit = replay_transmit,
	.disconnect = replay_disconnect,
	.cancel = replay_cancel,
	.close = replay_close,
};

const struct transport transport_replay = { .ops = &replay_ops };

enum cccd_err reader_replay_open(struct span text, struct cccd_error *error,
                                 struct reader **ret)
{
	BUF copy = buf_make(TRACE_FILE_MAX);
	struct replay *replay = NULL;
	enum cccd_err err = buf_append(&copy, text);

	if (err != CCCD_OK)
		return fail(error, err, "transcript of %zu bytes", text.len);
	TRY(replay_new(&copy, error, &replay));
	err = reader_open_ops(&replay_ops, replay, ret);
	if (err != CCCD_OK) {
		replay_free(replay);
		return fail(error, err, "no memory for a reader");
	}
	return CCCD_OK;
}

static enum cccd_err replay_fill(void *context, uint8_t *at, size_t len)
{
	struct replay *replay = context;
	BUF bytes = buf_make(TRACE_LINE_MAX);
	struct trace_line line = { 0 };

	if (next_event(replay, &replay->random, true, &line) != CCCD_OK ||
	    trace_hex(&line, "bytes", &bytes) != CCCD_OK || bytes.len != len)
		return CCCD_ERR_CRYPTO_RANDOM;
	if (len > 0)
		memcpy(at, bytes.at, len);
	return CCCD_OK;
}

struct random reader_replay_random(struct reader *replay)
{
	return (struct random){
		.fill = replay_fill,
		.context = reader_state(replay),
	};
}
