/* SPDX-License-Identifier: Apache-2.0 */
/* One connected card: command-response pairs, plain or protected. */
#ifndef APDU_ISO7816_CARD_H
#define APDU_ISO7816_CARD_H

#include "apdu/iso7816/secure_messaging.h"
#include "base/random.h"
#include "reader/reader.h"

/* Status words the engine knows by name [7816-4 5.6]. */
enum {
	SW_OK = 0x9000,
	SW_WARNING_EOF = 0x6282,
	SW_FAILED_NO_INFO = 0x6300,
	SW_WRONG_LENGTH = 0x6700,
	SW_LAST_OF_CHAIN = 0x6883,
	SW_CHAINING_UNSUPPORTED = 0x6884,
	SW_SECURITY_STATUS = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_CONDITIONS = 0x6985,
	SW_NO_CURRENT_EF = 0x6986,
	SW_SM_MISSING = 0x6987,
	SW_SM_INCORRECT = 0x6988,
	SW_WRONG_DATA = 0x6A80,
	SW_NOT_FOUND = 0x6A82,
	SW_WRONG_P1P2 = 0x6A86,
	SW_REFERENCE_NOT_FOUND = 0x6A88,
	SW_OUTSIDE = 0x6B00,
	SW_INS_UNSUPPORTED = 0x6D00,
	SW_CLA_UNSUPPORTED = 0x6E00,
};

/**
 * struct card - a connected card and its channel.
 * @reader:   borrowed; connected
 * @random:   borrowed; where every nonce and ephemeral key comes from
 * @error:    borrowed; takes the first cause
 * @sm:       secure messaging; inactive when zeroed
 * @extended: extended-length APDUs may be used
 * @deadline_ms: steady clock after which nothing is sent; 0 for none
 * @exchanges: command-response pairs so far, chained parts included
 * @raw:      the last R-APDU as received
 * @apdu:     the C-APDU being sent
 * @data:     the last response's data, unprotected
 */
struct card {
	struct reader *reader;
	const struct random *random;
	struct cccd_error *error;
	struct secure_messaging sm;
	bool extended;
	uint64_t deadline_ms;
	uint32_t exchanges;
	struct buf raw;
	struct buf apdu;
	struct buf data;
};

/**
 * card_init() - a card on a connected reader; no channel.
 *
 * Everything is borrowed for the card's life.
 */
void card_init(struct card *card, struct reader *reader,
               const struct random *random, struct cccd_error *error);

/* Wipes the keys; accepts zeroed structures. */
void card_release(struct card *card);

/**
 * card_exchange() - send a command, follow 61xx and 6Cxx, unprotect.
 * @command: plain; protected here when a channel is open. Data too long
 *           for a short APDU goes extended where @card allows, else as a
 *           command chain [7816-4 5.3.3]
 * @ret:     data borrowed from @card until the next exchange
 *
 * Any status word is CCCD_OK: the caller judges it. A naked status word
 * inside a channel, or a broken one, closes the channel and gives
 * CCCD_ERR_SM_BROKEN (with the status word in the error).
 *
 * Return: CCCD_OK; CCCD_ERR_SM_BROKEN; reader and card errors unchanged.
 */
CHECKED enum cccd_err card_exchange(struct card *card,
                                    const struct command *command,
                                    struct response *ret);

/**
 * card_exchange_ok() - as card_exchange(), 9000 required.
 *
 * Return: CCCD_ERR_CARD_REFUSED for another status word, recorded.
 */
CHECKED enum cccd_err card_exchange_ok(struct card *card,
                                       const struct command *command,
                                       struct response *ret);

/**
 * card_answer_is_truncated() - whether the last answer was cut on its way.
 *
 * Readers that only claim extended length cut long answers: the objects
 * then announce more than there is. Not so for a wrong MAC.
 */
CHECKED bool card_answer_is_truncated(const struct card *card);

/* SELECT an application by its identifier [9303-10 3.2]. Any SW is OK. */
CHECKED enum cccd_err card_select_application(struct card *card,
                                              struct span aid,
                                              struct response *ret);

/* SELECT an EF by identifier, no response data (P2 = 0C). */
CHECKED enum cccd_err card_select_file(struct card *card, uint16_t fid,
                                       struct response *ret);

#endif
