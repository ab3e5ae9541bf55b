/* SPDX-License-Identifier: Apache-2.0 */
/* An embedder's own device behind struct reader_ops. */
#ifndef LIB_TRANSPORT_H
#define LIB_TRANSPORT_H

#include <cccd/session.h>

#include "reader/reader.h"

/* A reader over @transport, which is copied. */
CHECKED enum cccd_err transport_open(const struct cccd_transport *transport,
                                     void *context, struct reader **ret);

#endif
