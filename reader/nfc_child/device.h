/* SPDX-License-Identifier: Apache-2.0 */
/* One device of libnfc: the only file that includes it is device.c. */
#ifndef READER_NFC_CHILD_DEVICE_H
#define READER_NFC_CHILD_DEVICE_H

#include "reader/nfc_wire/wire.h"

struct device;

/* Starts libnfc; NULL when it cannot. */
struct device *device_new(void);

/* Closes and ends everything; accepts NULL. */
void device_free(struct device *device);

/**
 * device_open() - open a device and switch its field off.
 * @connstring: of libnfc; "" for the first device that a scan finds without
 *              disturbing other hardware
 * @ret:        its name
 *
 * Return: CCCD_OK; CCCD_ERR_READER_NONE when nothing answers there;
 * CCCD_ERR_READER_PERMISSION, _BUSY.
 */
CHECKED enum cccd_err device_open(struct device *device, const char *connstring,
                                  struct cccd_error *error,
                                  struct wire_text *ret);

CHECKED enum cccd_err device_list(struct device *device,
                                  struct wire_devices *ret);

/* One look whether a card of ISO/IEC 14443-4 is there; it is let go. */
CHECKED enum cccd_err device_find(struct device *device, bool *ret,
                                  struct cccd_error *error);

/**
 * device_select() - a card, fresh from a field that was off.
 *
 * The bit rate is raised to what chip and card agree on, at most 424.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_NO_CARD; errors of the device.
 */
CHECKED enum cccd_err device_select(struct device *device,
                                    struct cccd_error *error,
                                    struct wire_card *ret);

/**
 * device_exchange() - one command-response pair.
 * @command: 4 to WIRE_COMMAND_MAX bytes
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_REMOVED; CCCD_ERR_CARD_MUTE;
 * CCCD_ERR_READER_TIMEOUT, _IO, _LOST, _OVERSIZE; CCCD_ERR_CANCELLED.
 */
CHECKED enum cccd_err device_exchange(struct device *device,
                                      const struct wire_timed *request,
                                      struct buf *response,
                                      struct cccd_error *error);

/* Let the card go and switch the field off. */
CHECKED enum cccd_err device_release(struct device *device,
                                     struct cccd_error *error);

/* Whether a card is there; a running session goes on. */
CHECKED enum cccd_err device_present(struct device *device, bool *ret,
                                     struct cccd_error *error);

/* From any thread: end the call that libnfc is in, if any. */
void device_abort(struct device *device);

#endif
