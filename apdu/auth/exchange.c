/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges whose refusal is a fact, not an error. */
#include "apdu/auth/exchange.h"

#include "base/error.h"

enum { STATUS_LEN = 2 };

static uint16_t bare_status(const struct card *card)
{
	const struct buf *raw = &card->raw;

	if (raw->len != STATUS_LEN)
		return SW_OK;
	return (uint16_t)(raw->at[0] << 8 | raw->at[1]);
}

enum cccd_err auth_exchange(struct card *card, const struct command *command,
                            struct response *ret)
{
	struct cccd_error *kept = card->error;
	struct cccd_error own;
	enum cccd_err err = CCCD_OK;

	/* A refusal must not stand as the session's first cause. */
	error_reset(&own);
	card->error = &own;
	err = card_exchange(card, command, ret);
	card->error = kept;
	if (err == CCCD_ERR_SM_BROKEN && bare_status(card) != SW_OK) {
		*ret = (struct response){ .sw = bare_status(card) };
		return CCCD_OK;
	}
	if (err != CCCD_OK && kept != NULL && kept->code == CCCD_OK)
		*kept = own;
	return err;
}
