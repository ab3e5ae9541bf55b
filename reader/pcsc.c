/* SPDX-License-Identifier: Apache-2.0 */
/* Readers behind pcscd: "pcsc:" and "pcsc:NAME". */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <winscard.h>

#include "base/clock.h"
#include "base/secret.h"
#include "reader/pcsc_choose.h"
#include "reader/pcsc_client.h"
#include "reader/pcsc_error.h"
#include "reader/pcsc_eye.h"
#include "reader/reader.h"
#include "reader/transport.h"

_Static_assert(MAX_ATR_SIZE <= READER_ATR_MAX, "an ATR of PC/SC fits");

enum {
	/* Power-up, and the tries while another program lets go. */
	CONNECT_MS = 10000,
	DISCONNECT_MS = 2000,
	/* A cancel that comes just before the wait is seen after this. */
	WATCH_MS = 1000,
	/* A restart of pcscd during a wait is bridged this long. */
	RESTART_MS = 3000,
	RESTART_PAUSE_MS = 100,
};

struct pcsc {
	char want[READER_NAME_MAX];
	struct pcsc_client client;
};

/* *@ret is NULL when no reader fits. */
static enum cccd_err choose(const struct pcsc *pcsc, struct cccd_error *error,
                            const SCARD_READERSTATE **ret)
{
	const struct pcsc_link *link = pcsc_client_link(&pcsc->client);

	return pcsc_choose(link->states, link->count, pcsc->want, error, ret);
}

static enum cccd_err pcsc_open(const char *rest, void **ret_state,
                               struct cccd_error *error)
{
	struct pcsc *pcsc = NULL;
	enum cccd_err err;

	if (strlen(rest) >= READER_NAME_MAX)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "reader name longer than %d bytes",
		            READER_NAME_MAX - 1);
	pcsc = calloc(1, sizeof(*pcsc));
	if (pcsc == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for PC/SC");
	(void)snprintf(pcsc->want, sizeof(pcsc->want), "%s", rest);
	pcsc_client_init(&pcsc->client);
	err = pcsc_client_scan(&pcsc->client, error);
	if (err != CCCD_OK) {
		pcsc_client_drop(&pcsc->client);
		free(pcsc);
		return err;
	}
	*ret_state = pcsc;
	return CCCD_OK;
}

static void pcsc_close(void *state)
{
	struct pcsc *pcsc = state;

	pcsc_client_drop(&pcsc->client);
	free(pcsc);
}

static unsigned int left_ms(uint64_t deadline, unsigned int max)
{
	uint64_t now = clock_steady_ms();

	if (now >= deadline)
		return 0;
	return deadline - now < max ? (unsigned int)(deadline - now) : max;
}

/*
 * Look once; CCCD_ERR_READER_NO_CARD or _NONE say why not yet. Where any
 * reader will do, a token that always lies in another one is no card to
 * read as long as somebody may still lay down the right one.
 */
static enum cccd_err look(struct pcsc *pcsc, bool settle,
                          struct cccd_error *error)
{
	const SCARD_READERSTATE *state = NULL;
	bool may_improve = !settle && pcsc->want[0] == '\0';

	TRY(pcsc_client_scan(&pcsc->client, error));
	TRY(choose(pcsc, error, &state));
	if (state == NULL)
		return CCCD_ERR_READER_NONE;
	if (may_improve && pcsc_client_link(&pcsc->client)->count > 1 &&
	    pcsc_rank(state) != CARD_RANK_PROXIMITY)
		return CCCD_ERR_READER_NO_CARD;
	return pcsc_has_card(state) ? CCCD_OK : CCCD_ERR_READER_NO_CARD;
}

/* pcscd may restart while we wait: ask again, but not for ever. */
static enum cccd_err look_through_restart(struct pcsc *pcsc,
                                          struct cccd_error *error)
{
	uint64_t deadline = clock_steady_ms() + RESTART_MS;
	enum cccd_err err = look(pcsc, false, NULL);

	while (err == CCCD_ERR_READER_SERVICE &&
	       left_ms(deadline, RESTART_MS) > 0 &&
	       !atomic_load(&pcsc->client.stop)) {
		clock_sleep_ms(RESTART_PAUSE_MS);
		err = look(pcsc, false, NULL);
	}
	if (err == CCCD_ERR_READER_SERVICE)
		return fail(error, err, "pcscd went away during the wait");
	return err;
}

/* At the deadline any card is taken. */
static enum cccd_err last_look(struct pcsc *pcsc, struct cccd_error *error)
{
	enum cccd_err err = look(pcsc, true, error);

	if (err == CCCD_OK)
		return CCCD_OK;
	return fail(error, err, "no card before the deadline");
}

static bool keeps_waiting(enum cccd_err err)
{
	return err == CCCD_ERR_READER_NO_CARD || err == CCCD_ERR_READER_NONE;
}

static enum cccd_err pcsc_wait(void *state, unsigned int timeout_ms,
                               struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	uint64_t deadline = clock_steady_ms() + timeout_ms;
	enum cccd_err err = look(pcsc, timeout_ms == 0, error);

	while (keeps_waiting(err)) {
		unsigned int ms = left_ms(deadline, WATCH_MS);

		if (ms == 0)
			return last_look(pcsc, error);
		TRY(pcsc_client_sleep(&pcsc->client, ms, error));
		err = look_through_restart(pcsc, error);
	}
	return err;
}

static enum cccd_err pcsc_connect(void *state, struct reader_card *ret,
                                  struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	const SCARD_READERSTATE *chosen = NULL;

	TRY(pcsc_client_scan(&pcsc->client, error));
	TRY(choose(pcsc, error, &chosen));
	if (chosen == NULL)
		return fail(error, CCCD_ERR_READER_NONE, "no such reader");
	(void)snprintf(pcsc_client_link(&pcsc->client)->name,
	               sizeof(pcsc_client_link(&pcsc->client)->name), "%s",
	               chosen->szReader);
	if (pcsc_client_run(&pcsc->client, LINK_CONNECT, CONNECT_MS) != CCCD_OK)
		return fail(error, CCCD_ERR_READER_TIMEOUT,
		            "the reader did not power the card in %d ms",
		            CONNECT_MS);
	TRY(pcsc_client_judge(&pcsc->client,
	                      pcsc_client_link(&pcsc->client)->code, false,
	                      error));
	*ret = pcsc_client_link(&pcsc->client)->card;
	(void)snprintf(ret->reader, sizeof(ret->reader), "%.*s",
	               (int)sizeof(ret->reader) - 1,
	               pcsc_client_link(&pcsc->client)->name);
	return CCCD_OK;
}

static enum cccd_err pcsc_transmit(void *state, struct span command,
                                   struct buf *response,
                                   unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	struct pcsc_link *link = pcsc->client.link;
	enum cccd_err err;

	if (link == NULL)
		return fail(error, CCCD_ERR_CARD_REMOVED,
		            "the connection has ended");
	memcpy(link->command, command.at, command.len);
	link->command_len = command.len;
	if (pcsc_client_run(&pcsc->client, LINK_TRANSMIT, timeout_ms) !=
	    CCCD_OK)
		return fail(error, CCCD_ERR_READER_TIMEOUT,
		            "no answer in %u ms", timeout_ms);
	TRY(pcsc_client_judge(&pcsc->client, link->code, true, error));
	/* A driver whose card leaves during a command may call it a success
	 * without an answer. */
	if (link->response_len == 0)
		return fail(error, CCCD_ERR_CARD_REMOVED, "no answer at all");
	err = buf_set(response, span_of(link->response, link->response_len));
	wipe(link->response, link->response_len);
	if (err != CCCD_OK)
		return fail(error, err, "response of %lu bytes",
		            (unsigned long)link->response_len);
	return CCCD_OK;
}

static void pcsc_disconnect(void *state)
{
	struct pcsc *pcsc = state;

	if (pcsc->client.link == NULL)
		return;
	if (pcsc_client_run(&pcsc->client, LINK_DISCONNECT, DISCONNECT_MS) !=
	    CCCD_OK)
		return;
	if (pcsc_error_is_service(pcsc_client_link(&pcsc->client)->code))
		pcsc_client_drop(&pcsc->client);
}

static enum cccd_err pcsc_present(void *state, bool *ret,
                                  struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	const SCARD_READERSTATE *chosen = NULL;

	TRY(pcsc_client_scan(&pcsc->client, error));
	TRY(choose(pcsc, error, &chosen));
	if (chosen == NULL)
		return fail(error, CCCD_ERR_READER_NONE, "no such reader");
	*ret = pcsc_has_card(chosen);
	return CCCD_OK;
}

static void pcsc_cancel(void *state)
{
	struct pcsc *pcsc = state;

	pcsc_client_cancel(&pcsc->client);
}

static void pcsc_resume(void *state)
{
	struct pcsc *pcsc = state;

	atomic_store(&pcsc->client.stop, false);
}

static const struct reader_ops pcsc_ops = {
	.scheme = "pcsc",
	.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
	                READER_CAN_PRESENCE | READER_CAN_EXTENDED,
	.open = pcsc_open,
	.wait = pcsc_wait,
	.connect = pcsc_connect,
	.transmit = pcsc_transmit,
	.disconnect = pcsc_disconnect,
	.present = pcsc_present,
	.cancel = pcsc_cancel,
	.resume = pcsc_resume,
	.close = pcsc_close,
};

static enum cccd_err pcsc_list(const struct host *host,
                               struct cccd_error *error,
                               struct cccd_reader_list *list)
{
	struct pcsc_sight *sight = calloc(1, sizeof(*sight));
	struct pcsc_client client;
	enum cccd_err err;

	if (sight == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for PC/SC");
	pcsc_client_init(&client);
	err = pcsc_eye_look(&client, host, NULL, error, sight);
	pcsc_client_drop(&client);
	for (size_t i = 0; err == CCCD_OK && i < sight->count; i++)
		if (list->count < CCCD_READERS_MAX)
			list->readers[list->count++] = sight->seen[i].info;
	free(sight);
	return err;
}

const struct transport transport_pcsc = {
	.ops = &pcsc_ops,
	.list = pcsc_list,
};
