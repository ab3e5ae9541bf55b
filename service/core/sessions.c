/* SPDX-License-Identifier: Apache-2.0 */
/* Every session of the daemon: from its start to its end. */
#include "service/core/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "lib/json/heap.h"
#include "service/core/policy.h"
#include "service/core/reading.h"
#include "service/core/registry.h"
#include "service/core/seats.h"
#include "service/core/state.h"

/* Deadlines are looked at so often while somebody has a session. */
enum { TICK_MS = 1000 };

uint64_t sessions_now(const struct sessions *sessions)
{
	return sessions->seams.now_ms != NULL
	               ? sessions->seams.now_ms(sessions->seams.context)
	               : clock_steady_ms();
}

static void on_watch(const struct cccd_watch_event *event, void *context)
{
	struct inbox *inbox = context;
	struct inbox_reader reader = { .kind = event->kind };
	const struct cccd_reader_info *info = &event->reader;

	(void)snprintf(reader.id, sizeof(reader.id), "%s", info->id);
	(void)snprintf(reader.uri, sizeof(reader.uri), "%s", info->uri);
	(void)snprintf(reader.name, sizeof(reader.name), "%s", info->name);
	(void)snprintf(reader.reader_kind, sizeof(reader.reader_kind), "%s",
	               info->kind);
	inbox_reader(inbox, &reader);
}

static enum cccd_err start_watch(struct sessions *sessions)
{
	const struct sessions_parts *parts = &sessions->parts;
	struct cccd_watch_options options = cccd_watch_options_default();

	options.worlds = 0;
	if (parts->pcsc)
		options.worlds |= CCCD_WATCH_PCSC;
	if (parts->nfc_count > 0)
		options.worlds |= CCCD_WATCH_NFC;
	options.nfc_uris = parts->nfc_uris;
	options.nfc_count = parts->nfc_count;
	if (!sessions->seams.watch || options.worlds == 0)
		return CCCD_OK;
	return cccd_watch_start(&options, on_watch, sessions->inbox,
	                        &sessions->watch);
}

static void sessions_cleanup(struct sessions **sessions)
{
	sessions_free(*sessions);
}

enum cccd_err sessions_new_with(const struct sessions_parts *parts,
                                const struct sessions_hooks *hooks,
                                const struct sessions_seams *seams,
                                struct registry *registry,
                                struct sessions **ret)
{
	CLEANUP(sessions_cleanup)
	struct sessions *sessions = calloc(1, sizeof(*sessions));

	if (sessions == NULL)
		return CCCD_ERR_MEMORY;
	/* Before the first thread: documents pass through that heap. */
	json_heap_wipe_on_free();
	sessions->parts = *parts;
	sessions->hooks = *hooks;
	sessions->seams = *seams;
	sessions->uid = geteuid();
	sessions->registry = registry_ref(registry);
	sessions->means = (struct job_means){
		.trust = parts->trust,
		.tables = parts->tables,
		.renderer = parts->renderer,
		.keys = parts->keys,
		.read_ms = parts->read_ms,
	};
	sessions->heartbeat_ms = sessions_now(sessions);
	TRY(events_init(&sessions->events, &sessions->hooks, parts->kept));
	TRY(inbox_new(hooks->wake, hooks->context, &sessions->inbox));
	TRY(start_watch(sessions));
	*ret = sessions;
	sessions = NULL;
	return CCCD_OK;
}

enum cccd_err sessions_new(const struct sessions_parts *parts,
                           const struct sessions_hooks *hooks,
                           struct registry *registry, struct sessions **ret)
{
	const struct sessions_seams real = {
		.engine = &engine_card,
		.watch = true,
	};

	return sessions_new_with(parts, hooks, &real, registry, ret);
}

static void nobody_listens(void *context, const struct session_event *event)
{
	(void)context;
	(void)event;
}

void sessions_free(struct sessions *sessions)
{
	if (sessions == NULL)
		return;
	sessions->hooks.event = nobody_listens;
	sessions->hooks.ask = NULL;
	if (sessions->inbox != NULL)
		inbox_close(sessions->inbox);
	cccd_watch_stop(sessions->watch);
	while (sessions->all != NULL) {
		struct session *session = sessions->all;

		session_end(sessions, session, SESSION_CANCELLED, NULL);
		sessions->all = session->next;
		session_free(session);
	}
	seats_free(sessions);
	inbox_free(sessions->inbox);
	events_release(&sessions->events);
	registry_unref(sessions->registry);
	free(sessions);
}

/* Whether its caller is still the one that was granted this. */
static bool is_registered(const struct sessions *sessions,
                          const struct session *session)
{
	const struct json_relying_party *party = NULL;

	return policy_party(sessions->registry, &session->caller, NULL,
	                    &party) == CCCD_OK &&
	       strcmp(party->id, session->matter.grant.rp) == 0;
}

void sessions_set_registry(struct sessions *sessions, struct registry *registry)
{
	struct registry *old = sessions->registry;

	sessions->registry = registry_ref(registry);
	registry_unref(old);
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (at->ended_ms == 0 && !is_registered(sessions, at))
			session_end(sessions, at, SESSION_CANCELLED, NULL);
}

static void take_batch(struct sessions *sessions, struct inbox_batch *batch)
{
	for (size_t i = 0; i < batch->note_count; i++)
		reading_note(sessions, &batch->notes[i]);
	if (batch->has_reader)
		seats_watch(sessions, &batch->reader);
	while (batch->jobs != NULL) {
		struct job *job = batch->jobs;

		batch->jobs = job->next;
		reading_back(sessions, job);
	}
}

void sessions_drain(struct sessions *sessions)
{
	struct inbox_batch batch;

	while (inbox_take(sessions->inbox, &batch))
		take_batch(sessions, &batch);
	seats_reap(sessions);
}

static void give_up_waiting(struct sessions *sessions, struct session *session)
{
	struct cccd_error error = { .tries_left = -1 };

	(void)fail(&error, CCCD_ERR_READER_NO_CARD, "nobody laid a card");
	session_end(sessions, session, SESSION_FAILED, &error);
}

static void look_at(struct sessions *sessions, struct session *session,
                    uint64_t now_ms)
{
	if (session->ended_ms != 0)
		return;
	if (session_remaining(sessions, session) == 0)
		session_end(sessions, session, SESSION_EXPIRED, NULL);
	else if (session->grace_ms != 0 &&
	         now_ms >= session->grace_ms + sessions->parts.grace_ms)
		session_end(sessions, session, SESSION_CANCELLED, NULL);
	else if (session->state == SESSION_AWAITING_CARD &&
	         sessions->parts.card_wait_ms != 0 &&
	         now_ms >= session->since_ms + sessions->parts.card_wait_ms)
		give_up_waiting(sessions, session);
}

/* The oldest first: they stand in the order of their beginning. */
static void forget_ended(struct sessions *sessions, uint64_t now_ms)
{
	struct session **at = &sessions->all;
	size_t ended = 0;

	for (const struct session *all = sessions->all; all != NULL;
	     all = all->next)
		ended += all->ended_ms != 0 ? 1 : 0;
	while (*at != NULL) {
		struct session *session = *at;

		if (session->ended_ms == 0 ||
		    (ended <= ENDED_MAX &&
		     now_ms < session->ended_ms + ENDED_KEPT_MS)) {
			at = &session->next;
			continue;
		}
		*at = session->next;
		session_free(session);
		ended--;
	}
}

static uint32_t beat(struct sessions *sessions, uint64_t now_ms)
{
	const struct json_event event = { .time = clock_wall_s() };

	uint32_t pause = sessions->parts.heartbeat_ms != 0
	                         ? sessions->parts.heartbeat_ms
	                         : HEARTBEAT_MS;

	if (now_ms >= sessions->heartbeat_ms + pause) {
		sessions->heartbeat_ms = now_ms;
		events_tell(&sessions->events, "heartbeat", &event);
	}
	return (uint32_t)(sessions->heartbeat_ms + pause - now_ms);
}

uint32_t sessions_tick(struct sessions *sessions, uint64_t now_ms)
{
	uint32_t next = 0;

	for (struct session *at = sessions->all; at != NULL; at = at->next)
		look_at(sessions, at, now_ms);
	forget_ended(sessions, now_ms);
	seats_reap(sessions);
	next = beat(sessions, now_ms);
	return sessions->all != NULL && next > TICK_MS ? TICK_MS : next;
}

/*
 * Every session is looked at, whatever is found: how long it takes tells
 * nothing of whose an id or a token is.
 */
static enum cccd_err find(struct sessions *sessions,
                          const struct caller *caller, const char *id,
                          const char *token, struct session **ret)
{
	struct session *found = NULL;
	struct token_mark mark = { 0 };
	bool opens = false;

	TRY(token_mark_of(token, &mark));
	for (struct session *at = sessions->all; at != NULL; at = at->next) {
		bool fits = token_mark_equal(&at->mark, &mark);
		bool named = id == NULL ? fits : strcmp(at->matter.id, id) == 0;

		if (!named || !caller_equal(&at->caller, caller))
			continue;
		found = at;
		opens = fits;
	}
	if (found == NULL)
		return id == NULL ? CCCD_ERR_TOKEN_INVALID
		                  : CCCD_ERR_SESSION_NOT_FOUND;
	if (!opens)
		return CCCD_ERR_TOKEN_INVALID;
	session_touch(sessions, found);
	*ret = found;
	return CCCD_OK;
}

enum cccd_err sessions_find(struct sessions *sessions,
                            const struct caller *caller, const char *id,
                            const char *token, struct session **ret)
{
	return find(sessions, caller, id, token, ret);
}

enum cccd_err sessions_find_token(struct sessions *sessions,
                                  const struct caller *caller,
                                  const char *token, struct session **ret)
{
	return find(sessions, caller, NULL, token, ret);
}

const char *session_id(const struct session *session)
{
	return session->matter.id;
}

bool session_is_over(const struct session *session)
{
	return session->ended_ms != 0;
}

uint64_t sessions_kept_after(const struct sessions *sessions)
{
	return sessions->events.lost;
}

bool sessions_replay(const struct sessions *sessions, uint64_t sequence,
                     const char *session_id,
                     void (*each)(void *context,
                                  const struct session_event *event),
                     void *context)
{
	return events_replay(&sessions->events, sequence, session_id, each,
	                     context);
}
