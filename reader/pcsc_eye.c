/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of pcscd at one moment, each with what it is. */
#include "reader/pcsc_eye.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "reader/pcsc_choose.h"

enum { EVENTS_SHIFT = 16 };

static void take_state(const SCARD_READERSTATE *state, struct pcsc_seen *ret)
{
	struct cccd_reader_info *info = &ret->info;

	host_copy(state->szReader, info->name, sizeof(info->name));
	(void)snprintf(info->uri, sizeof(info->uri), "pcsc:%s",
	               state->szReader);
	(void)snprintf(info->kind, sizeof(info->kind), "pcsc");
	info->card_present = pcsc_has_card(state);
	info->atr_len = 0;
	if (info->card_present && state->cbAtr <= sizeof(info->atr)) {
		info->atr_len = state->cbAtr;
		memcpy(info->atr, state->rgbAtr, state->cbAtr);
	}
	ret->events = (uint16_t)(state->dwEventState >> EVENTS_SHIFT);
}

static const struct usb_device *still_there(const struct usb_bus *bus,
                                            const struct pcsc_seen *seen)
{
	for (size_t i = 0; i < bus->count; i++)
		if (strcmp(bus->devices[i].port, seen->port) == 0 &&
		    bus->devices[i].address == seen->address)
			return &bus->devices[i];
	return NULL;
}

/* The earlier sight of the same reader: of that name, in that place. */
static const struct pcsc_seen *find_before(const struct usb_bus *bus,
                                           const struct pcsc_sight *before,
                                           const char *name)
{
	for (size_t i = 0; before != NULL && i < before->count; i++) {
		const struct pcsc_seen *seen = &before->seen[i];

		if (strcmp(seen->info.name, name) == 0)
			return seen->port[0] == '\0' ||
			                       still_there(bus, seen) != NULL
			               ? seen
			               : NULL;
	}
	return NULL;
}

/* Where the reader says that it is; 0 when it does not. */
static uint32_t ask_channel(struct pcsc_client *client, const char *name)
{
	struct pcsc_link *link = client->link;

	if (link == NULL)
		return 0;
	host_copy(name, link->name, sizeof(link->name));
	if (pcsc_client_run(client, LINK_CHANNEL, PCSC_SERVICE_MS) != CCCD_OK)
		return 0;
	return pcsc_client_link(client)->channel;
}

static void mark_taken(const struct usb_bus *bus,
                       const struct pcsc_sight *sight,
                       bool taken[static USB_DEVICES_MAX])
{
	for (size_t i = 0; i < bus->count; i++) {
		taken[i] = false;
		for (size_t j = 0; j < sight->count; j++)
			if (strcmp(sight->seen[j].port, bus->devices[i].port) ==
			    0)
				taken[i] = true;
	}
}

static const struct usb_device *find_device(struct pcsc_client *client,
                                            const struct usb_bus *bus,
                                            const struct pcsc_sight *sight,
                                            const char *name)
{
	const struct usb_device *device = NULL;
	bool taken[USB_DEVICES_MAX];
	size_t matches = 0;

	device = identify_by_name(bus, name, NULL, &matches);
	if (device != NULL || bus->count == 0)
		return device;
	device = identify_by_channel(bus, ask_channel(client, name));
	if (device != NULL || matches == 0)
		return device;
	/* The one that no other reader is. */
	mark_taken(bus, sight, taken);
	return identify_by_name(bus, name, taken, &matches);
}

static void meet(struct pcsc_client *client, const struct usb_bus *bus,
                 const struct pcsc_sight *sight, struct pcsc_seen *seen)
{
	const struct usb_device *device =
	        find_device(client, bus, sight, seen->info.name);

	if (device != NULL) {
		memcpy(seen->port, device->port, sizeof(seen->port));
		seen->address = device->address;
	}
	identify_pcsc(device, &seen->info);
}

static bool is_shared(const struct pcsc_sight *sight, size_t which)
{
	for (size_t i = 0; i < sight->count; i++)
		if (i != which && strcmp(sight->seen[i].info.id,
		                         sight->seen[which].info.id) == 0)
			return true;
	return false;
}

static void keep_identity(const struct pcsc_seen *old, struct pcsc_seen *seen)
{
	struct pcsc_seen kept = *old;

	kept.events = seen->events;
	kept.info.card_present = seen->info.card_present;
	kept.info.atr_len = seen->info.atr_len;
	memcpy(kept.info.atr, seen->info.atr, sizeof(kept.info.atr));
	*seen = kept;
}

/* Those met before first, so that a new one takes none of their places. */
static void recognise(struct pcsc_client *client, const struct usb_bus *bus,
                      const struct pcsc_sight *before, struct pcsc_sight *ret)
{
	bool met[CCCD_READERS_MAX] = { false };

	for (size_t i = 0; i < ret->count; i++) {
		const struct pcsc_seen *old =
		        find_before(bus, before, ret->seen[i].info.name);

		met[i] = old != NULL;
		if (met[i])
			keep_identity(old, &ret->seen[i]);
	}
	for (size_t i = 0; i < ret->count; i++) {
		if (met[i])
			continue;
		meet(client, bus, ret, &ret->seen[i]);
		/* Several readers of one device may bear one name. */
		for (size_t n = 1; is_shared(ret, i); n++)
			identify_again(&ret->seen[i].info, n);
	}
}

enum cccd_err pcsc_eye_look(struct pcsc_client *client, const struct host *host,
                            const struct pcsc_sight *before,
                            struct cccd_error *error, struct pcsc_sight *ret)
{
	const struct pcsc_link *link = NULL;
	struct usb_bus *bus = NULL;

	TRY(pcsc_client_scan(client, error));
	link = pcsc_client_link(client);
	memset(ret, 0, sizeof(*ret));
	ret->count = link->count;
	for (size_t i = 0; i < ret->count; i++)
		take_state(&link->states[i], &ret->seen[i]);
	bus = calloc(1, sizeof(*bus));
	if (bus == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for readers");
	usb_scan(host, bus);
	recognise(client, bus, before, ret);
	free(bus);
	return CCCD_OK;
}
