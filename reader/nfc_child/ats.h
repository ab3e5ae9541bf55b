/* SPDX-License-Identifier: Apache-2.0 */
/* What a card said when it was activated, as bytes. */
#ifndef READER_NFC_CHILD_ATS_H
#define READER_NFC_CHILD_ATS_H

#include "base/span.h"

enum {
	ATS_ATR_MAX = 33,
	/* Application data and protocol info of an ATQB. */
	ATQB_APPLICATION_LEN = 4,
	ATQB_PROTOCOL_LEN = 3,
};

/* An ATR as a PC/SC reader would make it. */
struct ats_atr {
	uint8_t bytes[ATS_ATR_MAX];
	size_t len;
};

/**
 * ats_atr() - the ATR of a type A card.
 * @ats: without its length byte TL; hostile
 *
 * Historical bytes beyond 15 are cut; an ATS that ends too early gives an
 * ATR without any. [PC/SC part 3, 3.1.3.2.3.1]
 */
struct ats_atr ats_atr(struct span ats);

/* The ATR of a type B card. [PC/SC part 3, 3.1.3.2.3.1] */
struct ats_atr
ats_atr_of_b(const uint8_t application[static ATQB_APPLICATION_LEN],
             const uint8_t protocol[static ATQB_PROTOCOL_LEN]);

/**
 * ats_bit_rate() - the highest rate, at most 424, that the card takes in
 * both directions: 106, 212 or 424. [ISO/IEC 14443-4 5.2.4]
 */
unsigned int ats_bit_rate(struct span ats);

#endif
