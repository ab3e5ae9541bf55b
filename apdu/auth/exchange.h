/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges whose refusal is a fact, not an error. */
#ifndef APDU_AUTH_EXCHANGE_H
#define APDU_AUTH_EXCHANGE_H

#include "apdu/iso7816/card.h"

/**
 * auth_exchange() - as card_exchange(), a naked status word included.
 * @ret: the status word may have come without protection: then the channel
 *       is closed and there is no data
 *
 * Return: CCCD_OK for every status word; CCCD_ERR_SM_BROKEN for an answer
 * that is neither protected nor a bare refusal; other errors unchanged.
 */
CHECKED enum cccd_err auth_exchange(struct card *card,
                                    const struct command *command,
                                    struct response *ret);

#endif
