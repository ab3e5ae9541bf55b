/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that tells of each exchange, never of what is in it. */
#include "lib/observe.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"

enum {
	CLA_SECURED = 0x0C,
	CLA_PROPRIETARY = 0x80,
	HEAD_LEN = 4,
	STATUS_LEN = 2,
};

/* @ops: our functions with the inner reader's scheme and capabilities. */
struct observed {
	struct reader_ops ops;
	struct reader *inner;
	const struct observation *observation;
};

/* [7816-4 5.2] a fifth byte of zero and more behind it. */
static bool is_extended(struct span command)
{
	return command.len > HEAD_LEN + 2 && command.at[HEAD_LEN] == 0;
}

/* [7816-4 5.4.1] bits 4 and 3 of an interindustry class. */
static bool is_secured(struct span command)
{
	return (command.at[0] & CLA_PROPRIETARY) == 0 &&
	       (command.at[0] & CLA_SECURED) == CLA_SECURED;
}

static void tell(const struct observation *observation, struct span command,
                 struct span response, uint64_t us, enum cccd_err result)
{
	struct cccd_exchange exchange = {
		.step = observation->step != NULL ? observation->step : "",
		.command_len = command.len,
		.us = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us,
		.result = result,
	};

	if (observation->observer == NULL || command.len < HEAD_LEN)
		return;
	exchange.ins = command.at[1];
	exchange.secured = is_secured(command);
	exchange.extended = is_extended(command);
	if (result == CCCD_OK && response.len >= STATUS_LEN) {
		const uint8_t *sw = response.at + response.len - STATUS_LEN;

		exchange.response_len = response.len;
		exchange.status_word = (uint16_t)(sw[0] << 8 | sw[1]);
	}
	observation->observer(&exchange, observation->context);
}

static enum cccd_err observed_wait(void *state, unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct observed *observed = state;

	return reader_wait(observed->inner, timeout_ms, error);
}

static enum cccd_err observed_connect(void *state, struct reader_card *ret,
                                      struct cccd_error *error)
{
	struct observed *observed = state;

	TRY(reader_connect(observed->inner, error));
	*ret = *reader_card(observed->inner);
	return CCCD_OK;
}

static enum cccd_err observed_transmit(void *state, struct span command,
                                       struct buf *response,
                                       unsigned int timeout_ms,
                                       struct cccd_error *error)
{
	struct observed *observed = state;
	uint64_t started_us = clock_steady_us();
	enum cccd_err err = CCCD_OK;

	reader_set_timeout(observed->inner, timeout_ms);
	err = reader_transmit(observed->inner, command, response, error);
	tell(observed->observation, command, buf_span(response),
	     clock_steady_us() - started_us, err);
	return err;
}

static void observed_disconnect(void *state)
{
	struct observed *observed = state;

	reader_disconnect(observed->inner);
}

static enum cccd_err observed_present(void *state, bool *ret,
                                      struct cccd_error *error)
{
	struct observed *observed = state;

	return reader_present(observed->inner, ret, error);
}

static void observed_cancel(void *state)
{
	struct observed *observed = state;

	reader_cancel(observed->inner);
}

static void observed_resume(void *state)
{
	struct observed *observed = state;

	reader_resume(observed->inner);
}

static const struct reader_ops observed_ops = {
	.wait = observed_wait,
	.connect = observed_connect,
	.transmit = observed_transmit,
	.disconnect = observed_disconnect,
	.present = observed_present,
	.cancel = observed_cancel,
	.resume = observed_resume,
	.close = free,
};

enum cccd_err observe_open(struct reader *inner,
                           const struct observation *observation,
                           struct reader **ret)
{
	struct observed *observed = calloc(1, sizeof(*observed));
	enum cccd_err err = CCCD_OK;

	if (observed == NULL)
		return CCCD_ERR_MEMORY;
	observed->ops = observed_ops;
	observed->ops.scheme = reader_ops(inner)->scheme;
	observed->ops.capabilities = reader_ops(inner)->capabilities;
	observed->inner = inner;
	observed->observation = observation;
	err = reader_open_ops(&observed->ops, observed, ret);
	if (err != CCCD_OK)
		free(observed);
	return err;
}

void observed_close(struct reader **reader)
{
	reader_close(*reader);
}
