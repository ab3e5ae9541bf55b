/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending the program cccd-nfc. */
#ifndef READER_NFC_SPAWN_H
#define READER_NFC_SPAWN_H

#include <sys/types.h>

#include "base/error.h"

/**
 * nfc_spawn() - start the program with @socket as its standard input.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_UNSUPPORTED when it is not there;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err nfc_spawn(int socket, struct cccd_error *error,
                                pid_t *ret);

/* Wait for its end, which a closed socket brings; else force it. */
void nfc_reap(pid_t pid);

#endif
