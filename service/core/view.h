/* SPDX-License-Identifier: Apache-2.0 */
/* What a client may see of its session, and everybody of the readers. */
#ifndef SERVICE_CORE_VIEW_H
#define SERVICE_CORE_VIEW_H

#include "service/core/inside.h"

/* @token: NULL, except in the answer to the request that began it. */
CHECKED enum cccd_err view_session(const struct session *session,
                                   const char *token, char **ret);

#endif
