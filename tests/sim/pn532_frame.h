/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of a PN532 on its serial line. */
#ifndef TESTS_SIM_PN532_FRAME_H
#define TESTS_SIM_PN532_FRAME_H

#include "base/buf.h"

enum { PN532_FRAME_MAX = 300 };

enum pn532_kind {
	PN532_NO_FRAME = 0, /* bytes to pass over */
	PN532_ACK,
	PN532_NACK,
	PN532_COMMAND,
};

/**
 * struct pn532_frame - from the host.
 * @payload: of a command: its code and what follows, at least one byte
 */
struct pn532_frame {
	enum pn532_kind kind;
	struct span payload;
};

/**
 * pn532_frame_take() - the first frame in what has come.
 *
 * Return: bytes used up, 0 when more must come.
 */
size_t pn532_frame_take(struct span bytes, struct pn532_frame *ret);

/* A normal frame, or an extended one when it must be; TFI included. */
CHECKED enum cccd_err pn532_frame_put(struct span payload, struct buf *ret);

struct span pn532_ack_frame(void);
struct span pn532_error_frame(void);

#endif
