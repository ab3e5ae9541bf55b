/* SPDX-License-Identifier: Apache-2.0 */
/* A finished check as one line of the journal: no person, but its trace. */
#ifndef SERVICE_GATEWAY_CHECK_LINE_H
#define SERVICE_GATEWAY_CHECK_LINE_H

#include "service/gateway/check.h"

enum { CHECK_LINE_MAX = 480 };

/**
 * check_line_text() - "check caller=… transaction=… … took_us=…".
 * @caller:  its name in the configuration
 * @err:     what check_run() returned
 * @took_us: from the request's arrival to its reply
 *
 * What the connector told (struct registry_answer's detail) stands in quotes.
 * Stages that were not begun are left out; what the others leave of @took_us
 * was waiting for a thread.
 */
void check_line_text(const char *caller, enum cccd_err err,
                     const struct check_outcome *outcome, uint64_t took_us,
                     char ret[static CHECK_LINE_MAX]);

#endif
