/* SPDX-License-Identifier: Apache-2.0 */
/* From a reply over HTTP to what the registry said. */
#include "service/gateway/connectors/soap_reply.h"

#include <stdio.h>

const char *const soap_types[] = { "application/xml", "text/xml",
	                           "application/soap+xml", NULL };

bool reply_begin(const struct http_reply *reply, struct registry_answer *ret)
{
	ret->attempts = reply->attempts;
	ret->http_status = reply->status;
	ret->outcome = reply->failure;
	if (ret->outcome == REGISTRY_NOT_ASKED)
		ret->outcome = http_status_outcome(reply->status);
	return ret->outcome == REGISTRY_NOT_ASKED;
}

/* Only a fault is believed of a reply that says it failed. */
static CHECKED enum cccd_err look_for_fault(const struct http_reply *reply,
                                            enum soap_source source,
                                            enum registry_operation operation,
                                            const struct soap_dialect *dialect,
                                            struct registry_answer *ret)
{
	TRY(soap_answer_parse(buf_span(&reply->body), source, operation,
	                      dialect, ret));
	if (ret->outcome != REGISTRY_FAULT && ret->outcome != REGISTRY_REFUSED)
		ret->outcome = REGISTRY_HTTP_STATUS;
	citizen_wipe(&ret->citizen);
	return CCCD_OK;
}

enum cccd_err soap_reply_judge(const struct http_reply *reply,
                               enum soap_source source,
                               enum registry_operation operation,
                               const struct soap_dialect *dialect,
                               struct registry_answer *ret)
{
	if (reply_begin(reply, ret))
		return soap_answer_parse(buf_span(&reply->body), source,
		                         operation, dialect, ret);
	if (reply->failure == REGISTRY_NOT_ASKED && reply->status == 500)
		return look_for_fault(reply, source, operation, dialect, ret);
	return CCCD_OK;
}

void reply_question(const char *part, struct registry_answer *ret)
{
	ret->outcome = REGISTRY_QUESTION;
	(void)snprintf(ret->detail, sizeof(ret->detail), "%s", part);
}
