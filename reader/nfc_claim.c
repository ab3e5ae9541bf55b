/* SPDX-License-Identifier: Apache-2.0 */
/* Who in this process uses which NFC device. */
#include "reader/nfc_claim.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cccd/reader.h>

#include "reader/host.h"

enum {
	/* A watch ends its request and its child in less. */
	TAKE_MS = 8000,
	TURN_MS = 50,
	WANT_MAX = CCCD_READER_NAME_MAX,
};

enum { TURNS = TAKE_MS / TURN_MS };

/**
 * struct nfc_claim - one row of the registry.
 * @held:  a watch uses the device
 * @sight: of a session
 */
struct nfc_claim {
	struct nfc_claim *next;
	char want[WANT_MAX];
	char id[CCCD_READER_ID_MAX];
	char uri[WANT_MAX + 8];
	bool watch;
	bool held;
	struct nfc_yield yield;
	enum nfc_sight sight;
};

/* The one list of a process, as its devices are: no caller could hand the
 * same one to sessions and watches that know nothing of each other. */
static struct registry {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct nfc_claim *first;
} registry = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

static void lock(void)
{
	(void)pthread_mutex_lock(&registry.lock);
}

static void unlock(void)
{
	(void)pthread_mutex_unlock(&registry.lock);
}

/* A device file has several names; a connection string may end in a speed. */
static void resolve(const char *want, char ret[static WANT_MAX])
{
	const char *at = strchr(want, ':');
	char path[WANT_MAX];
	char *real = NULL;

	host_copy(want, ret, WANT_MAX);
	if (at == NULL || at[1] != '/')
		return;
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 1, ":"),
	               at + 1);
	real = realpath(path, NULL);
	if (real != NULL)
		host_copy(real, ret, WANT_MAX);
	free(real);
}

/* "nfc:" may turn out to be any device but that of a service. */
static bool is_any(const char *a, const char *b)
{
	return a[0] == '\0' && strncmp(b, "unix:", 5) != 0;
}

static bool is_same(const char *a, const char *b)
{
	char left[WANT_MAX];
	char right[WANT_MAX];

	if (is_any(a, b) || is_any(b, a) || strcmp(a, b) == 0)
		return true;
	/* As the names are now: a plugged-in device has new ones. */
	resolve(a, left);
	resolve(b, right);
	return strcmp(left, right) == 0;
}

static struct nfc_claim *claim_new(const char *want)
{
	struct nfc_claim *claim = calloc(1, sizeof(*claim));

	if (claim != NULL)
		host_copy(want, claim->want, sizeof(claim->want));
	return claim;
}

static void insert(struct nfc_claim *claim)
{
	claim->next = registry.first;
	registry.first = claim;
}

/* Whether a watch still holds the device; it is told that it is wanted. */
static bool poke_watches(const char *want)
{
	bool held = false;

	for (struct nfc_claim *row = registry.first; row != NULL;
	     row = row->next) {
		if (!row->held || !is_same(row->want, want))
			continue;
		row->yield.poke(row->yield.context);
		held = true;
	}
	return held;
}

static void wait_turn(void)
{
	struct timespec until = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += TURN_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(&registry.changed, &registry.lock, &until);
}

struct nfc_claim *nfc_claim_take(const char *want)
{
	struct nfc_claim *claim = claim_new(want);

	if (claim == NULL)
		return NULL;
	lock();
	insert(claim);
	/* Poked again each turn: a poke may come between two requests. */
	for (int i = 0; i < TURNS && poke_watches(want); i++)
		wait_turn();
	unlock();
	return claim;
}

void nfc_claim_note(struct nfc_claim *claim, enum nfc_sight sight)
{
	if (claim == NULL)
		return;
	lock();
	claim->sight = sight;
	unlock();
}

void nfc_claim_free(struct nfc_claim *claim)
{
	if (claim == NULL)
		return;
	lock();
	for (struct nfc_claim **at = &registry.first; *at != NULL;
	     at = &(*at)->next) {
		if (*at != claim)
			continue;
		*at = claim->next;
		break;
	}
	(void)pthread_cond_broadcast(&registry.changed);
	unlock();
	free(claim);
}

struct nfc_claim *nfc_watch_new(const char *want, const char *id,
                                const char *uri)
{
	struct nfc_claim *claim = claim_new(want);

	if (claim == NULL)
		return NULL;
	claim->watch = true;
	host_copy(id, claim->id, sizeof(claim->id));
	host_copy(uri, claim->uri, sizeof(claim->uri));
	lock();
	insert(claim);
	unlock();
	return claim;
}

/* Locked: the claim of a session on the same device, or NULL. */
static const struct nfc_claim *session_of(const struct nfc_claim *claim)
{
	for (const struct nfc_claim *row = registry.first; row != NULL;
	     row = row->next)
		if (!row->watch && is_same(row->want, claim->want))
			return row;
	return NULL;
}

bool nfc_watch_hold(struct nfc_claim *claim, const struct nfc_yield *yield)
{
	lock();
	claim->held = session_of(claim) == NULL;
	claim->yield = *yield;
	unlock();
	return claim->held;
}

void nfc_watch_yield(struct nfc_claim *claim)
{
	lock();
	claim->held = false;
	(void)pthread_cond_broadcast(&registry.changed);
	unlock();
}

bool nfc_watch_asked(struct nfc_claim *claim, enum nfc_sight *ret)
{
	const struct nfc_claim *session = NULL;

	lock();
	session = session_of(claim);
	if (session != NULL)
		*ret = session->sight;
	unlock();
	return session != NULL;
}

bool nfc_claim_uri(const char *id, char *ret, size_t cap)
{
	bool found = false;

	lock();
	for (const struct nfc_claim *row = registry.first;
	     row != NULL && !found; row = row->next) {
		found = row->watch && strcmp(row->id, id) == 0;
		if (found)
			host_copy(row->uri, ret, cap);
	}
	unlock();
	return found;
}
