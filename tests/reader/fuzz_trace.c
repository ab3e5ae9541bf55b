/* SPDX-License-Identifier: Apache-2.0 */
/* A transcript from anywhere: parsed, and played when it is one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "reader/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	STEPS = 32,
	HEAD_LEN = 4,
};

/* Whatever is played stays within its bounds. */
static void play(struct reader *reader)
{
	static const uint8_t command[HEAD_LEN] = { 0x00, 0xB0, 0x00, 0x00 };
	struct random tape = reader_replay_random(reader);
	BUF response = buf_make(READER_RESPONSE_MAX);
	uint8_t bytes[2];

	for (int i = 0; i < STEPS; i++) {
		struct cccd_error error = { .tries_left = -1 };

		if (i % 8 == 0 && reader_connect(reader, &error) != CCCD_OK)
			continue;
		if (reader_transmit(reader, SPAN(command), &response, &error) ==
		            CCCD_OK &&
		    (response.len < 2 || response.len > READER_RESPONSE_MAX))
			abort();
		if (random_fill(&tape, bytes, sizeof(bytes)) != CCCD_OK)
			continue;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	if (reader_replay_open(span_of(data, size), &error, &reader) != CCCD_OK)
		return 0;
	play(reader);
	reader_close(reader);
	return 0;
}
