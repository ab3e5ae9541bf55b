/* SPDX-License-Identifier: Apache-2.0 */
/* A transcript that plays the card. */
#ifndef READER_REPLAY_H
#define READER_REPLAY_H

#include "base/random.h"
#include "reader/reader.h"

/**
 * reader_replay_open() - a reader that answers as the transcript says.
 * @text: the whole transcript, copied. Written in full mode; a redacted one
 *        is refused
 *
 * Commands come in the recorded order and must be equal to the recorded
 * ones; anything else is CCCD_ERR_READER_IO with the line's number.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE with line and reason in @error;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err reader_replay_open(struct span text,
                                         struct cccd_error *error,
                                         struct reader **ret);

/**
 * reader_replay_random() - the random tape of a transcript.
 * @replay: from reader_replay_open() or reader_open("replay:…"), which the
 *          source may not outlive
 *
 * Each request must have the recorded length; else, and at the end of the
 * tape, CCCD_ERR_CRYPTO_RANDOM.
 */
struct random reader_replay_random(struct reader *replay);

#endif
