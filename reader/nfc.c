/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers behind libnfc: "nfc:" for the first device, "nfc:DEVICE" for a
 * connection string of libnfc, "nfc:unix:PATH" for the socket of a service.
 * libnfc itself runs in cccd-nfc: it aborts on what a card may send.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reader/identify.h"
#include "reader/nfc.h"
#include "reader/nfc_claim.h"
#include "reader/nfc_link.h"
#include "reader/reader.h"
#include "reader/transport.h"

_Static_assert((int)WIRE_COMMAND_MAX >= (int)READER_SHORT_COMMAND_MAX,
               "a short command fits");
_Static_assert((int)WIRE_RESPONSE_MAX >= (int)READER_SHORT_RESPONSE_MAX,
               "a short response fits");
_Static_assert((int)WIRE_ATR_MAX <= (int)READER_ATR_MAX, "an ATR fits");

enum {
	/* A scan looks at every bus; an open wakes the chip. */
	OPEN_MS = 8000,
	CONNECT_MS = 5000,
	RELEASE_MS = 1000,
	PRESENT_MS = 3000,
	/* The last look for a card may begin just before the deadline. */
	LOOK_MS = 2000,
	LONGEST_MS = WIRE_TIMEOUT_MAX - LOOK_MS,
};

static const char service_prefix[] = "unix:";

/**
 * struct nfc - one reader.
 * @want: what follows "nfc:"
 * @name: of the open device, by its driver
 * @link: NULL until the first call and after the other side died
 * @wake: a pipe that a cancel makes readable
 * @claim: keeps the watches of this process away; NULL in a watch
 */
struct nfc {
	char want[READER_NAME_MAX];
	struct wire_text name;
	struct nfc_link *link;
	struct nfc_claim *claim;
	int wake[2];
	atomic_bool stop;
};

static void drop_link(struct nfc *nfc)
{
	nfc_link_free(nfc->link);
	nfc->link = NULL;
}

/* One call; a link that cannot go on is given up. */
static enum cccd_err call(struct nfc *nfc, const struct nfc_call *what,
                          struct cccd_error *error, struct span *ret)
{
	struct nfc_call with_wake = *what;
	enum cccd_err err;

	with_wake.wake = nfc->wake[0];
	if (nfc->link == NULL)
		return fail(error, CCCD_ERR_READER_LOST,
		            "the connection has ended");
	err = nfc_link_call(nfc->link, &with_wake, error, ret);
	if (nfc_link_broken(nfc->link))
		drop_link(nfc);
	return err;
}

/* Watches of this process hear of it. */
static void note(const struct nfc *nfc, enum cccd_err err)
{
	if (err == CCCD_ERR_READER_NO_CARD || err == CCCD_ERR_CARD_REMOVED)
		nfc_claim_note(nfc->claim, NFC_EMPTY);
	else if (err == CCCD_ERR_READER_NONE)
		nfc_claim_note(nfc->claim, NFC_GONE);
}

static enum cccd_err open_device(struct nfc *nfc, const char *device,
                                 struct cccd_error *error)
{
	const struct nfc_call what = {
		.type = WIRE_OPEN,
		.wanted = WIRE_OPENED,
		.body = span_text(device),
		.timeout_ms = OPEN_MS,
	};
	struct span name = { 0 };
	enum cccd_err err = call(nfc, &what, error, &name);

	if (err == CCCD_OK && wire_text_parse(name, &nfc->name) != CCCD_OK)
		err = fail(error, CCCD_ERR_READER_LOST,
		           "cccd-nfc names no device");
	if (err == CCCD_OK)
		nfc_claim_note(nfc->claim, NFC_UNKNOWN);
	note(nfc, err);
	if (err != CCCD_OK)
		drop_link(nfc);
	return err;
}

static bool is_service(const char *want)
{
	return strncmp(want, service_prefix, strlen(service_prefix)) == 0;
}

/* A chip that failed is trusted again only after a whole opening. */
static enum cccd_err ensure_link(struct nfc *nfc, struct cccd_error *error)
{
	if (nfc->link != NULL)
		return CCCD_OK;
	if (is_service(nfc->want)) {
		TRY(nfc_link_connect(nfc->want + strlen(service_prefix), error,
		                     &nfc->link));
		return open_device(nfc, "", error);
	}
	TRY(nfc_link_start(error, &nfc->link));
	return open_device(nfc, nfc->want, error);
}

/* The device is in doubt after these: open it anew before the next card. */
static bool spoils_link(enum cccd_err err)
{
	return err == CCCD_ERR_READER_IO || err == CCCD_ERR_READER_LOST ||
	       err == CCCD_ERR_READER_TIMEOUT;
}

static enum cccd_err request(struct nfc *nfc, const struct nfc_call *what,
                             struct cccd_error *error, struct span *ret)
{
	enum cccd_err err = call(nfc, what, error, ret);

	note(nfc, err);
	if (spoils_link(err))
		drop_link(nfc);
	return err;
}

static bool make_wake(int wake[static 2])
{
	if (pipe(wake) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (fcntl(wake[i], F_SETFD, FD_CLOEXEC) != 0 ||
		    fcntl(wake[i], F_SETFL, O_NONBLOCK) != 0) {
			(void)close(wake[0]);
			(void)close(wake[1]);
			return false;
		}
	return true;
}

static enum cccd_err nfc_new(struct cccd_error *error, struct nfc **ret)
{
	struct nfc *nfc = calloc(1, sizeof(*nfc));

	if (nfc == NULL || !make_wake(nfc->wake)) {
		free(nfc);
		(void)fail(error, CCCD_ERR_MEMORY, "no memory for a reader");
		return CCCD_ERR_MEMORY;
	}
	atomic_init(&nfc->stop, false);
	*ret = nfc;
	return CCCD_OK;
}

static void nfc_close(void *state)
{
	struct nfc *nfc = state;

	drop_link(nfc);
	nfc_claim_free(nfc->claim);
	(void)close(nfc->wake[0]);
	(void)close(nfc->wake[1]);
	free(nfc);
}

static enum cccd_err nfc_named(const char *rest, struct cccd_error *error,
                               struct nfc **ret)
{
	struct wire_text checked;
	struct nfc *nfc = NULL;

	if (strlen(rest) >= sizeof(nfc->want) ||
	    wire_text_parse(span_text(rest), &checked) != CCCD_OK) {
		(void)fail(error, CCCD_ERR_USAGE_ARGUMENT,
		           "the device's name is too long or not ASCII");
		return CCCD_ERR_USAGE_ARGUMENT;
	}
	TRY(nfc_new(error, &nfc));
	memcpy(nfc->want, rest, strlen(rest) + 1);
	*ret = nfc;
	return CCCD_OK;
}

static enum cccd_err nfc_open(const char *rest, void **ret_state,
                              struct cccd_error *error)
{
	struct nfc *nfc = NULL;
	enum cccd_err err;

	TRY(nfc_named(rest, error, &nfc));
	nfc->claim = nfc_claim_take(rest);
	err = nfc->claim == NULL
	              ? fail(error, CCCD_ERR_MEMORY, "no memory for a reader")
	              : ensure_link(nfc, error);
	if (err != CCCD_OK) {
		nfc_close(nfc);
		return err;
	}
	*ret_state = nfc;
	return CCCD_OK;
}

static enum cccd_err nfc_wait(void *state, unsigned int timeout_ms,
                              struct cccd_error *error)
{
	BUF body = buf_make(WIRE_BODY_MAX);
	const struct wire_timed timed = {
		.timeout_ms = timeout_ms < LONGEST_MS ? timeout_ms : LONGEST_MS,
	};
	struct nfc_call what = {
		.type = WIRE_WAIT,
		.wanted = WIRE_DONE,
		.timeout_ms = timed.timeout_ms + LOOK_MS,
	};
	struct span nothing = { 0 };
	struct nfc *nfc = state;

	TRY(ensure_link(nfc, error));
	TRY(wire_timed_put(&timed, &body));
	what.body = buf_span(&body);
	TRY(request(nfc, &what, error, &nothing));
	nfc_claim_note(nfc->claim, NFC_CARD);
	return CCCD_OK;
}

static enum cccd_err nfc_connect(void *state, struct reader_card *ret,
                                 struct cccd_error *error)
{
	const struct nfc_call what = {
		.type = WIRE_CONNECT,
		.wanted = WIRE_CARD,
		.timeout_ms = CONNECT_MS,
	};
	struct nfc *nfc = state;
	struct wire_card card = { 0 };
	struct span body = { 0 };

	TRY(ensure_link(nfc, error));
	TRY(request(nfc, &what, error, &body));
	if (wire_card_parse(body, &card) != CCCD_OK) {
		drop_link(nfc);
		return fail(error, CCCD_ERR_READER_LOST,
		            "cccd-nfc describes no card");
	}
	nfc_claim_note(nfc->claim, NFC_CARD);
	*ret = (struct reader_card){
		.atr_len = card.atr_len,
		.max_command = READER_SHORT_COMMAND_MAX,
		.max_response = READER_SHORT_RESPONSE_MAX,
		.bit_rate_kbps = card.bit_rate,
	};
	memcpy(ret->atr, card.atr, card.atr_len);
	(void)snprintf(ret->reader, sizeof(ret->reader), "%.*s",
	               (int)sizeof(ret->reader) - 1, nfc->name.text);
	return CCCD_OK;
}

static enum cccd_err nfc_transmit(void *state, struct span command,
                                  struct buf *response, unsigned int timeout_ms,
                                  struct cccd_error *error)
{
	BUF body = buf_make(WIRE_BODY_MAX);
	const struct wire_timed timed = {
		.timeout_ms = timeout_ms < LONGEST_MS ? timeout_ms : LONGEST_MS,
		.command = command,
	};
	struct nfc_call what = {
		.type = WIRE_TRANSMIT,
		.wanted = WIRE_RESPONSE,
		.timeout_ms = timed.timeout_ms,
	};
	struct span answer = { 0 };
	enum cccd_err err;

	TRY(wire_timed_put(&timed, &body));
	what.body = buf_span(&body);
	err = request(state, &what, error, &answer);
	/* In the middle of an answer nobody knows what the card does. */
	if (err == CCCD_ERR_CANCELLED)
		drop_link(state);
	TRY(err);
	if (answer.len > WIRE_RESPONSE_MAX) {
		drop_link(state);
		return fail(error, CCCD_ERR_READER_LOST,
		            "cccd-nfc answers %zu bytes", answer.len);
	}
	return buf_append(response, answer);
}

static void nfc_disconnect(void *state)
{
	const struct nfc_call what = {
		.type = WIRE_RELEASE,
		.wanted = WIRE_DONE,
		.timeout_ms = RELEASE_MS,
	};
	struct nfc *nfc = state;
	struct span nothing = { 0 };

	/* If the field cannot be switched off, closing does it. */
	if (nfc->link != NULL && call(nfc, &what, NULL, &nothing) != CCCD_OK)
		drop_link(nfc);
}

static enum cccd_err nfc_present(void *state, bool *ret,
                                 struct cccd_error *error)
{
	const struct nfc_call what = {
		.type = WIRE_PRESENT,
		.wanted = WIRE_PRESENCE,
		.timeout_ms = PRESENT_MS,
	};
	struct nfc *nfc = state;
	struct span body = { 0 };

	TRY(ensure_link(nfc, error));
	TRY(request(nfc, &what, error, &body));
	if (wire_presence_parse(body, ret) != CCCD_OK) {
		drop_link(nfc);
		return fail(error, CCCD_ERR_READER_LOST,
		            "cccd-nfc says no presence");
	}
	nfc_claim_note(nfc->claim, *ret ? NFC_CARD : NFC_EMPTY);
	return CCCD_OK;
}

static void nfc_cancel(void *state)
{
	static const uint8_t byte = 1;
	struct nfc *nfc = state;

	if (!atomic_exchange(&nfc->stop, true))
		(void)!write(nfc->wake[1], &byte, 1);
}

static void nfc_resume(void *state)
{
	struct nfc *nfc = state;
	uint8_t byte;

	while (read(nfc->wake[0], &byte, 1) > 0)
		;
	atomic_store(&nfc->stop, false);
}

static const struct reader_ops nfc_ops = {
	.scheme = "nfc",
	.capabilities =
	        READER_CAN_WAIT | READER_CAN_CANCEL | READER_CAN_PRESENCE,
	.open = nfc_open,
	.wait = nfc_wait,
	.connect = nfc_connect,
	.transmit = nfc_transmit,
	.disconnect = nfc_disconnect,
	.present = nfc_present,
	.cancel = nfc_cancel,
	.resume = nfc_resume,
	.close = nfc_close,
};

enum cccd_err nfc_open_idle(const char *rest, struct cccd_error *error,
                            struct reader **ret)
{
	struct nfc *nfc = NULL;
	enum cccd_err err;

	TRY(nfc_named(rest, error, &nfc));
	err = reader_open_ops(&nfc_ops, nfc, ret);
	if (err != CCCD_OK) {
		nfc_close(nfc);
		return fail(error, err, "no memory for a reader");
	}
	return CCCD_OK;
}

void nfc_idle_drop(struct reader *reader)
{
	drop_link(reader_state(reader));
}

static bool is_listed(const struct cccd_reader_list *list, const char *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->readers[i].kind, "nfc") == 0 &&
		    strcmp(list->readers[i].uri + strlen("nfc:"), device) == 0)
			return true;
	return false;
}

/* The reader of pcscd that the same device is: it is shown once. */
static bool is_served(const struct cccd_reader_list *list,
                      const struct usb_device *device)
{
	if (device == NULL || usb_nfc_driver(device) != NULL)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->readers[i].kind, "pcsc") == 0 &&
		    list->readers[i].usb_vendor == device->vendor &&
		    list->readers[i].usb_product == device->product)
			return true;
	return false;
}

static void add_device(const struct host *host, const struct usb_bus *bus,
                       const char *device, struct cccd_reader_list *list)
{
	struct cccd_reader_info *info = &list->readers[list->count];

	if (list->count == CCCD_READERS_MAX || is_listed(list, device) ||
	    is_served(list, identify_by_address(bus, device)))
		return;
	memset(info, 0, sizeof(*info));
	(void)snprintf(info->uri, sizeof(info->uri), "nfc:%s", device);
	host_copy(device, info->name, sizeof(info->name));
	(void)snprintf(info->kind, sizeof(info->kind), "nfc");
	identify_nfc(host, bus, info);
	list->count++;
}

/* Those on USB need no scan: sysfs shows them. */
static void add_usb(const struct host *host, const struct usb_bus *bus,
                    struct cccd_reader_list *list)
{
	for (size_t i = 0; i < bus->count; i++) {
		const struct usb_device *device = &bus->devices[i];
		char connstring[USB_TEXT_MAX];

		if (!usb_nfc_name(device, connstring))
			continue;
		add_device(host, bus, connstring, list);
		if (list->count > 0 &&
		    strcmp(list->readers[list->count - 1].name, connstring) ==
		            0)
			host_copy(device->known->name,
			          list->readers[list->count - 1].name,
			          CCCD_READER_NAME_MAX);
	}
}

/* A scan wakes hardware: only when asked for. It finds what can be found
 * without writing to ports that may be something else. */
static enum cccd_err scan_devices(struct cccd_error *error,
                                  struct wire_devices *ret)
{
	const struct nfc_call what = {
		.type = WIRE_LIST,
		.wanted = WIRE_DEVICES,
		.timeout_ms = OPEN_MS,
	};
	struct nfc *nfc = NULL;
	struct span body = { 0 };
	enum cccd_err err;

	TRY(nfc_new(error, &nfc));
	err = nfc_link_start(error, &nfc->link);
	if (err == CCCD_OK)
		err = call(nfc, &what, error, &body);
	if (err == CCCD_OK && wire_devices_parse(body, ret) != CCCD_OK)
		err = fail(error, CCCD_ERR_READER_LOST,
		           "cccd-nfc lists no devices");
	nfc_close(nfc);
	return err;
}

static enum cccd_err nfc_list(const struct host *host, struct cccd_error *error,
                              struct cccd_reader_list *list)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *asked = getenv("CCCD_NFC_SCAN");
	struct wire_devices *devices = calloc(1, sizeof(*devices));
	struct usb_bus *bus = calloc(1, sizeof(*bus));
	enum cccd_err err = CCCD_OK;

	if (devices == NULL || bus == NULL) {
		free(devices);
		free(bus);
		return fail(error, CCCD_ERR_MEMORY, "no memory for readers");
	}
	usb_scan(host, bus);
	add_usb(host, bus, list);
	if (asked != NULL && strcmp(asked, "1") == 0)
		err = scan_devices(error, devices);
	for (size_t i = 0; err == CCCD_OK && i < devices->count; i++)
		add_device(host, bus, devices->devices[i].text, list);
	free(devices);
	free(bus);
	return err;
}

const struct transport transport_nfc = { .ops = &nfc_ops, .list = nfc_list };
