/* SPDX-License-Identifier: Apache-2.0 */
/* Status words about passwords: ISO/IEC 7816-4 5.6, TR-03110-3 B.14.1. */
#include "apdu/access/status.h"

#include "base/error.h"

enum cccd_err status_fail_password(struct cccd_error *error, uint16_t sw,
                                   const char *where)
{
	enum cccd_err err = status_is_blocked(sw) ? CCCD_ERR_CARD_BLOCKED
	                                          : CCCD_ERR_CARD_PASSWORD;
	bool first = error != NULL && error->code == CCCD_OK;

	err = fail_sw(error, err, sw, "%s: the card refused the access key",
	              where);
	if (first)
		error->tries_left = status_tries_left(sw);
	return err;
}
