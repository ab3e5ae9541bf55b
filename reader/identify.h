/* SPDX-License-Identifier: Apache-2.0 */
/* Which device a reader is, and the id that stays with it. */
#ifndef READER_IDENTIFY_H
#define READER_IDENTIFY_H

#include <cccd/reader.h>

#include "reader/usb.h"

/**
 * identify_by_channel() - the device of SCARD_ATTR_CHANNEL_ID.
 *
 * NULL when it is none of the bus, or no USB at all.
 */
const struct usb_device *identify_by_channel(const struct usb_bus *bus,
                                             uint32_t channel);

/**
 * identify_by_name() - the device that a reader of pcscd is by its name.
 * @taken: per device of the bus: belongs to another reader; NULL for none
 * @ret_matches: how many fit equally well
 *
 * Return: the device when exactly one fits, else NULL.
 */
const struct usb_device *identify_by_name(const struct usb_bus *bus,
                                          const char *name, const bool *taken,
                                          size_t *ret_matches);

/**
 * identify_pcsc() - id, driver, limits and quirks of a reader of pcscd.
 * @device: NULL when not known: then all this comes from its name
 * @info:   has its name
 */
void identify_pcsc(const struct usb_device *device,
                   struct cccd_reader_info *info);

/**
 * identify_nfc() - the same for a reader of libnfc.
 * @info: has its URI
 */
void identify_nfc(const struct host *host, const struct usb_bus *bus,
                  struct cccd_reader_info *info);

/* What a device that no program serves would be. */
void identify_unserved(const struct usb_device *device,
                       struct cccd_reader_info *info);

/* The @number-th reader of one id gets one of its own. */
void identify_again(struct cccd_reader_info *info, size_t number);

/* The device that a connection string like "pn53x_usb:001:004" names. */
const struct usb_device *identify_by_address(const struct usb_bus *bus,
                                             const char *connstring);

#endif
