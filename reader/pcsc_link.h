/* SPDX-License-Identifier: Apache-2.0 */
/* One PC/SC context and card handle: the blocking calls of reader/pcsc.c. */
#ifndef READER_PCSC_LINK_H
#define READER_PCSC_LINK_H

#include <winscard.h>

#include <cccd/reader.h>

#include "reader/reader.h"
#include "reader/worker.h"

enum {
	LINK_READERS_MAX = CCCD_READERS_MAX,
	/* Room for every reader's name and the end of the list. */
	LINK_NAMES_MAX = 8192,
	/* A byte more than allowed shows an answer that is too long. */
	LINK_RESPONSE_MAX = READER_RESPONSE_MAX + 1,
};

enum link_job {
	LINK_SCAN = 1,   /* which readers, what lies on them */
	LINK_WATCH,      /* until that changes, at most @watch_ms */
	LINK_CONNECT,    /* @name, for ourselves */
	LINK_TRANSMIT,   /* @command */
	LINK_DISCONNECT, /* the card loses its session */
	LINK_CHANNEL,    /* where @name is plugged in; powers nothing */
};

/**
 * struct pcsc_link - belongs to a worker thread while a job runs.
 * @context, @handle: open when their flag says so
 * @code:     result of the last job, as PC/SC gave it
 * @count:    readers known; one more entry watches for new ones
 * @states:   names point into @names
 * @card:     of the last connect
 * @command, @response: of the exchange; wiped after it
 * @channel:  SCARD_ATTR_CHANNEL_ID of the reader asked last, or 0
 */
struct pcsc_link {
	SCARDCONTEXT context;
	SCARDHANDLE handle;
	bool has_context;
	bool has_handle;
	DWORD protocol;
	LONG code;
	DWORD watch_ms;
	char name[READER_NAME_MAX];
	char names[LINK_NAMES_MAX];
	SCARD_READERSTATE states[LINK_READERS_MAX + 1];
	size_t count;
	struct reader_card card;
	uint8_t command[READER_COMMAND_MAX];
	size_t command_len;
	uint8_t response[LINK_RESPONSE_MAX];
	DWORD response_len;
	uint32_t channel;
};

/* Jobs of enum link_job over a struct pcsc_link from calloc(). */
extern const struct worker_ops pcsc_link_ops;

#endif
