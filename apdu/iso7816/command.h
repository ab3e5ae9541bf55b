/* SPDX-License-Identifier: Apache-2.0 */
/* Command and response APDUs: ISO/IEC 7816-4 clause 5. */
#ifndef APDU_ISO7816_COMMAND_H
#define APDU_ISO7816_COMMAND_H

#include "base/buf.h"
#include "base/span.h"

enum {
	LE_NONE = 0,
	LE_MAX_SHORT = 256,
	LE_MAX_EXTENDED = 65536,
	LC_MAX_SHORT = 255,
	LC_MAX_EXTENDED = 65535,
	CLA_CHAINING = 0x10,
	CLA_SM = 0x0C,
};

/**
 * struct command - a command before it is encoded.
 * @cla:  class without secure messaging or chaining bits set by us
 * @data: borrowed command data, 0 to 65535 bytes
 * @le:   bytes expected, LE_NONE for cases 1 and 3, at most 65536
 */
struct command {
	uint8_t cla;
	uint8_t ins;
	uint8_t p1;
	uint8_t p2;
	struct span data;
	size_t le;
};

/* struct response - data (borrowed) and status word of an answer. */
struct response {
	struct span data;
	uint16_t sw;
};

/* Whether it needs the extended form: Lc over 255 or Le over 256. */
bool command_is_extended(const struct command *command);

/**
 * command_encode() - cases 1 to 4, short or extended [7816-4 5.2].
 * @force_extended: use extended length fields even where short ones fit
 * @ret: replaced; CCCD_ERR_DATA_TOO_LARGE beyond its maximum
 */
CHECKED enum cccd_err command_encode(const struct command *command,
                                     bool force_extended, struct buf *ret);

/* CCCD_ERR_CARD_PROTOCOL for less than two bytes. */
CHECKED enum cccd_err response_decode(struct span bytes, struct response *ret);

#endif
