/* SPDX-License-Identifier: Apache-2.0 */
/* The header that ties a registry's trace to the desk's: W3C Trace Context. */
#ifndef SERVICE_GATEWAY_CONNECTORS_TRACE_PARENT_H
#define SERVICE_GATEWAY_CONNECTORS_TRACE_PARENT_H

#include "base/random.h"

enum { TRACE_PARENT_MAX = 56 };

/**
 * trace_parent_make() - "00-" trace-id "-" parent-id "-01".
 * @transaction: of the desk; its sixteen bytes are the trace-id
 * @random:      of the parent-id
 * @ret:         "" where @transaction is no UUID, or the one of zeros
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_RANDOM.
 *
 * [Trace Context 3.2.2]
 */
CHECKED enum cccd_err trace_parent_make(const char *transaction,
                                        const struct random *random,
                                        char ret[static TRACE_PARENT_MAX]);

#endif
