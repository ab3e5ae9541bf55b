/* SPDX-License-Identifier: Apache-2.0 */
/* A bearer token: cached, renewed before its end, fetched by one thread. */
#ifndef SERVICE_GATEWAY_CONNECTORS_TOKEN_H
#define SERVICE_GATEWAY_CONNECTORS_TOKEN_H

#include <pthread.h>
#include <stdint.h>

#include "base/buf.h"
#include "service/gateway/connectors/connector.h"

enum { TOKEN_MAX = 8192 };

/**
 * struct token_lease - a token and how long it is good.
 * @text:       for "Authorization: Bearer"; printable ASCII
 * @lifetime_s: from when it was asked for
 */
struct token_lease {
	char text[TOKEN_MAX];
	uint64_t lifetime_s;
};

/**
 * token_fetch_fn - ask the token server; blocks until @deadline_ms at most.
 * @ret_failure: the outcome when there is no token
 *
 * Return: whether @ret holds a token.
 */
typedef bool (*token_fetch_fn)(void *context, uint64_t deadline_ms,
                               struct token_lease *ret,
                               enum registry_outcome *ret_failure);

/** struct token_cache - one token for all threads; heap, for its lock. */
struct token_cache;

/* @now_ms: a clock that never steps, for lifetimes only. */
CHECKED enum cccd_err token_cache_new(token_fetch_fn fetch, void *context,
                                      uint64_t (*now_ms)(void),
                                      struct token_cache **ret);

/**
 * token_get() - a token that is good now.
 * @spent:   a token that was just refused; NULL when none was. It is not
 *           handed out again, and fetched anew only if nobody did meanwhile
 * @ret:     emptied first; the text and its NUL
 * @ret_new: whether it was fetched while this call waited
 *
 * One thread fetches; the others wait for its result, good or bad, or go on
 * with the old token while that is still good.
 *
 * Return: REGISTRY_NOT_ASKED when @ret holds a token; else why not.
 */
CHECKED enum registry_outcome token_get(struct token_cache *cache,
                                        const char *spent, uint64_t deadline_ms,
                                        struct buf *ret, bool *ret_new);

/* Wipes; accepts NULL. */
void token_cache_free(struct token_cache *cache);

#endif
