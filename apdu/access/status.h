/* SPDX-License-Identifier: Apache-2.0 */
/* Status words about passwords: ISO/IEC 7816-4 5.6, TR-03110-3 B.14.1. */
#ifndef APDU_ACCESS_STATUS_H
#define APDU_ACCESS_STATUS_H

#include "apdu/iso7816/card.h"

enum {
	SW_TRIES_LEFT = 0x63C0,
	SW_TRIES_MASK = 0xFFF0,
};

/* Tries announced by 63Cx, -1 when the word announces none. */
static inline int status_tries_left(uint16_t sw)
{
	if ((sw & SW_TRIES_MASK) != SW_TRIES_LEFT)
		return -1;
	return (int)(sw & 0x000F);
}

/* The password can be tried no more. */
static inline bool status_is_blocked(uint16_t sw)
{
	return sw == SW_BLOCKED || sw == SW_TRIES_LEFT;
}

/* Record a refused password with its tries; the first cause stays. */
CHECKED enum cccd_err status_fail_password(struct cccd_error *error,
                                           uint16_t sw, const char *where);

#endif
