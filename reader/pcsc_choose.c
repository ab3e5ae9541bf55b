/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the readers of pcscd is meant. */
#include "reader/pcsc_choose.h"

#include <string.h>

bool pcsc_has_card(const SCARD_READERSTATE *state)
{
	return (state->dwEventState & SCARD_STATE_PRESENT) != 0;
}

/* The ATR that a reader makes up for ISO 14443-4: 3B 8n 80 01 [PC/SC 3]. */
static bool is_proximity(const SCARD_READERSTATE *state)
{
	const unsigned char *atr = state->rgbAtr;

	return state->cbAtr >= 4 && state->cbAtr <= sizeof(state->rgbAtr) &&
	       atr[0] == 0x3B && (atr[1] & 0xF0) == 0x80 && atr[2] == 0x80 &&
	       atr[3] == 0x01;
}

/* Drivers name the slot of a security module so, as a word of its own. */
static bool is_sam(const char *name)
{
	for (const char *at = strstr(name, "SAM"); at != NULL;
	     at = strstr(at + 1, "SAM")) {
		bool starts = at == name || at[-1] == ' ' || at[-1] == '[' ||
		              at[-1] == '(' || at[-1] == '-';

		if (starts && strchr(" ])-", at[3]) != NULL)
			return true;
	}
	return false;
}

enum card_rank pcsc_rank(const SCARD_READERSTATE *state)
{
	if (is_sam(state->szReader))
		return CARD_RANK_SAM;
	if (!pcsc_has_card(state))
		return CARD_RANK_NONE;
	return is_proximity(state) ? CARD_RANK_PROXIMITY : CARD_RANK_OTHER;
}

static const SCARD_READERSTATE *choose_any(const SCARD_READERSTATE *states,
                                           size_t count)
{
	const SCARD_READERSTATE *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (best == NULL || pcsc_rank(&states[i]) > pcsc_rank(best))
			best = &states[i];
	return best;
}

enum cccd_err pcsc_choose(const SCARD_READERSTATE *states, size_t count,
                          const char *want, struct cccd_error *error,
                          const SCARD_READERSTATE **ret)
{
	const SCARD_READERSTATE *found = NULL;
	size_t matches = 0;

	if (want[0] == '\0') {
		*ret = choose_any(states, count);
		return CCCD_OK;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(states[i].szReader, want) == 0) {
			*ret = &states[i];
			return CCCD_OK;
		}
		if (strstr(states[i].szReader, want) == NULL)
			continue;
		found = &states[i];
		matches++;
	}
	if (matches > 1)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "%zu readers have this in their name", matches);
	*ret = found;
	return CCCD_OK;
}
