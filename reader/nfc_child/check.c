/* SPDX-License-Identifier: Apache-2.0 */
/* The form of every request. */
#include "reader/nfc_child/child.h"

enum cccd_err child_check(const struct wire_message *request)
{
	struct wire_text text;
	struct wire_timed timed;

	switch ((int)request->type) {
	case WIRE_OPEN: return wire_text_parse(request->body, &text);
	case WIRE_WAIT:
	case WIRE_TRANSMIT:
		return wire_timed_parse(request->type, request->body, &timed);
	case WIRE_LIST:
	case WIRE_CONNECT:
	case WIRE_RELEASE:
	case WIRE_PRESENT:
	case WIRE_ABORT:
		return request->body.len == 0 ? CCCD_OK
		                              : CCCD_ERR_DATA_MALFORMED;
	default: return CCCD_ERR_DATA_MALFORMED;
	}
}
