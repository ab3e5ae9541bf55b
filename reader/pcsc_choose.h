/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the readers of pcscd is meant. */
#ifndef READER_PCSC_CHOOSE_H
#define READER_PCSC_CHOOSE_H

#include <stddef.h>

#include <winscard.h>

#include "base/error.h"

/**
 * enum card_rank - how likely a reader holds the card to be read.
 * @CARD_RANK_SAM:       a security module of the reader's own
 * @CARD_RANK_NONE:      no card yet
 * @CARD_RANK_OTHER:     a card with contacts, or an officer's USB token
 * @CARD_RANK_PROXIMITY: a card over the air
 */
enum card_rank {
	CARD_RANK_SAM = 0,
	CARD_RANK_NONE,
	CARD_RANK_OTHER,
	CARD_RANK_PROXIMITY,
};

enum card_rank pcsc_rank(const SCARD_READERSTATE *state);

bool pcsc_has_card(const SCARD_READERSTATE *state);

/**
 * pcsc_choose() - the reader that is meant by @want.
 * @want: "" for the one of the highest rank, the first of equals; else a
 *        whole name, or a part that only one name has
 *
 * Return: CCCD_OK, with *@ret NULL when no reader fits;
 * CCCD_ERR_USAGE_ARGUMENT when several have the part.
 */
CHECKED enum cccd_err pcsc_choose(const SCARD_READERSTATE *states, size_t count,
                                  const char *want, struct cccd_error *error,
                                  const SCARD_READERSTATE **ret);

#endif
