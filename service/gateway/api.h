/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway's doors: nonces, checks, health, metrics. */
#ifndef SERVICE_GATEWAY_API_H
#define SERVICE_GATEWAY_API_H

#include "service/gateway/check.h"
#include "service/listen/listen.h"

struct gateway_api;

/**
 * struct gateway_api_parts - all borrowed until gateway_api_free().
 * @config: for origins and limits; its callers are copied
 * @signal: handed on from the loop
 */
struct gateway_api_parts {
	const struct gateway_config *config;
	const struct check_parts *check;
	void (*signal)(void *context, int number);
	void *context;
};

CHECKED enum cccd_err gateway_api_new(const struct gateway_api_parts *parts,
                                      struct gateway_api **ret);

/* Ends the threads first; before the loop. Accepts NULL. */
void gateway_api_free(struct gateway_api *api);

/* What the loop calls. */
struct listen_handlers gateway_api_handlers(struct gateway_api *api);

/* Threads begin here: they wake this loop. */
CHECKED enum cccd_err gateway_api_start(struct gateway_api *api,
                                        struct listen *listen);

/* Another list of callers; requests in hand keep theirs. */
void gateway_api_set_callers(struct gateway_api *api,
                             const struct gateway_callers *callers);

#endif
