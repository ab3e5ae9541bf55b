/* SPDX-License-Identifier: Apache-2.0 */
/* Frames from anybody, whole and in pieces. */
#include <stdlib.h>

#include "base/text.h"
#include "service/listen/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 300, OUT_MAX = 1 << 20 };

/* What became of one input. */
struct outcome {
	struct ws *ws;
	struct buf out;
	struct buf said;
	size_t messages;
	bool open;
};

static void need(bool holds)
{
	if (!holds)
		abort();
}

static void on_message(void *context, struct span text)
{
	struct outcome *outcome = context;

	need(text.len <= MESSAGE_MAX && text_is_utf8(text));
	need(!ws_is_closing(outcome->ws));
	outcome->messages++;
	need(buf_append(&outcome->said, text) == CCCD_OK);
	need(ws_text(outcome->ws, text, &outcome->out) == CCCD_OK);
	if (span_equal(text, span_text("bye")))
		need(ws_close(outcome->ws, WS_NORMAL, "", &outcome->out) ==
		     CCCD_OK);
}

/* Frames of ours are whole, unmasked, and none follows a close frame. */
static void check_out(struct span out)
{
	bool closed = false;

	while (out.len > 0) {
		size_t len = 0;
		size_t head = 2;

		need(out.len >= 2 && !closed);
		need((out.at[0] & 0xF0) == 0x80 && (out.at[1] & 0x80) == 0);
		closed = out.at[0] == 0x88;
		len = out.at[1];
		if (len == 126) {
			need(out.len >= 4);
			len = (size_t)out.at[2] << 8 | out.at[3];
			head = 4;
		}
		need(len <= out.len - head);
		out = span_after(out, head + len);
	}
}

static void run(struct outcome *outcome, struct span input, size_t piece)
{
	*outcome = (struct outcome){ .open = true };
	outcome->out = buf_make(OUT_MAX);
	outcome->said = buf_make(OUT_MAX);
	if (ws_new(MESSAGE_MAX, on_message, outcome, &outcome->ws) != CCCD_OK)
		abort();
	while (outcome->open && input.len > 0) {
		struct span part = span_first(input, piece);

		outcome->open = ws_input(outcome->ws, part, &outcome->out);
		input = span_after(input, part.len);
	}
	check_out(buf_span(&outcome->out));
	ws_free(outcome->ws);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole;
	struct outcome parts;
	struct span input = span_of(data, size);

	if (size < 1 || size > 65536)
		return 0;
	input = span_after(input, 1);
	run(&whole, input, input.len);
	run(&parts, input, 1U + data[0] % 32U);
	/*
	 * Pieces change no message. They may change how a close frame is
	 * answered: wslay skips two bytes of every piece of its reason.
	 */
	need(whole.messages == parts.messages);
	need(span_equal(buf_span(&whole.said), buf_span(&parts.said)));
	buf_release(&whole.out);
	buf_release(&parts.out);
	buf_release(&whole.said);
	buf_release(&parts.said);
	return 0;
}
