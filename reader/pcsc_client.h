/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to pcscd whose calls keep their deadlines. */
#ifndef READER_PCSC_CLIENT_H
#define READER_PCSC_CLIENT_H

#include <stdatomic.h>

#include "reader/pcsc_link.h"

enum {
	/* How long pcscd may take for what needs no card. */
	PCSC_SERVICE_MS = 5000,
};

/**
 * struct pcsc_client - one connection.
 * @link: borrowed from @worker; both are NULL until the first call, after
 *        a passed deadline and after pcscd went away
 * @stop: cancelled, until it is cleared
 * @watched: the context that sleeps in pcscd, or 0
 */
struct pcsc_client {
	struct worker *worker;
	struct pcsc_link *link;
	atomic_bool stop;
	_Atomic SCARDCONTEXT watched;
};

void pcsc_client_init(struct pcsc_client *client);

/* Let go of pcscd; the next call begins anew. */
void pcsc_client_drop(struct pcsc_client *client);

/* The link after a success: there by every caller's construction. */
struct pcsc_link *pcsc_client_link(const struct pcsc_client *client);

/* Run a job; its PC/SC code is in the link unless the deadline passed. */
CHECKED enum cccd_err pcsc_client_run(struct pcsc_client *client,
                                      enum link_job job,
                                      unsigned int timeout_ms);

/* Translate @code; a context that pcscd forgot is made anew next time. */
CHECKED enum cccd_err pcsc_client_judge(struct pcsc_client *client, LONG code,
                                        bool connected,
                                        struct cccd_error *error);

/* Which readers, and what lies on them: in the link. A context from before
 * a restart of pcscd is replaced on the way. */
CHECKED enum cccd_err pcsc_client_scan(struct pcsc_client *client,
                                       struct cccd_error *error);

/* Sleep until that changes, where pcsc_client_cancel() can wake us. */
CHECKED enum cccd_err pcsc_client_sleep(struct pcsc_client *client,
                                        unsigned int ms,
                                        struct cccd_error *error);

/* From any thread; sticky until @stop is cleared. */
void pcsc_client_cancel(struct pcsc_client *client);

#endif
