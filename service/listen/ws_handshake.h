/* SPDX-License-Identifier: Apache-2.0 */
/* The opening handshake of a WebSocket. [RFC 6455 4.2] */
#ifndef SERVICE_LISTEN_WS_HANDSHAKE_H
#define SERVICE_LISTEN_WS_HANDSHAKE_H

#include "service/listen/http_head.h"

enum { WS_ACCEPT_MAX = 29 }; /* base64 of a SHA-1, with its NUL */

/* Upgrade, Connection and a key that is base64 of 16 bytes, each once. */
bool ws_upgrade_ok(const struct http_head *head);

/* Version 13, once. */
bool ws_version_ok(const struct http_head *head);

/* Whether the client offers this subprotocol; case counts. */
bool ws_offers(struct span offers, const char *subprotocol);

/**
 * ws_accept() - Sec-WebSocket-Accept for a key. [RFC 6455 4.2.2]
 * @ret: ended with NUL
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err ws_accept(struct span key,
                                char ret[static WS_ACCEPT_MAX]);

#endif
