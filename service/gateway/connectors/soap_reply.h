/* SPDX-License-Identifier: Apache-2.0 */
/* From a reply over HTTP to what the registry said. */
#ifndef SERVICE_GATEWAY_CONNECTORS_SOAP_REPLY_H
#define SERVICE_GATEWAY_CONNECTORS_SOAP_REPLY_H

#include "service/gateway/connectors/http.h"
#include "service/gateway/connectors/soap_answer.h"

/* Media types of SOAP 1.1, of 1.2, and what adapters send. */
extern const char *const soap_types[];

/* Status, attempts and failure into @ret; true when a body is to be read. */
bool reply_begin(const struct http_reply *reply, struct registry_answer *ret);

/**
 * soap_reply_judge() - the whole of a direct SOAP reply.
 *
 * A fault comes with status 500 and is one; any other 500 is a status.
 */
CHECKED enum cccd_err soap_reply_judge(const struct http_reply *reply,
                                       enum soap_source source,
                                       enum registry_operation operation,
                                       const struct soap_dialect *dialect,
                                       struct registry_answer *ret);

/* A refusal of ours before anything was asked; @part names what is wrong. */
void reply_question(const char *part, struct registry_answer *ret);

#endif
