/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that works on requests. */
#include "base/clock.h"
#include "base/secret.h"
#include "reader/nfc_child/child.h"

enum { POLL_PAUSE_MS = 100 };

/**
 * struct answer - what one request came to.
 * @body: bounded by the protocol
 */
struct answer {
	enum wire_type type;
	struct buf body;
	struct cccd_error error;
};

static enum cccd_err do_open(struct child *child, struct answer *answer)
{
	struct wire_text name;
	struct wire_text wanted;

	TRY(wire_text_parse(child->request.body, &wanted));
	/* A service offers one device and no choice. */
	if (child->fixed != NULL && wanted.text[0] != '\0')
		return fail(&answer->error, CCCD_ERR_READER_PERMISSION,
		            "this service chooses the device");
	TRY(device_open(child->device,
	                child->fixed != NULL ? child->fixed : wanted.text,
	                &answer->error, &name));
	answer->type = WIRE_OPENED;
	return buf_set(&answer->body, span_text(name.text));
}

static enum cccd_err do_list(struct child *child, struct answer *answer)
{
	struct wire_devices devices = { .count = 0 };

	if (child->fixed != NULL)
		return fail(&answer->error, CCCD_ERR_READER_PERMISSION,
		            "this service has one device");
	TRY(device_list(child->device, &devices));
	answer->type = WIRE_DEVICES;
	return wire_devices_put(&devices, &answer->body);
}

static enum cccd_err do_wait(struct child *child, struct answer *answer)
{
	struct wire_timed timed = { 0 };
	uint64_t end;
	bool found = false;

	TRY(wire_timed_parse(WIRE_WAIT, child->request.body, &timed));
	end = clock_steady_ms() + timed.timeout_ms;
	for (;;) {
		uint64_t now;

		TRY(device_find(child->device, &found, &answer->error));
		if (found)
			return CCCD_OK;
		now = clock_steady_ms();
		if (now >= end)
			return fail(&answer->error, CCCD_ERR_READER_NO_CARD,
			            "no card in time");
		TRY(child_pause(child, end - now < POLL_PAUSE_MS
		                               ? (unsigned int)(end - now)
		                               : POLL_PAUSE_MS));
	}
}

static enum cccd_err do_connect(struct child *child, struct answer *answer)
{
	struct wire_card card = { 0 };

	TRY(device_select(child->device, &answer->error, &card));
	answer->type = WIRE_CARD;
	return wire_card_put(&card, &answer->body);
}

static enum cccd_err do_transmit(struct child *child, struct answer *answer)
{
	struct wire_timed timed = { 0 };

	TRY(wire_timed_parse(WIRE_TRANSMIT, child->request.body, &timed));
	answer->type = WIRE_RESPONSE;
	return device_exchange(child->device, &timed, &answer->body,
	                       &answer->error);
}

static enum cccd_err do_release(struct child *child, struct answer *answer)
{
	return device_release(child->device, &answer->error);
}

static enum cccd_err do_present(struct child *child, struct answer *answer)
{
	bool present = false;

	TRY(device_present(child->device, &present, &answer->error));
	answer->type = WIRE_PRESENCE;
	return buf_append_byte(&answer->body, present);
}

static enum cccd_err perform(struct child *child, struct answer *answer)
{
	switch ((int)child->request.type) {
	case WIRE_OPEN: return do_open(child, answer);
	case WIRE_LIST: return do_list(child, answer);
	case WIRE_WAIT: return do_wait(child, answer);
	case WIRE_CONNECT: return do_connect(child, answer);
	case WIRE_TRANSMIT: return do_transmit(child, answer);
	case WIRE_RELEASE: return do_release(child, answer);
	default: return do_present(child, answer);
	}
}

/* The error in place of what the answer held so far. */
static enum cccd_err put_error(enum cccd_err err, struct answer *answer)
{
	struct wire_error error = { .code = err,
		                    .native = (int32_t)answer->error.native };
	struct span text = span_text(answer->error.text);

	memcpy(error.text.text, text.at, text.len);
	answer->type = WIRE_ERROR;
	buf_reset(&answer->body);
	return wire_error_put(&error, &answer->body);
}

static void release_answer(struct answer *answer)
{
	buf_release(&answer->body);
}

/* Work on the one request and answer it; false when nobody listens. */
static bool work(struct child *child)
{
	CLEANUP(release_answer)
	struct answer answer = { .type = WIRE_DONE,
		                 .body = buf_make(WIRE_BODY_MAX),
		                 .error = { .tries_left = -1 } };
	struct wire_message message = { .number = child->running };
	enum cccd_err err = perform(child, &answer);

	wipe(child->body, child->request.body.len);
	if (err != CCCD_OK && put_error(err, &answer) != CCCD_OK)
		return false;
	message.type = answer.type;
	message.body = buf_span(&answer.body);
	/* Before the answer: the next request may come at once. */
	(void)pthread_mutex_lock(&child->lock);
	child->busy = false;
	(void)pthread_cond_broadcast(&child->changed);
	(void)pthread_mutex_unlock(&child->lock);
	return wire_send(child->socket, &message) == CCCD_OK;
}

static bool next_request(struct child *child)
{
	bool asked;

	(void)pthread_mutex_lock(&child->lock);
	while (!child->asked && !child->quit)
		(void)pthread_cond_wait(&child->changed, &child->lock);
	asked = child->asked;
	child->asked = false;
	(void)pthread_mutex_unlock(&child->lock);
	return asked;
}

void child_serve(struct child *child)
{
	while (next_request(child))
		if (!work(child))
			return;
}
