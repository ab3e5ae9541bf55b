/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to pcscd whose calls keep their deadlines. */
#include "reader/pcsc_client.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "reader/pcsc_error.h"

enum {
	DISCONNECT_MS = 2000,
	SERVICE_MS = PCSC_SERVICE_MS,
};

void pcsc_client_drop(struct pcsc_client *client)
{
	worker_free(client->worker, DISCONNECT_MS);
	client->worker = NULL;
	client->link = NULL;
}

static enum cccd_err ensure_link(struct pcsc_client *client,
                                 struct cccd_error *error)
{
	struct pcsc_link *link = NULL;
	enum cccd_err err;

	if (client->link != NULL)
		return CCCD_OK;
	link = calloc(1, sizeof(*link));
	if (link == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for PC/SC");
	err = worker_new(&pcsc_link_ops, link, &client->worker);
	if (err != CCCD_OK) {
		free(link);
		return fail(error, err, "no thread for PC/SC");
	}
	client->link = link;
	return CCCD_OK;
}

/* The link after a success: there by every caller's construction. */
struct pcsc_link *pcsc_client_link(const struct pcsc_client *client)
{
	assert(client->link != NULL);
	return client->link;
}

/* Run a job; its PC/SC code is in the link unless the deadline passed. */
enum cccd_err pcsc_client_run(struct pcsc_client *client, enum link_job job,
                              unsigned int timeout_ms)
{
	enum cccd_err err = worker_call(client->worker, (int)job, timeout_ms);

	if (err != CCCD_OK) {
		client->worker = NULL;
		client->link = NULL;
	}
	return err;
}

/* Translate @code; a context that pcscd forgot is made anew next time. */
enum cccd_err pcsc_client_judge(struct pcsc_client *client, LONG code,
                                bool connected, struct cccd_error *error)
{
	enum cccd_err err =
	        connected ? pcsc_error_connected(code) : pcsc_error(code);

	if (err == CCCD_OK)
		return CCCD_OK;
	if (pcsc_error_is_service(code))
		pcsc_client_drop(client);
	return fail_native(error, err, (long)(uint32_t)code, "PC/SC 0x%08lX",
	                   (unsigned long)(uint32_t)code);
}

static enum cccd_err scan_once(struct pcsc_client *client,
                               struct cccd_error *error)
{
	TRY(ensure_link(client, error));
	if (pcsc_client_run(client, LINK_SCAN, SERVICE_MS) != CCCD_OK)
		return fail(error, CCCD_ERR_READER_SERVICE,
		            "pcscd does not answer");
	return pcsc_client_judge(client, pcsc_client_link(client)->code, false,
	                         error);
}

/* A context from before a restart of pcscd is replaced on the way. */
enum cccd_err pcsc_client_scan(struct pcsc_client *client,
                               struct cccd_error *error)
{
	if (client->link != NULL && client->link->has_context) {
		enum cccd_err err = scan_once(client, NULL);

		if (err == CCCD_OK)
			return CCCD_OK;
	}
	return scan_once(client, error);
}

/* Sleep in SCardGetStatusChange where pcsc_cancel() can wake us. */
enum cccd_err pcsc_client_sleep(struct pcsc_client *client, unsigned int ms,
                                struct cccd_error *error)
{
	enum cccd_err err;

	pcsc_client_link(client)->watch_ms = ms;
	atomic_store(&client->watched, pcsc_client_link(client)->context);
	if (atomic_load(&client->stop)) {
		atomic_store(&client->watched, 0);
		return fail(error, CCCD_ERR_CANCELLED, "cancelled");
	}
	err = pcsc_client_run(client, LINK_WATCH, ms + SERVICE_MS);
	atomic_store(&client->watched, 0);
	if (err != CCCD_OK)
		return fail(error, CCCD_ERR_READER_SERVICE,
		            "pcscd does not answer");
	/* A cancel is told by the flag; a lost service by the next look. */
	if ((uint32_t)pcsc_client_link(client)->code ==
	            (uint32_t)SCARD_E_CANCELLED ||
	    pcsc_error_is_service(pcsc_client_link(client)->code))
		return CCCD_OK;
	return pcsc_client_judge(client, pcsc_client_link(client)->code, false,
	                         error);
}

/*
 * SCardCancel is lost when the sleep has not begun, and harmless when it
 * has ended: the flag is what counts, the call only wakes us at once.
 */
void pcsc_client_cancel(struct pcsc_client *client)
{
	SCARDCONTEXT watched;

	atomic_store(&client->stop, true);
	watched = atomic_load(&client->watched);
	if (watched != 0)
		(void)SCardCancel(watched);
}

void pcsc_client_init(struct pcsc_client *client)
{
	client->worker = NULL;
	client->link = NULL;
	atomic_init(&client->stop, false);
	atomic_init(&client->watched, 0);
}
