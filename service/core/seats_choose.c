/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader a new session gets, and who gives way. */
#include <string.h>

#include "service/core/seats.h"
#include "service/core/state.h"

/* One that can be opened at all; others are shown, and never given. */
static bool is_free(const struct seat *seat)
{
	return seat->holder == NULL && seat->uri[0] != '\0';
}

static size_t count_free(const struct sessions *sessions)
{
	size_t count = 0;

	for (const struct seat *at = sessions->seats; at != NULL; at = at->next)
		count += is_free(at) ? 1 : 0;
	return count;
}

static size_t count_waiting(const struct sessions *sessions)
{
	size_t count = 0;

	for (const struct session *at = sessions->all; at != NULL;
	     at = at->next)
		if (at->seat == NULL && at->state < SESSION_READING)
			count++;
	return count;
}

static struct seat *first_free(const struct sessions *sessions, bool card)
{
	for (struct seat *at = sessions->seats; at != NULL; at = at->next)
		if (is_free(at) && (at->card || !card))
			return at;
	return NULL;
}

/*
 * Those who wait for any reader have a claim on one of the free ones, so
 * that nobody who came later takes the last.
 */
static enum cccd_err choose(const struct sessions *sessions, const char *wanted,
                            struct seat **ret)
{
	size_t available = count_free(sessions);
	size_t waiting = count_waiting(sessions);
	struct seat *seat = NULL;

	*ret = NULL;
	if (strcmp(wanted, "any") != 0) {
		seat = seats_find(sessions, wanted);
		if (seat == NULL || seat->uri[0] == '\0')
			return CCCD_ERR_READER_NONE;
		*ret = seat;
		return is_free(seat) && available > waiting
		               ? CCCD_OK
		               : CCCD_ERR_READER_BUSY;
	}
	if (sessions->seats == NULL)
		return sessions->service_lost ? CCCD_ERR_READER_SERVICE
		                              : CCCD_ERR_READER_NONE;
	if (available <= waiting)
		return CCCD_ERR_READER_BUSY;
	seat = first_free(sessions, true);
	if (seat == NULL && available == 1)
		seat = first_free(sessions, false);
	*ret = seat;
	return CCCD_OK;
}

/* Whether @session takes part in the scarcity: it holds or waits. */
static bool is_in_the_way(const struct session *session, const char *wanted)
{
	if (!session_lives(session) || session->state >= SESSION_READY)
		return false;
	return strcmp(wanted, "any") == 0 || session->seat == NULL ||
	       strcmp(session->seat->id, wanted) == 0;
}

static uint32_t retry_after(const struct sessions *sessions, const char *wanted)
{
	uint64_t least = sessions->parts.lease_ms;

	for (const struct session *at = sessions->all; at != NULL;
	     at = at->next) {
		uint64_t left = session_remaining(sessions, at);

		if (is_in_the_way(at, wanted) && left < least)
			least = left;
	}
	return (uint32_t)(least / 1000U) + 1;
}

/* [contracts, Sessions] a page that was loaded anew has lost its token. */
static struct session *forsaken(const struct sessions *sessions,
                                const char *wanted, const struct caller *caller)
{
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (is_in_the_way(at, wanted) &&
		    caller_equal(&at->caller, caller) &&
		    session_is_forsaken(sessions, at))
			return at;
	return NULL;
}

enum cccd_err seats_choose(struct sessions *sessions, const char *wanted,
                           const struct caller *caller,
                           uint32_t *ret_retry_after_s, struct seat **ret)
{
	struct session *old = NULL;
	enum cccd_err err = choose(sessions, wanted, ret);

	while (err == CCCD_ERR_READER_BUSY) {
		old = forsaken(sessions, wanted, caller);
		if (old == NULL) {
			*ret_retry_after_s = retry_after(sessions, wanted);
			return err;
		}
		session_end(sessions, old, SESSION_CANCELLED, NULL);
		err = choose(sessions, wanted, ret);
	}
	return err;
}
