/* SPDX-License-Identifier: Apache-2.0 */
/* A bearer token: cached, renewed before its end, fetched by one thread. */
#include "service/gateway/connectors/token.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

/**
 * struct token_cache - all under @lock but what a fetch is given.
 * @fetching: a thread is at it; the others wait on @done
 * @rounds:   fetches that have ended; how waiters know theirs did
 * @failure:  of the last one
 * @lease:    "" when there is none
 * @incoming: of the thread that fetches
 * @renew_at: a new one is fetched from then on
 * @ends_at:  the token is dead from then on
 */
struct token_cache {
	pthread_mutex_t lock;
	pthread_cond_t done;
	token_fetch_fn fetch;
	void *context;
	uint64_t (*now_ms)(void);
	bool fetching;
	uint64_t rounds;
	enum registry_outcome failure;
	struct token_lease lease;
	struct token_lease incoming;
	uint64_t renew_at;
	uint64_t ends_at;
};

enum {
	/* The longest time before its end in which a token is renewed. */
	EARLY_MS = 60 * 1000,
	LIFETIME_MOST_S = 24 * 60 * 60,
};

/* Deadlines are of the steady clock, so must be the waiting. */
static bool make_condition(pthread_cond_t *ret)
{
	pthread_condattr_t attributes;
	bool made = false;

	if (pthread_condattr_init(&attributes) != 0)
		return false;
	made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(ret, &attributes) == 0;
	(void)pthread_condattr_destroy(&attributes);
	return made;
}

enum cccd_err token_cache_new(token_fetch_fn fetch, void *context,
                              uint64_t (*now_ms)(void),
                              struct token_cache **ret)
{
	struct token_cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL)
		return CCCD_ERR_MEMORY;
	cache->fetch = fetch;
	cache->context = context;
	cache->now_ms = now_ms;
	if (pthread_mutex_init(&cache->lock, NULL) != 0) {
		free(cache);
		return CCCD_ERR_MEMORY;
	}
	if (!make_condition(&cache->done)) {
		(void)pthread_mutex_destroy(&cache->lock);
		free(cache);
		return CCCD_ERR_MEMORY;
	}
	*ret = cache;
	return CCCD_OK;
}

static void drop(struct token_cache *cache)
{
	wipe(&cache->lease, sizeof(cache->lease));
	cache->renew_at = 0;
	cache->ends_at = 0;
}

/* A tenth of its life, at most a minute, is left for the renewal. */
static void keep(struct token_cache *cache, const struct token_lease *lease,
                 uint64_t asked_at)
{
	uint64_t life_s = lease->lifetime_s < LIFETIME_MOST_S
	                          ? lease->lifetime_s
	                          : LIFETIME_MOST_S;
	uint64_t early = life_s * 100;

	cache->lease = *lease;
	cache->ends_at = asked_at + life_s * 1000;
	cache->renew_at =
	        cache->ends_at - (early < EARLY_MS ? early : EARLY_MS);
}

/* Without the lock while it asks. */
static void fetch_now(struct token_cache *cache, uint64_t deadline_ms)
{
	enum registry_outcome failure = REGISTRY_TOKEN;
	uint64_t asked_at = cache->now_ms();
	bool fetched = false;

	cache->fetching = true;
	(void)pthread_mutex_unlock(&cache->lock);
	fetched = cache->fetch(cache->context, deadline_ms, &cache->incoming,
	                       &failure);
	(void)pthread_mutex_lock(&cache->lock);
	cache->fetching = false;
	cache->rounds++;
	cache->failure = fetched ? REGISTRY_NOT_ASKED : failure;
	if (fetched)
		keep(cache, &cache->incoming, asked_at);
	wipe(&cache->incoming, sizeof(cache->incoming));
	(void)pthread_cond_broadcast(&cache->done);
}

static struct timespec time_of(uint64_t ms)
{
	return (struct timespec){ .tv_sec = (time_t)(ms / 1000),
		                  .tv_nsec = (long)(ms % 1000) * 1000000 };
}

/* Until the round that is under way has ended; false at the deadline. */
static bool wait_for_round(struct token_cache *cache, uint64_t deadline_ms)
{
	const struct timespec until = time_of(deadline_ms);
	uint64_t round = cache->rounds;

	while (cache->rounds == round)
		if (pthread_cond_timedwait(&cache->done, &cache->lock,
		                           &until) != 0 &&
		    clock_steady_ms() >= deadline_ms)
			return cache->rounds != round;
	return true;
}

static bool is_good(const struct token_cache *cache)
{
	return cache->lease.text[0] != '\0' && cache->now_ms() < cache->ends_at;
}

/* With the lock held. */
static enum registry_outcome get(struct token_cache *cache, const char *spent,
                                 uint64_t deadline_ms)
{
	if (spent != NULL && strcmp(cache->lease.text, spent) == 0)
		drop(cache);
	if (is_good(cache) &&
	    (cache->fetching || cache->now_ms() < cache->renew_at))
		return REGISTRY_NOT_ASKED;
	if (!cache->fetching)
		fetch_now(cache, deadline_ms);
	else if (!wait_for_round(cache, deadline_ms))
		return REGISTRY_TIME_OUT;
	/* A renewal that failed early leaves a token that still lives. */
	if (is_good(cache))
		return REGISTRY_NOT_ASKED;
	return cache->failure != REGISTRY_NOT_ASKED ? cache->failure
	                                            : REGISTRY_TOKEN;
}

enum registry_outcome token_get(struct token_cache *cache, const char *spent,
                                uint64_t deadline_ms, struct buf *ret,
                                bool *ret_new)
{
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	uint64_t round = 0;

	(void)pthread_mutex_lock(&cache->lock);
	round = cache->rounds;
	outcome = get(cache, spent, deadline_ms);
	if (outcome == REGISTRY_NOT_ASKED &&
	    buf_set(ret, span_of(cache->lease.text,
	                         strlen(cache->lease.text) + 1)) != CCCD_OK)
		outcome = REGISTRY_TOKEN;
	*ret_new = cache->rounds != round;
	(void)pthread_mutex_unlock(&cache->lock);
	return outcome;
}

void token_cache_free(struct token_cache *cache)
{
	if (cache == NULL)
		return;
	drop(cache);
	(void)pthread_cond_destroy(&cache->done);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}
