/* SPDX-License-Identifier: Apache-2.0 */
/* A card for tests of transports: the command says what it does. */
#ifndef TESTS_READER_TEST_CARD_H
#define TESTS_READER_TEST_CARD_H

#include "base/buf.h"

/* CLA 80; the parameters are P1-P2 as a number n. */
enum test_ins {
	TEST_INS_BYTES = 0x10,  /* answers n bytes, then 9000 */
	TEST_INS_DIGEST = 0x12, /* answers length and sum of the command */
	TEST_INS_SLEEP = 0x14,  /* answers 9000 after n milliseconds */
	TEST_INS_LEAVE = 0x16,  /* is taken away instead of answering */
	TEST_INS_STUB = 0x18,   /* answers one byte only */
	TEST_INS_RESETS = 0x1A, /* answers how often it was reset */
};

enum test_action {
	TEST_ANSWER = 0,
	TEST_SLEEP,
	TEST_LEAVE,
};

enum { TEST_ATR_LEN = 10 };

/* As a reader makes it for a card over the air: 3B 85 80 01 "CCCD1" TCK. */
extern const uint8_t test_atr[TEST_ATR_LEN];

/* Of a card with contacts, T=1. */
extern const uint8_t test_atr_contact[TEST_ATR_LEN];

struct test_card {
	const uint8_t *atr;
	unsigned int resets;
	unsigned int sleep_ms;
};

/* Answer a command into @response, which is emptied first. */
enum test_action test_card_answer(struct test_card *card, struct span command,
                                  struct buf *response);

/* The command for @ins and @number, 4 bytes. */
void test_card_command(enum test_ins ins, unsigned int number,
                       uint8_t ret[static 4]);

/* What the card answers to TEST_INS_BYTES at @index. */
uint8_t test_card_byte(size_t index);

/* The sum that TEST_INS_DIGEST answers after the four bytes of length. */
uint32_t test_card_sum(struct span command);

#endif
