/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps house in the store, and looks whether it works; a thread's work. */
#ifndef SERVICE_GATEWAY_KEEPER_H
#define SERVICE_GATEWAY_KEEPER_H

#include "service/gateway/store.h"

struct keeper;

/**
 * struct keeper_parts - see keeper_new().
 * @look_ms:        between two looks, while all is well
 * @interrupted_s:  after which a check without its line gets one
 * @retention_days: of the log; 0 for ever
 */
struct keeper_parts {
	struct store *store;
	uint32_t look_ms;
	uint32_t interrupted_s;
	uint32_t retention_days;
};

/* The first look and the first tidying are taken at once. */
CHECKED enum cccd_err keeper_new(const struct keeper_parts *parts,
                                 struct keeper **ret);

/* Waits for what is in hand, a piece at most; accepts NULL. */
void keeper_free(struct keeper *keeper);

/* A request failed because of the store: the keeper looks for itself. */
void keeper_doubt(struct keeper *keeper);

/**
 * keeper_store_ok() - whether the store works, as far as is known.
 *
 * As the last look found it, unless it has failed since, or a look has
 * been waiting for an answer for 5 s. Does not block; any thread.
 */
bool keeper_store_ok(struct keeper *keeper);

#endif
