/* SPDX-License-Identifier: Apache-2.0 */
/* NFC readers on USB, as they are plugged in and out. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "reader/usb.h"
#include "reader/watch_part.h"

enum { SCAN_MS = 1000 };

/**
 * struct watch_usb - of its own thread.
 * @parts: the readers that are there; NULL where none is
 */
struct watch_usb {
	struct watch_post *post;
	struct watch_thread thread;
	unsigned int poll_ms;
	struct usb_bus bus;
	struct watch_nfc *parts[CCCD_WATCH_NFC_MAX];
};

static bool is_uri(const char *uri, const struct usb_device *device)
{
	char name[USB_TEXT_MAX];

	return usb_nfc_name(device, name) &&
	       strcmp(uri + strlen("nfc:"), name) == 0;
}

static bool on_bus(const struct usb_bus *bus, const char *uri)
{
	for (size_t i = 0; i < bus->count; i++)
		if (is_uri(uri, &bus->devices[i]))
			return true;
	return false;
}

static void drop_unplugged(struct watch_usb *part)
{
	for (size_t i = 0; i < CCCD_WATCH_NFC_MAX; i++) {
		if (part->parts[i] == NULL ||
		    on_bus(&part->bus, watch_nfc_uri(part->parts[i])))
			continue;
		watch_nfc_retire(part->parts[i]);
		watch_nfc_free(part->parts[i]);
		part->parts[i] = NULL;
	}
}

static bool is_watched(const struct watch_usb *part,
                       const struct usb_device *device)
{
	for (size_t i = 0; i < CCCD_WATCH_NFC_MAX; i++)
		if (part->parts[i] != NULL &&
		    is_uri(watch_nfc_uri(part->parts[i]), device))
			return true;
	return false;
}

/* A failure is tried again with the next scan. */
static void take_up(struct watch_usb *part, const struct usb_device *device)
{
	char uri[USB_TEXT_MAX + 4] = "nfc:";
	struct watch_nfc **place = NULL;

	for (size_t i = 0; i < CCCD_WATCH_NFC_MAX; i++)
		if (part->parts[i] == NULL)
			place = &part->parts[i];
	if (place == NULL || !usb_nfc_name(device, uri + 4))
		return;
	if (watch_nfc_start(part->post, uri, device->known->name, part->poll_ms,
	                    place) != CCCD_OK)
		*place = NULL;
}

static void scan(struct watch_usb *part)
{
	usb_scan(&part->post->host, &part->bus);
	drop_unplugged(part);
	for (size_t i = 0; i < part->bus.count; i++) {
		const struct usb_device *device = &part->bus.devices[i];

		if (usb_nfc_driver(device) != NULL && !is_watched(part, device))
			take_up(part, device);
	}
}

static void *usb_main(void *context)
{
	struct watch_usb *part = context;

	while (!watch_thread_stopped(&part->thread)) {
		scan(part);
		watch_thread_sleep(&part->thread, SCAN_MS);
	}
	for (size_t i = 0; i < CCCD_WATCH_NFC_MAX; i++)
		watch_nfc_stop(part->parts[i]);
	for (size_t i = 0; i < CCCD_WATCH_NFC_MAX; i++)
		watch_nfc_free(part->parts[i]);
	watch_thread_end(&part->thread);
	return NULL;
}

enum cccd_err watch_usb_start(struct watch_post *post, unsigned int poll_ms,
                              struct watch_usb **ret)
{
	struct watch_usb *part = calloc(1, sizeof(*part));
	enum cccd_err err;

	if (part == NULL)
		return CCCD_ERR_MEMORY;
	part->post = post;
	part->poll_ms = poll_ms;
	err = watch_thread_start(&part->thread, usb_main, part);
	if (err != CCCD_OK) {
		free(part);
		return err;
	}
	*ret = part;
	return CCCD_OK;
}

void watch_usb_stop(struct watch_usb *part)
{
	if (part != NULL)
		watch_thread_stop(&part->thread);
}

void watch_usb_free(struct watch_usb *part)
{
	if (part == NULL)
		return;
	watch_thread_join(&part->thread, NULL, NULL);
	free(part);
}
