/* SPDX-License-Identifier: Apache-2.0 */
/* The test card as a transport of its own, in this process. */
#include "tests/reader/loopback.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tests/reader/test_card.h"

enum { POLL_MS = 5 };

struct loopback {
	struct reader_ops ops;
	struct test_card card;
	atomic_bool present;
	atomic_bool stop;
};

static enum cccd_err loopback_wait(void *state, unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct loopback *loopback = state;
	uint64_t deadline = clock_steady_ms() + timeout_ms;

	while (!atomic_load(&loopback->present)) {
		if (atomic_load(&loopback->stop))
			return fail(error, CCCD_ERR_CANCELLED, "cancelled");
		if (clock_steady_ms() >= deadline)
			return fail(error, CCCD_ERR_READER_NO_CARD, "no card");
		clock_sleep_ms(POLL_MS);
	}
	return CCCD_OK;
}

static enum cccd_err loopback_connect(void *state, struct reader_card *ret,
                                      struct cccd_error *error)
{
	struct loopback *loopback = state;

	if (!atomic_load(&loopback->present))
		return fail(error, CCCD_ERR_READER_NO_CARD, "no card");
	loopback->card.resets++;
	*ret = (struct reader_card){ .atr_len = TEST_ATR_LEN };
	memcpy(ret->atr, test_atr, TEST_ATR_LEN);
	return CCCD_OK;
}

static enum cccd_err loopback_transmit(void *state, struct span command,
                                       struct buf *response,
                                       unsigned int timeout_ms,
                                       struct cccd_error *error)
{
	struct loopback *loopback = state;

	if (!atomic_load(&loopback->present))
		return fail(error, CCCD_ERR_CARD_REMOVED, "no card");
	switch (test_card_answer(&loopback->card, command, response)) {
	case TEST_LEAVE:
		return fail(error, CCCD_ERR_CARD_REMOVED, "taken away");
	case TEST_SLEEP:
		if (loopback->card.sleep_ms >= timeout_ms)
			return fail(error, CCCD_ERR_READER_TIMEOUT, "slow");
		clock_sleep_ms(loopback->card.sleep_ms);
		return CCCD_OK;
	case TEST_ANSWER: break;
	}
	return CCCD_OK;
}

static void loopback_disconnect(void *state)
{
	(void)state;
}

static enum cccd_err loopback_present(void *state, bool *ret,
                                      struct cccd_error *error)
{
	struct loopback *loopback = state;

	(void)error;
	*ret = atomic_load(&loopback->present);
	return CCCD_OK;
}

static void loopback_cancel(void *state)
{
	struct loopback *loopback = state;

	atomic_store(&loopback->stop, true);
}

static void loopback_resume(void *state)
{
	struct loopback *loopback = state;

	atomic_store(&loopback->stop, false);
}

struct reader *loopback_open(unsigned int capabilities)
{
	struct loopback *loopback = calloc(1, sizeof(*loopback));
	struct reader *reader = NULL;

	if (loopback == NULL)
		abort();
	loopback->ops = (struct reader_ops){
		.scheme = "loopback",
		.capabilities = capabilities,
		.wait = loopback_wait,
		.connect = loopback_connect,
		.transmit = loopback_transmit,
		.disconnect = loopback_disconnect,
		.present = loopback_present,
		.cancel = loopback_cancel,
		.resume = loopback_resume,
		.close = free,
	};
	atomic_init(&loopback->present, true);
	atomic_init(&loopback->stop, false);
	if (reader_open_ops(&loopback->ops, loopback, &reader) != CCCD_OK)
		abort();
	return reader;
}

void loopback_insert(struct reader *reader, bool present)
{
	struct loopback *loopback = reader_state(reader);

	atomic_store(&loopback->present, present);
}
