/* SPDX-License-Identifier: Apache-2.0 */
/* The return codes of PC/SC in our words. */
#ifndef READER_PCSC_ERROR_H
#define READER_PCSC_ERROR_H

#include "base/error.h"

/**
 * pcsc_error() - translate a code met before a card was connected.
 * @code: a PC/SC LONG
 *
 * Return: CCCD_OK only for SCARD_S_SUCCESS.
 */
enum cccd_err pcsc_error(long code);

/* As pcsc_error(), met while a card is connected: absent means taken. */
enum cccd_err pcsc_error_connected(long code);

/* pcscd went away or forgot us: a new context may mend it. */
bool pcsc_error_is_service(long code);

#endif
