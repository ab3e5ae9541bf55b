/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card behind a struct reader, in this process. */
#include "tests/sim/sim_reader.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

enum { POLL_MS = 2 };

/**
 * struct sim_slot - where a card lies, or not.
 * @card:      NULL while the slot is empty
 * @away:      the card that a fault took away, until somebody waits
 * @connected: powered for the reader
 * @gone:      it left since the last connect
 * @owned:     closed with its reader
 */
struct sim_slot {
	pthread_mutex_t lock;
	struct sim_card *card;
	struct sim_card *away;
	bool connected;
	bool gone;
	bool cancelled;
	bool owned;
};

static void lock(struct sim_slot *slot)
{
	(void)pthread_mutex_lock(&slot->lock);
}

static void unlock(struct sim_slot *slot)
{
	(void)pthread_mutex_unlock(&slot->lock);
}

enum cccd_err sim_slot_new(struct sim_card *card, struct sim_slot **ret)
{
	struct sim_slot *slot = calloc(1, sizeof(*slot));

	if (slot == NULL)
		return CCCD_ERR_MEMORY;
	if (pthread_mutex_init(&slot->lock, NULL) != 0) {
		free(slot);
		return CCCD_ERR_MEMORY;
	}
	slot->card = card;
	*ret = slot;
	return CCCD_OK;
}

void sim_slot_free(struct sim_slot *slot)
{
	if (slot == NULL)
		return;
	(void)pthread_mutex_destroy(&slot->lock);
	free(slot);
}

void sim_slot_remove(struct sim_slot *slot)
{
	lock(slot);
	if (slot->card != NULL)
		sim_card_power(slot->card, false);
	slot->card = NULL;
	slot->away = NULL;
	slot->gone = true;
	unlock(slot);
}

void sim_slot_insert(struct sim_slot *slot, struct sim_card *card)
{
	lock(slot);
	if (slot->card != NULL)
		sim_card_power(slot->card, false);
	slot->card = card;
	slot->away = NULL;
	slot->gone = slot->connected;
	unlock(slot);
}

static enum cccd_err slot_open(const char *rest, void **ret_state,
                               struct cccd_error *error)
{
	(void)rest;
	(void)ret_state;
	return fail(error, CCCD_ERR_READER_NONE, "sim: not opened by name");
}

/* Also lays a card back that a fault took away. */
static enum cccd_err try_wait(struct sim_slot *slot)
{
	enum cccd_err err = CCCD_ERR_READER_NO_CARD;

	lock(slot);
	if (slot->card == NULL && slot->away != NULL) {
		slot->card = slot->away;
		slot->away = NULL;
	}
	if (slot->cancelled) {
		slot->cancelled = false;
		err = CCCD_ERR_CANCELLED;
	} else if (slot->card != NULL) {
		err = CCCD_OK;
	}
	unlock(slot);
	return err;
}

static enum cccd_err slot_wait(void *state, unsigned int timeout_ms,
                               struct cccd_error *error)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t end = clock_steady_ms() + timeout_ms;

	for (;;) {
		enum cccd_err err = try_wait(state);

		if (err == CCCD_OK)
			return CCCD_OK;
		if (err == CCCD_ERR_CANCELLED)
			return fail(error, err, "sim: cancelled");
		if (clock_steady_ms() >= end)
			return fail(error, err, "sim: no card");
		(void)nanosleep(&pause, NULL);
	}
}

static enum cccd_err slot_connect(void *state, struct reader_card *ret,
                                  struct cccd_error *error)
{
	struct sim_slot *slot = state;
	enum cccd_err err = CCCD_OK;

	lock(slot);
	if (slot->card == NULL) {
		err = CCCD_ERR_READER_NO_CARD;
	} else {
		struct span atr = sim_card_atr(slot->card);

		sim_card_power(slot->card, true);
		slot->connected = true;
		slot->gone = false;
		*ret = (struct reader_card){
			.atr_len = atr.len,
			.max_command = sim_card_max_command(slot->card),
			.max_response = sim_card_max_response(slot->card),
		};
		memcpy(ret->atr, atr.at, atr.len);
	}
	unlock(slot);
	return err == CCCD_OK ? CCCD_OK : fail(error, err, "sim: no card");
}

static enum cccd_err exchange(struct sim_slot *slot, struct span command,
                              struct buf *response, unsigned int timeout_ms)
{
	struct sim_outcome outcome;

	if (slot->cancelled) {
		slot->cancelled = false;
		return CCCD_ERR_CANCELLED;
	}
	if (slot->gone || slot->card == NULL || !slot->connected)
		return CCCD_ERR_CARD_REMOVED;
	TRY(sim_card_exchange(slot->card, command, response, &outcome));
	if (outcome.removed) {
		slot->away = sim_card_reinserted(slot->card);
		slot->card = NULL;
		slot->gone = true;
		return CCCD_ERR_CARD_REMOVED;
	}
	if (outcome.mute)
		return CCCD_ERR_CARD_MUTE;
	if (outcome.time_us > (uint64_t)timeout_ms * 1000)
		return CCCD_ERR_READER_TIMEOUT;
	/* A real reader cannot pass on more than its buffer holds. */
	if (response->len > sim_card_max_response(slot->card))
		return CCCD_ERR_READER_IO;
	return CCCD_OK;
}

static enum cccd_err slot_transmit(void *state, struct span command,
                                   struct buf *response,
                                   unsigned int timeout_ms,
                                   struct cccd_error *error)
{
	struct sim_slot *slot = state;
	enum cccd_err err;

	lock(slot);
	err = exchange(slot, command, response, timeout_ms);
	unlock(slot);
	return err == CCCD_OK ? CCCD_OK
	                      : fail(error, err, "sim: %s", cccd_err_code(err));
}

static void slot_disconnect(void *state)
{
	struct sim_slot *slot = state;

	lock(slot);
	if (slot->card != NULL && slot->connected)
		sim_card_power(slot->card, false);
	slot->connected = false;
	unlock(slot);
}

static enum cccd_err slot_present(void *state, bool *ret,
                                  struct cccd_error *error)
{
	struct sim_slot *slot = state;

	(void)error;
	lock(slot);
	*ret = slot->card != NULL;
	unlock(slot);
	return CCCD_OK;
}

static void slot_cancel(void *state)
{
	struct sim_slot *slot = state;

	lock(slot);
	slot->cancelled = true;
	unlock(slot);
}

static void slot_close(void *state)
{
	struct sim_slot *slot = state;

	slot_disconnect(slot);
	if (slot->owned)
		sim_slot_free(slot);
}

static const struct reader_ops slot_ops = {
	.scheme = "sim",
	.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
	                READER_CAN_PRESENCE | READER_CAN_EXTENDED,
	.open = slot_open,
	.wait = slot_wait,
	.connect = slot_connect,
	.transmit = slot_transmit,
	.disconnect = slot_disconnect,
	.present = slot_present,
	.cancel = slot_cancel,
	.close = slot_close,
};

enum cccd_err sim_slot_open(struct sim_slot *slot, struct reader **ret)
{
	return reader_open_ops(&slot_ops, slot, ret);
}

enum cccd_err sim_reader_open(struct sim_card *card, struct reader **ret)
{
	struct sim_slot *slot = NULL;
	enum cccd_err err;

	TRY(sim_slot_new(card, &slot));
	slot->owned = true;
	err = sim_slot_open(slot, ret);
	if (err != CCCD_OK)
		sim_slot_free(slot);
	return err;
}
