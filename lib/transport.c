/* SPDX-License-Identifier: Apache-2.0 */
/* An embedder's own device behind struct reader_ops. */
#include "lib/transport.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"

enum { POLL_MS = 50 };

struct embedded {
	struct cccd_transport transport;
	void *context;
	atomic_bool cancelled;
};

static enum cccd_err embedded_connect(void *state, struct reader_card *ret,
                                      struct cccd_error *error)
{
	struct embedded *embedded = state;
	size_t len = sizeof(ret->atr);
	enum cccd_err err =
	        embedded->transport.connect(embedded->context, ret->atr, &len);

	if (err != CCCD_OK)
		return fail(error, err, "the embedder's connect failed");
	if (len > sizeof(ret->atr))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT, "ATR too long");
	ret->atr_len = len;
	ret->max_command = embedded->transport.max_command != 0
	                           ? embedded->transport.max_command
	                           : READER_SHORT_COMMAND_MAX;
	ret->max_response = embedded->transport.max_response != 0
	                            ? embedded->transport.max_response
	                            : READER_SHORT_RESPONSE_MAX;
	return CCCD_OK;
}

static enum cccd_err embedded_transmit(void *state, struct span command,
                                       struct buf *response,
                                       unsigned int timeout_ms,
                                       struct cccd_error *error)
{
	struct embedded *embedded = state;
	size_t len = READER_RESPONSE_MAX;
	enum cccd_err err = CCCD_OK;

	if (atomic_load(&embedded->cancelled))
		return CCCD_ERR_CANCELLED;
	TRY(buf_reserve(response, len));
	err = embedded->transport.transmit(embedded->context, command.at,
	                                   command.len, response->at, &len,
	                                   timeout_ms);
	if (err != CCCD_OK)
		return fail(error, err, "the embedder's transmit failed");
	if (len > READER_RESPONSE_MAX)
		return fail(error, CCCD_ERR_CARD_PROTOCOL, "answer too long");
	response->len = len;
	return CCCD_OK;
}

static void embedded_disconnect(void *state)
{
	struct embedded *embedded = state;

	embedded->transport.disconnect(embedded->context);
}

static enum cccd_err embedded_present(void *state, bool *ret,
                                      struct cccd_error *error)
{
	struct embedded *embedded = state;

	(void)error;
	*ret = embedded->transport.present == NULL ||
	       embedded->transport.present(embedded->context);
	return CCCD_OK;
}

static enum cccd_err embedded_wait(void *state, unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct embedded *embedded = state;
	uint64_t end = clock_steady_ms() + timeout_ms;
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

	for (;;) {
		bool present = false;

		if (atomic_load(&embedded->cancelled))
			return CCCD_ERR_CANCELLED;
		TRY(embedded_present(state, &present, error));
		if (present)
			return CCCD_OK;
		if (clock_steady_ms() >= end)
			return fail(error, CCCD_ERR_READER_NO_CARD,
			            "no card before the deadline");
		(void)nanosleep(&pause, NULL);
	}
}

static void embedded_cancel(void *state)
{
	struct embedded *embedded = state;

	atomic_store(&embedded->cancelled, true);
}

static void embedded_resume(void *state)
{
	struct embedded *embedded = state;

	atomic_store(&embedded->cancelled, false);
}

static const struct reader_ops embedded_ops = {
	.scheme = "embedded",
	.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
	                READER_CAN_PRESENCE | READER_CAN_EXTENDED,
	.wait = embedded_wait,
	.connect = embedded_connect,
	.transmit = embedded_transmit,
	.disconnect = embedded_disconnect,
	.present = embedded_present,
	.cancel = embedded_cancel,
	.resume = embedded_resume,
	.close = free,
};

enum cccd_err transport_open(const struct cccd_transport *transport,
                             void *context, struct reader **ret)
{
	struct embedded *embedded = NULL;
	enum cccd_err err = CCCD_OK;

	if (transport->connect == NULL || transport->transmit == NULL ||
	    transport->disconnect == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	embedded = calloc(1, sizeof(*embedded));
	if (embedded == NULL)
		return CCCD_ERR_MEMORY;
	embedded->transport = *transport;
	embedded->context = context;
	err = reader_open_ops(&embedded_ops, embedded, ret);
	if (err != CCCD_OK)
		free(embedded);
	return err;
}
