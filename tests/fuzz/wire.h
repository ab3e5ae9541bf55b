/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzzer's bytes as a card's answers, and fixed randomness. */
#ifndef TESTS_FUZZ_WIRE_H
#define TESTS_FUZZ_WIRE_H

#include "base/buf.h"
#include "base/random.h"

/* struct wire - what is left of the input, cut into counted pieces. */
struct wire {
	struct span rest;
};

/* The next piece: two bytes of length, big-endian, cut at what is there. */
static inline struct span wire_next(struct wire *wire)
{
	struct span piece = { 0 };
	size_t len = 0;

	if (wire->rest.len < 2)
		return piece;
	len = (size_t)wire->rest.at[0] << 8 | wire->rest.at[1];
	piece = span_first(span_after(wire->rest, 2), len);
	wire->rest = span_after(wire->rest, 2 + piece.len);
	return piece;
}

/* A script_answer_fn over struct wire: at its end the card is gone. */
static inline enum cccd_err wire_answer(void *context, struct span command,
                                        struct buf *response)
{
	struct wire *wire = context;

	(void)command;
	if (wire->rest.len < 2)
		return CCCD_ERR_CARD_REMOVED;
	return buf_append(response, wire_next(wire));
}

/* struct fixed_random - the same bytes round and round. */
struct fixed_random {
	struct span bytes;
	size_t at;
};

static inline enum cccd_err fixed_fill(void *context, uint8_t *at, size_t len)
{
	struct fixed_random *fixed = context;

	for (size_t i = 0; i < len; i++)
		at[i] = fixed->bytes.at[fixed->at++ % fixed->bytes.len];
	return CCCD_OK;
}

#endif
