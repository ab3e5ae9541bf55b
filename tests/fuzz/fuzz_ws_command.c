/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of sockets: refused, or within bounds and answerable. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/door.h"
#include "lib/json/strict.h"

enum { REPLY_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static bool is_inside(struct span inner, struct span outer)
{
	return inner.len == 0 ||
	       (inner.at >= outer.at && inner.len <= outer.len &&
	        (size_t)(inner.at - outer.at) <= outer.len - inner.len);
}

/* Whatever came as an id goes back as JSON that says the same. */
static void try_reply(const struct json_frame *frame)
{
	struct json_frame again = { 0 };
	BUF text = buf_make(REPLY_MAX);

	must(json_frame_reply(frame->id, frame->type, "{}", &text) == CCCD_OK);
	/* A type is never told back; an odd one is not JSON here. */
	if (strpbrk(frame->type, "\"\\") != NULL)
		return;
	for (const char *at = frame->type; *at != '\0'; at++)
		if ((unsigned char)*at < ' ')
			return;
	must(strict_is_json(buf_span(&text), NULL));
	/* "re" is no member of a command. */
	must(json_frame_parse(buf_span(&text), NULL, &again) != CCCD_OK ||
	     again.faulty);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span text = span_of(data, size);
	struct cccd_error error = { .tries_left = -1 };
	struct json_frame frame = { 0 };

	if (json_frame_parse(text, &error, &frame) != CCCD_OK) {
		must(error.code != CCCD_OK && error.text[0] != '\0');
		must(frame.type[0] == '\0' && frame.token[0] == '\0');
		return 0;
	}
	must(frame.type[0] != '\0');
	if (strcmp(frame.type, "hello") == 0) {
		must(!frame.faulty && frame.id[0] == '\0');
		must(frame.has_token || frame.token[0] == '\0');
		return 0;
	}
	must(frame.id[0] != '\0' && !frame.has_token);
	must(is_inside(frame.body, text) && is_inside(frame.inner, text));
	try_reply(&frame);
	return 0;
}
