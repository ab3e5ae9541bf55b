/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl's results mean here; nobody but http.c includes this. */
#ifndef SERVICE_GATEWAY_CONNECTORS_HTTP_FAILURE_H
#define SERVICE_GATEWAY_CONNECTORS_HTTP_FAILURE_H

#include <curl/curl.h>

#include "service/gateway/connectors/connector.h"

/**
 * http_failure() - why a transfer failed.
 * @verified: CURLINFO_SSL_VERIFYRESULT
 * @reason:   libcurl's words; only looked at, never passed on
 */
enum registry_outcome http_failure(CURLcode code, long verified,
                                   const char *reason);

/* Whether the request may have reached anybody. */
bool http_was_sent(CURLcode code);

/**
 * http_may_repeat() - whether another attempt does no harm and may help.
 *
 * What never left may always be repeated; what did only if it is
 * idempotent, and then only after a broken connection or one of 502, 503,
 * 504: a time-out has used its time, and anything else would come again.
 */
bool http_may_repeat(CURLcode code, long status, bool idempotent);

#endif
