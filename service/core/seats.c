/* SPDX-License-Identifier: Apache-2.0 */
/* Readers as seats: who is there, who holds which, who comes next. */
#include "service/core/seats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/core/reading.h"
#include "service/core/state.h"

struct seat *seats_find(const struct sessions *sessions, const char *id)
{
	for (struct seat *seat = sessions->seats; seat != NULL;
	     seat = seat->next)
		if (strcmp(seat->id, id) == 0)
			return seat;
	return NULL;
}

static void tell_seat(struct sessions *sessions, const struct seat *seat,
                      const char *type)
{
	const struct json_event event = {
		.reader_id = seat->id,
		.reader_name = seat->name,
		.reader_kind = seat->kind,
	};

	events_tell(&sessions->events, type, &event);
}

void seat_lease(struct seat *seat, struct session *session)
{
	seat->holder = session;
	session->seat = seat;
	(void)snprintf(session->matter.reader, sizeof(session->matter.reader),
	               "%s", seat->id);
}

void seat_release(struct session *session)
{
	if (session->seat == NULL)
		return;
	session->seat->holder = NULL;
	session->seat = NULL;
}

/* In the order in which they were plugged in. */
static struct seat *seat_add(struct sessions *sessions,
                             const struct inbox_reader *event)
{
	struct seat **end = &sessions->seats;
	struct seat *seat = calloc(1, sizeof(*seat));

	if (seat == NULL)
		return NULL;
	(void)snprintf(seat->id, sizeof(seat->id), "%s", event->id);
	(void)snprintf(seat->uri, sizeof(seat->uri), "%s", event->uri);
	(void)snprintf(seat->name, sizeof(seat->name), "%s", event->name);
	(void)snprintf(seat->kind, sizeof(seat->kind), "%s",
	               event->reader_kind);
	while (*end != NULL)
		end = &(*end)->next;
	*end = seat;
	return seat;
}

/* A thread may still be in the middle of a call: it is joined later. */
static void retire(struct sessions *sessions, struct read_worker *worker)
{
	if (worker == NULL)
		return;
	read_worker_retire(worker);
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		if (sessions->retired[i] != NULL)
			continue;
		sessions->retired[i] = worker;
		return;
	}
	/* So many that never end: wait for this one. */
	read_worker_free(worker);
}

static void seat_remove(struct sessions *sessions, struct seat *seat)
{
	struct seat **at = &sessions->seats;
	struct cccd_error lost = { .tries_left = -1 };

	(void)fail(&lost, CCCD_ERR_READER_LOST, "the reader is gone");
	if (seat->holder != NULL)
		session_end(sessions, seat->holder, SESSION_FAILED, &lost);
	while (*at != seat)
		at = &(*at)->next;
	*at = seat->next;
	retire(sessions, seat->worker);
	tell_seat(sessions, seat, "reader.removed");
	free(seat);
}

/* The first who waits for any reader, in the order of their coming. */
static struct session *first_waiting(const struct sessions *sessions)
{
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (at->seat == NULL && at->state < SESSION_READING)
			return at;
	return NULL;
}

static void card_came(struct sessions *sessions, struct seat *seat)
{
	struct session *waiting = NULL;

	seat->card = true;
	tell_seat(sessions, seat, "card.present");
	if (seat->holder == NULL) {
		waiting = first_waiting(sessions);
		if (waiting != NULL)
			seat_lease(seat, waiting);
	}
	if (seat->holder != NULL)
		session_proceed(sessions, seat->holder);
}

static void card_went(struct sessions *sessions, struct seat *seat)
{
	seat->card = false;
	tell_seat(sessions, seat, "card.removed");
	if (seat->holder != NULL)
		session_proceed(sessions, seat->holder);
}

void seats_watch(struct sessions *sessions, const struct inbox_reader *event)
{
	struct seat *seat = seats_find(sessions, event->id);

	switch (event->kind) {
	case CCCD_WATCH_READER_ADDED:
		if (seat == NULL)
			seat = seat_add(sessions, event);
		if (seat != NULL)
			tell_seat(sessions, seat, "reader.added");
		return;
	case CCCD_WATCH_READER_REMOVED:
		if (seat != NULL)
			seat_remove(sessions, seat);
		return;
	case CCCD_WATCH_CARD_PRESENT:
		if (seat != NULL)
			card_came(sessions, seat);
		return;
	case CCCD_WATCH_CARD_REMOVED:
		if (seat != NULL)
			card_went(sessions, seat);
		return;
	case CCCD_WATCH_SERVICE_LOST: sessions->service_lost = true; return;
	case CCCD_WATCH_SERVICE_BACK: sessions->service_lost = false; return;
	}
}

enum cccd_err seat_worker(struct sessions *sessions, struct seat *seat,
                          struct read_worker **ret)
{
	const struct read_worker_parts parts = {
		.engine = sessions->seams.engine,
		.means = &sessions->means,
		.uri = seat->uri,
		.inbox = sessions->inbox,
		.seal = reading_seal,
		.context = sessions,
	};

	if (seat->worker == NULL)
		TRY(read_worker_new(&parts, &seat->worker));
	*ret = seat->worker;
	return CCCD_OK;
}

void seats_reap(struct sessions *sessions)
{
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		struct read_worker *worker = sessions->retired[i];

		if (worker == NULL || !read_worker_is_gone(worker))
			continue;
		read_worker_free(worker);
		sessions->retired[i] = NULL;
	}
}

void seats_free(struct sessions *sessions)
{
	/* All are told to end before the first is waited for. */
	for (struct seat *at = sessions->seats; at != NULL; at = at->next)
		if (at->worker != NULL)
			read_worker_retire(at->worker);
	while (sessions->seats != NULL) {
		struct seat *seat = sessions->seats;

		sessions->seats = seat->next;
		read_worker_free(seat->worker);
		free(seat);
	}
	for (size_t i = 0; i < RETIRED_MAX; i++)
		read_worker_free(sessions->retired[i]);
}
