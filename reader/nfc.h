/* SPDX-License-Identifier: Apache-2.0 */
/* NFC readers for a watch. */
#ifndef READER_NFC_H
#define READER_NFC_H

#include "reader/reader.h"

/**
 * nfc_open_idle() - an NFC reader that is opened by its first call.
 * @rest: what follows "nfc:"
 *
 * It claims nothing: the caller keeps out of the way of sessions, see
 * reader/nfc_claim.h.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_MEMORY;
 * CCCD_ERR_READER_UNSUPPORTED without libnfc.
 */
CHECKED enum cccd_err nfc_open_idle(const char *rest, struct cccd_error *error,
                                    struct reader **ret);

/* Close its device; the next call opens it again. */
void nfc_idle_drop(struct reader *reader);

#endif
