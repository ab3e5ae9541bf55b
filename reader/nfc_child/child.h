/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-nfc: one thread listens, the other is in libnfc. */
#ifndef READER_NFC_CHILD_CHILD_H
#define READER_NFC_CHILD_CHILD_H

#include <pthread.h>

#include "reader/nfc_child/device.h"

/**
 * struct child - what both threads know.
 * @lock:    guards everything below it up to @device
 * @changed: some of that changed
 * @asked:   a request lies in @request
 * @running: the number of the request that is worked on, when @busy
 * @aborted: it shall end
 * @quit:    the other side has gone
 * @request: copied out of the listener's buffer into @body
 * @device:  of the working thread; only device_abort() from the other
 * @fixed:   the one device that may be opened, or NULL for any
 * @input:   of the listening thread
 */
struct child {
	int socket;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asked;
	bool busy;
	bool aborted;
	bool quit;
	uint16_t running;
	struct wire_message request;
	uint8_t body[WIRE_BODY_MAX];
	struct device *device;
	const char *fixed;
	struct wire_input input;
};

/* Thread function over a struct child: reads until the stream ends. */
void *child_listen(void *context);

/* Work on requests until the stream ends. */
void child_serve(struct child *child);

/**
 * child_pause() - sleep, unless the running request is aborted.
 *
 * Return: CCCD_OK after the time; CCCD_ERR_CANCELLED.
 */
CHECKED enum cccd_err child_pause(struct child *child, unsigned int ms);

/**
 * child_check() - whether a request has the form that its type demands.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED, after which the other side is
 * not listened to any more.
 */
CHECKED enum cccd_err child_check(const struct wire_message *request);

#endif
