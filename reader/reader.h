/* SPDX-License-Identifier: Apache-2.0 */
/* How bytes reach a card: one handle over every transport. */
#ifndef READER_READER_H
#define READER_READER_H

#include <cccd/reader.h>

#include "base/buf.h"
#include "base/error.h"

/* What a transport can do beyond connect, exchange, disconnect. */
enum reader_capability {
	READER_CAN_WAIT = 1 << 0,     /* wait for a card */
	READER_CAN_CANCEL = 1 << 1,   /* cancel from another thread */
	READER_CAN_PRESENCE = 1 << 2, /* ask whether the card is there */
	READER_CAN_EXTENDED = 1 << 3, /* extended-length APDUs may pass */
};

enum {
	READER_NAME_MAX = 256,
	READER_ATR_MAX = 64,
	/* Longest APDUs of ISO/IEC 7816-4: 7 + 65535 + 3 and 65536 + 2. */
	READER_COMMAND_MAX = 65545,
	READER_RESPONSE_MAX = 65538,
	READER_SHORT_COMMAND_MAX = 261,
	READER_SHORT_RESPONSE_MAX = 258,
};

/**
 * struct reader_card - what the transport knows of a connected card.
 * @atr:          ATR, or an ATR made of the ATS by the reader
 * @atr_len:      its bytes, 0 when unknown
 * @max_command:  longest C-APDU the reader passes, in bytes
 * @max_response: longest R-APDU the reader passes, status word included
 * @reader:       what its driver calls the reader, cut at what fits
 * @bit_rate_kbps: over the air, 0 when unknown
 * @short_hint:   this kind of reader is known for short APDUs only, and says
 *                nothing of itself: a hint that any proof overrules
 */
struct reader_card {
	uint8_t atr[READER_ATR_MAX];
	size_t atr_len;
	size_t max_command;
	size_t max_response;
	char reader[64];
	unsigned int bit_rate_kbps;
	bool short_hint;
};

struct reader;

/**
 * struct reader_ops - one transport; no member is NULL unless its
 * capability bit is missing.
 * @scheme:       "pcsc", "nfc", "replay", …
 * @capabilities: bits of enum reader_capability
 * @open:         @rest is the URI after "scheme:"; makes *@ret_state
 * @wait:         blocks until a card is there: CCCD_ERR_READER_NO_CARD at
 *                the deadline, CCCD_ERR_CANCELLED
 * @connect:      power the card and take it for ourselves
 * @transmit:     one command-response pair; @response is empty on entry
 *                and bounded by READER_RESPONSE_MAX
 * @disconnect:   let go of the card; it loses its power or its session
 * @present:      whether a card is there
 * @cancel:       from any thread: make the running and the next call
 *                return CCCD_ERR_CANCELLED
 * @resume:       forget a cancel; may be NULL when @cancel keeps no state
 * @close:        release everything
 *
 * @timeout_ms is the deadline of the whole call. Foreign codes are
 * translated inside: CCCD_ERR_READER_* or CCCD_ERR_CARD_REMOVED,
 * CCCD_ERR_CARD_MUTE, CCCD_ERR_CANCELLED, recorded in @error.
 */
struct reader_ops {
	const char *scheme;
	unsigned int capabilities;
	enum cccd_err (*open)(const char *rest, void **ret_state,
	                      struct cccd_error *error);
	enum cccd_err (*wait)(void *state, unsigned int timeout_ms,
	                      struct cccd_error *error);
	enum cccd_err (*connect)(void *state, struct reader_card *ret,
	                         struct cccd_error *error);
	enum cccd_err (*transmit)(void *state, struct span command,
	                          struct buf *response, unsigned int timeout_ms,
	                          struct cccd_error *error);
	void (*disconnect)(void *state);
	enum cccd_err (*present)(void *state, bool *ret,
	                         struct cccd_error *error);
	void (*cancel)(void *state);
	void (*resume)(void *state);
	void (*close)(void *state);
};

/**
 * reader_open() - open a reader by URI.
 * @uri: "pcsc:" (a reader with a card over the air, else with any card, else
 *       the first; chosen at each wait and connect), "pcsc:NAME" (the whole
 *       name or a part that only one has), "nfc:" (the first device of
 *       libnfc), "nfc:DEVICE" (its connection string), "nfc:unix:PATH" (a
 *       cccd-nfc behind a socket), "replay:FILE", "id:ID" (a reader as
 *       listed or announced by a watch)
 *
 * Return: CCCD_OK, the caller owns *@ret; CCCD_ERR_USAGE_ARGUMENT for an
 * unknown scheme; CCCD_ERR_READER_*; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err reader_open(const char *uri, struct cccd_error *error,
                                  struct reader **ret);

/**
 * reader_open_ops() - a reader over a transport of the caller's.
 * @ops:   borrowed for the reader's life
 * @state: handed to every call; closed with @ops->close
 */
CHECKED enum cccd_err reader_open_ops(const struct reader_ops *ops, void *state,
                                      struct reader **ret);

void reader_close(struct reader *reader);

const struct reader_ops *reader_ops(const struct reader *reader);

/* The transport's own state, for the file that made it. */
void *reader_state(const struct reader *reader);

CHECKED enum cccd_err reader_wait(struct reader *reader,
                                  unsigned int timeout_ms,
                                  struct cccd_error *error);

/**
 * reader_connect() - power the card and keep it until reader_disconnect().
 *
 * A card still connected is let go first.
 */
CHECKED enum cccd_err reader_connect(struct reader *reader,
                                     struct cccd_error *error);

/* What is known of the connected card; zeroed before a connect. */
const struct reader_card *reader_card(const struct reader *reader);

/**
 * reader_transmit() - one command-response pair within the deadline.
 * @command:  4 to READER_COMMAND_MAX bytes; beyond the card's max_command
 *            the call is refused with CCCD_ERR_READER_OVERSIZE, nothing sent
 * @response: reset first; at least the two status bytes on success
 *
 * After a removal, a lost reader or service, or a passed deadline the
 * connection has ended: the same code comes back until the next connect.
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_PROTOCOL for less than two bytes; errors
 * of the transport.
 */
CHECKED enum cccd_err reader_transmit(struct reader *reader,
                                      struct span command, struct buf *response,
                                      struct cccd_error *error);

/* Command-response pairs handed to the transport since the open. */
uint32_t reader_exchanges(const struct reader *reader);

/* Deadline of each exchange, milliseconds; default 10 000. */
void reader_set_timeout(struct reader *reader, unsigned int timeout_ms);

void reader_disconnect(struct reader *reader);

CHECKED enum cccd_err reader_present(struct reader *reader, bool *ret,
                                     struct cccd_error *error);

/* The only call allowed from another thread. Sticky until reader_resume. */
void reader_cancel(struct reader *reader);

/* Forget a cancel: the next call runs again. */
void reader_resume(struct reader *reader);

/**
 * reader_list() - every reader of every transport.
 *
 * A scan for NFC devices may wake hardware: they are in the list only when
 * the environment says CCCD_NFC_SCAN=1.
 *
 * Return: CCCD_OK with a possibly empty list; CCCD_ERR_READER_SERVICE when
 * pcscd cannot be reached and nobody else has a reader.
 */
CHECKED enum cccd_err reader_list(struct cccd_error *error,
                                  struct cccd_reader_list *ret);

#endif
