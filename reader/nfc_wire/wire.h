/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol between the library and cccd-nfc, over a stream socket.
 *
 * A message is a 16-bit length (big-endian, of what follows it), a type
 * byte, a 16-bit number and a body. Each request is answered by exactly one
 * message with the same number; WIRE_ABORT has no answer of its own: the
 * request that it names ends early. Neither side believes the other: a
 * message of another form ends the conversation.
 */
#ifndef READER_NFC_WIRE_WIRE_H
#define READER_NFC_WIRE_WIRE_H

#include "base/buf.h"
#include "base/error.h"

enum wire_type {
	/* Requests. */
	WIRE_OPEN = 1,     /* connection string, "" for the first device */
	WIRE_LIST = 2,     /* no body */
	WIRE_WAIT = 3,     /* milliseconds */
	WIRE_CONNECT = 4,  /* no body */
	WIRE_TRANSMIT = 5, /* milliseconds, command APDU */
	WIRE_RELEASE = 6,  /* no body */
	WIRE_PRESENT = 7,  /* no body */
	WIRE_ABORT = 8,    /* no body; the number of the request to end */
	/* Answers. */
	WIRE_DONE = 64,     /* no body */
	WIRE_OPENED = 65,   /* the device's name */
	WIRE_DEVICES = 66,  /* struct wire_devices */
	WIRE_CARD = 67,     /* struct wire_card */
	WIRE_RESPONSE = 68, /* response APDU */
	WIRE_PRESENCE = 69, /* one byte, 0 or 1 */
	WIRE_ERROR = 70,    /* struct wire_error */
};

enum {
	WIRE_HEAD_LEN = 5,
	WIRE_BODY_MAX = 4096,
	WIRE_MAX = WIRE_HEAD_LEN + WIRE_BODY_MAX,
	WIRE_TEXT_MAX = 255,
	WIRE_DEVICES_MAX = 15,
	/* What libnfc takes without overrunning its frame: 262, and what it
	 * hands back: 263, the status word included. */
	WIRE_COMMAND_MAX = 262,
	WIRE_RESPONSE_MAX = 263,
	WIRE_ATR_MAX = 33,
	/* Longest wait or exchange, an hour. */
	WIRE_TIMEOUT_MAX = 3600000,
};

/**
 * struct wire_message - one message in place.
 * @body: borrowed from the buffer that it was taken from
 */
struct wire_message {
	enum wire_type type;
	uint16_t number;
	struct span body;
};

/* What came in and is not taken yet. */
struct wire_input {
	uint8_t bytes[WIRE_MAX];
	size_t len;
	size_t taken;
};

/**
 * wire_take() - the next whole message.
 * @ret: valid until the next call for @input
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TRUNCATED when more bytes are needed;
 * CCCD_ERR_DATA_MALFORMED for a bad head or an unknown type: the stream is
 * lost.
 */
CHECKED enum cccd_err wire_take(struct wire_input *input,
                                struct wire_message *ret);

/**
 * wire_receive() - add what has arrived; blocks unless the socket has some.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_LOST at the end of the stream.
 */
CHECKED enum cccd_err wire_receive(int socket, struct wire_input *input);

/**
 * wire_send() - write one message whole.
 *
 * Raises no SIGPIPE.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_LOST; CCCD_ERR_DATA_TOO_LARGE.
 */
CHECKED enum cccd_err wire_send(int socket, const struct wire_message *message);

/* Bodies: make and check. A failed parse leaves *@ret alone; everything it
 * refuses is CCCD_ERR_DATA_MALFORMED. */

/* Text: printable ASCII, at most WIRE_TEXT_MAX bytes. */
struct wire_text {
	char text[WIRE_TEXT_MAX + 1];
};

CHECKED enum cccd_err wire_text_parse(struct span body, struct wire_text *ret);

/**
 * struct wire_timed - the body of WIRE_WAIT and WIRE_TRANSMIT.
 * @timeout_ms: at most WIRE_TIMEOUT_MAX
 * @command:    4 to WIRE_COMMAND_MAX bytes, or none for WIRE_WAIT
 */
struct wire_timed {
	uint32_t timeout_ms;
	struct span command;
};

CHECKED enum cccd_err wire_timed_put(const struct wire_timed *timed,
                                     struct buf *ret);
CHECKED enum cccd_err wire_timed_parse(enum wire_type type, struct span body,
                                       struct wire_timed *ret);

/**
 * struct wire_card - a card that was connected.
 * @bit_rate: kbit/s over the air: 106, 212 or 424
 * @atr:      made of its ATS or ATQB as PC/SC part 3 has it
 */
struct wire_card {
	unsigned int bit_rate;
	uint8_t atr[WIRE_ATR_MAX];
	size_t atr_len;
};

CHECKED enum cccd_err wire_card_put(const struct wire_card *card,
                                    struct buf *ret);
CHECKED enum cccd_err wire_card_parse(struct span body, struct wire_card *ret);

/* Connection strings of the devices that were found. */
struct wire_devices {
	struct wire_text devices[WIRE_DEVICES_MAX];
	size_t count;
};

CHECKED enum cccd_err wire_devices_put(const struct wire_devices *devices,
                                       struct buf *ret);
CHECKED enum cccd_err wire_devices_parse(struct span body,
                                         struct wire_devices *ret);

/**
 * struct wire_error - why a request failed.
 * @code:   CCCD_ERR_READER_*, CCCD_ERR_CARD_REMOVED, CCCD_ERR_CARD_MUTE,
 *          CCCD_ERR_CANCELLED or CCCD_ERR_MEMORY; nothing else passes
 * @native: libnfc's code, or errno
 */
struct wire_error {
	enum cccd_err code;
	int32_t native;
	struct wire_text text;
};

CHECKED enum cccd_err wire_error_put(const struct wire_error *error,
                                     struct buf *ret);
CHECKED enum cccd_err wire_error_parse(struct span body,
                                       struct wire_error *ret);

CHECKED enum cccd_err wire_presence_parse(struct span body, bool *ret);

#endif
