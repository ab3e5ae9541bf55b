/* SPDX-License-Identifier: Apache-2.0 */
/* A reader whose card follows a script, APDU by APDU. */
#include "tests/support/script_reader.h"

#include <stdio.h>
#include <stdlib.h>

static void print_hex(const char *what, struct span bytes)
{
	(void)fprintf(stderr, "%s ", what);
	for (size_t i = 0; i < bytes.len; i++)
		(void)fprintf(stderr, "%02X", bytes.at[i]);
	(void)fprintf(stderr, "\n");
}

static enum cccd_err script_connect(void *state, struct reader_card *ret,
                                    struct cccd_error *error)
{
	const struct script *script = state;

	(void)error;
	*ret = (struct reader_card){ .max_command = READER_COMMAND_MAX,
		                     .max_response = READER_RESPONSE_MAX };
	if (script->max_response != 0)
		ret->max_response = script->max_response;
	return CCCD_OK;
}

static void remember(struct script *script, struct span command)
{
	struct span kept = span_first(command, sizeof(script->last));

	script->sent++;
	memcpy(script->last, kept.at, kept.len);
	script->last_len = kept.len;
}

static enum cccd_err script_transmit(void *state, struct span command,
                                     struct buf *response,
                                     unsigned int timeout_ms,
                                     struct cccd_error *error)
{
	struct script *script = state;
	const struct script_step *step = &script->steps[script->next];

	(void)timeout_ms;
	(void)error;
	remember(script, command);
	if (script->next == script->count) {
		if (script->answer != NULL)
			return script->answer(script->context, command,
			                      response);
		print_hex("script: not expected:", command);
		script->mismatches++;
		return CCCD_ERR_READER_IO;
	}
	if (step->command.len > 0 && !span_equal(step->command, command)) {
		print_hex("script: expected", step->command);
		print_hex("script: sent    ", command);
		script->mismatches++;
		return CCCD_ERR_READER_IO;
	}
	script->next++;
	if (step->err != CCCD_OK)
		return step->err;
	return buf_append(response, step->response);
}

static void script_disconnect(void *state)
{
	(void)state;
}

static const struct reader_ops script_ops = {
	.scheme = "script",
	.capabilities = READER_CAN_EXTENDED,
	.connect = script_connect,
	.transmit = script_transmit,
	.disconnect = script_disconnect,
	.close = script_disconnect,
};

static struct script_step *next_step(struct script *script)
{
	if (script->count == SCRIPT_STEPS_MAX) {
		(void)fprintf(stderr, "script: too many steps\n");
		abort();
	}
	return &script->steps[script->count++];
}

void script_add(struct script *script, struct span command,
                struct span response)
{
	*next_step(script) = (struct script_step){ .command = command,
		                                   .response = response };
}

void script_add_error(struct script *script, struct span command,
                      enum cccd_err err)
{
	*next_step(script) =
	        (struct script_step){ .command = command, .err = err };
}

struct reader *script_open(struct script *script)
{
	struct reader *reader = NULL;

	if (reader_open_ops(&script_ops, script, &reader) != CCCD_OK ||
	    reader_connect(reader, NULL) != CCCD_OK) {
		(void)fprintf(stderr, "script: cannot open\n");
		abort();
	}
	return reader;
}

bool script_done(const struct script *script)
{
	return script->mismatches == 0 && script->next == script->count;
}

void tape_add(struct tape *tape, struct span bytes)
{
	if (bytes.len > sizeof(tape->bytes) - tape->len) {
		(void)fprintf(stderr, "tape: too long\n");
		abort();
	}
	memcpy(tape->bytes + tape->len, bytes.at, bytes.len);
	tape->len += bytes.len;
}

static enum cccd_err tape_fill(void *context, uint8_t *at, size_t len)
{
	struct tape *tape = context;

	if (len > tape->len - tape->used)
		return CCCD_ERR_CRYPTO_RANDOM;
	memcpy(at, tape->bytes + tape->used, len);
	tape->used += len;
	return CCCD_OK;
}

struct random tape_random(struct tape *tape)
{
	return (struct random){ .fill = tape_fill, .context = tape };
}
