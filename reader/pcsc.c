/* SPDX-License-Identifier: Apache-2.0 */
/* Readers behind pcscd: "pcsc:" and "pcsc:NAME". */
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <winscard.h>

#include "base/clock.h"
#include "base/secret.h"
#include "reader/pcsc_choose.h"
#include "reader/pcsc_error.h"
#include "reader/pcsc_link.h"
#include "reader/reader.h"
#include "reader/transport.h"

_Static_assert(MAX_ATR_SIZE <= READER_ATR_MAX, "an ATR of PC/SC fits");

enum {
	/* How long pcscd may take for what needs no card. */
	SERVICE_MS = 5000,
	/* Power-up, and the tries while another program lets go. */
	CONNECT_MS = 10000,
	DISCONNECT_MS = 2000,
	/* A cancel that comes just before the wait is seen after this. */
	WATCH_MS = 1000,
	/* A restart of pcscd during a wait is bridged this long. */
	RESTART_MS = 3000,
	RESTART_PAUSE_MS = 100,
};

/*
 * @link is borrowed from @worker; both are NULL until the first call, after
 * a passed deadline and after pcscd went away.
 */
struct pcsc {
	char want[READER_NAME_MAX];
	struct worker *worker;
	struct pcsc_link *link;
	atomic_bool stop;
	_Atomic SCARDCONTEXT watched;
};

static void drop_link(struct pcsc *pcsc)
{
	worker_free(pcsc->worker, DISCONNECT_MS);
	pcsc->worker = NULL;
	pcsc->link = NULL;
}

static enum cccd_err ensure_link(struct pcsc *pcsc, struct cccd_error *error)
{
	struct pcsc_link *link = NULL;
	enum cccd_err err;

	if (pcsc->link != NULL)
		return CCCD_OK;
	link = calloc(1, sizeof(*link));
	if (link == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for PC/SC");
	err = worker_new(&pcsc_link_ops, link, &pcsc->worker);
	if (err != CCCD_OK) {
		free(link);
		return fail(error, err, "no thread for PC/SC");
	}
	pcsc->link = link;
	return CCCD_OK;
}

/* The link after a success: there by every caller's construction. */
static struct pcsc_link *linked(const struct pcsc *pcsc)
{
	assert(pcsc->link != NULL);
	return pcsc->link;
}

/* Run a job; its PC/SC code is in the link unless the deadline passed. */
static enum cccd_err run(struct pcsc *pcsc, enum link_job job,
                         unsigned int timeout_ms)
{
	enum cccd_err err = worker_call(pcsc->worker, (int)job, timeout_ms);

	if (err != CCCD_OK) {
		pcsc->worker = NULL;
		pcsc->link = NULL;
	}
	return err;
}

/* Translate @code; a context that pcscd forgot is made anew next time. */
static enum cccd_err judge(struct pcsc *pcsc, LONG code, bool connected,
                           struct cccd_error *error)
{
	enum cccd_err err =
	        connected ? pcsc_error_connected(code) : pcsc_error(code);

	if (err == CCCD_OK)
		return CCCD_OK;
	if (pcsc_error_is_service(code))
		drop_link(pcsc);
	return fail_native(error, err, (long)(uint32_t)code, "PC/SC 0x%08lX",
	                   (unsigned long)(uint32_t)code);
}

static enum cccd_err scan_once(struct pcsc *pcsc, struct cccd_error *error)
{
	TRY(ensure_link(pcsc, error));
	if (run(pcsc, LINK_SCAN, SERVICE_MS) != CCCD_OK)
		return fail(error, CCCD_ERR_READER_SERVICE,
		            "pcscd does not answer");
	return judge(pcsc, linked(pcsc)->code, false, error);
}

/* A context from before a restart of pcscd is replaced on the way. */
static enum cccd_err scan(struct pcsc *pcsc, struct cccd_error *error)
{
	if (pcsc->link != NULL && pcsc->link->has_context) {
		enum cccd_err err = scan_once(pcsc, NULL);

		if (err == CCCD_OK)
			return CCCD_OK;
	}
	return scan_once(pcsc, error);
}

/* *@ret is NULL when no reader fits. */
static enum cccd_err choose(const struct pcsc *pcsc, struct cccd_error *error,
                            const SCARD_READERSTATE **ret)
{
	const struct pcsc_link *link = linked(pcsc);

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
	atomic_init(&pcsc->stop, false);
	atomic_init(&pcsc->watched, 0);
	err = scan(pcsc, error);
	if (err != CCCD_OK) {
		drop_link(pcsc);
		free(pcsc);
		return err;
	}
	*ret_state = pcsc;
	return CCCD_OK;
}

static void pcsc_close(void *state)
{
	struct pcsc *pcsc = state;

	drop_link(pcsc);
	free(pcsc);
}

static unsigned int left_ms(uint64_t deadline, unsigned int max)
{
	uint64_t now = clock_steady_ms();

	if (now >= deadline)
		return 0;
	return deadline - now < max ? (unsigned int)(deadline - now) : max;
}

/* Sleep in SCardGetStatusChange where pcsc_cancel() can wake us. */
static enum cccd_err watch(struct pcsc *pcsc, unsigned int ms,
                           struct cccd_error *error)
{
	enum cccd_err err;

	linked(pcsc)->watch_ms = ms;
	atomic_store(&pcsc->watched, linked(pcsc)->context);
	if (atomic_load(&pcsc->stop)) {
		atomic_store(&pcsc->watched, 0);
		return fail(error, CCCD_ERR_CANCELLED, "cancelled");
	}
	err = run(pcsc, LINK_WATCH, ms + SERVICE_MS);
	atomic_store(&pcsc->watched, 0);
	if (err != CCCD_OK)
		return fail(error, CCCD_ERR_READER_SERVICE,
		            "pcscd does not answer");
	/* A cancel is told by the flag; a lost service by the next look. */
	if ((uint32_t)linked(pcsc)->code == (uint32_t)SCARD_E_CANCELLED ||
	    pcsc_error_is_service(linked(pcsc)->code))
		return CCCD_OK;
	return judge(pcsc, linked(pcsc)->code, false, error);
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

	TRY(scan(pcsc, error));
	TRY(choose(pcsc, error, &state));
	if (state == NULL)
		return CCCD_ERR_READER_NONE;
	if (may_improve && linked(pcsc)->count > 1 &&
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
	       left_ms(deadline, RESTART_MS) > 0 && !atomic_load(&pcsc->stop)) {
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
		TRY(watch(pcsc, ms, error));
		err = look_through_restart(pcsc, error);
	}
	return err;
}

static enum cccd_err pcsc_connect(void *state, struct reader_card *ret,
                                  struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	const SCARD_READERSTATE *chosen = NULL;

	TRY(scan(pcsc, error));
	TRY(choose(pcsc, error, &chosen));
	if (chosen == NULL)
		return fail(error, CCCD_ERR_READER_NONE, "no such reader");
	(void)snprintf(linked(pcsc)->name, sizeof(linked(pcsc)->name), "%s",
	               chosen->szReader);
	if (run(pcsc, LINK_CONNECT, CONNECT_MS) != CCCD_OK)
		return fail(error, CCCD_ERR_READER_TIMEOUT,
		            "the reader did not power the card in %d ms",
		            CONNECT_MS);
	TRY(judge(pcsc, linked(pcsc)->code, false, error));
	*ret = linked(pcsc)->card;
	(void)snprintf(ret->reader, sizeof(ret->reader), "%.*s",
	               (int)sizeof(ret->reader) - 1, linked(pcsc)->name);
	return CCCD_OK;
}

static enum cccd_err pcsc_transmit(void *state, struct span command,
                                   struct buf *response,
                                   unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	struct pcsc_link *link = pcsc->link;
	enum cccd_err err;

	if (link == NULL)
		return fail(error, CCCD_ERR_CARD_REMOVED,
		            "the connection has ended");
	memcpy(link->command, command.at, command.len);
	link->command_len = command.len;
	if (run(pcsc, LINK_TRANSMIT, timeout_ms) != CCCD_OK)
		return fail(error, CCCD_ERR_READER_TIMEOUT,
		            "no answer in %u ms", timeout_ms);
	TRY(judge(pcsc, link->code, true, error));
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

	if (pcsc->link == NULL)
		return;
	if (run(pcsc, LINK_DISCONNECT, DISCONNECT_MS) != CCCD_OK)
		return;
	if (pcsc_error_is_service(linked(pcsc)->code))
		drop_link(pcsc);
}

static enum cccd_err pcsc_present(void *state, bool *ret,
                                  struct cccd_error *error)
{
	struct pcsc *pcsc = state;
	const SCARD_READERSTATE *chosen = NULL;

	TRY(scan(pcsc, error));
	TRY(choose(pcsc, error, &chosen));
	if (chosen == NULL)
		return fail(error, CCCD_ERR_READER_NONE, "no such reader");
	*ret = pcsc_has_card(chosen);
	return CCCD_OK;
}

/*
 * SCardCancel is lost when the watch has not begun, and harmless when it
 * has ended: the flag is what counts, the call only wakes us at once.
 */
static void pcsc_cancel(void *state)
{
	struct pcsc *pcsc = state;
	SCARDCONTEXT watched;

	atomic_store(&pcsc->stop, true);
	watched = atomic_load(&pcsc->watched);
	if (watched != 0)
		(void)SCardCancel(watched);
}

static void pcsc_resume(void *state)
{
	struct pcsc *pcsc = state;

	atomic_store(&pcsc->stop, false);
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

static void add_reader(const SCARD_READERSTATE *state, struct reader_list *list)
{
	struct reader_info *info = &list->readers[list->count++];

	*info = (struct reader_info){ .kind = "pcsc" };
	(void)snprintf(info->name, sizeof(info->name), "%s", state->szReader);
	(void)snprintf(info->uri, sizeof(info->uri), "pcsc:%s",
	               state->szReader);
	info->present = pcsc_has_card(state);
	if (state->cbAtr <= sizeof(state->rgbAtr)) {
		info->card.atr_len = state->cbAtr;
		memcpy(info->card.atr, state->rgbAtr, state->cbAtr);
	}
}

static enum cccd_err pcsc_list(struct cccd_error *error,
                               struct reader_list *list)
{
	struct pcsc pcsc = { .want = "" };
	enum cccd_err err = scan(&pcsc, error);

	for (size_t i = 0; err == CCCD_OK && i < linked(&pcsc)->count; i++)
		if (list->count < READER_LIST_MAX)
			add_reader(&linked(&pcsc)->states[i], list);
	drop_link(&pcsc);
	return err;
}

const struct transport transport_pcsc = {
	.ops = &pcsc_ops,
	.list = pcsc_list,
};
