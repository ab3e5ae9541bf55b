/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events as bytes. No sockets. */
#ifndef SERVICE_LISTEN_EVENT_STREAM_H
#define SERVICE_LISTEN_EVENT_STREAM_H

#include "base/buf.h"

/**
 * event_write() - one event. [HTML 9.2.5]
 * @id, @event: NULL for none
 * @data:       every line end in it (LF, CRLF, CR) makes a further data line
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT for a control character in @id or
 * @event; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err event_write(const char *id, const char *event,
                                  struct span data, struct buf *ret);

#endif
