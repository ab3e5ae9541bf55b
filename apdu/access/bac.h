/* SPDX-License-Identifier: Apache-2.0 */
/* Basic Access Control: Doc 9303-11 4.3. */
#ifndef APDU_ACCESS_BAC_H
#define APDU_ACCESS_BAC_H

#include "apdu/access/password.h"
#include "apdu/iso7816/card.h"

/**
 * bac_run() - open a 3DES channel with the MRZ.
 * @card:     the eMRTD application is selected, no channel is open; its
 *            channel is set on success
 * @password: of type MRZ; borrowed
 *
 * Blocks for two exchanges, four when the chip refuses Le = 40: then both
 * are repeated with a fresh challenge and Le = 00, once.
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_BAC_NOT_OFFERED when GET CHALLENGE is
 * refused; CCCD_ERR_CARD_PASSWORD when the chip refuses our proof (tries
 * left in the card's error); CCCD_ERR_CARD_BLOCKED; CCCD_ERR_CARD_REFUSED
 * for other status words; CCCD_ERR_BAC_LENGTH, _MAC, _RND_IFD, _RND_IC for
 * a forged answer; CCCD_ERR_USAGE_STATE with a channel already open; reader
 * errors unchanged.
 *
 * [9303-11 4.3.1, 4.3.4]
 */
CHECKED enum cccd_err bac_run(struct card *card,
                              const struct password *password);

#endif
