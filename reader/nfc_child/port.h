/* SPDX-License-Identifier: Apache-2.0 */
/* The device file behind a connection string. */
#ifndef READER_NFC_CHILD_PORT_H
#define READER_NFC_CHILD_PORT_H

#include "base/error.h"

/**
 * port_claim() - make sure that the device file is there and ours alone.
 * @connstring: of libnfc, e.g. "pn532_uart:/dev/ttyS0:115200"
 * @ret:        -1 when the string names no file (USB); else a descriptor
 *              that holds an advisory lock until it is closed
 *
 * libnfc's own mark on a serial port, an input flag that no driver uses, is
 * lost in the C library: only this lock keeps two of us apart.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_NONE, _PERMISSION, _BUSY.
 */
CHECKED enum cccd_err port_claim(const char *connstring,
                                 struct cccd_error *error, int *ret);

/* Whether the device behind the descriptor has been unplugged. */
bool port_gone(int port);

#endif
