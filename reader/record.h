/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that writes down what passes through it. */
#ifndef READER_RECORD_H
#define READER_RECORD_H

#include "base/random.h"
#include "reader/reader.h"

/**
 * enum record_mode - how much is written.
 * @RECORD_REDACTED: command heads, lengths, status words, times. Payload
 *                   only of SELECT, of MSE:Set AT for PACE and of
 *                   EF.CardAccess, EF.ATR/INFO, and none at all once a
 *                   command was protected. For reading only
 * @RECORD_FULL:     everything, with the random tape: replay works. Holds
 *                   the person's data and the session's keys: specimens only
 */
enum record_mode {
	RECORD_REDACTED = 0,
	RECORD_FULL,
};

/**
 * struct record_sink - where the lines go.
 * @write:   one line with its line feed
 * @context: handed to @write
 */
struct record_sink {
	enum cccd_err (*write)(void *context, struct span line);
	void *context;
};

/**
 * reader_record_open() - wrap a reader.
 * @inner: belongs to the new reader on success and is closed with it
 * @sink:  copied; its context is borrowed for the reader's life
 *
 * The new reader states the scheme and the capabilities of @inner. A failing
 * sink disturbs no exchange: see reader_record_status().
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY; the sink's error for the first line.
 */
CHECKED enum cccd_err reader_record_open(struct reader *inner,
                                         const struct record_sink *sink,
                                         enum record_mode mode,
                                         struct reader **ret);

/**
 * reader_record_random() - a source that writes down what it gives.
 * @reader: from reader_record_open(), which it may not outlive
 * @source: borrowed for the reader's life; asked for the bytes
 *
 * Return: @source itself when the mode is redacted.
 */
struct random reader_record_random(struct reader *reader,
                                   const struct random *source);

/* The first error of the sink since the start, CCCD_OK when none. */
enum cccd_err reader_record_status(const struct reader *reader);

#endif
