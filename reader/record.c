/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that writes down what passes through it. */
#include "reader/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hex.h"
#include "reader/redact.h"
#include "reader/trace.h"

enum {
	HEAD_LEN = 4,
	STATUS_LEN = 2,
	SW_NORMAL = 0x9000,
};

/* @ops: the inner reader's capabilities under our own functions. */
struct record {
	struct reader_ops ops;
	struct reader *inner;
	struct record_sink sink;
	enum record_mode mode;
	struct redactor redactor;
	struct trace_writer writer;
	const struct random *source;
	uint64_t start_us;
	enum cccd_err status;
};

/* One exchange as it happened. */
struct exchange {
	struct span command;
	struct span response;
	uint64_t started_us;
	uint64_t took_us;
	enum cccd_err result;
};

static void begin(struct record *record, const char *event)
{
	trace_begin(&record->writer);
	trace_put_text(&record->writer, "event", event);
}

/* The first failure is kept; the card's own course goes on. */
static void end(struct record *record)
{
	enum cccd_err err = trace_end(&record->writer);

	if (err == CCCD_OK)
		err = record->sink.write(record->sink.context,
		                         buf_span(&record->writer.text));
	if (record->status == CCCD_OK)
		record->status = err;
}

static uint32_t clipped(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void put_ms(struct record *record, uint64_t at_us)
{
	trace_put_number(&record->writer, "ms",
	                 clipped((at_us - record->start_us) / 1000));
}

static void put_result(struct record *record, enum cccd_err err)
{
	trace_put_text(&record->writer, "result", cccd_err_code(err));
}

static void put_hex_text(struct record *record, const char *name,
                         struct span bytes)
{
	char text[2 * HEAD_LEN + 1];

	hex_encode(bytes, text, sizeof(text));
	trace_put_text(&record->writer, name, text);
}

static enum cccd_err write_header(struct record *record)
{
	trace_begin(&record->writer);
	trace_put_text(&record->writer, "format", TRACE_FORMAT);
	trace_put_number(&record->writer, "version", TRACE_VERSION);
	trace_put_text(&record->writer, "mode",
	               record->mode == RECORD_FULL ? "full" : "redacted");
	trace_put_text(&record->writer, "transport",
	               reader_ops(record->inner)->scheme);
	end(record);
	return record->status;
}

static enum cccd_err record_wait(void *state, unsigned int timeout_ms,
                                 struct cccd_error *error)
{
	struct record *record = state;

	return reader_wait(record->inner, timeout_ms, error);
}

static enum cccd_err record_connect(void *state, struct reader_card *ret,
                                    struct cccd_error *error)
{
	struct record *record = state;
	uint64_t at_us = clock_steady_us();
	enum cccd_err err = reader_connect(record->inner, error);
	const struct reader_card *card = reader_card(record->inner);

	record->redactor = (struct redactor){ 0 };
	begin(record, "connect");
	put_ms(record, at_us);
	put_result(record, err);
	if (err == CCCD_OK) {
		trace_put_hex(&record->writer, "atr",
		              span_of(card->atr, card->atr_len));
		trace_put_number(&record->writer, "max_command",
		                 (uint32_t)card->max_command);
		trace_put_number(&record->writer, "max_response",
		                 (uint32_t)card->max_response);
		*ret = *card;
		/* A replay, which knows no hint, must go the same way. */
		ret->short_hint = false;
	}
	end(record);
	return err;
}

static bool is_normal(const struct exchange *exchange)
{
	const struct span *response = &exchange->response;

	return exchange->result == CCCD_OK && response->len >= STATUS_LEN &&
	       response->at[response->len - 2] == SW_NORMAL >> 8 &&
	       response->at[response->len - 1] == (SW_NORMAL & 0xFF);
}

static struct redaction judge(struct record *record,
                              const struct exchange *exchange)
{
	struct redaction shown = redact(&record->redactor, exchange->command,
	                                is_normal(exchange));

	if (record->mode == RECORD_FULL)
		shown = (struct redaction){ true, true };
	return shown;
}

static void put_response(struct record *record, const struct exchange *exchange,
                         bool show)
{
	struct span response = exchange->response;

	trace_put_number(&record->writer, "response_len",
	                 (uint32_t)response.len);
	put_result(record, exchange->result);
	if (exchange->result != CCCD_OK || response.len < STATUS_LEN)
		return;
	put_hex_text(record, "sw",
	             span_after(response, response.len - STATUS_LEN));
	if (show)
		trace_put_hex(&record->writer, "response", response);
}

static void write_exchange(struct record *record,
                           const struct exchange *exchange)
{
	struct redaction shown = judge(record, exchange);

	begin(record, "exchange");
	put_ms(record, exchange->started_us);
	trace_put_number(&record->writer, "us", clipped(exchange->took_us));
	put_hex_text(record, "head", span_first(exchange->command, HEAD_LEN));
	trace_put_number(&record->writer, "command_len",
	                 (uint32_t)exchange->command.len);
	put_response(record, exchange, shown.show_response);
	if (shown.show_command)
		trace_put_hex(&record->writer, "command", exchange->command);
	end(record);
}

static enum cccd_err record_transmit(void *state, struct span command,
                                     struct buf *response,
                                     unsigned int timeout_ms,
                                     struct cccd_error *error)
{
	struct record *record = state;
	struct exchange exchange = {
		.command = command,
		.started_us = clock_steady_us(),
	};

	reader_set_timeout(record->inner, timeout_ms);
	exchange.result =
	        reader_transmit(record->inner, command, response, error);
	exchange.took_us = clock_steady_us() - exchange.started_us;
	exchange.response = buf_span(response);
	write_exchange(record, &exchange);
	return exchange.result;
}

static void record_disconnect(void *state)
{
	struct record *record = state;

	reader_disconnect(record->inner);
	begin(record, "disconnect");
	put_ms(record, clock_steady_us());
	end(record);
}

static enum cccd_err record_present(void *state, bool *ret,
                                    struct cccd_error *error)
{
	struct record *record = state;

	return reader_present(record->inner, ret, error);
}

static void record_cancel(void *state)
{
	struct record *record = state;

	reader_cancel(record->inner);
}

static void record_resume(void *state)
{
	struct record *record = state;

	reader_resume(record->inner);
}

static void record_free(struct record *record)
{
	trace_writer_release(&record->writer);
	free(record);
}

static void record_close(void *state)
{
	struct record *record = state;

	reader_close(record->inner);
	record_free(record);
}

static const struct reader_ops record_ops = {
	.scheme = "record",
	.wait = record_wait,
	.connect = record_connect,
	.transmit = record_transmit,
	.disconnect = record_disconnect,
	.present = record_present,
	.cancel = record_cancel,
	.resume = record_resume,
	.close = record_close,
};

enum cccd_err reader_record_open(struct reader *inner,
                                 const struct record_sink *sink,
                                 enum record_mode mode, struct reader **ret)
{
	struct record *record = calloc(1, sizeof(*record));
	enum cccd_err err;

	if (record == NULL)
		return CCCD_ERR_MEMORY;
	record->ops = record_ops;
	record->ops.capabilities =
	        reader_ops(inner)->capabilities | READER_CAN_CANCEL;
	/* Transparent, except that only a replay itself has a tape. */
	if (strcmp(reader_ops(inner)->scheme, "replay") != 0)
		record->ops.scheme = reader_ops(inner)->scheme;
	record->inner = inner;
	record->sink = *sink;
	record->mode = mode;
	record->start_us = clock_steady_us();
	err = write_header(record);
	if (err == CCCD_OK)
		err = reader_open_ops(&record->ops, record, ret);
	if (err != CCCD_OK)
		record_free(record);
	return err;
}

/* Recorded bytes are the keys of a session: kept only with the rest. */
static enum cccd_err record_fill(void *context, uint8_t *at, size_t len)
{
	struct record *record = context;

	TRY(random_fill(record->source, at, len));
	begin(record, "random");
	trace_put_hex(&record->writer, "bytes", span_of(at, len));
	end(record);
	return CCCD_OK;
}

struct random reader_record_random(struct reader *reader,
                                   const struct random *source)
{
	struct record *record = reader_state(reader);

	if (record->mode != RECORD_FULL)
		return *source;
	record->source = source;
	return (struct random){ .fill = record_fill, .context = record };
}

enum cccd_err reader_record_status(const struct reader *reader)
{
	const struct record *record = reader_state(reader);

	return record->status;
}
