/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's events: numbered, told, and kept for those who come back. */
#ifndef SERVICE_CORE_EVENTS_H
#define SERVICE_CORE_EVENTS_H

#include "lib/json/event.h"
#include "service/core/sessions.h"

/** struct event_kept - one that can be told again. */
struct event_kept {
	uint64_t sequence;
	const char *type;
	char session_id[SESSION_ID_MAX];
	char *body;
};

/**
 * struct events - the counter and the ring.
 * @lost: number of the newest that was kept once and is no longer
 */
struct events {
	const struct sessions_hooks *hooks;
	struct event_kept *ring;
	size_t cap;
	size_t first;
	size_t count;
	uint64_t sequence;
	uint64_t lost;
};

/* @hooks is borrowed. CCCD_ERR_MEMORY. */
CHECKED enum cccd_err events_init(struct events *events,
                                  const struct sessions_hooks *hooks,
                                  size_t kept);
void events_release(struct events *events);

/**
 * events_tell() - number an event, tell the hook, keep it.
 * @type: a constant text
 *
 * Heartbeats and progress are not kept: the next one says more. Without
 * memory for a body the event is lost, and those who come back are told.
 */
void events_tell(struct events *events, const char *type,
                 const struct json_event *event);

/* See sessions_replay(). */
bool events_replay(const struct events *events, uint64_t sequence,
                   const char *session_id,
                   void (*each)(void *context,
                                const struct session_event *event),
                   void *context);

#endif
