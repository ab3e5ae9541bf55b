/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card as an embedder's own device, in this process. */
#include "tests/support/sim_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "sim_transport: %s: %s\n", what, why);
	exit(99);
}

static enum cccd_err device_connect(void *context, uint8_t *atr,
                                    size_t *ret_atr_len)
{
	struct sim_device *device = context;
	struct span bytes = sim_card_atr(device->card);

	if (bytes.len > *ret_atr_len)
		return CCCD_ERR_INTERNAL;
	sim_card_power(device->card, true);
	device->powered = true;
	memcpy(atr, bytes.at, bytes.len);
	*ret_atr_len = bytes.len;
	return CCCD_OK;
}

static void device_disconnect(void *context)
{
	struct sim_device *device = context;

	sim_card_power(device->card, false);
	device->powered = false;
}

/* What a scripted removal lays back. */
static enum cccd_err lost(struct sim_device *device)
{
	struct sim_card *back = sim_card_reinserted(device->card);

	if (back != NULL)
		device->card = back;
	device->powered = false;
	return CCCD_ERR_CARD_REMOVED;
}

static enum cccd_err device_transmit(void *context, const uint8_t *command,
                                     size_t command_len, uint8_t *response,
                                     size_t *ret_len, uint32_t timeout_ms)
{
	struct sim_device *device = context;
	const struct timespec pause = { .tv_nsec = 1000L * device->pause_us };
	BUF answer = buf_make(SIM_RESPONSE_MAX);
	struct sim_outcome outcome;

	atomic_fetch_add(&device->transmits, 1);
	if (!device->powered)
		return CCCD_ERR_CARD_REMOVED;
	if (device->pause_us > 0)
		(void)nanosleep(&pause, NULL);
	TRY(sim_card_exchange(device->card, span_of(command, command_len),
	                      &answer, &outcome));
	if (outcome.removed)
		return lost(device);
	if (outcome.mute)
		return CCCD_ERR_CARD_MUTE;
	if (outcome.time_us > (uint64_t)timeout_ms * 1000)
		return CCCD_ERR_READER_TIMEOUT;
	if (answer.len > *ret_len)
		return CCCD_ERR_READER_OVERSIZE;
	memcpy(response, answer.at, answer.len);
	*ret_len = answer.len;
	return CCCD_OK;
}

struct cccd_transport sim_transport(const struct sim_card *card)
{
	return (struct cccd_transport){
		.connect = device_connect,
		.transmit = device_transmit,
		.disconnect = device_disconnect,
		.max_command = sim_card_max_command(card),
		.max_response = sim_card_max_response(card),
	};
}

static void must(enum cccd_err err, const char *what)
{
	if (err != CCCD_OK)
		die(what, cccd_err_code(err));
}

struct cccd_session *sim_session(struct sim_device *device, const char *key)
{
	const struct cccd_transport transport = sim_transport(device->card);
	enum cccd_access_key type = strcmp(key, "can") == 0
	                                    ? CCCD_ACCESS_KEY_CAN
	                                    : CCCD_ACCESS_KEY_MRZ;
	struct cccd_session *session = NULL;

	must(cccd_session_new(&session), "session");
	must(cccd_session_set_transport(session, &transport, device),
	     "transport");
	must(cccd_session_set_access_key(session, type,
	                                 sim_card_secret(device->card, key)),
	     "key");
	return session;
}

struct sim_card *sim_card_of(const char *profile)
{
	struct cccd_error error = { .tries_left = -1 };
	struct sim_card *card = NULL;

	if (sim_card_load(profile, &error, &card) != CCCD_OK)
		die(profile, error.text);
	return card;
}
