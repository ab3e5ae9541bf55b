/* SPDX-License-Identifier: Apache-2.0 */
/* One handle over every transport: bounds, deadlines, cancel. */
#include "reader/reader.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "reader/nfc_claim.h"
#include "reader/transport.h"

enum {
	EXCHANGE_TIMEOUT_MS = 10000,
	COMMAND_MIN = 4,
	STATUS_LEN = 2,
	URI_MAX = READER_NAME_MAX + 8,
};

static const char id_scheme[] = "id:";

/*
 * @lost remembers what ended the connection, so that nothing more is sent
 * to a card that might be another one by now.
 */
struct reader {
	const struct reader_ops *ops;
	void *state;
	struct reader_card card;
	unsigned int timeout_ms;
	uint32_t exchanges;
	bool connected;
	enum cccd_err lost;
	atomic_bool cancelled;
};

static const struct transport *const transports[] = { &transport_pcsc,
	                                              &transport_nfc,
	                                              &transport_replay };

static const struct transport *transport_find(const char *uri,
                                              const char **ret_rest)
{
	for (size_t i = 0; i < ARRAY_LEN(transports); i++) {
		const struct transport *row = transports[i];
		size_t len = strlen(row->ops->scheme);

		if (strncmp(uri, row->ops->scheme, len) != 0 || uri[len] != ':')
			continue;
		*ret_rest = uri + len + 1;
		return row;
	}
	return NULL;
}

enum cccd_err reader_open_ops(const struct reader_ops *ops, void *state,
                              struct reader **ret)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return CCCD_ERR_MEMORY;
	reader->ops = ops;
	reader->state = state;
	reader->timeout_ms = EXCHANGE_TIMEOUT_MS;
	atomic_init(&reader->cancelled, false);
	*ret = reader;
	return CCCD_OK;
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	reader_disconnect(reader);
	reader->ops->close(reader->state);
	free(reader);
}

const struct reader_ops *reader_ops(const struct reader *reader)
{
	return reader->ops;
}

void *reader_state(const struct reader *reader)
{
	return reader->state;
}

static enum cccd_err check_cancel(struct reader *reader,
                                  struct cccd_error *error)
{
	if (atomic_load(&reader->cancelled))
		return fail(error, CCCD_ERR_CANCELLED, "cancelled");
	return CCCD_OK;
}

static enum cccd_err check_capability(const struct reader *reader,
                                      enum reader_capability needed,
                                      struct cccd_error *error)
{
	if ((reader->ops->capabilities & (unsigned int)needed) != 0)
		return CCCD_OK;
	return fail(error, CCCD_ERR_READER_UNSUPPORTED,
	            "the transport %s lacks this operation",
	            reader->ops->scheme);
}

enum cccd_err reader_wait(struct reader *reader, unsigned int timeout_ms,
                          struct cccd_error *error)
{
	TRY(check_capability(reader, READER_CAN_WAIT, error));
	TRY(check_cancel(reader, error));
	TRY(reader->ops->wait(reader->state, timeout_ms, error));
	return check_cancel(reader, error);
}

/* A transport that states no limit passes what its capability promises. */
static void bound_card(const struct reader_ops *ops, struct reader_card *card)
{
	bool extended = (ops->capabilities & READER_CAN_EXTENDED) != 0;
	size_t command =
	        extended ? READER_COMMAND_MAX : READER_SHORT_COMMAND_MAX;
	size_t response =
	        extended ? READER_RESPONSE_MAX : READER_SHORT_RESPONSE_MAX;

	if (card->max_command == 0 || card->max_command > command)
		card->max_command = command;
	if (card->max_response == 0 || card->max_response > response)
		card->max_response = response;
	if (card->atr_len > READER_ATR_MAX)
		card->atr_len = READER_ATR_MAX;
}

enum cccd_err reader_connect(struct reader *reader, struct cccd_error *error)
{
	struct reader_card card = { 0 };

	TRY(check_cancel(reader, error));
	reader_disconnect(reader);
	TRY(reader->ops->connect(reader->state, &card, error));
	bound_card(reader->ops, &card);
	reader->card = card;
	reader->connected = true;
	if (atomic_load(&reader->cancelled))
		reader_disconnect(reader);
	return check_cancel(reader, error);
}

const struct reader_card *reader_card(const struct reader *reader)
{
	return &reader->card;
}

/* Errors after which the same connection can never work again. */
static bool ends_connection(enum cccd_err err)
{
	return err == CCCD_ERR_READER_TIMEOUT || err == CCCD_ERR_READER_LOST ||
	       err == CCCD_ERR_READER_SERVICE || err == CCCD_ERR_CARD_REMOVED;
}

static enum cccd_err check_command(const struct reader *reader,
                                   struct span command,
                                   struct cccd_error *error)
{
	if (!reader->connected)
		return fail(error, CCCD_ERR_USAGE_STATE, "no card connected");
	if (reader->lost != CCCD_OK)
		return fail(error, reader->lost, "the connection has ended");
	if (command.len < COMMAND_MIN)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "command of %zu bytes", command.len);
	if (command.len > reader->card.max_command)
		return fail(error, CCCD_ERR_READER_OVERSIZE,
		            "command of %zu bytes, the reader passes %zu",
		            command.len, reader->card.max_command);
	return CCCD_OK;
}

enum cccd_err reader_transmit(struct reader *reader, struct span command,
                              struct buf *response, struct cccd_error *error)
{
	enum cccd_err err;

	buf_reset(response);
	TRY(check_cancel(reader, error));
	TRY(check_command(reader, command, error));
	reader->exchanges++;
	err = reader->ops->transmit(reader->state, command, response,
	                            reader->timeout_ms, error);
	if (ends_connection(err))
		reader->lost = err;
	if (err == CCCD_OK)
		err = check_cancel(reader, error);
	if (err != CCCD_OK) {
		buf_reset(response);
		return err;
	}
	if (response->len < STATUS_LEN)
		return fail(error, CCCD_ERR_CARD_PROTOCOL,
		            "response of %zu bytes", response->len);
	return CCCD_OK;
}

uint32_t reader_exchanges(const struct reader *reader)
{
	return reader->exchanges;
}

void reader_set_timeout(struct reader *reader, unsigned int timeout_ms)
{
	reader->timeout_ms = timeout_ms;
}

void reader_disconnect(struct reader *reader)
{
	if (reader->connected)
		reader->ops->disconnect(reader->state);
	reader->connected = false;
	reader->lost = CCCD_OK;
	reader->card = (struct reader_card){ 0 };
}

enum cccd_err reader_present(struct reader *reader, bool *ret,
                             struct cccd_error *error)
{
	TRY(check_capability(reader, READER_CAN_PRESENCE, error));
	TRY(check_cancel(reader, error));
	return reader->ops->present(reader->state, ret, error);
}

void reader_cancel(struct reader *reader)
{
	atomic_store(&reader->cancelled, true);
	if ((reader->ops->capabilities & READER_CAN_CANCEL) != 0)
		reader->ops->cancel(reader->state);
}

void reader_resume(struct reader *reader)
{
	if ((reader->ops->capabilities & READER_CAN_CANCEL) != 0 &&
	    reader->ops->resume != NULL)
		reader->ops->resume(reader->state);
	atomic_store(&reader->cancelled, false);
}

static enum cccd_err list_all(struct cccd_error *error,
                              struct cccd_reader_list *ret)
{
	struct cccd_error first = { .tries_left = -1 };
	struct host host;

	host_here(&host);
	for (size_t i = 0; i < ARRAY_LEN(transports); i++) {
		enum cccd_err err;

		if (transports[i]->list == NULL)
			continue;
		/* An NFC device works without pcscd: list what there is. */
		err = transports[i]->list(&host, &first, ret);
		if (err != CCCD_OK && first.code == CCCD_OK)
			first.code = err;
	}
	if (ret->count > 0 || first.code == CCCD_OK)
		return CCCD_OK;
	return fail_native(error, first.code, first.native, "%s", first.text);
}

enum cccd_err reader_list(struct cccd_error *error,
                          struct cccd_reader_list *ret)
{
	/* Too large for a temporary on the stack. */
	memset(ret, 0, sizeof(*ret));
	return list_all(error, ret);
}

/* An NFC reader is known by its id as long as a watch announces it. */
static enum cccd_err find_id(const char *id, struct cccd_error *error,
                             char *ret, size_t cap)
{
	struct cccd_reader_list *list = NULL;
	bool found = nfc_claim_uri(id, ret, cap);
	enum cccd_err err = CCCD_OK;

	if (found)
		return CCCD_OK;
	list = calloc(1, sizeof(*list));
	if (list == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for readers");
	err = list_all(error, list);
	for (size_t i = 0; i < list->count && !found; i++) {
		found = strcmp(list->readers[i].id, id) == 0;
		if (found)
			(void)snprintf(ret, cap, "%s", list->readers[i].uri);
	}
	free(list);
	if (err == CCCD_OK && !found)
		err = fail(error, CCCD_ERR_READER_NONE,
		           "no reader has this id");
	return err;
}

enum cccd_err reader_open(const char *uri, struct cccd_error *error,
                          struct reader **ret)
{
	char found[URI_MAX];
	const char *rest = NULL;
	const struct transport *row = NULL;
	void *state = NULL;
	enum cccd_err err;

	if (strncmp(uri, id_scheme, strlen(id_scheme)) == 0) {
		TRY(find_id(uri + strlen(id_scheme), error, found,
		            sizeof(found)));
		uri = found;
	}
	row = transport_find(uri, &rest);
	if (row == NULL)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "reader URI with an unknown scheme");
	TRY(row->ops->open(rest, &state, error));
	err = reader_open_ops(row->ops, state, ret);
	if (err != CCCD_OK) {
		row->ops->close(state);
		return fail(error, err, "no memory for a reader");
	}
	return CCCD_OK;
}
