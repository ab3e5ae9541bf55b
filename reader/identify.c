/* SPDX-License-Identifier: Apache-2.0 */
/* Which device a reader is, and the id that stays with it. */
#include "reader/identify.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/hex.h"
#include "reader/reader.h"

enum {
	/* Upper half of a channel id of USB, then bus and address. */
	CHANNEL_USB = 0x0020,
	/* How well a name fits; a maker alone says too little. */
	FITS_SERIAL = 8,
	FITS_KNOWN = 4,
	FITS_MODEL = 2,
	FITS_MAKER = 1,
	FITS_MIN = 2,
	ID_BYTES = 8,
	KEY_MAX = 1200,
	/* " 00 01" at the end of a name: reader and slot. */
	INDEX_LEN = 6,
	SLOT_LEN = 3,
	DECIMAL_MAX = 10,
};

static const char nfc_scheme[] = "nfc:";
static const char service_prefix[] = "unix:";

const struct usb_device *identify_by_channel(const struct usb_bus *bus,
                                             uint32_t channel)
{
	if (channel >> 16 != CHANNEL_USB)
		return NULL;
	for (size_t i = 0; i < bus->count; i++)
		if (bus->devices[i].bus == (channel >> 8 & 0xFF) &&
		    bus->devices[i].address == (channel & 0xFF))
			return &bus->devices[i];
	return NULL;
}

/* pcscd writes the serial number in parentheses. */
static bool has_serial(const char *name, const char *serial)
{
	char wanted[USB_TEXT_MAX + 2];

	if (serial[0] == '\0')
		return false;
	(void)snprintf(wanted, sizeof(wanted), "(%s)", serial);
	return strstr(name, wanted) != NULL;
}

static unsigned int fit(const struct usb_device *device, const char *name)
{
	unsigned int score = 0;

	if (device->known != NULL && !known_is_ccid(device->known))
		return 0;
	if (has_serial(name, device->serial))
		score += FITS_SERIAL;
	if (device->known != NULL && known_words_in(device->known->name, name))
		score += FITS_KNOWN;
	if (known_words_in(device->model, name))
		score += FITS_MODEL;
	if (known_words_in(device->maker, name))
		score += FITS_MAKER;
	return score;
}

const struct usb_device *identify_by_name(const struct usb_bus *bus,
                                          const char *name, const bool *taken,
                                          size_t *ret_matches)
{
	const struct usb_device *found = NULL;
	unsigned int best = FITS_MIN;
	size_t matches = 0;

	for (size_t i = 0; i < bus->count; i++) {
		unsigned int score = fit(&bus->devices[i], name);

		if (score < best || (taken != NULL && taken[i]))
			continue;
		matches = score > best ? 1 : matches + 1;
		best = score;
		found = &bus->devices[i];
	}
	*ret_matches = matches;
	return matches == 1 ? found : NULL;
}

/* Nobody shall read a port out of an id, or rely on it. */
static void make_id(const char *key, struct cccd_reader_info *info)
{
	struct digest digest;

	info->id[0] = 'r';
	info->id[1] = '\0';
	if (digest_compute(DIGEST_SHA256, span_text(key), &digest) == CCCD_OK)
		hex_encode(span_of(digest.bytes, ID_BYTES), info->id + 1,
		           sizeof(info->id) - 1);
}

void identify_again(struct cccd_reader_info *info, size_t number)
{
	char key[CCCD_READER_ID_MAX + 24];

	(void)snprintf(key, sizeof(key), "%s|%zu", info->id, number);
	make_id(key, info);
}

static void set_limits(bool extended, struct cccd_reader_info *info)
{
	info->max_command =
	        extended ? READER_COMMAND_MAX : READER_SHORT_COMMAND_MAX;
	info->max_response =
	        extended ? READER_RESPONSE_MAX : READER_SHORT_RESPONSE_MAX;
}

static void describe(const struct usb_device *device,
                     const struct known_reader *known,
                     struct cccd_reader_info *info)
{
	if (device != NULL) {
		info->usb_vendor = device->vendor;
		info->usb_product = device->product;
	}
	if (known == NULL)
		return;
	info->usb_vendor = known->vendor;
	info->usb_product = known->product;
	host_copy(known->words, info->quirks, sizeof(info->quirks));
	set_limits(known->extended, info);
}

/* A device may show several readers: what tells them apart is the name
 * without its index, and the slot. */
static void key_of_device(const struct usb_device *device, const char *name,
                          char key[static KEY_MAX])
{
	size_t len = strlen(name);
	size_t kept = len > INDEX_LEN ? len - INDEX_LEN : len;

	(void)snprintf(key, KEY_MAX, "pcsc|%s|%04x:%04x|%.*s|%s", device->place,
	               (unsigned int)device->vendor,
	               (unsigned int)device->product, (int)kept, name,
	               len > SLOT_LEN ? name + len - SLOT_LEN : "");
}

void identify_pcsc(const struct usb_device *device,
                   struct cccd_reader_info *info)
{
	const struct known_reader *known =
	        device != NULL ? device->known : known_by_name(info->name);
	char key[KEY_MAX];

	if (device != NULL)
		key_of_device(device, info->name, key);
	else
		(void)snprintf(key, sizeof(key), "pcsc|%s", info->name);
	make_id(key, info);
	describe(device, known, info);
	if (device != NULL || (known != NULL && known_is_ccid(known)))
		(void)snprintf(info->driver, sizeof(info->driver), "ccid");
}

const struct usb_device *identify_by_address(const struct usb_bus *bus,
                                             const char *connstring)
{
	char address[2 * DECIMAL_MAX + 2];

	for (size_t i = 0; i < bus->count; i++) {
		const struct usb_device *device = &bus->devices[i];
		const char *rest = strchr(connstring, ':');

		(void)snprintf(address, sizeof(address), "%03u:%03u",
		               device->bus % 1000, device->address % 1000);
		if (rest != NULL && strcmp(rest + 1, address) == 0)
			return device;
	}
	return NULL;
}

/* The path in sysfs of a serial port named like "pn532_uart:/dev/ttyS0". */
static bool serial_place(const struct host *host, const char *connstring,
                         char ret[static HOST_PATH_MAX])
{
	const char *at = strchr(connstring, ':');
	char path[HOST_PATH_MAX];
	char node[HOST_PATH_MAX];
	char *last = NULL;

	if (at == NULL || at[1] != '/' ||
	    !host_path(host, path, "%.*s", (int)strcspn(at + 1, ":"), at + 1) ||
	    !host_real(host, path, node))
		return false;
	last = strrchr(node, '/');
	if (last == NULL ||
	    !host_path(host, path, "/sys/class/tty/%s/device", last + 1) ||
	    !host_real(host, path, ret))
		return false;
	/* ttyUSB0 may come back as ttyUSB1: where it is plugged in counts. */
	last = strrchr(ret, '/');
	if (strstr(ret, "/usb") != NULL && last != NULL &&
	    strncmp(last, "/tty", 4) == 0)
		*last = '\0';
	else if (strlen(ret) + strlen(strrchr(node, '/')) < HOST_PATH_MAX)
		memcpy(ret + strlen(ret), strrchr(node, '/'),
		       strlen(strrchr(node, '/')) + 1);
	return true;
}

void identify_nfc(const struct host *host, const struct usb_bus *bus,
                  struct cccd_reader_info *info)
{
	const char *connstring = info->uri + strlen(nfc_scheme);
	const struct usb_device *device = identify_by_address(bus, connstring);
	char place[HOST_PATH_MAX];
	char key[KEY_MAX];

	if (device != NULL)
		(void)snprintf(key, sizeof(key), "nfc|%s|%04x:%04x",
		               device->place, (unsigned int)device->vendor,
		               (unsigned int)device->product);
	else if (serial_place(host, connstring, place))
		(void)snprintf(key, sizeof(key), "nfc|%s", place);
	else
		(void)snprintf(key, sizeof(key), "nfc|%s", connstring);
	make_id(key, info);
	describe(device, device == NULL ? NULL : device->known, info);
	set_limits(false, info);
	if (strncmp(connstring, service_prefix, strlen(service_prefix)) == 0)
		(void)snprintf(info->driver, sizeof(info->driver), "cccd-nfc");
	else
		(void)snprintf(info->driver, sizeof(info->driver), "%.*s",
		               (int)strcspn(connstring, ":") %
		                       CCCD_READER_WORD_MAX,
		               connstring);
}

void identify_unserved(const struct usb_device *device,
                       struct cccd_reader_info *info)
{
	const char *driver = usb_nfc_driver(device);
	char key[KEY_MAX];

	(void)snprintf(key, sizeof(key), "usb|%s|%04x:%04x", device->place,
	               (unsigned int)device->vendor,
	               (unsigned int)device->product);
	make_id(key, info);
	describe(device, device->known, info);
	host_copy(driver == NULL ? "pcsc" : "nfc", info->kind,
	          sizeof(info->kind));
	host_copy(driver == NULL ? "ccid" : driver, info->driver,
	          sizeof(info->driver));
	if (device->known != NULL)
		host_copy(device->known->name, info->name, sizeof(info->name));
	else
		(void)snprintf(info->name, sizeof(info->name), "%s %s",
		               device->maker, device->model);
}
