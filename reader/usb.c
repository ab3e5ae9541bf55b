/* SPDX-License-Identifier: Apache-2.0 */
/* Card readers on USB, as sysfs shows them. */
#include "reader/usb.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char devices_dir[] = "/sys/bus/usb/devices";

/* Class of smart card readers [USB CCID 1.1, 4.5]. */
enum { CLASS_SMART_CARD = 0x0B, HEX = 16, DECIMAL = 10, LINE_MAX_LEN = 96 };

/* A number of the device; 0 when it says none. */
static unsigned int number_of(const struct host *host, const char *port,
                              const char *name, int base)
{
	char path[HOST_PATH_MAX];
	long value = -1;

	if (host_path(host, path, "%s/%s/%s", devices_dir, port, name))
		value = host_number(path, base);
	return value < 0 || value > UINT16_MAX ? 0 : (unsigned int)value;
}

static void text_of(const struct host *host, const char *port, const char *name,
                    char ret[static USB_TEXT_MAX])
{
	char path[HOST_PATH_MAX];

	ret[0] = '\0';
	if (host_path(host, path, "%s/%s/%s", devices_dir, port, name))
		(void)host_line(path, ret, USB_TEXT_MAX);
}

/* "1-1.2:1.0" is an interface of "1-1.2". */
static bool is_interface_of(const char *name, const char *port)
{
	size_t len = strlen(port);

	return strncmp(name, port, len) == 0 && name[len] == ':';
}

static void look_at_interface(const struct host *host, const char *name,
                              struct usb_device *device)
{
	char path[HOST_PATH_MAX];
	char driver[USB_PORT_MAX];

	if (number_of(host, name, "bInterfaceClass", HEX) == CLASS_SMART_CARD)
		device->ccid = true;
	/* libusb's own claim shows as usbfs: that is pcscd or libnfc. */
	if (!host_path(host, path, "%s/%s/driver", devices_dir, name) ||
	    !host_link(path, driver, sizeof(driver)) ||
	    strcmp(driver, "usbfs") == 0)
		return;
	host_copy(name, device->taken, sizeof(device->taken));
	memcpy(device->taken_by, driver, sizeof(driver));
}

/* The record that udev keeps of a device, by its number. */
static bool is_ignored(const struct host *host, const char *port)
{
	static const char property[] = "E:PCSCLITE_IGNORE=";
	char number[HOST_TEXT_MAX];
	char path[HOST_PATH_MAX];
	char line[LINE_MAX_LEN];
	FILE *file = NULL;
	bool ignored = false;

	if (!host_path(host, path, "%s/%s/dev", devices_dir, port) ||
	    !host_line(path, number, sizeof(number)) ||
	    !host_path(host, path, "/run/udev/data/c%s", number))
		return false;
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (!ignored && fgets(line, sizeof(line), file) != NULL)
		ignored = strncmp(line, property, strlen(property)) == 0 &&
		          line[strlen(property)] != '0';
	(void)fclose(file);
	return ignored;
}

static void describe(const struct host *host, struct usb_device *device)
{
	char path[HOST_PATH_MAX];

	device->bus = number_of(host, device->port, "busnum", DECIMAL);
	device->address = number_of(host, device->port, "devnum", DECIMAL);
	text_of(host, device->port, "serial", device->serial);
	text_of(host, device->port, "manufacturer", device->maker);
	text_of(host, device->port, "product", device->model);
	device->ignored = is_ignored(host, device->port);
	if (!host_path(host, path, "%s/%s", devices_dir, device->port) ||
	    !host_real(host, path, device->place))
		host_copy(device->port, device->place, sizeof(device->place));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Its own name, then those of its interfaces: sorting put them so. */
static bool take_device(const struct host *host, const char *port,
                        struct dirent **names, size_t count,
                        struct usb_device *ret)
{
	*ret = (struct usb_device){
		.vendor = (uint16_t)number_of(host, port, "idVendor", HEX),
		.product = (uint16_t)number_of(host, port, "idProduct", HEX),
	};
	host_copy(port, ret->port, sizeof(ret->port));
	ret->known = known_by_id(ret->vendor, ret->product);
	for (size_t i = 0; i < count; i++)
		if (is_interface_of(names[i]->d_name, port))
			look_at_interface(host, names[i]->d_name, ret);
	if (ret->known == NULL && !ret->ccid)
		return false;
	describe(host, ret);
	return true;
}

void usb_scan(const struct host *host, struct usb_bus *ret)
{
	char path[HOST_PATH_MAX];
	struct dirent **names = NULL;
	int found = -1;

	ret->count = 0;
	if (host_path(host, path, "%s", devices_dir))
		found = scandir(path, &names, NULL, by_name);
	for (int i = 0; i < found; i++) {
		const char *name = names[i]->d_name;

		if (name[0] < '0' || name[0] > '9' ||
		    strchr(name, ':') != NULL || strlen(name) >= USB_PORT_MAX ||
		    ret->count == USB_DEVICES_MAX)
			continue;
		if (take_device(host, name, names, (size_t)found,
		                &ret->devices[ret->count]))
			ret->count++;
	}
	for (int i = 0; i < found; i++)
		free(names[i]);
	free(names);
}

const char *usb_nfc_driver(const struct usb_device *device)
{
	const struct known_reader *known = device->known;

	if (known == NULL)
		return NULL;
	if (!known_is_ccid(known))
		return known->driver;
	return device->ignored && known->other[0] != '\0' ? known->other : NULL;
}

bool usb_nfc_name(const struct usb_device *device,
                  char ret[static USB_TEXT_MAX])
{
	const char *driver = usb_nfc_driver(device);

	ret[0] = '\0';
	if (driver == NULL)
		return false;
	(void)snprintf(ret, USB_TEXT_MAX, "%s:%03u:%03u", driver, device->bus,
	               device->address);
	return true;
}
