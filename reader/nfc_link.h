/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with one cccd-nfc: a child of ours, or a service. */
#ifndef READER_NFC_LINK_H
#define READER_NFC_LINK_H

#include <stdatomic.h>

#include "base/error.h"
#include "reader/nfc_wire/wire.h"

struct nfc_link;

/**
 * nfc_link_start() - start cccd-nfc and hold its socket.
 *
 * The program is $CCCD_NFC_CHILD, else the installed one. It inherits the
 * socket and no other descriptor, no signal mask and no environment beyond
 * what libnfc reads for its devices.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_UNSUPPORTED when there is no such
 * program; CCCD_ERR_MEMORY when the system has no room for it.
 */
CHECKED enum cccd_err nfc_link_start(struct cccd_error *error,
                                     struct nfc_link **ret);

/**
 * nfc_link_connect() - the same over the socket of a service.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_SERVICE; CCCD_ERR_READER_PERMISSION;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err nfc_link_connect(const char *path,
                                       struct cccd_error *error,
                                       struct nfc_link **ret);

/* Over a socket that is there already, which becomes the link's. */
CHECKED enum cccd_err nfc_link_adopt(int socket, struct nfc_link **ret);

/* Close, and end the child: asked for at first, then forced. Accepts NULL. */
void nfc_link_free(struct nfc_link *link);

/**
 * struct nfc_call - one request.
 * @type:       of the request
 * @wanted:     type of the answer that is no error
 * @body:       of the request
 * @timeout_ms: until the answer; after it the request is aborted
 * @wake:       descriptor that becomes readable on a cancel
 */
struct nfc_call {
	enum wire_type type;
	enum wire_type wanted;
	struct span body;
	unsigned int timeout_ms;
	int wake;
};

/**
 * nfc_link_call() - one request and its answer.
 * @body: of the answer; borrowed until the next call
 *
 * Return: CCCD_OK; what the other side says went wrong;
 * CCCD_ERR_READER_TIMEOUT and CCCD_ERR_CANCELLED after it had its chance to
 * end the request; CCCD_ERR_READER_LOST when it died or broke the protocol.
 * Use nfc_link_broken() to learn whether the link can go on.
 */
CHECKED enum cccd_err nfc_link_call(struct nfc_link *link,
                                    const struct nfc_call *call,
                                    struct cccd_error *error, struct span *ret);

/* Whether only nfc_link_free() is left. */
bool nfc_link_broken(const struct nfc_link *link);

#endif
