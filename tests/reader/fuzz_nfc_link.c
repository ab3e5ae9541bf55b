/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side: whatever cccd-nfc sends, the answer is bounded. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader/nfc_link.h"

enum { LIMIT_MS = 50, CALLS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_body(enum wire_type type, struct span body)
{
	struct wire_devices *devices = calloc(1, sizeof(*devices));
	struct wire_card card;
	struct wire_text text;
	bool present;

	if (devices == NULL || body.len > WIRE_BODY_MAX)
		abort();
	if (type == WIRE_CARD && wire_card_parse(body, &card) == CCCD_OK &&
	    card.atr_len > WIRE_ATR_MAX)
		abort();
	if (type == WIRE_OPENED && wire_text_parse(body, &text) == CCCD_OK &&
	    strlen(text.text) > WIRE_TEXT_MAX)
		abort();
	if (type == WIRE_DEVICES &&
	    wire_devices_parse(body, devices) == CCCD_OK &&
	    devices->count > WIRE_DEVICES_MAX)
		abort();
	if (type == WIRE_PRESENCE &&
	    wire_presence_parse(body, &present) == CCCD_OK && body.len != 1)
		abort();
	free(devices);
}

static void talk(struct nfc_link *link)
{
	static const enum wire_type types[CALLS][2] = {
		{ WIRE_OPEN, WIRE_OPENED },
		{ WIRE_LIST, WIRE_DEVICES },
		{ WIRE_CONNECT, WIRE_CARD },
		{ WIRE_PRESENT, WIRE_PRESENCE },
	};

	for (size_t i = 0; i < CALLS; i++) {
		const struct nfc_call call = {
			.type = types[i][0],
			.wanted = types[i][1],
			.timeout_ms = LIMIT_MS,
			.wake = -1,
		};
		struct cccd_error error = { .tries_left = -1 };
		struct span body = { 0 };
		enum cccd_err err = nfc_link_call(link, &call, &error, &body);

		/* The cause is recorded exactly when there is one. */
		if (err != error.code)
			abort();
		if (err == CCCD_OK)
			check_body(call.wanted, body);
		if (nfc_link_broken(link) && err != CCCD_ERR_READER_LOST)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nfc_link *link = NULL;
	int ends[2];

	/* It must fit the socket's buffer: nobody reads meanwhile. */
	if (size > (size_t)WIRE_MAX * 4)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
	    send(ends[1], data, size, MSG_DONTWAIT) != (ssize_t)size ||
	    shutdown(ends[1], SHUT_WR) != 0 ||
	    nfc_link_adopt(ends[0], &link) != CCCD_OK)
		abort();
	talk(link);
	nfc_link_free(link);
	(void)close(ends[1]);
	return 0;
}
