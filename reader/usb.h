/* SPDX-License-Identifier: Apache-2.0 */
/* Card readers on USB, as sysfs shows them. */
#ifndef READER_USB_H
#define READER_USB_H

#include <stdint.h>

#include "reader/host.h"
#include "reader/known.h"

enum { USB_DEVICES_MAX = 64, USB_PORT_MAX = 32, USB_TEXT_MAX = 64 };

/**
 * struct usb_device - one reader.
 * @port:    its name in sysfs, "1-1.2": where it is plugged in
 * @place:   the whole path in sysfs
 * @bus, @address: as in /dev/bus/usb and libnfc's connection strings
 * @serial, @maker, @model: what the device says of itself; "" for nothing
 * @ccid:    one of its interfaces is of the class of smart card readers
 * @taken:   the interface that a driver of the kernel holds, "1-1.2:1.0", and
 *           that driver; "" when none does
 * @ignored: a udev rule tells pcscd to pass it over
 * @known:   its row, or NULL
 */
struct usb_device {
	char port[USB_PORT_MAX];
	char place[HOST_PATH_MAX];
	uint16_t vendor;
	uint16_t product;
	unsigned int bus;
	unsigned int address;
	char serial[USB_TEXT_MAX];
	char maker[USB_TEXT_MAX];
	char model[USB_TEXT_MAX];
	bool ccid;
	char taken[USB_PORT_MAX];
	char taken_by[USB_PORT_MAX];
	bool ignored;
	const struct known_reader *known;
};

struct usb_bus {
	struct usb_device devices[USB_DEVICES_MAX];
	size_t count;
};

/**
 * usb_scan() - every reader on the bus, sorted by port.
 *
 * A device counts when it is known or has an interface of the class of
 * smart card readers. Where sysfs cannot be read the bus is empty.
 */
void usb_scan(const struct host *host, struct usb_bus *ret);

/**
 * usb_nfc_driver() - the driver of libnfc that the device is left to.
 *
 * A device that pcscd can drive too is left to pcscd, unless a udev rule
 * tells pcscd to pass it over.
 *
 * Return: "pn53x_usb", "acr122_usb"; NULL when it is not libnfc's.
 */
const char *usb_nfc_driver(const struct usb_device *device);

/* Its connection string, "pn53x_usb:001:004"; false when not libnfc's. */
bool usb_nfc_name(const struct usb_device *device,
                  char ret[static USB_TEXT_MAX]);

#endif
