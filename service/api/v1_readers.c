/* SPDX-License-Identifier: Apache-2.0 */
/* Readers, and who holds them. */
#include "service/api/private.h"

void serve_readers(struct call *call)
{
	char *text = NULL;
	enum cccd_err err = sessions_readers(call->api->sessions, &text);

	if (err == CCCD_OK)
		reply_json(call, 200, text, NULL);
	else
		reply_problem(call, err, NULL, 0);
}

void serve_break_lease(struct call *call)
{
	struct cccd_error error = { .tries_left = -1 };
	enum cccd_err err = sessions_break_lease(
	        call->api->sessions, &call->caller, call->name, &error);

	/* A reader that is not there is no fault of the machine's here. */
	if (err == CCCD_ERR_READER_NONE)
		reply_status(call, 404);
	else if (err == CCCD_OK)
		reply_status(call, 204);
	else
		reply_problem(call, err, &error, 0);
}
