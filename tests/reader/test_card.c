/* SPDX-License-Identifier: Apache-2.0 */
/* A card for tests of transports: the command says what it does. */
#include "tests/reader/test_card.h"

#include <stdlib.h>

#include "base/macros.h"

/* TCK is the exclusive or of what stands between TS and itself. */
const uint8_t test_atr[TEST_ATR_LEN] = { 0x3B, 0x85, 0x80, 0x01, 'C',
	                                 'C',  'C',  'D',  '1',  0x32 };
const uint8_t test_atr_contact[TEST_ATR_LEN] = { 0x3B, 0x94, 0x13, 0x81, 0x01,
	                                         'C',  'C',  'C',  'D',  0x00 };

static void put(struct buf *response, uint8_t byte)
{
	if (buf_append_byte(response, byte) != CCCD_OK)
		abort();
}

static void put_u32(struct buf *response, uint32_t value)
{
	put(response, (uint8_t)(value >> 24));
	put(response, (uint8_t)(value >> 16));
	put(response, (uint8_t)(value >> 8));
	put(response, (uint8_t)value);
}

uint8_t test_card_byte(size_t index)
{
	return (uint8_t)(index * 7U + (index >> 8));
}

uint32_t test_card_sum(struct span command)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < command.len; i++)
		sum = sum * 31U + command.at[i];
	return sum;
}

void test_card_command(enum test_ins ins, unsigned int number,
                       uint8_t ret[static 4])
{
	ret[0] = 0x80;
	ret[1] = (uint8_t)ins;
	ret[2] = (uint8_t)(number >> 8);
	ret[3] = (uint8_t)number;
}

static enum test_action perform(struct test_card *card, struct span command,
                                struct buf *response)
{
	unsigned int number = (unsigned int)command.at[2] << 8 | command.at[3];

	switch (command.at[1]) {
	case TEST_INS_BYTES:
		for (size_t i = 0; i < number; i++)
			put(response, test_card_byte(i));
		return TEST_ANSWER;
	case TEST_INS_DIGEST:
		put_u32(response, (uint32_t)command.len);
		put_u32(response, test_card_sum(command));
		return TEST_ANSWER;
	case TEST_INS_SLEEP: card->sleep_ms = number; return TEST_SLEEP;
	case TEST_INS_LEAVE: return TEST_LEAVE;
	case TEST_INS_RESETS:
		put_u32(response, card->resets);
		return TEST_ANSWER;
	default: return TEST_ANSWER;
	}
}

enum test_action test_card_answer(struct test_card *card, struct span command,
                                  struct buf *response)
{
	enum test_action action = TEST_ANSWER;

	buf_reset(response);
	if (command.len >= 4 && command.at[1] == TEST_INS_STUB) {
		put(response, 0x90);
		return TEST_ANSWER;
	}
	if (command.len >= 4)
		action = perform(card, command, response);
	put(response, 0x90);
	put(response, 0x00);
	return action;
}
