/* SPDX-License-Identifier: Apache-2.0 */
/* One PC/SC context and card handle: the blocking calls of reader/pcsc.c. */
#include "reader/pcsc_link.h"

#include <stdlib.h>

#include <winscard.h>

#include <reader.h>

#include "base/clock.h"
#include "base/secret.h"
#include "reader/known.h"
#include "reader/pcsc_error.h"
#include "reader/pcsc_features.h"

enum {
	SHARING_TRIES = 8,
	SHARING_PAUSE_MS = 100,
	/* Of a card that has just come; pcscd then knows no ATR. */
	ARRIVAL_TRIES = 4,
	ARRIVAL_PAUSE_MS = 150,
	/* pcscd looks at its readers every 200 to 400 ms. */
	REMOVAL_SEEN_MS = 900,
	FEATURES_MAX = 256,
	HANDSHAKES = 3,
};

/* The pseudo-reader that changes when a reader comes or goes. */
static const char pnp_name[] = "\\\\?PnP?\\Notification";

/* pcsc-lite says the same of a service that refuses us and of one whose end
 * reset the connection; asked again, only the former still says it. An ending
 * service may reset two: one that it had taken up and one that waited. */
static LONG establish(struct pcsc_link *link)
{
	LONG code = SCARD_W_SECURITY_VIOLATION;

	if (link->has_context)
		return SCARD_S_SUCCESS;
	for (int i = 0; i < HANDSHAKES &&
	                (uint32_t)code == (uint32_t)SCARD_W_SECURITY_VIOLATION;
	     i++)
		code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
		                             &link->context);
	link->has_context = code == SCARD_S_SUCCESS;
	return code;
}

/* Point @states into the list of names, whose end might lie. */
static void take_names(struct pcsc_link *link, size_t len)
{
	size_t at = 0;

	link->count = 0;
	while (at < len && link->names[at] != '\0' &&
	       link->count < LINK_READERS_MAX) {
		size_t name_len = strnlen(link->names + at, len - at);

		if (name_len == len - at || name_len >= READER_NAME_MAX)
			return;
		link->states[link->count++] = (SCARD_READERSTATE){
			.szReader = link->names + at,
			.dwCurrentState = SCARD_STATE_UNAWARE,
		};
		at += name_len + 1;
	}
}

static LONG list_names(struct pcsc_link *link)
{
	DWORD len = sizeof(link->names);
	LONG code = SCardListReaders(link->context, NULL, link->names, &len);

	link->count = 0;
	if ((uint32_t)code == (uint32_t)SCARD_E_NO_READERS_AVAILABLE)
		return SCARD_S_SUCCESS;
	if (code != SCARD_S_SUCCESS)
		return code;
	if (len > sizeof(link->names))
		return SCARD_E_INSUFFICIENT_BUFFER;
	take_names(link, len);
	return SCARD_S_SUCCESS;
}

static LONG scan(struct pcsc_link *link)
{
	LONG code = establish(link);

	if (code == SCARD_S_SUCCESS)
		code = list_names(link);
	if (code == SCARD_S_SUCCESS && link->count > 0)
		code = SCardGetStatusChange(link->context, 0, link->states,
		                            (DWORD)link->count);
	/* Nothing to tell of readers already known: not a failure. */
	if ((uint32_t)code == (uint32_t)SCARD_E_TIMEOUT)
		code = SCARD_S_SUCCESS;
	for (size_t i = 0; i < link->count; i++)
		link->states[i].dwCurrentState = link->states[i].dwEventState;
	return code;
}

static LONG watch(struct pcsc_link *link)
{
	LONG code;

	/* The number of known readers, as pcsc-lite expects it there. */
	link->states[link->count] = (SCARD_READERSTATE){
		.szReader = pnp_name,
		.dwCurrentState = (DWORD)link->count << 16,
	};
	code = SCardGetStatusChange(link->context, link->watch_ms, link->states,
	                            (DWORD)link->count + 1);
	if ((uint32_t)code == (uint32_t)SCARD_E_TIMEOUT)
		return SCARD_S_SUCCESS;
	/* A reader left meanwhile: the next scan sees that. */
	if ((uint32_t)code == (uint32_t)SCARD_E_UNKNOWN_READER)
		return SCARD_S_SUCCESS;
	return code;
}

static LONG disconnect(struct pcsc_link *link)
{
	if (!link->has_handle)
		return SCARD_S_SUCCESS;
	link->has_handle = false;
	(void)SCardEndTransaction(link->handle, SCARD_LEAVE_CARD);
	/* The reset closes the secure channel, whoever comes next. */
	return SCardDisconnect(link->handle, SCARD_RESET_CARD);
}

/* Another program may be about to let go: try a few times. */
static LONG connect_exclusive(struct pcsc_link *link)
{
	LONG code = SCARD_E_SHARING_VIOLATION;

	for (int i = 0; i < SHARING_TRIES; i++) {
		code = SCardConnect(link->context, link->name,
		                    SCARD_SHARE_EXCLUSIVE,
		                    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
		                    &link->handle, &link->protocol);
		if ((uint32_t)code != (uint32_t)SCARD_E_SHARING_VIOLATION)
			break;
		clock_sleep_ms(SHARING_PAUSE_MS);
	}
	link->has_handle = code == SCARD_S_SUCCESS;
	return code;
}

/*
 * A fresh session: an application that somebody else left selected would
 * hide EF.CardAccess, and this card refuses to select the master file.
 */
static LONG begin(struct pcsc_link *link)
{
	LONG code = SCardReconnect(link->handle, SCARD_SHARE_EXCLUSIVE,
	                           SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
	                           SCARD_RESET_CARD, &link->protocol);

	if (code != SCARD_S_SUCCESS)
		return code;
	return SCardBeginTransaction(link->handle);
}

static LONG read_atr(struct pcsc_link *link)
{
	char name[READER_NAME_MAX];
	DWORD name_len = sizeof(name);
	DWORD atr_len = sizeof(link->card.atr);
	DWORD state = 0;
	LONG code = SCardStatus(link->handle, name, &name_len, &state,
	                        &link->protocol, link->card.atr, &atr_len);

	if (code == SCARD_S_SUCCESS && atr_len <= sizeof(link->card.atr))
		link->card.atr_len = atr_len;
	return code;
}

/* An answer to a control code; empty when the reader has none. */
static struct span control(struct pcsc_link *link, DWORD code, uint8_t *at,
                           DWORD cap)
{
	DWORD len = 0;

	if (SCardControl(link->handle, code, NULL, 0, at, cap, &len) !=
	            SCARD_S_SUCCESS ||
	    len > cap)
		return span_of(NULL, 0);
	return span_of(at, len);
}

static bool is_known_short(const char *name)
{
	const struct known_reader *known = known_by_name(name);

	return known != NULL && !known->extended;
}

/* Unknown limits stay open: the engine probes extended length, unless the
 * reader is known to lack it. What the reader says itself comes first. */
static void read_limits(struct pcsc_link *link)
{
	uint8_t answer[FEATURES_MAX];
	uint32_t code;

	link->card.max_command = READER_COMMAND_MAX;
	link->card.max_response = READER_RESPONSE_MAX;
	if (link->protocol == SCARD_PROTOCOL_T0) {
		link->card.max_command = READER_SHORT_COMMAND_MAX;
		link->card.max_response = READER_SHORT_RESPONSE_MAX;
		return;
	}
	code = features_find(control(link, CM_IOCTL_GET_FEATURE_REQUEST, answer,
	                             sizeof(answer)),
	                     FEATURE_GET_TLV_PROPERTIES);
	if (code == 0 ||
	    !features_bound_card(control(link, code, answer, sizeof(answer)),
	                         &link->card))
		link->card.short_hint = is_known_short(link->name);
}

static LONG connect_once(struct pcsc_link *link)
{
	LONG code;

	(void)disconnect(link);
	link->card = (struct reader_card){ 0 };
	code = connect_exclusive(link);
	if (code == SCARD_S_SUCCESS)
		code = begin(link);
	if (code == SCARD_S_SUCCESS)
		code = read_atr(link);
	if (code == SCARD_S_SUCCESS)
		read_limits(link);
	else
		(void)disconnect(link);
	return code;
}

/* A card of which pcscd has no ATR yet has no protocol in common with us; one
 * that really has none is still refused a moment later. */
static LONG connect_card(struct pcsc_link *link)
{
	LONG code = connect_once(link);

	for (int i = 1; i < ARRIVAL_TRIES &&
	                (uint32_t)code == (uint32_t)SCARD_E_PROTO_MISMATCH;
	     i++) {
		clock_sleep_ms(ARRIVAL_PAUSE_MS);
		code = connect_once(link);
	}
	return code;
}

/*
 * A card taken during an exchange looks like a failed one, with some
 * drivers like an empty answer: only pcscd's next look at the reader tells.
 * The reader or pcscd itself may have gone as well.
 */
static LONG look_again(struct pcsc_link *link, LONG code)
{
	SCARD_READERSTATE state = {
		.szReader = link->name,
		.dwCurrentState = SCARD_STATE_UNAWARE,
	};
	LONG look = SCardGetStatusChange(link->context, 0, &state, 1);

	if (look == SCARD_S_SUCCESS &&
	    (state.dwEventState & SCARD_STATE_PRESENT) != 0) {
		state.dwCurrentState = state.dwEventState;
		look = SCardGetStatusChange(link->context, REMOVAL_SEEN_MS,
		                            &state, 1);
	}
	/* Nothing has changed. */
	if ((uint32_t)look == (uint32_t)SCARD_E_TIMEOUT)
		return code;
	if (look != SCARD_S_SUCCESS)
		return look;
	return (state.dwEventState & SCARD_STATE_PRESENT) == 0
	               ? SCARD_W_REMOVED_CARD
	               : code;
}

static bool is_doubtful(const struct pcsc_link *link, LONG code)
{
	if (code == SCARD_S_SUCCESS)
		return link->response_len == 0;
	return (uint32_t)code == (uint32_t)SCARD_E_NOT_TRANSACTED;
}

static LONG transmit(struct pcsc_link *link)
{
	const SCARD_IO_REQUEST *pci = link->protocol == SCARD_PROTOCOL_T0
	                                      ? SCARD_PCI_T0
	                                      : SCARD_PCI_T1;
	LONG code;

	if (!link->has_handle)
		return SCARD_W_REMOVED_CARD;
	link->response_len = sizeof(link->response);
	code = SCardTransmit(link->handle, pci, link->command,
	                     (DWORD)link->command_len, NULL, link->response,
	                     &link->response_len);
	wipe(link->command, link->command_len);
	if (is_doubtful(link, code))
		code = look_again(link, code);
	if (code == SCARD_S_SUCCESS && link->response_len > READER_RESPONSE_MAX)
		return SCARD_E_INSUFFICIENT_BUFFER;
	return code;
}

/*
 * Beside the card: neither power nor protocol. A reader that somebody has
 * for himself refuses, and is not disturbed.
 */
static LONG read_channel(struct pcsc_link *link)
{
	SCARDHANDLE handle = 0;
	DWORD protocol = 0;
	uint8_t value[sizeof(uint32_t)];
	DWORD len = sizeof(value);
	LONG code = SCardConnect(link->context, link->name, SCARD_SHARE_DIRECT,
	                         0, &handle, &protocol);

	link->channel = 0;
	if (code != SCARD_S_SUCCESS)
		return code;
	code = SCardGetAttrib(handle, SCARD_ATTR_CHANNEL_ID, value, &len);
	if (code == SCARD_S_SUCCESS && len == sizeof(value))
		memcpy(&link->channel, value, sizeof(value));
	(void)SCardDisconnect(handle, SCARD_LEAVE_CARD);
	return code;
}

static LONG run_job(struct pcsc_link *link, enum link_job job)
{
	switch (job) {
	case LINK_SCAN: return scan(link);
	case LINK_WATCH: return watch(link);
	case LINK_CONNECT: return connect_card(link);
	case LINK_TRANSMIT: return transmit(link);
	case LINK_DISCONNECT: return disconnect(link);
	case LINK_CHANNEL: return read_channel(link);
	}
	return SCARD_E_INVALID_PARAMETER;
}

/* A service that refuses lives on and answers: see establish(). */
static bool is_alive(struct pcsc_link *link)
{
	DWORD len = 0;
	LONG code = SCardListReaders(link->context, NULL, NULL, &len);

	return code == SCARD_S_SUCCESS ||
	       (uint32_t)code == (uint32_t)SCARD_E_NO_READERS_AVAILABLE;
}

static void link_run(void *subject, int job)
{
	struct pcsc_link *link = subject;

	link->code = run_job(link, (enum link_job)job);
	if ((uint32_t)link->code == (uint32_t)SCARD_W_SECURITY_VIOLATION &&
	    link->has_context && !is_alive(link))
		link->code = SCARD_E_NO_SERVICE;
}

static void link_release(void *subject)
{
	struct pcsc_link *link = subject;

	(void)disconnect(link);
	if (link->has_context)
		(void)SCardReleaseContext(link->context);
	wipe(link, sizeof(*link));
	free(link);
}

const struct worker_ops pcsc_link_ops = {
	.run = link_run,
	.release = link_release,
};
